/* A plain dump is checked against the SHA-256 that it states at its end. */
#include "stream/text_seal.h"

#include <string.h>

#include "base/strbuf.h"
#include "data/sha256.h"
#include "tap.h"

/* dump: a text as dbdump writes it, with this many bytes of rows. */
static void dump(
	struct strbuf *out, const char *head, size_t rows, const char *time)
{
	struct sha256 *sha256 = sha256_new();
	unsigned char digest[SHA256_SIZE];
	char hex[SHA256_TEXT];

	strbuf_addf(out, "%s-- dbdump 0.1.0  Distrib 10.11\n--\n", head);
	for (size_t i = 0; i < rows; i++)
		strbuf_addch(out, "('row\n"[i % 6]);
	strbuf_addstr(out, "\n");
	sha256_add(sha256, out->buf, out->len);
	sha256_end(sha256, digest);
	sha256_free(sha256);
	sha256_text(digest, hex);
	strbuf_addf(out,
		"-- dbpipes-sha256 %s %zu%s%s\n-- Dump completed%s%s\n", hex,
		out->len, *time ? " " : "", time, *time ? " on " : "", time);
}

/* check: the text in pieces of this size. */
static enum text_verdict check(const char *text, size_t len, size_t piece)
{
	struct text_seal *s = text_seal_new();
	enum text_verdict verdict;
	const char *why;

	for (size_t at = 0; at < len; at += piece)
		text_seal_add(
			s, text + at, len - at < piece ? len - at : piece);
	verdict = text_seal_end(s, &why);
	text_seal_free(s);
	return verdict;
}

static void test_pieces(void)
{
	static const size_t sizes[] = {0, 1, 300, 511, 512, 513, 1024, 70000};
	static const size_t pieces[] = {1, 7, 511, 512, 513, 1025, 65536};
	bool good = true;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
		for (size_t k = 0; k < sizeof(pieces) / sizeof(*pieces); k++) {
			struct strbuf text = STRBUF_INIT;

			dump(&text, i % 2 ? "/*M!999999\\- sandbox */ \n" : "",
				sizes[i], k % 2 ? "2026-11-21T03:04:05Z" : "");
			good = good &&
				check(text.buf, text.len, pieces[k]) ==
					TEXT_GOOD;
			strbuf_release(&text);
		}
	ok(good, "a dump is good, however it comes, with and without a date");
}

/* test_damage: every byte changed, and every length too short. */
static void test_damage(void)
{
	struct strbuf text = STRBUF_INIT;
	size_t changed = 0, cut = 0;

	dump(&text, "", 3000, "2026-11-21T03:04:05Z");
	for (size_t i = 0; i < text.len; i++) {
		text.buf[i] ^= 1;
		changed += check(text.buf, text.len, 600) == TEXT_BAD;
		text.buf[i] ^= 1;
		cut += i && check(text.buf, i, 600) == TEXT_BAD;
	}
	ok(changed == text.len, "each changed byte is noticed");
	/* Without the whole of the header's first word it is no dump. */
	ok(cut == text.len - 1 - strlen("-- dbdump "),
		"so is an end that is missing");
	strbuf_release(&text);
}

/* test_several: dumps behind each other are not damaged, but cannot be judged.
 */
static void test_several(void)
{
	struct strbuf text = STRBUF_INIT, next = STRBUF_INIT;
	struct text_seal *s = text_seal_new();
	const char *why;

	dump(&text, "", 3000, "");
	dump(&next, "", 2000, "");
	text_seal_add(s, text.buf, text.len);
	text_seal_add(s, next.buf, next.len);
	ok(text_seal_end(s, &why) == TEXT_BAD && strstr(why, "longer"),
		"two dumps are longer than one of them");
	text_seal_free(s);
	strbuf_release(&text);
	strbuf_release(&next);
}

static void test_foreign(void)
{
	static const char text[] =
		"-- MariaDB dump 10.19\nINSERT INTO t VALUES (1);\n"
		"-- Dump completed on 2026-11-21  3:04:05\n";

	is_int(check(text, sizeof(text) - 1, 10), TEXT_UNSEALED,
		"a dump of others states no digest");
	is_int(check("", 0, 1), TEXT_UNSEALED, "nothing states none");
}

static int add_to(void *ctx, const void *data, size_t len, struct err *e)
{
	(void)e;
	strbuf_add(ctx, data, len);
	return 0;
}

/* reseal: a part, in pieces of this size, as a dump of its own. */
static void reseal(
	const char *part, size_t len, size_t piece, struct strbuf *to)
{
	struct text_reseal *r = text_reseal_new((struct sink){add_to, to});
	const struct sink sink = text_reseal_sink(r);
	struct err e;

	for (size_t at = 0; at < len; at += piece)
		sink.write(sink.ctx, part + at,
			len - at < piece ? len - at : piece, &e);
	text_reseal_end(r, &e);
	text_reseal_free(r);
}

/* test_part: as if a dump had had these rows alone. */
static void test_part(void)
{
	static const char *const times[] = {"", "2026-11-21T03:04:05Z"};
	static const size_t pieces[] = {1, 7, 511, 513, 65536};
	bool good = true;

	for (size_t i = 0; i < sizeof(pieces) / sizeof(*pieces); i++) {
		struct strbuf all = STRBUF_INIT, few = STRBUF_INIT;
		struct strbuf to = STRBUF_INIT;
		const size_t out = 6000;

		dump(&all, "", out + 3000, times[i % 2]);
		dump(&few, "", 3000, times[i % 2]);
		memmove(all.buf + 100, all.buf + 100 + out,
			all.len - out - 100);
		reseal(all.buf, all.len - out, pieces[i], &to);
		good = good && to.len == few.len &&
			!memcmp(to.buf, few.buf, few.len);
		strbuf_release(&all);
		strbuf_release(&few);
		strbuf_release(&to);
	}
	ok(good, "a part states its own digest, however it comes");
}

/* test_part_unsealed: what states no digest, or not where it ends. */
static void test_part_unsealed(void)
{
	static const char text[] = "-- MariaDB dump 10.19\nSELECT 1;\n",
			  cut[] = "a\n-- dbpipes-sha256 ";
	struct strbuf to = STRBUF_INIT;

	reseal(text, sizeof(text) - 1, 3, &to);
	is_str(to.buf, text, "a part that states none is passed on as it is");
	strbuf_reset(&to);
	reseal(cut, sizeof(cut) - 1, 3, &to);
	ok(to.len > sizeof(cut),
		"of a line that is cut nothing is read behind its end");
	strbuf_reset(&to);
	reseal("", 0, 1, &to);
	ok(!to.len, "nothing stays nothing");
	strbuf_release(&to);
}

int main(void)
{
	test_pieces();
	test_damage();
	test_several();
	test_foreign();
	test_part();
	test_part_unsealed();
	return done_testing();
}
