/* escape.h: bytes of a value as the inside of a SQL literal. */
#ifndef DBPIPES_DB_ESCAPE_H
#define DBPIPES_DB_ESCAPE_H

#include <stddef.h>

#include "base/strbuf.h"

/* escape_string: append value for between single quotes, with backslash
 * escapes: for a session without NO_BACKSLASH_ESCAPES in a character set
 * whose second bytes never look like ASCII, as our dumps pin both.
 * Source: MariaDB manual, "String Literals". */
void escape_string(struct strbuf *sql, const char *value, size_t len);

/* escape_hex: append value as upper-case hex digits. */
void escape_hex(struct strbuf *sql, const char *value, size_t len);

#endif
