/* digits.h: whole numbers as decimal text, two digits at a time. */
#ifndef DBPIPES_DB_DIGITS_H
#define DBPIPES_DB_DIGITS_H

#include <stdint.h>
#include <string.h>

/* Most bytes that put_uint writes: the digits of 2^64-1. */
enum { DIGITS_MAX = 20 };

extern const char digit_pairs[200];      /* "00" to "99" */
extern const uint64_t powers_of_ten[20]; /* 10^0 to 10^19 */

/* count_digits: 1 for 0. The bits give the digits or one less: 1233/4096 is
 * log10(2), near enough up to 64 bits. */
static inline unsigned count_digits(uint64_t n)
{
	unsigned guess;

	n |= 1; /* no more digits, and never 0 */
	guess = (64 - (unsigned)__builtin_clzll(n)) * 1233 >> 12;
	return guess + (n >= powers_of_ten[guess]);
}

/* put_pair: two digits of n, which is below 100. Returns behind them. */
static inline char *put_pair(char *to, unsigned n)
{
	memcpy(to, digit_pairs + (size_t)2 * n, 2);
	return to + 2;
}

/* put_digits: n in `count` digits, as many as it has or more. Returns behind
 * them. */
static inline char *put_digits(char *to, uint64_t n, unsigned count)
{
	char *end = to + count;

	for (to = end; count >= 2; count -= 2) {
		to -= 2;
		put_pair(to, (unsigned)(n % 100));
		n /= 100;
	}
	if (count)
		to[-1] = (char)('0' + n);
	return end;
}

static inline char *put_uint(char *to, uint64_t n)
{
	return put_digits(to, n, count_digits(n));
}

#endif
