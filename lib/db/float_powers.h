/* float_powers.h: powers of ten with 128 bits, for float_text.c. */
#ifndef DBPIPES_DB_FLOAT_POWERS_H
#define DBPIPES_DB_FLOAT_POWERS_H

#include <stdint.h>

/* What doubles need: 10^-292 to 10^324. */
enum { FLOAT_POWER_MIN = -292, FLOAT_POWER_MAX = 324 };

/* Two words each, the high one first: ceil(10^k * 2^s), with the s that makes
 * it at least 2^127 and less than 2^128. */
extern const uint64_t float_powers[];

#endif
