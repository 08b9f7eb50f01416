/* Floating-point numbers as text, against the C library. */
#include "db/float_text.h"

#include <float.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>

#include "db/digits.h"
#include "db/float_powers.h"
#include "random.h"
#include "tap.h"

static const char *double_str(double value)
{
	static char text[FLOAT_TEXT_ROOM + 1];

	*double_text(text, value) = '\0';
	return text;
}

static const char *float_str(float value)
{
	static char text[FLOAT_TEXT_ROOM + 1];

	*float_text(text, value) = '\0';
	return text;
}

/* significant: the digits of a number without the zeros at both ends; returns
 * how many. */
static int significant(char *digits, const char *text)
{
	int count = 0;

	for (; *text && *text != 'e'; text++)
		if (*text >= '1' || (*text == '0' && count))
			digits[count++] = *text;
	while (count && digits[count - 1] == '0')
		count--;
	digits[count] = '\0';
	return count;
}

static bool same_bits(const void *a, const void *b, size_t size)
{
	return !memcmp(a, b, size);
}

/* good_double: the text reads back as the value; with a digit less no text
 * does; and if the nearest number with as many digits does, it is that one. */
static bool good_double(double value)
{
	char text[FLOAT_TEXT_ROOM + 1], near[40], digits[40], others[40];
	double back;
	int count;

	strcpy(text, double_str(value));
	back = strtod(text, NULL);
	if (!same_bits(&back, &value, sizeof(value)))
		goto bad;
	count = significant(digits, text);
	if (count > 1) {
		snprintf(near, sizeof(near), "%.*e", count - 2, value);
		if (strtod(near, NULL) == value)
			goto bad;
	}
	snprintf(near, sizeof(near), "%.*e", count ? count - 1 : 0, value);
	significant(others, near);
	if (strtod(near, NULL) != value || !strcmp(digits, others))
		return true;
bad:
	printf("# %a: %s, %s\n", value, text, near);
	return false;
}

/* good_float: the same, but read as a double and cut then. */
static bool good_float(float value)
{
	char text[FLOAT_TEXT_ROOM + 1], near[40], digits[40];
	float back, once;
	int count;

	strcpy(text, float_str(value));
	back = (float)strtod(text, NULL);
	once = strtof(text, NULL);
	if (!same_bits(&back, &value, sizeof(value)) ||
		!same_bits(&once, &value, sizeof(value)))
		goto bad;
	count = significant(digits, text);
	if (count < 2)
		return true;
	snprintf(near, sizeof(near), "%.*e", count - 2, (double)value);
	if ((float)strtod(near, NULL) != value)
		return true;
bad:
	printf("# %a: %s\n", (double)value, text);
	return false;
}

static void test_random(void)
{
	unsigned rounds = getenv("DBPIPES_SLOW") ? 20000 : 300000;
	bool doubles = true, floats = true, short_ones = true;

	for (unsigned i = 0; i < rounds; i++) {
		uint64_t bits = random_next();
		uint32_t half = (uint32_t)(bits >> 20);
		double d;
		float f;

		memcpy(&d, &bits, sizeof(d));
		memcpy(&f, &half, sizeof(f));
		if (isfinite(d))
			doubles &= good_double(d);
		if (isfinite(f))
			floats &= good_float(f);
		/* 0.01 to 999999999.999999 */
		d = (double)(bits % 1000000000000000) /
			(double)powers_of_ten[bits >> 60];
		short_ones &= good_double(d);
	}
	ok(doubles, "random doubles read back and are as short as can be");
	ok(floats, "random floats do, also when read as a double first");
	ok(short_ones, "random decimals do");
}

/* step: the double, or the float, that stands `by` places further. */
static double step(double value, int by)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof(bits));
	bits += (uint64_t)(int64_t)by;
	memcpy(&value, &bits, sizeof(bits));
	return value;
}

static float step_float(float value, int by)
{
	uint32_t bits;

	memcpy(&bits, &value, sizeof(bits));
	bits += (uint32_t)by;
	memcpy(&value, &bits, sizeof(bits));
	return value;
}

static void test_exponents(void)
{
	bool doubles = true, floats = true;

	for (int e = -1074; e < 1024; e++) {
		double power = ldexp(1, e);

		doubles &= good_double(power) && good_double(step(power, -1)) &&
			good_double(-step(power, 1));
		if (e < -149 || e > 127)
			continue;
		floats &= good_float((float)power) &&
			good_float(step_float((float)power, -1)) &&
			good_float(-step_float((float)power, 1));
	}
	for (int e = -323; e <= 308; e++) {
		char text[16];

		for (int digit = 1; digit < 10; digit++) {
			snprintf(text, sizeof(text), "%de%d", digit, e);
			if (isfinite(strtod(text, NULL)))
				doubles &= good_double(strtod(text, NULL));
		}
	}
	ok(doubles, "doubles at each power of two and of ten");
	ok(floats, "floats at each power of two");
}

static void test_short(void)
{
	bool equal = true;

	for (unsigned n = 1; n < 100000; n++) {
		char text[32];

		if (n % 10 == 0)
			continue;
		snprintf(text, sizeof(text), "%u.%04u", n / 10000, n % 10000);
		while (text[strlen(text) - 1] == '0')
			text[strlen(text) - 1] = '\0';
		equal &= !strcmp(double_str(n / 10000.0), text);
		equal &= !strcmp(float_str((float)n / 10000), text);
	}
	ok(equal, "all decimals up to 9.9999 come as they are written");
}

static void test_form(void)
{
	is_str(double_str(0), "0", "zero");
	is_str(double_str(-0.0), "-0e0", "negative zero has an exponent");
	is_str(float_str(-0.0F), "-0e0", "of a float, too");
	is_str(float_str(0), "0", "zero of a float");
	is_str(double_str(-1234.5), "-1234.5", "a decimal");
	is_str(double_str(1e16), "10000000000000000", "a large whole number");
	is_str(double_str(1e17), "1e17", "one with an exponent");
	is_str(double_str(1.2345678901234568e17), "1.2345678901234568e17",
		"and digits");
	is_str(double_str(0.000012), "0.000012", "a small number");
	is_str(double_str(0.0000012), "1.2e-6", "one with an exponent");
	is_str(double_str(DBL_MAX), "1.7976931348623157e308",
		"the greatest double");
	is_str(double_str(-DBL_MIN), "-2.2250738585072014e-308",
		"the smallest one of full precision");
	is_str(double_str(DBL_TRUE_MIN), "5e-324", "the smallest one");
	is_str(float_str(FLT_MAX), "3.4028234e38",
		"the greatest float, and no number beyond it");
	is_str(float_str(-FLT_MAX), "-3.4028234e38", "and its negative");
	is_str(float_str(FLT_MIN), "1.1754944e-38", "a float's full precision");
	is_str(float_str(FLT_TRUE_MIN), "1e-45", "the smallest float");
	is_str(float_str(16777215), "16777215", "a whole float (case 16)");
	is_str(float_str(0.123456789F), "0.12345679", "a float (case 16)");
	is_str(float_str(0x1.5c87fap-84F), "7.0385307e-26",
		"the float that would be rounded twice has a digit more");
	ok(good_double(9007199254740993.0) && good_double(5e-324) &&
			good_double(2.2250738585072011e-308) &&
			good_double(9.5367431640625e-7),
		"numbers that others got wrong");
}

/* Whole numbers of up to 1536 bits, the lowest word first. */
struct big {
	uint32_t word[48];
};

enum { BIG_WORDS = 48 };

static void big_times_ten(struct big *big)
{
	uint64_t carry = 0;

	for (int i = 0; i < BIG_WORDS; i++) {
		carry += (uint64_t)big->word[i] * 10;
		big->word[i] = (uint32_t)carry;
		carry >>= 32;
	}
}

/* big_tenth: a tenth, rounded up; so is a tenth of this one of the first. */
static void big_tenth(struct big *big)
{
	uint64_t rest = 0;

	for (int i = BIG_WORDS - 1; i >= 0; i--) {
		rest = rest << 32 | big->word[i];
		big->word[i] = (uint32_t)(rest / 10);
		rest %= 10;
	}
	for (int i = 0; rest && i < BIG_WORDS; i++)
		rest = !++big->word[i];
}

static unsigned big_bit(const struct big *big, int at)
{
	return at < 0 ? 0 : big->word[at / 32] >> at % 32 & 1;
}

/* is_power: whether the 128 highest bits, rounded up, are these. */
static bool is_power(const struct big *big, const uint64_t *power)
{
	uint64_t high = 0, low = 0;
	bool rest = false;
	int top = 32 * BIG_WORDS - 1;

	while (!big_bit(big, top))
		top--;
	for (int i = 0; i < 64; i++) {
		high = high << 1 | big_bit(big, top - i);
		low = low << 1 | big_bit(big, top - 64 - i);
	}
	for (int i = top - 128; i >= 0; i--)
		rest |= big_bit(big, i);
	low += rest;
	high += rest && !low;
	return power[0] == high && power[1] == low;
}

static void test_powers(void)
{
	struct big big = {{1}};
	const uint64_t *zero = float_powers + 2 * -FLOAT_POWER_MIN;
	bool equal = true;

	for (int k = 0; k <= FLOAT_POWER_MAX; k++) {
		equal &= is_power(&big, zero + (ptrdiff_t)2 * k);
		big_times_ten(&big);
	}
	for (int k = 1; k <= -FLOAT_POWER_MIN; k++) {
		/* 2^top / 10^k has 128 bits; the factor is log2(10). */
		int top = 128 + (int)(k * 3.3219280948873623);

		memset(&big, 0, sizeof(big));
		big.word[top / 32] = (uint32_t)1 << top % 32;
		for (int i = 0; i < k; i++)
			big_tenth(&big);
		equal &= is_power(&big, zero - (ptrdiff_t)2 * k);
	}
	ok(equal, "the table holds the powers of ten, rounded up");
}

int main(void)
{
	test_form();
	test_powers();
	test_exponents();
	test_short();
	test_random();
	return done_testing();
}
