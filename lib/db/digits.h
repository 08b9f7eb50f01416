/* digits.h: whole numbers as decimal text, eight digits at a time, and without
 * a branch for their count: in rows of numbers it changes with each. */
#ifndef DBPIPES_DB_DIGITS_H
#define DBPIPES_DB_DIGITS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Room that put_uint needs: the digits of 2^64-1, and what it may write behind
 * the last digit. */
enum { DIGITS_ROOM = 20 + 7 };

extern const char digit_pairs[200];      /* "00" to "99" */
extern const uint64_t powers_of_ten[20]; /* 10^0 to 10^19 */

/* put_pair: two digits of n, which is below 100. Returns behind them. */
static inline char *put_pair(char *to, unsigned n)
{
	memcpy(to, digit_pairs + (size_t)2 * n, 2);
	return to + 2;
}

/* eight_digits: the digits of n, which is below 10^8, as numbers, each in a
 * byte, the first in the lowest: halves, and halves of these, side by side in
 * one word. The factors are 1/100 and 1/10, near enough for what they get.
 * Source: Paul Khuong, "How to print integers really fast", 2017. */
static inline uint64_t eight_digits(uint32_t n)
{
	uint64_t fours = n / 10000 | (uint64_t)(n % 10000) << 32;
	uint64_t high = (fours * 10486 >> 20) & 0x0000007f0000007f;
	uint64_t pairs = high | (fours - 100 * high) << 16;

	high = (pairs * 103 >> 10) & 0x000f000f000f000f;
	return high | (pairs - 10 * high) << 8;
}

static inline void store_digits(char *to, uint64_t digits)
{
	digits |= 0x3030303030303030;
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	digits = __builtin_bswap64(digits);
#endif
	memcpy(to, &digits, sizeof(digits));
}

/* put_eight: all eight digits. */
static inline char *put_eight(char *to, uint32_t n)
{
	store_digits(to, eight_digits(n));
	return to + 8;
}

/* put_first: the digits of n, which is below 10^8, from the first that is not
 * 0 on; or the last one. */
static inline char *put_first(char *to, uint32_t n)
{
	uint64_t digits = eight_digits(n);
	unsigned zeros =
		(unsigned)__builtin_ctzll(digits | (uint64_t)1 << 56) / 8;

	store_digits(to, digits >> 8 * zeros);
	return to + 8 - zeros;
}

/* put_uint: returns the first byte behind the digits. */
static inline char *put_uint(char *to, uint64_t n)
{
	const uint32_t eight = 100000000;
	uint64_t high = n / eight;

	if (!high)
		return put_first(to, (uint32_t)n);
	if (high < eight) {
		to = put_first(to, (uint32_t)high);
	} else {
		to = put_first(to, (uint32_t)(high / eight));
		to = put_eight(to, (uint32_t)(high % eight));
	}
	return put_eight(to, (uint32_t)(n % eight));
}

#endif
