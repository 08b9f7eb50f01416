/* archive_read.c: taking text out of an archive; see archive.h. */
#include <stdlib.h>
#include <string.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "base/alloc.h"
#include "stream/archive_internal.h"

struct archive_reader {
	const struct archive *archive;
	ZSTD_DStream *zstd;
	char *raw, *text; /* of ARCHIVE_STEP bytes each */
};

struct archive_reader *archive_reader_new(const struct archive *a)
{
	struct archive_reader *r = xcalloc(1, sizeof(*r));

	r->archive = a;
	r->zstd = ZSTD_createDStream();
	if (!r->zstd)
		abort(); /* only for want of memory */
	r->raw = xmalloc(ARCHIVE_STEP);
	r->text = xmalloc(ARCHIVE_STEP);
	return r;
}

void archive_reader_free(struct archive_reader *r)
{
	if (!r)
		return;
	ZSTD_freeDStream(r->zstd);
	free(r->raw);
	free(r->text);
	free(r);
}

/* A range on its way. */
struct way {
	struct sink to;
	uint64_t offset; /* of the bytes at hand, for messages */
	uint64_t bytes;  /* of text so far */
	bool inside;     /* a frame */
};

static int bad_frame(const struct archive_reader *r, const struct way *way,
	const char *why, struct err *e)
{
	err_set(e, ERR_DATA, "%s: damaged dump near byte %llu: %s",
		input_name(r->archive->in), (unsigned long long)way->offset,
		why);
	return err_hint(e, "make or fetch it again");
}

/* unpack: raw bytes to text, as far as they go. */
static int unpack(
	struct archive_reader *r, struct way *way, size_t len, struct err *e)
{
	ZSTD_inBuffer raw = {r->raw, len, 0};
	ZSTD_outBuffer out = {r->text, ARCHIVE_STEP, ARCHIVE_STEP};

	/* A full buffer of text may have left more within the decoder. */
	while (raw.pos < raw.size || (way->inside && out.pos == out.size)) {
		size_t rc;

		out.pos = 0;
		rc = ZSTD_decompressStream(r->zstd, &out, &raw);
		if (ZSTD_getErrorCode(rc) == ZSTD_error_memory_allocation)
			return err_set(e, ERR_OS, "%s: no memory to read zstd",
				input_name(r->archive->in));
		if (ZSTD_isError(rc))
			return bad_frame(r, way, ZSTD_getErrorName(rc), e);
		way->inside = rc != 0;
		way->bytes += out.pos;
		if (out.pos && way->to.write(way->to.ctx, r->text, out.pos, e))
			return -1;
	}
	return 0;
}

int archive_read(struct archive_reader *r, const struct frame_range *frames,
	struct sink to, struct err *e)
{
	struct way way = {.to = to, .offset = frames->offset};
	uint64_t end = frames->offset + frames->length;

	ZSTD_DCtx_reset(r->zstd, ZSTD_reset_session_only);
	while (way.offset < end) {
		size_t n = end - way.offset < ARCHIVE_STEP
			? (size_t)(end - way.offset)
			: ARCHIVE_STEP;

		if (archive_pread(r->archive, r->raw, n, way.offset, e) ||
			unpack(r, &way, n, e))
			return -1;
		way.offset += n;
	}
	if (way.inside || way.bytes != frames->bytes)
		return bad_frame(r, &way,
			"the frames do not hold what the seek table states", e);
	return 0;
}

/* hash_text: all of the text; the part that the manifest's digest is of into
 * the sum. */
static int hash_text(
	struct input *in, struct sha256 *sum, uint64_t left, struct err *e)
{
	char *buf = xmalloc(ARCHIVE_STEP);
	ssize_t n;

	while ((n = input_read(in, buf, ARCHIVE_STEP, e)) > 0) {
		size_t part = (uint64_t)n < left ? (size_t)n : (size_t)left;

		sha256_add(sum, buf, part);
		left -= part;
	}
	free(buf);
	return n < 0 ? -1 : 0;
}

int archive_verify_file(const struct archive *a, struct err *e)
{
	struct sha256 *sum = sha256_new();
	unsigned char digest[SHA256_SIZE];
	int rc = archive_hash(a, sum, 0, a->manifest_at, e);

	sha256_end(sum, digest);
	sha256_free(sum);
	if (!rc && memcmp(digest, a->end.sha256, SHA256_SIZE) != 0)
		rc = archive_damaged(a,
			"its bytes do not have the SHA-256 that its manifest "
			"states",
			e);
	return rc;
}

int archive_verify(const struct archive *a, struct err *e)
{
	struct input *in = input_again(a->in, e);
	struct sha256 *sum;
	unsigned char digest[SHA256_SIZE];
	int rc;

	if (!in)
		return -1;
	sum = sha256_new();
	rc = hash_text(in, sum, a->end.text_bytes, e);
	sha256_end(sum, digest);
	sha256_free(sum);
	input_close(in);
	if (!rc && memcmp(digest, a->end.text_sha256, SHA256_SIZE) != 0)
		rc = archive_damaged(a,
			"its text does not have the SHA-256 that its manifest "
			"states",
			e);
	return rc;
}
