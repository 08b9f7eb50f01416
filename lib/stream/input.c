/* input.c: opening dumps and undoing their compression, in bounded memory.
 *
 * Not here: writing compressed streams, or anything about what the bytes say.
 */
#include "stream/input.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "base/alloc.h"
#include "base/io.h"

/* What is read from the file at once when it is compressed. */
enum { RAW_SIZE = 256 * 1024 };

/* The first four bytes of a zstd frame, and of a skippable one with its low
 * four bits masked. Source: RFC 8878, 3.1. */
#define ZSTD_FRAME 0xFD2FB528u
#define ZSTD_SKIPPABLE 0x184D2A50u
#define ZSTD_SKIPPABLE_MASK 0xFFFFFFF0u

enum { PEEK_SIZE = 4 }; /* bytes that tell the format */

struct input {
	int fd;
	bool owned; /* fd was opened here, not standard input */
	bool view;  /* read by offsets, for fd is another's */
	char *name;
	enum input_format format;
	bool regular;
	uint64_t start;    /* offset of fd when reading began */
	uint64_t size;     /* bytes from there on, of a regular file */
	uint64_t consumed; /* bytes taken from the file */
	unsigned char *raw;
	size_t raw_pos, raw_len; /* what of raw is not used up yet */
	bool raw_end;            /* the file has no more */
	bool inside;             /* in the middle of a frame or member */
	ZSTD_DStream *zstd;
	z_stream gzip;
};

static uint32_t little_endian32(const unsigned char *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
		(uint32_t)p[3] << 24;
}

static enum input_format guess_format(const unsigned char *p, size_t len)
{
	uint32_t magic;

	if (len >= 2 && p[0] == 0x1f && p[1] == 0x8b)
		return INPUT_GZIP; /* RFC 1952, 2.3.1 */
	if (len < PEEK_SIZE)
		return INPUT_PLAIN;
	magic = little_endian32(p);
	if (magic == ZSTD_FRAME ||
		(magic & ZSTD_SKIPPABLE_MASK) == ZSTD_SKIPPABLE)
		return INPUT_ZSTD;
	return INPUT_PLAIN;
}

/* refill: more raw bytes, once the old ones are used up. */
static int refill(struct input *in, struct err *e)
{
	ssize_t n;

	if (in->raw_pos < in->raw_len || in->raw_end)
		return 0;
	n = io_read(in->fd, in->raw, RAW_SIZE, in->name, e);
	if (n < 0)
		return -1;
	in->raw_pos = 0;
	in->raw_len = (size_t)n;
	in->raw_end = n == 0;
	in->consumed += (uint64_t)n;
	return 0;
}

/* raw_offset: where in the file the next unused byte stands. */
static uint64_t raw_offset(const struct input *in)
{
	return in->start + in->consumed - (in->raw_len - in->raw_pos);
}

static int start_decoder(struct input *in, struct err *e)
{
	if (in->format == INPUT_ZSTD) {
		in->zstd = ZSTD_createDStream();
		if (!in->zstd)
			return err_set(e, ERR_OS, "no memory to read zstd");
	}
	/* 16: a gzip header, not a zlib one. */
	if (in->format == INPUT_GZIP &&
		inflateInit2(&in->gzip, 16 + MAX_WBITS) != Z_OK) {
		in->format = INPUT_PLAIN; /* nothing for inflateEnd */
		return err_set(e, ERR_OS, "no memory to read gzip");
	}
	return 0;
}

static int find_start(struct input *in, struct err *e)
{
	off_t at;
	ssize_t n;

	in->regular = io_is_regular(in->fd, &in->size);
	at = in->regular ? lseek(in->fd, 0, SEEK_CUR) : 0;
	if (at > 0) {
		in->start = (uint64_t)at;
		in->size -= in->size < in->start ? in->size : in->start;
	}
	n = io_read_full(in->fd, in->raw, PEEK_SIZE, in->name, e);
	if (n < 0)
		return -1;
	in->raw_len = (size_t)n;
	in->consumed = (uint64_t)n;
	in->format = guess_format(in->raw, in->raw_len);
	return start_decoder(in, e);
}

struct input *input_open(const char *path, struct err *e)
{
	struct input *in = xcalloc(1, sizeof(*in));

	in->raw = xmalloc(RAW_SIZE);
	in->owned = path && strcmp(path, "-") != 0;
	in->name = xstrdup(in->owned ? path : "standard input");
	in->fd = in->owned ? io_open_read(path, e) : STDIN_FILENO;
	if (in->fd < 0)
		goto fail;
	if (!in->owned && isatty(in->fd)) {
		err_set(e, ERR_USAGE, "standard input is a terminal");
		err_hint(e, "name a file, or feed a dump by a pipe or `<'");
		goto fail;
	}
	if (find_start(in, e))
		goto fail;
	return in;
fail:
	input_close(in);
	return NULL;
}

void input_close(struct input *in)
{
	if (!in)
		return;
	if (in->format == INPUT_GZIP)
		inflateEnd(&in->gzip);
	ZSTD_freeDStream(in->zstd);
	/* Only read from: nothing can be lost by closing it. */
	if (in->owned && in->fd >= 0)
		close(in->fd);
	free(in->raw);
	free(in->name);
	free(in);
}

static int truncated(const struct input *in, const char *what, struct err *e)
{
	err_set(e, ERR_DATA,
		"%s: the %s data end in the middle, after %llu bytes", in->name,
		what, (unsigned long long)raw_offset(in));
	return err_hint(e, "the dump is truncated: make or fetch it again");
}

static int damaged(const struct input *in, const char *what, const char *why,
	struct err *e)
{
	err_set(e, ERR_DATA, "%s: damaged %s data near byte %llu: %s", in->name,
		what, (unsigned long long)raw_offset(in), why);
	return err_hint(e, "the dump is damaged: make or fetch it again");
}

/* read_plain: what was peeked first, then straight from the file. */
static ssize_t read_plain(
	struct input *in, void *buf, size_t len, struct err *e)
{
	size_t left = in->raw_len - in->raw_pos;
	ssize_t n;

	if (left) {
		if (left > len)
			left = len;
		memcpy(buf, in->raw + in->raw_pos, left);
		in->raw_pos += left;
		return (ssize_t)left;
	}
	if (in->view)
		n = input_pread(in, buf, len, in->consumed, e);
	else
		n = io_read(in->fd, buf, len, in->name, e);
	if (n > 0)
		in->consumed += (uint64_t)n;
	return n;
}

static ssize_t read_zstd(struct input *in, void *buf, size_t len, struct err *e)
{
	ZSTD_outBuffer out = {buf, len, 0};

	while (!out.pos) {
		ZSTD_inBuffer raw;
		size_t rc, before;

		if (refill(in, e))
			return -1;
		raw = (ZSTD_inBuffer){in->raw, in->raw_len, in->raw_pos};
		if (in->raw_end && !in->inside)
			return 0;
		before = raw.pos;
		rc = ZSTD_decompressStream(in->zstd, &out, &raw);
		in->raw_pos = raw.pos;
		if (ZSTD_isError(rc))
			return damaged(in, "zstd", ZSTD_getErrorName(rc), e);
		in->inside = rc != 0;
		/* At the end of the file the decoder may still hold output,
		 * but if it gives none, it wants bytes that are not there. */
		if (in->raw_end && !out.pos && raw.pos == before && in->inside)
			return truncated(in, "zstd", e);
	}
	return (ssize_t)out.pos;
}

/* next_member: what follows a gzip member: another, the end of the file, or
 * padding with NULs as tape tools leave it. Returns 1 for another member. */
static int next_member(struct input *in, struct err *e)
{
	for (;;) {
		if (refill(in, e))
			return -1;
		if (in->raw_end)
			return 0;
		if (in->raw[in->raw_pos])
			break;
		in->raw_pos++;
	}
	if (inflateReset(&in->gzip) != Z_OK)
		return err_set(e, ERR_BUG, "zlib: cannot start over");
	return 1;
}

static ssize_t read_gzip(struct input *in, void *buf, size_t len, struct err *e)
{
	z_stream *z = &in->gzip;
	uInt room = len > RAW_SIZE ? RAW_SIZE : (uInt)len;

	z->next_out = buf;
	z->avail_out = room;
	while (z->avail_out == room) {
		int rc;

		if (!in->inside) {
			rc = next_member(in, e);
			if (rc <= 0)
				return rc;
			in->inside = true;
		}
		if (refill(in, e))
			return -1;
		if (in->raw_end)
			return truncated(in, "gzip", e);
		z->next_in = in->raw + in->raw_pos;
		z->avail_in = (uInt)(in->raw_len - in->raw_pos);
		rc = inflate(z, Z_NO_FLUSH);
		in->raw_pos = in->raw_len - z->avail_in;
		if (rc == Z_STREAM_END)
			in->inside = false;
		else if (rc != Z_OK && rc != Z_BUF_ERROR)
			return damaged(in, "gzip",
				z->msg ? z->msg : "checksum or format", e);
	}
	return (ssize_t)(room - z->avail_out);
}

ssize_t input_read(struct input *in, void *buf, size_t len, struct err *e)
{
	if (!len)
		return 0;
	switch (in->format) {
	case INPUT_ZSTD:
		return read_zstd(in, buf, len, e);
	case INPUT_GZIP:
		return read_gzip(in, buf, len, e);
	case INPUT_PLAIN:
		break;
	}
	return read_plain(in, buf, len, e);
}

const char *input_name(const struct input *in)
{
	return in->name;
}

enum input_format input_format(const struct input *in)
{
	return in->format;
}

uint64_t input_consumed(const struct input *in, uint64_t *total)
{
	*total = in->regular ? in->size : 0;
	return in->consumed - (in->raw_len - in->raw_pos);
}

bool input_plain_file(const struct input *in, uint64_t *size)
{
	*size = in->size;
	return in->regular && in->format == INPUT_PLAIN;
}

ssize_t input_pread(
	struct input *in, void *buf, size_t len, uint64_t offset, struct err *e)
{
	return io_pread_full(in->fd, buf, len, in->start + offset, in->name, e);
}

struct input *input_view(const struct input *in, uint64_t offset)
{
	struct input *view = xcalloc(1, sizeof(*view));

	view->fd = in->fd;
	view->view = true;
	view->name = xstrdup(in->name);
	view->regular = true;
	view->start = in->start + offset;
	view->size = in->size - offset;
	return view;
}
