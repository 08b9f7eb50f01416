/* float_parse.c: see float_parse.h. */
#include "db/float_parse.h"

#include <float.h>
#include <math.h>
#include <stdint.h>

__extension__ typedef unsigned __int128 wide;

enum {
	EXACT_BITS = DBL_MANT_DIG, /* of an integer that any double holds */
	TENS_MOST = 22,            /* the last power of ten that it is, too */
	DECIMALS_MOST = 27         /* the last of five that 64 bits hold */
};

static const double tens[TENS_MOST + 1] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7,
	1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
	1e20, 1e21, 1e22};

static uint64_t power_of_five(unsigned n)
{
	uint64_t power = 1;

	while (n--)
		power *= 5;
	return power;
}

/* divide: digits / 10^decimals, rounded once: the quotient by the power of five
 * has at least 63 bits, ten more than are kept, and the remainder tells whether
 * anything lies behind them; what is left of the power of ten is one of two. */
static double divide(uint64_t digits, unsigned decimals)
{
	const uint64_t five = power_of_five(decimals);
	const int up = __builtin_clzll(digits), down = __builtin_clzll(five);
	const uint64_t divisor = five << down;
	const wide dividend = (wide)(digits << up) << 63;
	const uint64_t quotient = (uint64_t)(dividend / divisor);
	const uint64_t remainder =
		(uint64_t)(dividend - (wide)quotient * divisor);
	const int cut = 64 - __builtin_clzll(quotient) - EXACT_BITS;
	const uint64_t half = UINT64_C(1) << (cut - 1);
	const uint64_t tail = quotient & (2 * half - 1);
	uint64_t kept = quotient >> cut;

	if (tail > half || (tail == half && (remainder || kept % 2)))
		kept++;
	return ldexp((double)kept, cut - 63 + down - up - (int)decimals);
}

/* quotient: where both are doubles, their quotient is rounded once, too.
 * Source: William D. Clinger, "How to Read Floating Point Numbers Accurately",
 * 1990. */
static double quotient(uint64_t digits, unsigned decimals)
{
	if (FLT_EVAL_METHOD == 0 && digits >> EXACT_BITS == 0 &&
		decimals <= TENS_MOST)
		return (double)digits / tens[decimals];
	return divide(digits, decimals);
}

bool float_parse(const char *text, size_t len, double *value)
{
	const char *p = text, *end = text + len;
	const bool minus = len && *p == '-';
	uint64_t digits = 0;
	unsigned decimals = 0;
	bool point = false, any = false;

	for (p += minus; p < end; p++) {
		if (*p == '.' && !point) {
			point = true;
			continue;
		}
		if (*p < '0' || *p > '9' || digits > UINT64_MAX / 10 - 1)
			return false;
		digits = digits * 10 + (uint64_t)(*p - '0');
		decimals += point;
		any = true;
	}
	if (!any || decimals > DECIMALS_MOST)
		return false;
	*value = digits ? quotient(digits, decimals) : 0;
	if (minus && digits)
		*value = -*value;
	return true;
}
