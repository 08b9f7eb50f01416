/* load_literal.h: the rows of an INSERT of literals, value by value, to be
 * bound to a prepared INSERT instead of being sent as text.
 *
 * Only what means the same as a bound value is taken. What only the server
 * can evaluate (a function, a user variable, an introducer but _binary) makes
 * the row one that is not literal: the statement is for the server, then.
 * Source: MariaDB manual, "String Literals", "Hexadecimal Literals", "Binary
 * Literals", "Numeric Literals".
 */
#ifndef DBPIPES_DB_LOAD_LITERAL_H
#define DBPIPES_DB_LOAD_LITERAL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"

enum literal_kind {
	LITERAL_NULL,
	LITERAL_DEFAULT,
	LITERAL_INTEGER, /* digits, with a minus before them */
	LITERAL_DECIMAL, /* the same with a point */
	LITERAL_FLOAT,   /* the same with an exponent */
	LITERAL_STRING,  /* in character_set_client */
	LITERAL_BINARY,  /* _binary '...' */
	LITERAL_HEX      /* 0x.., x'..', b'..': bytes, or a number by context */
};

/* A value. Its bytes are those of the statement, or, where escapes had to be
 * read, at `start` in the strbuf of literal_next. */
struct literal {
	enum literal_kind kind;
	const char *text; /* NULL: in the strbuf */
	size_t start, len;
};

/* The rows that are left of a statement. */
struct literals {
	const char *pos, *end;
	bool escapes;       /* backslashes escape: no NO_BACKSLASH_ESCAPES */
	bool double_quotes; /* "..." is a string: no ANSI_QUOTES */
};

enum literal_found {
	LITERAL_ROW,
	LITERAL_END,   /* there is nothing behind the last row */
	LITERAL_OTHER, /* what comes is not literal */
	LITERAL_COUNT  /* the row has another number of values */
};

/* literals_next: the next row's values into row[count]; bytes that had to be
 * made are appended to `made`. */
enum literal_found literals_next(struct literals *in, struct literal *row,
	size_t count, struct strbuf *made);

/* literals_numbered: whether the server makes up value n, from 0, of the next
 * row, or of any that is left, if its column is AUTO_INCREMENT: NULL, DEFAULT,
 * or what may be 0; also where it is not known. No row is taken. */
bool literals_numbered(const struct literals *in, size_t n, bool any);

#endif
