/* escape_internal.h: the parts of escape_put, for escape.c and its test. */
#ifndef DBPIPES_DB_ESCAPE_INTERNAL_H
#define DBPIPES_DB_ESCAPE_INTERNAL_H

#include <stddef.h>
#include <stdint.h>

/* How eight bytes make room for backslashes. By a mask of the bytes that get
 * one: for each byte of the result the byte to take (PSHUFB's operand), 0x80
 * for a backslash, and 0 behind the end. */
extern const uint64_t escape_spread[256][2];

/* escape_put_blocks: escape_put where bytes cannot be moved about. */
char *escape_put_blocks(char *to, const char *value, size_t len);

#endif
