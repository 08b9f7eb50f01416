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

#include <math.h>
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

/* strip_zeros: the same number in as few digits as can be. */
static inline struct decimal strip_zeros(struct decimal d)
{
	if (d.digits % 10 != 0)
		return d;
	if (d.digits % 100000000 == 0) {
		d.digits /= 100000000;
		d.exponent += 8;
	}
	if (d.digits % 10000 == 0) {
		d.digits /= 10000;
		d.exponent += 4;
	}
	if (d.digits % 100 == 0) {
		d.digits /= 100;
		d.exponent += 2;
	}
	if (d.digits % 10 == 0) {
		d.digits /= 10;
		d.exponent++;
	}
	return d;
}

/* digit_count: of n, which is not 0. */
static inline int digit_count(uint64_t n)
{
	/* As many as log10(2) times the bits, or one more. */
	int count = (64 - __builtin_clzll(n)) * 1233 >> 12;

	return count + (n >= powers_of_ten[count]);
}

/* put_fraction: the last `count` of 16 digits, count up to 16. */
static inline char *put_fraction(char *to, uint64_t digits, unsigned count)
{
	const uint32_t eight = 100000000;

	digits *= powers_of_ten[16 - count];
	put_eight(put_eight(to, (uint32_t)(digits / eight)),
		(uint32_t)(digits % eight));
	return to + count;
}

/* put_scientific: one digit in front of the point. */
static char *put_scientific(char *to, uint64_t digits, int point)
{
	char *end = put_uint(to + 1, digits);

	to[0] = to[1];
	to[1] = '.';
	if (end == to + 2)
		end--; /* nothing behind the point: no point */
	*end++ = 'e';
	*end = '-';
	end += point < 1;
	return put_uint(end, (uint64_t)(point < 1 ? 1 - point : point - 1));
}

/* put_decimal: digits and exponent as text. */
static char *put_decimal(char *to, struct decimal d)
{
	int point;

	d = strip_zeros(d);
	if (d.exponent < 0 && d.exponent >= -16 &&
		d.digits >= powers_of_ten[-d.exponent]) {
		uint64_t scale = powers_of_ten[-d.exponent];

		to = put_uint(to, d.digits / scale);
		*to++ = '.';
		return put_fraction(
			to, d.digits % scale, (unsigned)-d.exponent);
	}
	point = digit_count(d.digits) + d.exponent;
	if (point <= POINT_MIN || point > POINT_MAX)
		return put_scientific(to, d.digits, point);
	if (d.exponent < 0) {
		memcpy(to, "0.000000", 8);
		return put_uint(to + 2 - point, d.digits);
	}
	to = put_uint(to, d.digits);
	memset(to, '0', (size_t)d.exponent);
	return to + d.exponent;
}

/* is_whole: whether b is a whole number of no more bits than a double's. */
static inline bool is_whole(struct binary b)
{
	return b.q <= 0 && b.q >= -DOUBLE_BITS &&
		!(b.c & (((uint64_t)1 << -b.q) - 1));
}

/* find_short: whether a value, as read back from so many digits, has no more
 * than four decimals, as prices have. Fifteen digits are never rounded to the
 * number of others (DBL_DIG), so there is no other, let alone a shorter one. */
static inline bool find_short(struct decimal *d, double value)
{
	const double most = 1e11, scale = 1e4;

	if (value >= most)
		return false;
	d->digits = (uint64_t)(int64_t)(value * scale + 0.5);
	d->exponent = -4;
	/* Both are exact, so the quotient is rounded as a reader does. */
	return (double)(int64_t)d->digits / scale == value;
}

static inline char *put_zero(char *to, bool negative)
{
	memcpy(to, "0e0", 3);
	return to + (negative ? 3 : 1);
}

char *double_text(char *to, double value)
{
	struct binary b;
	struct decimal d;
	uint64_t bits, fraction;
	int exponent;

	memcpy(&bits, &value, sizeof(bits));
	fraction = bits & (((uint64_t)1 << DOUBLE_BITS) - 1);
	exponent = (int)(bits >> DOUBLE_BITS & DOUBLE_EXPONENTS);
	*to = '-';
	to += bits >> 63;
	if (!(fraction | (unsigned)exponent))
		return put_zero(to, bits);
	b.c = fraction | (uint64_t)(exponent > 0) << DOUBLE_BITS;
	b.q = (exponent > 0 ? exponent : 1) - DOUBLE_BIAS;
	b.closer = !fraction && exponent > 1;
	if (is_whole(b))
		return put_uint(to, b.c >> -b.q);
	if (find_short(&d, value < 0 ? -value : value))
		return put_decimal(to, d);
	return put_decimal(to, shortest(b));
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
	struct binary b;
	uint32_t bits, fraction;
	int exponent;

	memcpy(&bits, &value, sizeof(bits));
	fraction = bits & (((uint32_t)1 << FLOAT_BITS) - 1);
	exponent = (int)(bits >> FLOAT_BITS & FLOAT_EXPONENTS);
	*to = '-';
	to += bits >> 31;
	bits &= INT32_MAX;
	if (bits == twice_rounded)
		return put_decimal(to, (struct decimal){70385307, -33});
	if (bits == greatest)
		return put_decimal(to, (struct decimal){34028234, 31});
	if (!bits)
		return put_zero(to, signbit(value));
	b.c = fraction | (uint32_t)(exponent > 0) << FLOAT_BITS;
	b.q = (exponent > 0 ? exponent : 1) - FLOAT_BIAS;
	b.closer = !fraction && exponent > 1;
	if (is_whole(b))
		return put_uint(to, b.c >> -b.q);
	return put_decimal(to, shortest(b));
}
