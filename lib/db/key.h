/* key.h: values of a table's primary key as SQL: the bounds of ranges, and the
 * rows that have one of them.
 *
 * A key's values are literals, one a part: as many parts from the first one on
 * as bounds can be made of (columns.h, enum bound_form).
 */
#ifndef DBPIPES_DB_KEY_H
#define DBPIPES_DB_KEY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"
#include "db/columns.h"

/* key_parts: how many; 0: none, no range of the table can be stated. */
size_t key_parts(const struct columns *columns);

/* key_column: the one of a part. */
const struct column *key_column(const struct columns *columns, size_t part);

/* key_add_values: append what to select for the parts, with commas between, so
 * that key_take can read it. */
void key_add_values(
	const struct columns *columns, size_t parts, struct strbuf *sql);

/* key_take: the literals of a row of such a result, from its first column on,
 * into the buffers of to[0 … parts). */
void key_take(const struct columns *columns, size_t parts, char **row,
	struct strbuf *to);

/* key_add_side: append the condition of the rows behind this key in its order,
 * or up to it and including it. */
void key_add_side(const struct columns *columns, size_t parts,
	const struct strbuf *key, bool behind, struct strbuf *where);

/* key_add_equal: the condition of the rows with this key. */
void key_add_equal(const struct columns *columns, size_t parts,
	const struct strbuf *key, struct strbuf *where);

/* key_add_shown: for people: "id=5, code='x'", of each value no more than some
 * letters. It may hold any byte: to be escaped where it is shown. */
void key_add_shown(const struct columns *columns, size_t parts,
	const struct strbuf *key, struct strbuf *text);

#endif
