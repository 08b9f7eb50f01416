/* value_internal.h: what value_plan.c decides, and value.c and value_time.c
 * do. */
#ifndef DBPIPES_DB_VALUE_INTERNAL_H
#define DBPIPES_DB_VALUE_INTERNAL_H

#include <stdint.h>
#include <string.h>

#include "db/value.h"

/* How the bytes of a value are read and what they become. */
enum kind {
	KIND_INVALID, /* only ever NULL */
	KIND_INTEGER,
	KIND_FLOAT,
	KIND_DOUBLE,
	KIND_ROUNDED, /* DOUBLE(M,D) */
	KIND_DATE,
	KIND_DATETIME,
	KIND_TIME,
	/* All others come with their length. */
	KIND_DECIMAL,
	KIND_BITS,
	KIND_STRING,
	KIND_HEX
};

/* The decimals of a column that has no fixed number of them: of a time, and of
 * DOUBLE. Source: MariaDB, NOT_FIXED_DEC. */
enum { TIME_DECIMALS = 6, NOT_FIXED = 31 };

/* load: `size` bytes, the lowest first; in a packet nothing is aligned. */
static inline uint64_t load(const unsigned char *data, unsigned size)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < size; i++)
		n |= (uint64_t)data[i] << (8 * i);
	return n;
}

static inline uint64_t load_word(const unsigned char *data)
{
	uint64_t n;

	memcpy(&n, data, sizeof(n));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	n = __builtin_bswap64(n);
#endif
	return n;
}

/* Where the text has got to, and where the packet: in two registers. */
struct step {
	char *to;                  /* NULL: the value is none */
	const unsigned char *data; /* the next value */
};

/* value_put_datetime, value_put_time: the value at at.data, which has its
 * length in front and leaves out what is 0 at its end. Up to 12 bytes behind
 * the length are read, whatever that is. */
struct step value_put_datetime(struct step at, const struct value_plan *plan);
struct step value_put_time(struct step at, const struct value_plan *plan);

#endif
