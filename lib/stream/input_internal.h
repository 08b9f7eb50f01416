/* input_internal.h: what input.c and input_zstd.c share. */
#ifndef DBPIPES_STREAM_INPUT_INTERNAL_H
#define DBPIPES_STREAM_INPUT_INTERNAL_H

#include <zlib.h>
#include <zstd.h>

#include "stream/ahead.h"
#include "stream/input.h"
#include "stream/seal.h"
#include "stream/text_seal.h"

/* What is read from the file at once when it is compressed. */
enum { RAW_SIZE = 256 * 1024 };

struct input {
	int fd;
	bool owned; /* fd was opened here, not standard input */
	bool view;  /* read by offsets, for fd is another's */
	bool text;  /* of bytes in memory: all of them are in raw */
	bool pass;  /* what is read is written to pass_to as well */
	int pass_to;
	char *name;
	enum input_format format;
	bool regular;
	uint64_t start;    /* offset of fd when reading began */
	uint64_t size;     /* bytes from there on, of a regular file */
	uint64_t consumed; /* bytes taken from the file */
	bool scant; /* a pipe: the last read took all there was, and little */
	unsigned char *raw;
	size_t raw_pos, raw_len; /* what of raw is not used up yet */
	bool raw_end;            /* the file has no more */
	/* What input_peek has taken of the stream and nobody has read yet. */
	unsigned char *peeked;
	size_t peeked_pos, peeked_len;
	bool inside; /* in the middle of a frame or member */
	z_stream gzip;
	ZSTD_DStream *zstd;
	struct seal *seal;   /* of a compressed dump of dbdump */
	struct ahead *ahead; /* some frames of an archive; all else unused */
	uint64_t frame_packed, frame_text; /* of the frame at work, so far */
	struct text_seal *text_seal;       /* of a text that is checked */
	bool text_checked;                 /* and proved right */
	struct sink tee;                   /* without a function: none */
};

/* input_read_raw: from the file, whatever its format. */
ssize_t input_read_raw(struct input *in, void *buf, size_t len, struct err *e);
/* input_decode: as input_read, but behind what was peeked at. */
ssize_t input_decode(struct input *in, void *buf, size_t len, struct err *e);
/* input_pass_on: what input_read has read, or that it has ended, to those who
 * look on: the text's digest, the tee. Returns n, or -1. */
ssize_t input_pass_on(
	struct input *in, const void *buf, ssize_t n, struct err *e);
/* input_fill: make at least `least` raw bytes ready, fewer only at the end. */
int input_fill(struct input *in, size_t least, struct err *e);
/* input_offset: where in the file the next unused byte stands. */
uint64_t input_offset(const struct input *in);

/* The errors of compressed data; `what` is its kind. Return -1. */
int input_truncated(const struct input *in, const char *what, struct err *e);
int input_damaged(const struct input *in, const char *what, const char *why,
	struct err *e);

/* input_zstd_begin: `head`: it is a dump of dbdump, and its head is read. */
int input_zstd_begin(struct input *in, bool head, struct err *e);
void input_zstd_end(struct input *in);
ssize_t input_read_zstd(struct input *in, void *buf, size_t len, struct err *e);

#endif
