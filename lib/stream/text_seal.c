/* text_seal.c: see text_seal.h.
 *
 * The digest is of all text above the line that states it, which only the end
 * of the text shows to be that line. So the last bytes wait until more come.
 */
#include "stream/text_seal.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "data/sha256.h"

#define BEGIN "-- dbpipes-sha256 "
#define COMPLETION "-- Dump completed"

/* More than both lines can have, which are 165 bytes with the largest number.
 */
enum { TAIL = 512 };

struct text_seal {
	struct sha256 *sha256; /* of all but what waits */
	uint64_t bytes;        /* that it is of */
	bool foreign;          /* does not begin as a dump of dbdump */
	struct strbuf tail;    /* what waits */
};

struct text_reseal {
	struct sink below;
	struct sha256 *sha256;
	uint64_t bytes;
	struct strbuf tail;
};

void text_seal_line(struct strbuf *out, const char *hex, uint64_t bytes)
{
	strbuf_addf(out, BEGIN "%s %" PRIu64, hex, bytes);
}

struct text_seal *text_seal_new(void)
{
	struct text_seal *s = xcalloc(1, sizeof(*s));

	s->sha256 = sha256_new();
	strbuf_init(&s->tail);
	return s;
}

void text_seal_free(struct text_seal *s)
{
	if (!s)
		return;
	sha256_free(s->sha256);
	strbuf_release(&s->tail);
	free(s);
}

/* is_ours: by the first bytes: the header, behind the sandbox line if there
 * is one. */
static bool is_ours(const char *text, size_t len)
{
	static const char sandbox[] = "/*M!999999", header[] = "-- dbdump ";
	const char *end = text + len, *line;

	if (len >= sizeof(sandbox) &&
		!memcmp(text, sandbox, sizeof(sandbox) - 1)) {
		line = memchr(text, '\n', len);
		text = line ? line + 1 : end;
	}
	return (size_t)(end - text) >= sizeof(header) &&
		!memcmp(text, header, sizeof(header) - 1);
}

/* hash: the first call has the beginning of the text, and enough of it. Of a
 * dump of others the digest would be work for nothing. */
static void hash(struct text_seal *s, const char *text, size_t len)
{
	if (!s->bytes && len)
		s->foreign = !is_ours(text, len);
	if (!s->foreign)
		sha256_add(s->sha256, text, len);
	s->bytes += len;
}

void text_seal_add(struct text_seal *s, const char *text, size_t len)
{
	struct strbuf *tail = &s->tail;

	/* The beginning comes in one piece, to be looked at. */
	if (s->bytes && len > TAIL) {
		hash(s, tail->buf, tail->len);
		hash(s, text, len - TAIL);
		strbuf_reset(tail);
		strbuf_add(tail, text + len - TAIL, TAIL);
		return;
	}
	strbuf_add(tail, text, len);
	if (tail->len > 2 * TAIL) {
		hash(s, tail->buf, tail->len - TAIL);
		memmove(tail->buf, tail->buf + tail->len - TAIL, TAIL);
		strbuf_setlen(tail, TAIL);
	}
}

/* find_line: the last line of the tail that begins like this, or NULL. */
static const char *find_line(const struct strbuf *tail, const char *begin)
{
	const char *end = tail->buf + tail->len, *found = NULL;
	const char *at = tail->buf;

	while ((at = memmem(at, (size_t)(end - at), begin, strlen(begin)))) {
		if (at == tail->buf || at[-1] == '\n')
			found = at;
		at++;
	}
	return found;
}

/* expected: both lines as they must be, from the text above them and the time
 * that the last one states. */
static void expected(struct text_seal *s, const char *time, struct strbuf *out)
{
	unsigned char digest[SHA256_SIZE];
	char hex[SHA256_TEXT];

	sha256_end(s->sha256, digest);
	sha256_text(digest, hex);
	text_seal_line(out, hex, s->bytes);
	strbuf_addf(out, "%s%s\n" COMPLETION, time[0] ? " " : "", time);
	strbuf_addf(out, "%s%s\n", time[0] ? " on " : "", time);
}

/* stated_time: that of the completion line, "" where it has none. */
static void stated_time(const char *line, char *time, size_t size)
{
	static const char on[] = COMPLETION " on ";

	time[0] = '\0';
	if (!strncmp(line, on, sizeof(on) - 1))
		snprintf(time, size, "%.*s",
			(int)strcspn(line + sizeof(on) - 1, "\n"),
			line + sizeof(on) - 1);
}

/* unsealed: the text states no digest. With --skip-comments it has no header
 * either; one that has it has lost its end. */
static enum text_verdict unsealed(struct text_seal *s, const char **why)
{
	if (!s->bytes)
		hash(s, s->tail.buf, s->tail.len);
	*why = "the line is missing that states its SHA-256";
	return s->bytes && !s->foreign ? TEXT_BAD : TEXT_UNSEALED;
}

/* stated_bytes: of the line of a digest; 0 if it states none. */
static uint64_t stated_bytes(const char *line)
{
	const char *p = line + sizeof(BEGIN) - 1;

	p += strspn(p, "0123456789abcdef");
	return *p == ' ' ? strtoull(p + 1, NULL, 10) : 0;
}

enum text_verdict text_seal_end(struct text_seal *s, const char **why)
{
	const char *line = find_line(&s->tail, BEGIN);
	const char *last = find_line(&s->tail, COMPLETION);
	const char *end = s->tail.buf + s->tail.len;
	struct strbuf lines = STRBUF_INIT;
	char time[TAIL];
	bool good;

	if (!line)
		return unsealed(s, why);
	*why = "it ends without the line that says that it is complete";
	if (!last || last < line)
		return TEXT_BAD;
	stated_time(last, time, sizeof(time));
	hash(s, s->tail.buf, (size_t)(line - s->tail.buf));
	expected(s, time, &lines);
	good = !s->foreign && (size_t)(end - line) == lines.len &&
		!memcmp(line, lines.buf, lines.len);
	strbuf_release(&lines);
	*why = s->bytes > stated_bytes(line)
		? "it is longer than what the SHA-256 at its end is of"
		: "its bytes are not those that the SHA-256 at its end is of";
	return good ? TEXT_GOOD : TEXT_BAD;
}

struct text_reseal *text_reseal_new(struct sink below)
{
	struct text_reseal *r = xcalloc(1, sizeof(*r));

	r->below = below;
	r->sha256 = sha256_new();
	strbuf_init(&r->tail);
	return r;
}

void text_reseal_free(struct text_reseal *r)
{
	if (!r)
		return;
	sha256_free(r->sha256);
	strbuf_release(&r->tail);
	free(r);
}

/* pass_on: the first bytes of what waits. */
static int pass_on(struct text_reseal *r, size_t len, struct err *e)
{
	struct strbuf *tail = &r->tail;

	sha256_add(r->sha256, tail->buf, len);
	r->bytes += len;
	if (r->below.write(r->below.ctx, tail->buf, len, e))
		return -1;
	memmove(tail->buf, tail->buf + len, tail->len - len);
	strbuf_setlen(tail, tail->len - len);
	return 0;
}

static int reseal(void *ctx, const void *data, size_t len, struct err *e)
{
	struct text_reseal *r = ctx;

	strbuf_add(&r->tail, data, len);
	return r->tail.len > TAIL ? pass_on(r, r->tail.len - TAIL, e) : 0;
}

struct sink text_reseal_sink(struct text_reseal *r)
{
	return (struct sink){reseal, r};
}

/* stated_len: of the line of a digest with its HEX and BYTES. */
static size_t stated_len(const char *line)
{
	size_t len = sizeof(BEGIN) - 1;

	len += strcspn(line + len, " \n");
	len += strspn(line + len, " ");
	return len + strcspn(line + len, " \n");
}

int text_reseal_end(struct text_reseal *r, struct err *e)
{
	struct strbuf *tail = &r->tail, end = STRBUF_INIT;
	const char *line = find_line(tail, BEGIN);
	unsigned char digest[SHA256_SIZE];
	char hex[SHA256_TEXT];
	size_t old;
	int rc;

	if (!line)
		return pass_on(r, tail->len, e);
	if (pass_on(r, (size_t)(line - tail->buf), e))
		return -1;
	sha256_end(r->sha256, digest);
	sha256_text(digest, hex);
	text_seal_line(&end, hex, r->bytes);
	old = stated_len(tail->buf);
	strbuf_add(&end, tail->buf + old, tail->len - old);
	rc = r->below.write(r->below.ctx, end.buf, end.len, e);
	strbuf_release(&end);
	return rc;
}
