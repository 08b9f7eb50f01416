/* input_zstd.c: reading zstd frame by frame: text out of those that hold some,
 * and of a dump of ours the rest to the seal, which tells whether it is whole
 * and unchanged.
 */
#include <string.h>
#include <zstd_errors.h>

#include "base/prog.h"
#include "stream/container.h"
#include "stream/input_internal.h"

static const char *kind(const struct input *in)
{
	return in->seal ? "dump" : "zstd";
}

/* refuse: say where and why, unless there is no reason to. */
static int refuse(const struct input *in, const char *why, struct err *e)
{
	return why ? input_damaged(in, kind(in), why, e) : 0;
}

/* content: the rest of a skippable frame. */
static int content(struct input *in, uint64_t left, struct err *e)
{
	while (left) {
		const char *why = NULL;
		size_t n;

		if (input_fill(in, 1, e))
			return -1;
		n = in->raw_len - in->raw_pos;
		if (!n)
			return input_truncated(in, kind(in), e);
		n = n < left ? n : (size_t)left;
		if (in->seal)
			why = seal_content(in->seal, in->raw + in->raw_pos, n);
		if (refuse(in, why, e))
			return -1;
		in->raw_pos += n;
		left -= n;
	}
	return 0;
}

/* is_stray: the footer of a dump whose beginning was not that of one. */
static bool is_stray(const struct input *in, const unsigned char *p, size_t len)
{
	size_t magic = strlen(FOOTER_MAGIC);

	return !in->seal && len >= SKIPPABLE_HEADER + magic &&
		get_le32(p + 4) == FOOTER_SIZE &&
		!memcmp(p + SKIPPABLE_HEADER, FOOTER_MAGIC, magic);
}

/* skip: a skippable frame, whose first bytes are there. */
static int skip(struct input *in, struct err *e)
{
	const unsigned char *p = in->raw + in->raw_pos;
	size_t len = in->raw_len - in->raw_pos;
	const char *why = NULL;

	if (len < SKIPPABLE_HEADER)
		return input_truncated(in, kind(in), e);
	if (is_stray(in, p, len))
		return input_damaged(in, "dump",
			"it does not begin with the head of a dump", e);
	if (in->seal)
		why = seal_begin(in->seal, p);
	if (refuse(in, why, e))
		return -1;
	in->raw_pos += SKIPPABLE_HEADER;
	if (content(in, get_le32(p + 4), e))
		return -1;
	return in->seal ? refuse(in, seal_end(in->seal), e) : 0;
}

/* next_frame: step to the next frame that holds text. Returns 1, or 0 at the
 * end of the file, if that is where the dump ends. */
static int next_frame(struct input *in, struct err *e)
{
	for (;;) {
		size_t len;

		if (input_fill(in, SKIPPABLE_HEADER + 8, e))
			return -1;
		len = in->raw_len - in->raw_pos;
		if (!len && (!in->seal || seal_complete(in->seal)))
			return 0;
		if (in->seal && seal_complete(in->seal))
			return refuse(in, seal_text_begin(in->seal), e);
		if (len < sizeof(uint32_t))
			return input_truncated(in, kind(in), e);
		if (!is_skippable(get_le32(in->raw + in->raw_pos)))
			break;
		if (skip(in, e))
			return -1;
	}
	in->inside = true;
	in->frame_packed = 0;
	in->frame_text = 0;
	return in->seal && refuse(in, seal_text_begin(in->seal), e) ? -1 : 1;
}

/* count: what has been used up of a frame's bytes, and what came of it. */
static void count(
	struct input *in, const unsigned char *raw, size_t used, size_t text)
{
	in->frame_packed += used;
	in->frame_text += text;
	if (!in->seal)
		return;
	seal_text(in->seal, raw, used);
	if (!in->inside)
		seal_text_end(in->seal, in->frame_packed, in->frame_text);
}

/* undecodable: what is no fault of the bytes is not called damage: they would
 * be good where there is more memory. */
static int undecodable(const struct input *in, size_t rc, struct err *e)
{
	switch (ZSTD_getErrorCode(rc)) {
	case ZSTD_error_memory_allocation:
		return err_set(
			e, ERR_OS, "%s: no memory to read zstd", in->name);
	case ZSTD_error_frameParameter_windowTooLarge:
		err_set(e, ERR_DATA,
			"%s: compressed with `zstd --long', in windows of more "
			"than 128M, which are not read",
			in->name);
		return err_hint(e, "zstd -dc --long=31 FILE | %s", prog_name());
	default:
		return input_damaged(in, kind(in), ZSTD_getErrorName(rc), e);
	}
}

/* step: more text of the frame at work, if its bytes have any. */
static int step(struct input *in, ZSTD_outBuffer *out, struct err *e)
{
	size_t rc, before, text = out->pos;
	ZSTD_inBuffer raw;

	if (input_fill(in, 1, e))
		return -1;
	before = in->raw_pos;
	raw = (ZSTD_inBuffer){in->raw, in->raw_len, before};
	rc = ZSTD_decompressStream(in->zstd, out, &raw);
	in->raw_pos = raw.pos;
	if (ZSTD_isError(rc))
		return undecodable(in, rc, e);
	in->inside = rc != 0;
	count(in, in->raw + before, raw.pos - before, out->pos - text);
	/* At the end of the file the decoder may still hold output, but if it
	 * gives none, it wants bytes that are not there. */
	if (in->raw_end && out->pos == text && raw.pos == before && in->inside)
		return input_truncated(in, kind(in), e);
	return 0;
}

ssize_t input_read_zstd(struct input *in, void *buf, size_t len, struct err *e)
{
	ZSTD_outBuffer out = {buf, len, 0};

	while (!out.pos) {
		int rc = in->inside ? 1 : next_frame(in, e);

		if (rc <= 0)
			return rc;
		if (step(in, &out, e))
			return -1;
	}
	return (ssize_t)out.pos;
}

int input_zstd_begin(struct input *in, bool head, struct err *e)
{
	in->zstd = ZSTD_createDStream();
	if (!in->zstd)
		return err_set(e, ERR_OS, "no memory to read zstd");
	if (!head)
		return 0;
	in->seal = seal_new();
	return skip(in, e);
}

void input_zstd_end(struct input *in)
{
	ZSTD_freeDStream(in->zstd);
	seal_free(in->seal);
}

const char *input_head(const struct input *in)
{
	return in->seal ? seal_head(in->seal) : NULL;
}
