/* Decimal digits as doubles, against the C library. */
#include "db/float_parse.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "random.h"
#include "tap.h"

enum { TRIALS = 1000000, TEXT_ROOM = 400 };

/* is_same: float_parse takes it, and finds what strtod does. */
static bool is_same(const char *text)
{
	double value;

	if (float_parse(text, strlen(text), &value) &&
		value == strtod(text, NULL))
		return true;
	printf("# not as strtod: %s\n", text);
	return false;
}

/* put_point: `decimals` digits stand behind it, with zeros where there are not
 * as many. */
static void put_point(
	char *text, const char *sign, uint64_t digits, unsigned decimals)
{
	char all[TEXT_ROOM];
	int len = snprintf(all, sizeof(all), "%0*llu", (int)decimals + 1,
		(unsigned long long)digits);
	int whole = len - (int)decimals;

	snprintf(text, TEXT_ROOM, "%s%.*s.%s", sign, whole, all, all + whole);
}

static void test_known(void)
{
	static const char *const taken[] = {"0.1", ".5", "5.", "7", "-0.7",
		"123456.789", "0.30000000000000004", "9007199254740993",
		"9007199254740992.5", "9007199254740993.000",
		"1844674407370955160.9", "0.000000000000000000000000001",
		"-99999999.99999999999", "4503599627370497.5",
		"4503599627370496.5"};
	static const char *const refused[] = {"", "-", ".", "1e5", "1.2.3",
		"0x10", " 1", "+1", "nan", "123456789012345678901",
		"0.0000000000000000000000000001"};
	double value = 1;
	size_t same = 0, left = 0;

	for (size_t i = 0; i < sizeof(taken) / sizeof(*taken); i++)
		same += is_same(taken[i]);
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++)
		left += !float_parse(refused[i], strlen(refused[i]), &value);
	is_int((intmax_t)same, (intmax_t)(sizeof(taken) / sizeof(*taken)),
		"what strtod makes of them");
	is_int((intmax_t)left, (intmax_t)(sizeof(refused) / sizeof(*refused)),
		"what is no such number, or too long, is left alone");
	ok(float_parse("-0.0", 4, &value) && value == 0 && !signbit(value),
		"a zero has no sign");
}

static void test_digits(void)
{
	char text[TEXT_ROOM];
	size_t same = 0;

	for (size_t i = 0; i < TRIALS; i++) {
		uint64_t digits = random_next() >> random_next() % 64;

		if (digits > UINT64_MAX / 10)
			digits /= 10;
		put_point(text, i % 2 ? "-" : "", digits,
			(unsigned)(random_next() % 28));
		same += is_same(text);
	}
	is_int((intmax_t)same, TRIALS, "digits and a point anywhere");
}

/* Doubles as servers write them: with up to 17 digits. */
static void test_doubles(void)
{
	char text[TEXT_ROOM];
	size_t same = 0;

	for (size_t i = 0; i < TRIALS; i++) {
		double value = (double)(random_next() >> 11) /
			(double)(1 + (random_next() >> (20 + i % 40)));
		int whole = snprintf(text, sizeof(text), "%.0f", value);

		snprintf(text, sizeof(text), "%.*f",
			whole > 17 ? 0 : 17 - whole, value);
		same += is_same(text);
	}
	is_int((intmax_t)same, TRIALS, "doubles of all their digits");
}

/* What lies in the middle of two doubles, and right beside that. */
static void test_ties(void)
{
	char text[TEXT_ROOM];
	size_t same = 0;
	const size_t trials = TRIALS / 4;

	for (size_t i = 0; i < trials; i++) {
		/* 54 bits, of which the last is set; then halved. */
		uint64_t digits = random_next() >> 10 | UINT64_C(1) << 53 | 1;
		const unsigned halved = (unsigned)(i % 3);

		for (unsigned n = 0; n < halved; n++)
			digits *= 5;
		for (int beside = -1; beside <= 1; beside++) {
			put_point(text, "", digits + (uint64_t)beside, halved);
			same += is_same(text);
		}
	}
	is_int((intmax_t)same, (intmax_t)trials * 3,
		"the middle of two doubles, and what is next to it");
}

int main(void)
{
	test_known();
	test_digits();
	test_doubles();
	test_ties();
	return done_testing();
}
