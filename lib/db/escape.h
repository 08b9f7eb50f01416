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

/* What escape_put and escape_put_hex may write behind the last byte of their
 * text: they store whole blocks. */
enum { ESCAPE_SLACK = 24 };

/* How many bytes behind a value escape_put may read: it takes whole blocks,
 * too.
 */
enum { ESCAPE_READ = 48 };

/* escape_put, escape_put_hex: the same into memory that the caller has made:
 * 2 * len + ESCAPE_SLACK bytes at `to`. Return the first byte behind the text.
 */
char *escape_put(char *to, const char *value, size_t len);
char *escape_put_hex(char *to, const char *value, size_t len);

#endif
