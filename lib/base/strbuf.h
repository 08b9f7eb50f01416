/* strbuf.h: growing byte buffers.
 *
 * Invariants: buf is never NULL and always ends in a NUL at buf[len], so it
 * can be read as a C string; len counts bytes before that NUL and may include
 * other NULs, for row data may hold them. Only strbuf.c computes capacities.
 */
#ifndef DBPIPES_BASE_STRBUF_H
#define DBPIPES_BASE_STRBUF_H

#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include "base/attr.h"

struct strbuf {
	char *buf;
	size_t len;
	size_t cap; /* bytes allocated, 0 while buf is the shared empty string
		     */
};

extern char strbuf_empty[1]; /* what buf points to before the first byte */

#define STRBUF_INIT                                                            \
	{                                                                      \
		strbuf_empty, 0, 0                                             \
	}

void strbuf_init(struct strbuf *sb);
/* strbuf_release: free the bytes and leave the buffer empty and usable. */
void strbuf_release(struct strbuf *sb);
/* strbuf_detach: give the bytes away. Owns: the caller frees the result. */
char *strbuf_detach(struct strbuf *sb);
/* strbuf_enlarge: private to strbuf_grow. */
void strbuf_enlarge(struct strbuf *sb, size_t extra);
/* strbuf_grow: make room for `extra` more bytes behind len. */
static inline void strbuf_grow(struct strbuf *sb, size_t extra)
{
	if (extra >= sb->cap - sb->len)
		strbuf_enlarge(sb, extra);
}
/* strbuf_shrink: give memory back if more than `keep` bytes are allocated;
 * the content is dropped. For buffers that one huge row has blown up. */
void strbuf_shrink(struct strbuf *sb, size_t keep);
void strbuf_add(struct strbuf *sb, const void *data, size_t len);
void strbuf_addstr(struct strbuf *sb, const char *s);
void strbuf_addch(struct strbuf *sb, char c);
void strbuf_addf(struct strbuf *sb, const char *fmt, ...) PRINTF_LIKE(2, 3);
void strbuf_vaddf(struct strbuf *sb, const char *fmt, va_list args)
	PRINTF_LIKE(2, 0);
/* strbuf_remove: delete `len` bytes from offset `pos` on. */
void strbuf_remove(struct strbuf *sb, size_t pos, size_t len);

/* strbuf_setlen: cut to len, or take in bytes written behind the old end;
 * len must be within the room that strbuf_grow made. */
static inline void strbuf_setlen(struct strbuf *sb, size_t len)
{
	sb->len = len;
	if (sb->cap)
		sb->buf[len] = '\0';
}

static inline void strbuf_reset(struct strbuf *sb)
{
	strbuf_setlen(sb, 0);
}

#endif
