/* window.h: a part of a stream in memory that moves along it, for the lexer:
 * what is still to be read, the piece that is being read, and where its line
 * begins. With a limit to what is kept of a piece, memory stays bounded.
 */
#ifndef DBPIPES_STREAM_WINDOW_H
#define DBPIPES_STREAM_WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "stream/input.h"

enum { WINDOW_AHEAD = 24 }; /* bytes: longer than any mark or delimiter */

struct window {
	struct input *in;
	size_t hold; /* bytes to keep of a piece, at least */
	bool all;    /* keep all of them */
	size_t most; /* bytes of the buffer: a piece that wants more is refused
		      */

	/* buf[pos..end) is still to be read. */
	char *buf;
	size_t cap, pos, end;
	uint64_t base; /* offset in the stream of buf[0] */
	bool eof;      /* the stream has nothing behind end */

	/* Of what has left buf: behind its latest newline, and its last byte.
	 */
	uint64_t line;
	char last;

	/* The piece being read. What of it has left buf is in kept, as far as
	 * `hold` allows; the rest begins at buf[start]. */
	bool in_piece;
	size_t start;
	uint64_t piece_offset;
	struct strbuf kept;
};

/* window_init: over `in`, borrowed. `hold`: bytes to keep of each piece, 0 for
 * all. Owns: until window_release. */
void window_init(struct window *w, struct input *in, size_t hold);
void window_release(struct window *w);

/* window_fill: more bytes behind end. Returns 1, 0 at the end of the stream,
 * -1. Errors: those of input_read; ERR_DATA for a piece of more than a GiB that
 * is to be kept whole. */
int window_fill(struct window *w, struct err *e);

/* window_ahead: have WINDOW_AHEAD bytes at pos, or all that there are: what
 * window_at and window_byte may look at. */
int window_ahead(struct window *w, struct err *e);

/* window_line: offset of the line that pos is in. */
uint64_t window_line(const struct window *w);

/* window_begin: a piece begins at pos. window_end: it ends there; returns the
 * text that is held of it, valid until the next call; *len gets its bytes. */
void window_begin(struct window *w);
const char *window_end(struct window *w, size_t *len);

static inline uint64_t window_offset(const struct window *w)
{
	return w->base + w->pos;
}

/* window_at: does the stream go on with text? */
static inline bool window_at(
	const struct window *w, const char *text, size_t len)
{
	return w->end - w->pos >= len && !memcmp(w->buf + w->pos, text, len);
}

/* window_byte: the byte n behind pos, or a newline behind the end. */
static inline unsigned char window_byte(const struct window *w, size_t n)
{
	return w->end - w->pos <= n ? '\n' : (unsigned char)w->buf[w->pos + n];
}

/* window_before: the byte before pos, or a newline at the beginning. */
static inline unsigned char window_before(const struct window *w)
{
	return (unsigned char)(w->pos ? w->buf[w->pos - 1] : w->last);
}

#endif
