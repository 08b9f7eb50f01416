/* insert_internal.h: between insert_fields.c, which converts rows, and
 * insert_bytes.c, which converts values that are written by their digits. */
#ifndef DBPIPES_STREAM_INSERT_INTERNAL_H
#define DBPIPES_STREAM_INSERT_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"

enum {
	BLOCK = 16,
	ROOM = 4 * BLOCK, /* that there is when a value begins */
	/* A number of more digits is not surely the same to SQL and to LOAD
	 * DATA: DECIMAL has 65. */
	NUMBER_MAX = ROOM - BLOCK
};

/* Where a conversion stands. */
struct fields {
	const char *p, *end; /* the SQL that is left */
	char *to, *room;     /* where to write, and the end of what is there */
	struct strbuf *out;
	bool escapes; /* backslashes are escapes */
	bool ansi_quotes;
};

static inline bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static inline bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* fields_grow: make room for so many bytes. */
void fields_grow(struct fields *f, size_t len);

/* need: have the room, which there mostly is. */
static inline void need(struct fields *f, size_t len)
{
	if ((size_t)(f->room - f->to) < len)
		fields_grow(f, len);
}

static inline void skip_space(struct fields *f)
{
	while (f->p < f->end && is_space(*f->p))
		f->p++;
}

/* put_quoted_digits: x'...' or b'...', p at its letter. Returns false if it is
 * none. */
bool put_quoted_digits(struct fields *f);

/* is_bare_digits, put_bare_digits: 0x... or 0b... at p */
bool is_bare_digits(const struct fields *f);
bool put_bare_digits(struct fields *f);

#endif
