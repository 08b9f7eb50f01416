/* position_read.c: finding the positions of a whole input with little reading.
 *
 * A dump states them in its head, but mariadb-dump leaves the GTID for the
 * end. In the end of a file nothing tells SQL from the text of a row, unless
 * the head has said what stands there: only then is the tail believed, and
 * only if it is SETs and comments from there to the completion line. What
 * remains is a dump cut off right behind an end that someone has forged within
 * a routine; who fears that sets `full`.
 */
#include "stream/position.h"

#include <string.h>

#include "stream/archive.h"
#include "stream/position_internal.h"
#include "stream/token.h"

enum {
	/* Of a statement this much is looked at; only a set of GTIDs from
	 * thousands of servers would be longer. */
	KEEP = 256 * 1024,
	TAIL_LEAST = 64 * 1024,
	TAIL_MOST = 1024 * 1024
};

/* Where the end of a dump begins that must be read, by what it must hold. */
static const char own_anchor[] = "\n-- The deferred gtid setting for slave "
				 "corresponding to the master-data";
static const char upstream_anchor[] = "\n-- The deferred gtid setting for "
				      "slave corresponding to the dump-slave";
static const char mysql_anchor[] = "\n-- GTID state at the end of the backup";
static const char end_anchor[] = "\n-- Dump completed";

/* last_match: the last place of text in a buffer, or NULL. */
static const char *last_match(const char *buf, size_t len, const char *text)
{
	const char *found = NULL, *p = buf, *end = buf + len;

	while ((p = memmem(p, (size_t)(end - p), text, strlen(text))))
		found = p++;
	return found;
}

/* find_tail: the offset in buf from which on the tail must be read. Returns
 * false if a part that it should have is not there. */
static bool find_tail(
	const struct positions *p, const char *buf, size_t len, size_t *offset)
{
	unsigned awaited = positions_awaited(p);
	const char *own =
		!strcmp(p->format, "mysqldump") ? mysql_anchor : own_anchor;
	const char *anchors[] = {end_anchor, awaited & GTID_OWN ? own : NULL,
		awaited & GTID_UPSTREAM ? upstream_anchor : NULL};

	*offset = len;
	for (size_t i = 0; i < sizeof(anchors) / sizeof(*anchors); i++) {
		const char *found;

		if (!anchors[i])
			continue;
		found = last_match(buf, len, anchors[i]);
		if (!found)
			return false;
		if ((size_t)(found - buf) < *offset)
			*offset = (size_t)(found - buf);
	}
	return true;
}

/* may_end_dump: what stands between the data and the end of a dump. */
static bool may_end_dump(const struct piece *piece)
{
	const char *end = piece->text + piece->len;

	return piece->kind != PIECE_STATEMENT ||
		sql_word(piece->text, end, "SET") ||
		sql_word(piece->text, end, "START");
}

/* walk_tail: take what the end of the input holds. *good is cleared for
 * anything that does not belong there. */
static int walk_tail(struct positions *p, const char *name,
	const struct strbuf *tail, bool *good, struct err *e)
{
	struct input *view = input_text(name, tail->buf, tail->len);
	struct lexer *lx = lexer_new(view, KEEP);
	struct piece piece;
	bool taken;
	int rc;

	while ((rc = lexer_next(lx, &piece, e)) > 0) {
		*good = *good && may_end_dump(&piece);
		if (positions_take(p, &piece, &taken, e)) {
			rc = err_prefix(e, "%s: ", name);
			break;
		}
	}
	lexer_free(lx);
	input_close(view);
	return rc;
}

/* good_tail: is all of it what may end a dump? */
static bool good_tail(const char *name, const struct strbuf *tail)
{
	struct positions scratch = POSITIONS_INIT;
	struct err ignored;
	bool good = true;

	good = !walk_tail(&scratch, name, tail, &good, &ignored) && good &&
		scratch.complete;
	positions_release(&scratch);
	return good;
}

/* take_tail: the positions in the last bytes of a plain dump, if they are an
 * end that can be believed. Returns 1 for yes, 0 for no, -1. */
static int take_tail(struct positions *p, const char *name, struct strbuf *tail,
	struct err *e)
{
	bool ignored = true;
	size_t at = 0;

	if (!find_tail(p, tail->buf, tail->len, &at))
		return 0;
	strbuf_remove(tail, 0, at);
	if (!good_tail(name, tail))
		return 0;
	return walk_tail(p, name, tail, &ignored, e) ? -1 : 1;
}

/* read_tail: of the last len bytes of a plain file; as take_tail. */
static int read_tail(struct positions *p, struct input *in, size_t len,
	uint64_t size, struct err *e)
{
	struct strbuf tail = STRBUF_INIT;
	ssize_t n;
	int rc = 0;

	strbuf_grow(&tail, len);
	n = input_pread(in, tail.buf, len, size - len, e);
	if (n > 0)
		strbuf_setlen(&tail, (size_t)n);
	if (n < 0)
		rc = -1;
	else if (tail.len == len)
		rc = take_tail(p, input_name(in), &tail, e);
	strbuf_release(&tail);
	return rc;
}

/* try_tail: at the end of the head: is the tail enough? `done` bytes have
 * been read. Returns as take_tail. */
static int try_tail(
	struct positions *p, struct input *in, uint64_t done, struct err *e)
{
	uint64_t size;
	int rc = 0;

	if (p->full || !p->expects_completion || !positions_found(p))
		return 0;
	/* What is short is as quickly read as a whole. */
	if (!input_plain_file(in, &size) || size < done + 2 * TAIL_MOST)
		return 0;
	for (size_t len = TAIL_LEAST; !rc && len <= TAIL_MOST; len *= 16)
		rc = read_tail(p, in, len, size, e);
	return rc;
}

int positions_check_dumps(
	const struct positions *p, const char *name, struct err *e)
{
	if (positions_agree(p))
		return 0;
	err_set(e, ERR_DATA,
		"%s: holds %u dumps, the last one from byte %llu on, and not "
		"all of them state a position",
		name, p->dumps, (unsigned long long)p->dump_offset);
	return err_hint(e, "take them one by one");
}

static int check_end(const struct positions *p, const struct input *in,
	uint64_t offset, bool empty, struct err *e)
{
	if (empty) {
		err_set(e, ERR_DATA, "%s: holds no SQL at all", input_name(in));
		return err_hint(e, "did the dump fail?");
	}
	if (!p->expects_completion || p->complete)
		return 0;
	err_set(e, ERR_DATA,
		"%s: ends at byte %llu without the line that says the dump is "
		"complete",
		input_name(in), (unsigned long long)offset);
	return err_hint(e, "the dump is truncated: make or fetch it again");
}

void positions_show_progress(struct positions *p, const struct input *in)
{
	if (!p->progress)
		return;
	p->progress->bytes = input_consumed(in, &p->progress->total_bytes);
	progress_show(p->progress);
}

/* read_all: piece by piece until the answer is there. */
static int read_all(struct positions *p, struct input *in, struct lexer *lx,
	bool first, struct err *e)
{
	struct piece piece;
	bool empty = true, taken;
	int rc;

	while ((rc = lexer_next(lx, &piece, e)) > 0) {
		bool in_head = !p->body;

		empty = false;
		if (positions_take(p, &piece, &taken, e))
			return err_prefix(e, "%s: ", input_name(in));
		if (first && p->body && positions_found(p))
			return 0;
		if (in_head && p->body) {
			rc = try_tail(p, in, lexer_offset(lx), e);
			if (rc)
				return rc < 0 ? -1
					      : positions_check_dumps(
							p, input_name(in), e);
		}
		positions_show_progress(p, in);
	}
	if (rc || check_end(p, in, lexer_offset(lx), empty, e))
		return -1;
	return positions_check_dumps(p, input_name(in), e);
}

static int read_whole(
	struct positions *p, struct input *in, bool first, struct err *e)
{
	struct lexer *lx = lexer_new(in, KEEP);
	int rc = read_all(p, in, lx, first, e);

	lexer_free(lx);
	return rc;
}

/* read_head: of a compressed dump of dbdump. Of a file its end is looked at,
 * too: what has been cut off has none. */
static int read_head(
	struct positions *p, struct input *in, bool first, struct err *e)
{
	uint64_t size;

	if (positions_from_head(p, input_head(in), e))
		return err_prefix(e, "%s: ", input_name(in));
	if (first || !input_file(in, &size))
		return 0;
	if (archive_check_end(in, e))
		return -1;
	p->complete = true;
	return 0;
}

int positions_read(
	struct positions *p, struct input *in, bool first, struct err *e)
{
	if (input_head(in) && !p->full)
		return read_head(p, in, first, e);
	return read_whole(p, in, first, e);
}
