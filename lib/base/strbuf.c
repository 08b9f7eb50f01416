/* strbuf.c: growing byte buffers. */
#include "base/strbuf.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/prog.h"

char strbuf_empty[1];

enum { FIRST_CAP = 64 };

void strbuf_init(struct strbuf *sb)
{
	sb->buf = strbuf_empty;
	sb->len = 0;
	sb->cap = 0;
}

void strbuf_release(struct strbuf *sb)
{
	if (sb->cap)
		free(sb->buf);
	strbuf_init(sb);
}

char *strbuf_detach(struct strbuf *sb)
{
	char *bytes;

	strbuf_grow(sb, 0);
	bytes = sb->buf;
	strbuf_init(sb);
	return bytes;
}

void strbuf_enlarge(struct strbuf *sb, size_t extra)
{
	size_t want, cap;

	if (extra >= SIZE_MAX / 2 - sb->len)
		die_memory(extra);
	want = sb->len + extra + 1;
	cap = sb->cap + sb->cap / 2;
	if (cap < FIRST_CAP)
		cap = FIRST_CAP;
	if (cap < want)
		cap = want;
	sb->buf = xreallocarray(sb->cap ? sb->buf : NULL, cap, 1);
	sb->cap = cap;
	sb->buf[sb->len] = '\0';
}

void strbuf_shrink(struct strbuf *sb, size_t keep)
{
	if (sb->cap > keep)
		strbuf_release(sb);
	else
		strbuf_reset(sb);
}

void strbuf_add(struct strbuf *sb, const void *data, size_t len)
{
	if (!len)
		return;
	strbuf_grow(sb, len);
	memcpy(sb->buf + sb->len, data, len);
	strbuf_setlen(sb, sb->len + len);
}

void strbuf_addstr(struct strbuf *sb, const char *s)
{
	strbuf_add(sb, s, strlen(s));
}

void strbuf_addch(struct strbuf *sb, char c)
{
	strbuf_grow(sb, 1);
	sb->buf[sb->len] = c;
	strbuf_setlen(sb, sb->len + 1);
}

void strbuf_addf(struct strbuf *sb, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	strbuf_vaddf(sb, fmt, args);
	va_end(args);
}

void strbuf_vaddf(struct strbuf *sb, const char *fmt, va_list args)
{
	va_list again;
	int len;

	strbuf_grow(sb, FIRST_CAP);
	va_copy(again, args);
	len = vsnprintf(sb->buf + sb->len, sb->cap - sb->len, fmt, args);
	if (len >= 0 && (size_t)len >= sb->cap - sb->len) {
		strbuf_grow(sb, (size_t)len);
		len = vsnprintf(
			sb->buf + sb->len, sb->cap - sb->len, fmt, again);
	}
	va_end(again);
	strbuf_setlen(sb, sb->len + (len > 0 ? (size_t)len : 0));
}

void strbuf_remove(struct strbuf *sb, size_t pos, size_t len)
{
	if (pos >= sb->len)
		return;
	if (len > sb->len - pos)
		len = sb->len - pos;
	memmove(sb->buf + pos, sb->buf + pos + len, sb->len - pos - len);
	strbuf_setlen(sb, sb->len - len);
}
