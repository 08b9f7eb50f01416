/* window.c: see window.h. */
#include "stream/window.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/alloc.h"

enum {
	BUFFER_SIZE = 256 * 1024, /* fits the second level cache */
	READ_SIZE = 64 * 1024     /* room below which the buffer is tidied */
};

/* Of a piece that is kept whole: the largest packet of the protocol, 1 GiB, and
 * what may stand around such a row. Source: MariaDB manual,
 * max_allowed_packet. */
static const size_t MOST = ((size_t)1 << 30) + ((size_t)16 << 20);

void window_init(struct window *w, struct input *in, size_t hold)
{
	*w = (struct window){.in = in,
		.hold = hold ? hold : SIZE_MAX,
		.all = !hold,
		.most = MOST,
		.cap = BUFFER_SIZE,
		.buf = xmalloc(BUFFER_SIZE),
		.last = '\n'};
	strbuf_init(&w->kept);
}

void window_release(struct window *w)
{
	strbuf_release(&w->kept);
	free(w->buf);
}

/* save_head: buf[start..pos) is about to go: keep what must be kept of it. */
static void save_head(struct window *w)
{
	size_t len = w->pos - w->start;
	size_t room = w->hold - w->kept.len;

	strbuf_add(&w->kept, w->buf + w->start, len < room ? len : room);
	w->start = w->pos;
}

/* drop: the first bytes of buf. */
static void drop(struct window *w, size_t len)
{
	const char *newline = memrchr(w->buf, '\n', len);

	if (newline)
		w->line = w->base + (size_t)(newline - w->buf) + 1;
	if (len)
		w->last = w->buf[len - 1];
	memmove(w->buf, w->buf + len, w->end - len);
	w->base += len;
	w->start -= w->in_piece ? len : w->start;
	w->pos -= len;
	w->end -= len;
}

static int too_long(const struct window *w, struct err *e)
{
	err_set(e, ERR_DATA,
		"what begins at byte %" PRIu64
		" does not end within %zu MiB, and no server takes as much",
		w->piece_offset, w->most >> 20);
	return err_hint(e, "the dump is damaged, or no dump: make a new one");
}

/* make_room: drop what is read, or grow if nothing can be dropped. */
static int make_room(struct window *w, struct err *e)
{
	size_t from = w->pos;

	if (w->cap - w->end >= READ_SIZE)
		return 0;
	if (w->in_piece) {
		if (!w->all)
			save_head(w);
		from = w->start;
	}
	if (w->end - from > w->cap / 2 && w->cap < w->most) {
		w->cap = w->cap < w->most / 2 ? w->cap * 2 : w->most;
		w->buf = xreallocarray(w->buf, w->cap, 1);
		return 0;
	}
	if (w->cap - (w->end - from) < READ_SIZE)
		return too_long(w, e);
	drop(w, from);
	return 0;
}

int window_fill(struct window *w, struct err *e)
{
	ssize_t n;

	if (w->eof)
		return 0;
	if (make_room(w, e))
		return -1;
	n = input_read(w->in, w->buf + w->end, w->cap - w->end, e);
	if (n < 0)
		return -1;
	w->end += (size_t)n;
	w->eof = n == 0;
	return n > 0;
}

int window_ahead(struct window *w, struct err *e)
{
	int rc = 1;

	while (rc > 0 && w->end - w->pos < WINDOW_AHEAD)
		rc = window_fill(w, e);
	return rc < 0 ? -1 : 0;
}

uint64_t window_line(const struct window *w)
{
	const char *newline = memrchr(w->buf, '\n', w->pos);

	return newline ? w->base + (size_t)(newline - w->buf) + 1 : w->line;
}

void window_begin(struct window *w)
{
	w->in_piece = true;
	w->start = w->pos;
	w->piece_offset = window_offset(w);
	strbuf_reset(&w->kept);
	strbuf_shrink(&w->kept, BUFFER_SIZE);
}

const char *window_end(struct window *w, size_t *len)
{
	w->in_piece = false;
	if (!w->kept.len) {
		*len = w->pos - w->start;
		if (*len > w->hold)
			*len = w->hold;
		return w->buf + w->start;
	}
	save_head(w);
	*len = w->kept.len;
	return w->kept.buf;
}
