/* escape_spread.h: how eight bytes make room for backslashes; private to
 * escape.c. */
#ifndef DBPIPES_DB_ESCAPE_SPREAD_H
#define DBPIPES_DB_ESCAPE_SPREAD_H

#include <stdint.h>

/* By a mask of the bytes that get one: for each byte of the result the byte to
 * take (PSHUFB's operand), 0x80 for a backslash, and 0 behind the end. */
extern const uint64_t escape_spread[256][2];

#endif
