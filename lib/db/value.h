/* value.h: rows of the binary protocol as SQL text.
 *
 * The result of a prepared statement comes with numbers and times in binary,
 * which saves the server making digits of them and the network most of their
 * length, and floats come as they are. Sources of the layouts: MariaDB
 * Knowledge Base, "Resultset row" (binary), and MySQL, "Binary Protocol
 * Resultset"; both agree, but for what is said at the types in value_plan.c.
 *
 * Nothing here believes the server: no length is trusted, no number leaves its
 * place, and text that ought to be a number is looked at. The text is for a
 * session with backslash escapes (see escape.h).
 */
#ifndef DBPIPES_DB_VALUE_H
#define DBPIPES_DB_VALUE_H

#include <stdbool.h>
#include <stddef.h>

#include <mysql.h>

#include "base/strbuf.h"
#include "db/columns.h"

/* So many bytes behind a packet may be read: what stands there counts for
 * nothing, but short values are taken in blocks. */
enum { VALUE_SLACK = 64 };

/* How one result column becomes SQL. Made once a table; holds no memory. */
struct value_plan {
	unsigned char kind;     /* of value_internal.h */
	unsigned char size;     /* bytes, where they are always as many */
	bool is_signed;         /* whether it is */
	unsigned char decimals; /* as the server says; 31: no fixed number */
	unsigned char before_len, raw_before_len;
	char before[16];     /* _binary ', or the quote alone */
	char raw_before[40]; /* _latin1 0x */
	unsigned raw;        /* index of the column of the raw bytes; 0: none */
};

/* value_plan_make: from what the table's definition says (form) and what the
 * server says it sends (field: type, flags, charsetnr, decimals). The second
 * decides how bytes are read, the first whether a string is text, binary, bits
 * or a number. Text in the character set `binary` is binary, but JSON is text.
 * hex: binary strings as 0x…, but where they are empty. */
void value_plan_make(struct value_plan *plan, const MYSQL_FIELD *field,
	enum value_form form, bool hex);

/* value_plan_raw: where the result column with the index `raw` is not NULL,
 * its bytes are written in place of the value, as `_charset 0x…`. The raw
 * columns stand behind all values, in the order of the values; their type
 * must be a string's. charset: at most 31 bytes, as columns.h holds them. */
void value_plan_raw(struct value_plan *plan, unsigned raw, const char *charset);

/* value_add: the value at `data`, which is not NULL, behind *sql; there are
 * VALUE_SLACK bytes behind `end`, where it has to end. `raw` of the plan does
 * not count here. Returns the first byte behind the value; NULL, and *sql as it
 * was, when it does not fit in, or is none of its type: a month 100, a float
 * that is not finite, a decimal with letters. */
const unsigned char *value_add(struct strbuf *sql,
	const struct value_plan *plan, const unsigned char *data,
	const unsigned char *end);

/* value_skip: the first byte behind the value at `data`; NULL as value_add,
 * but only its length is looked at. */
const unsigned char *value_skip(const struct value_plan *plan,
	const unsigned char *data, const unsigned char *end);

/* A result's rows. */
struct row_plan {
	const struct value_plan *values;
	unsigned count;  /* values; in front of the raw columns */
	unsigned fields; /* columns of the result: more than are written, where
			  * there are raw columns, or others behind these */
};

/* row_add: a whole row packet, from its header byte 0x00 on and with
 * VALUE_SLACK bytes behind it, is put behind *sql as
 * "(1,'a',NULL)". Returns 0; -1, and *sql as it was, when the packet is not
 * such a row (see value_add), or has bytes left over and all columns were
 * written. */
int row_add(struct strbuf *sql, const struct row_plan *plan,
	const unsigned char *packet, size_t len);

#endif
