/* load_bind.h: as what the literals of an INSERT are bound to a prepared one,
 * so that they mean to their column what they mean as text, and cost the server
 * little: a number or a date that it need not read from digits, a text whose
 * characters it need not count.
 *
 * A number for a column of numbers is the same as its text, unless it has an
 * exponent: 2.5e0 is 2 for an INT, '2.5e0' is 3. For any other column (a BIT,
 * an ENUM, a YEAR, a text take a number for something else than its digits) it
 * is bound as a number.
 */
#ifndef DBPIPES_DB_LOAD_BIND_H
#define DBPIPES_DB_LOAD_BIND_H

#include <stdbool.h>
#include <stddef.h>

#include <mysql.h>

#include "db/load_literal.h"

/* What there is to know of a column. */
struct bind_column {
	enum enum_field_types type;
	unsigned decimals; /* of its seconds */
	bool numbered;     /* AUTO_INCREMENT: NULL is for the server to fill */
	bool number;       /* of integers, decimals or floats */
	bool moment;       /* DATE, DATETIME or TIMESTAMP */
	bool bytes;        /* takes the bytes of 0x... as what they are */
	/* What the session sends is UTF-8, and so is the column's text: bytes
	 * that are well formed need no conversion; or the column is of bytes,
	 * and none needs one. The caller's to set. */
	bool utf8;
	bool binary;
};

/* A value to be bound. */
struct bound {
	/* MYSQL_TYPE_NULL: as anything; LONGLONG, DOUBLE and DATETIME have
	 * their value below, all others are the literal's bytes. */
	enum enum_field_types type;
	union {
		long long integer;
		double real;
	} number;
	MYSQL_TIME time;
};

void bind_describe(struct bind_column *column, const MYSQL_FIELD *field);

/* bind_value: `text` is where the literal's bytes are, followed by one that
 * ends it. Returns false for what cannot be bound to the column. */
bool bind_value(const struct bind_column *column, const struct literal *v,
	const char *text, struct bound *bound);

/* bind_as_text: whether values of both types mean the same to the column when
 * they are bound as the text of their literals. */
bool bind_as_text(const struct bind_column *column, enum enum_field_types a,
	enum enum_field_types b);

#endif
