/* float_text.c: see float_text.h.
 *
 * The algorithm is Schubfach: Raffaello Giulietti, "The Schubfach way to
 * render doubles", 2020/2022; names and the form of the table are those of
 * Alexander Bolz' implementation (Drachennest). In short: of all decimal
 * numbers, the ones with the exponent k, with 10^k just below the width of the
 * interval that rounds to the value, are looked at: at most two of them, and
 * one with the exponent k+1, can be the shortest. The interval's borders are
 * computed in units of 10^k from a table of powers with so many bits that
 * their whole part, and a bit for "and something", is all that must be kept.
 */
#include "db/float_text.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "db/digits.h"
#include "db/float_powers.h"

__extension__ typedef unsigned __int128 wide;

/* digits * 10^exponent */
struct decimal {
	uint64_t digits;
	int exponent;
};

/* A number of type double or float, without its sign: c * 2^q. */
struct binary {
	uint64_t c;
	int q;
	bool closer; /* the next smaller number is half as far as the next
		      * greater one */
};

/* The bit layouts. Source: IEEE 754, binary64 and binary32. */
enum {
	DOUBLE_BITS = 52, /* of the fraction */
	DOUBLE_BIAS = 1023 + 52,
	DOUBLE_EXPONENTS = 0x7ff,
	FLOAT_BITS = 23,
	FLOAT_BIAS = 127 + 23,
	FLOAT_EXPONENTS = 0xff
};

/* Positions of the decimal point, counted from the first digit that is not 0,
 * up to which no exponent is written. */
enum { POINT_MIN = -5, POINT_MAX = 17 };

/* round_to_odd: g * c / 2^128, with its lowest bit set where something is cut
 * off: enough to compare it with a multiple of 2 exactly. */
static inline uint64_t round_to_odd(const uint64_t *g, uint64_t c)
{
	wide low = (wide)g[1] * c;
	wide high = (wide)g[0] * c + (uint64_t)(low >> 64);

	return (uint64_t)(high >> 64) | ((uint64_t)high > 1);
}

/* choose: the decimal number in or at the border of the interval; all three in
 * units of a quarter of 10^k. */
static inline struct decimal choose(
	uint64_t lower, uint64_t value, uint64_t upper, int k)
{
	uint64_t s = value / 4;
	uint64_t tens = s / 10 * 40;
	bool down, up;

	if (s >= 10) {
		down = lower <= tens;
		up = tens + 40 <= upper;
		if (down != up)
			return (struct decimal){tens / 40 + up, k + 1};
	}
	down = lower <= 4 * s;
	up = 4 * s + 4 <= upper;
	if (down != up)
		return (struct decimal){s + up, k};
	/* Both or none: the nearer one. */
	up = value > 4 * s + 2 || (value == 4 * s + 2 && (s & 1));
	return (struct decimal){s + up, k};
}

/* floor(log10(2^q)), or of 3/4 of it where the lower border is closer; and
 * floor(log2(10^k)). Both hold for all exponents that doubles have (paper,
 * section 9; the unit test tries them all). */
static inline int decimal_exponent(struct binary b)
{
	return (b.q * 1262611 - (b.closer ? 524031 : 0)) >> 22;
}

static inline int log2_of_power(int k)
{
	return (k * 1741647) >> 19;
}

static inline struct decimal shortest(struct binary b)
{
	int k = decimal_exponent(b);
	int shift = b.q + log2_of_power(-k) + 1;
	const uint64_t *g = float_powers + 2 * (-k - FLOAT_POWER_MIN);
	uint64_t odd = b.c & 1; /* the borders are not of the interval */
	uint64_t c = 4 * b.c;

	return choose(round_to_odd(g, (c - 2 + b.closer) << shift) + odd,
		round_to_odd(g, c << shift),
		round_to_odd(g, (c + 2) << shift) - odd, k);
}

/* put_decimal: digits and exponent as text. */
static char *put_decimal(char *to, struct decimal d)
{
	char digits[DIGITS_MAX];
	int count, point;

	while (d.digits % 10 == 0) {
		d.digits /= 10;
		d.exponent++;
	}
	count = (int)count_digits(d.digits);
	point = count + d.exponent;
	if (point > POINT_MIN && point <= 0) {
		memcpy(to, "0.00000", 8);
		return put_digits(to + 2 - point, d.digits, (unsigned)count);
	}
	put_digits(digits, d.digits, (unsigned)count);
	if (point <= POINT_MIN || point > POINT_MAX) {
		*to++ = digits[0];
		if (count > 1)
			*to++ = '.';
		memcpy(to, digits + 1, DIGITS_MAX - 1);
		to += count - 1;
		*to++ = 'e';
		if (point < 1)
			*to++ = '-';
		return put_uint(
			to, (uint64_t)(point < 1 ? 1 - point : point - 1));
	}
	memcpy(to, digits, DIGITS_MAX);
	to += point;
	if (count <= point) {
		memset(to - (point - count), '0', (size_t)(point - count));
		return to;
	}
	*to = '.';
	memcpy(to + 1, digits + point, (size_t)(count - point));
	return to + 1 + (count - point);
}

/* put_binary: b as text; a whole number that is not large needs no search. */
static char *put_binary(char *to, struct binary b)
{
	if (b.q <= 0 && b.q > -DOUBLE_BITS - 1 &&
		!(b.c & (((uint64_t)1 << -b.q) - 1)))
		return put_uint(to, b.c >> -b.q);
	return put_decimal(to, shortest(b));
}

char *double_text(char *to, double value)
{
	uint64_t bits, fraction;
	int exponent;

	memcpy(&bits, &value, sizeof(bits));
	fraction = bits & (((uint64_t)1 << DOUBLE_BITS) - 1);
	exponent = (int)(bits >> DOUBLE_BITS & DOUBLE_EXPONENTS);
	*to = '-';
	to += bits >> 63;
	if (!(fraction | (unsigned)exponent)) {
		memcpy(to, "0e0", 3);
		return to + (bits ? 3 : 1);
	}
	if (!exponent)
		return put_decimal(to,
			shortest((struct binary){
				fraction, 1 - DOUBLE_BIAS, false}));
	return put_binary(to,
		(struct binary){fraction | (uint64_t)1 << DOUBLE_BITS,
			exponent - DOUBLE_BIAS, !fraction && exponent > 1});
}

char *float_text(char *to, float value)
{
	/* The only float whose shortest text, 7.038531e-26, is read as a
	 * double that lies in the middle of two floats, and is cut to the
	 * other one. Found by trying all floats. */
	const uint32_t twice_rounded = 0x15ae43fd;
	/* 3.4028235e38, the nearest number with so few digits, is greater than
	 * the float itself: out of range for a server (measured with MariaDB
	 * 10.11). The next smaller one is as short. */
	const uint32_t greatest = 0x7f7fffff;
	uint32_t bits, fraction;
	int exponent;

	memcpy(&bits, &value, sizeof(bits));
	fraction = bits & (((uint32_t)1 << FLOAT_BITS) - 1);
	exponent = (int)(bits >> FLOAT_BITS & FLOAT_EXPONENTS);
	*to = '-';
	to += bits >> 31;
	if ((bits & INT32_MAX) == twice_rounded)
		return put_decimal(to, (struct decimal){70385307, -33});
	if ((bits & INT32_MAX) == greatest)
		return put_decimal(to, (struct decimal){34028234, 31});
	if (!(fraction | (unsigned)exponent)) {
		memcpy(to, "0e0", 3);
		return to + (bits ? 3 : 1);
	}
	if (!exponent)
		return put_decimal(to,
			shortest((struct binary){
				fraction, 1 - FLOAT_BIAS, false}));
	return put_binary(to,
		(struct binary){fraction | (uint32_t)1 << FLOAT_BITS,
			exponent - FLOAT_BIAS, !fraction && exponent > 1});
}
