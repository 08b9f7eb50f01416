/* value_internal.h: what value_plan.c decides and value.c does. */
#ifndef DBPIPES_DB_VALUE_INTERNAL_H
#define DBPIPES_DB_VALUE_INTERNAL_H

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

#endif
