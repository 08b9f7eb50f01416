/* Bytes compressed on their way by several threads: zstd gets them back, in
 * their order, and whatever fails ends it. */
#include "stream/squeeze.h"

#include <zstd.h>

#include "base/strbuf.h"
#include "fixture.h"
#include "random.h"
#include "stream/frame.h"
#include "tap.h"

/* Seven pieces and a bit: more than the ring of two threads holds. */
enum { SIZE = 7 * FRAME_TEXT + 12345 };

static int take(void *ctx, const void *data, size_t len, struct err *e)
{
	(void)e;
	strbuf_add(ctx, data, len);
	return 0;
}

/* refuse: all but the first call. */
static int refuse(void *ctx, const void *data, size_t len, struct err *e)
{
	int *calls = ctx;

	(void)data;
	(void)len;
	return (*calls)++ ? err_set(e, ERR_IO, "the disk is full") : 0;
}

/* Half of it noise, so that some pieces take longer than others. */
static void fill(struct strbuf *text)
{
	while (text->len < SIZE) {
		uint64_t noise = text->len / FRAME_TEXT % 2 ? 0 : random_next();

		strbuf_add(text, &noise, sizeof(noise));
	}
	strbuf_setlen(text, SIZE);
}

/* pour: in parts of this size. */
static int pour(struct squeeze *s, const struct strbuf *text, size_t part,
	struct err *e)
{
	struct sink to = squeeze_sink(s);

	for (size_t at = 0; at < text->len; at += part) {
		size_t rest = text->len - at;

		if (to.write(to.ctx, text->buf + at, part < rest ? part : rest,
			    e))
			return -1;
	}
	return squeeze_finish(s, e);
}

/* unpacked: what zstd makes of all frames together. */
static void unpacked(const struct strbuf *packed, struct strbuf *text)
{
	size_t n;

	strbuf_reset(text);
	strbuf_grow(text, SIZE + 1);
	n = ZSTD_decompress(text->buf, SIZE + 1, packed->buf, packed->len);
	strbuf_setlen(text, ZSTD_isError(n) ? 0 : n);
}

static void test_same(const struct strbuf *text, unsigned jobs, size_t part,
	const char *title)
{
	struct strbuf packed = STRBUF_INIT, again = STRBUF_INIT;
	struct squeeze *s;
	struct err e;

	s = squeeze_new((struct sink){take, &packed}, 1, jobs, &e);
	ok(s && !pour(s, text, part, &e), title);
	squeeze_free(s);
	unpacked(&packed, &again);
	ok(again.len == text->len && !memcmp(again.buf, text->buf, text->len),
		"and zstd makes of its frames what it was");
	strbuf_release(&packed);
	strbuf_release(&again);
}

static void test_frames(const struct strbuf *text)
{
	struct strbuf packed = STRBUF_INIT;
	struct squeeze *s;
	size_t at = 0, n = 0, len = 0;
	int frames = 0;
	struct err e;

	s = squeeze_new((struct sink){take, &packed}, 3, 2, &e);
	pour(s, text, FRAME_TEXT, &e);
	for (; at < packed.len && !ZSTD_isError(n); at += n, frames++) {
		len += ZSTD_getFrameContentSize(
			packed.buf + at, packed.len - at);
		n = ZSTD_findFrameCompressedSize(
			packed.buf + at, packed.len - at);
	}
	is_int(frames, SIZE / FRAME_TEXT + 1, "each piece is a frame");
	is_int((intmax_t)len, SIZE, "that states its size");
	squeeze_free(s);
	strbuf_release(&packed);
}

static void test_nothing(void)
{
	struct strbuf packed = STRBUF_INIT;
	struct squeeze *s;
	struct err e;

	s = squeeze_new((struct sink){take, &packed}, 3, 2, &e);
	ok(!squeeze_finish(s, &e) && !packed.len,
		"nothing written, nothing made");
	squeeze_free(s);
	squeeze_free(NULL);
	strbuf_release(&packed);
}

static void test_failure(const struct strbuf *text)
{
	struct squeeze *s;
	struct err e;
	int calls = 0;

	s = squeeze_new((struct sink){refuse, &calls}, 3, 2, &e);
	ok(pour(s, text, FRAME_TEXT, &e) && e.code == ERR_IO,
		"a sink that fails ends it with its error");
	is_int(calls, 2, "and is not asked again");
	squeeze_free(s);
	s = squeeze_new((struct sink){refuse, &calls}, 3, 2, &e);
	squeeze_sink(s).write(s, text->buf, 5, &e);
	squeeze_free(s);
	is_int(calls, 2, "one that is given up writes nothing");
}

int main(void)
{
	struct strbuf text = STRBUF_INIT;

	fill(&text);
	test_same(&text, 2, 100000, "many parts by two threads");
	test_same(&text, 1, 3 * FRAME_TEXT + 1, "large parts by one thread");
	test_same(&text, 5, SIZE, "all at once by five");
	test_frames(&text);
	test_nothing();
	test_failure(&text);
	strbuf_release(&text);
	return done_testing();
}
