/* sql_text.h: names and values in SQL. */
#ifndef DBPIPES_DB_SQL_TEXT_H
#define DBPIPES_DB_SQL_TEXT_H

#include <stddef.h>

#include "base/strbuf.h"

/* sql_ident, sql_value: the only ways that names and values get into SQL:
 * append `name` in backticks; append a string literal, which is right in a
 * session whether or not it has NO_BACKSLASH_ESCAPES, and in a comment line,
 * too, for it holds no control bytes (hex where in doubt). */
void sql_ident(struct strbuf *sql, const char *name);
void sql_value(struct strbuf *sql, const char *value, size_t len);
void sql_value_str(struct strbuf *sql, const char *value);

/* sql_of_table: append what holds for the rows of information_schema that tell
 * of this table: TABLE_SCHEMA = … AND TABLE_NAME = …. */
void sql_of_table(struct strbuf *sql, const char *db, const char *table);

#endif
