/* number.c: numbers as people type them: whole, bytes, durations. Every byte
 * counts: what is not understood is refused, not skipped. */
#include "base/opt.h"

#include <ctype.h>
#include <string.h>

static int bad(const char *text, const char *what, const char *why,
	const char *example, struct err *e)
{
	err_set(e, ERR_USAGE, "%s: '%s' is %s", what, text, why);
	return err_hint(e, "for example: %s", example);
}

/* The digits at *text, which is moved behind them. Returns how many there
 * were, or -1 on overflow. */
static int digits(const char **text, uint64_t *value)
{
	int count = 0;

	for (*value = 0; isdigit((unsigned char)**text); (*text)++) {
		if (__builtin_mul_overflow(*value, 10, value) ||
			__builtin_add_overflow(
				*value, (uint64_t)(**text - '0'), value))
			return -1;
		count++;
	}
	return count;
}

int uint_parse(
	const char *text, const char *what, uint64_t *value, struct err *e)
{
	const char *p = text;
	uint64_t number;
	int count = digits(&p, &number);

	if (count < 0)
		return bad(text, what, "too large", "4", e);
	if (!count || *p)
		return bad(text, what, "not a whole number", "4", e);
	*value = number;
	return 0;
}

int size_parse(
	const char *text, const char *what, uint64_t *bytes, struct err *e)
{
	static const char units[] = "KMGT";
	const char example[] = "16M";
	const char *p = text, *unit;
	uint64_t number;
	int count = digits(&p, &number);
	unsigned shift = 0;

	if (count < 0)
		return bad(text, what, "too large", example, e);
	if (count && *p) {
		unit = strchr(units, toupper((unsigned char)*p));
		if (unit) {
			shift = 10 * (unsigned)(unit - units + 1);
			p++;
		}
	}
	if (!count || *p)
		return bad(text, what,
			"not a number of bytes (a whole number, with K, M, G "
			"or T behind it or not)",
			example, e);
	if (shift && number >> (64 - shift))
		return bad(text, what, "too large", example, e);
	*bytes = number << shift;
	return 0;
}

/* Milliseconds of a unit, 0 for none such; no unit means seconds. */
static uint64_t unit_ms(const char *unit)
{
	if (!*unit)
		return 1000;
	if (unit[1])
		return 0;
	switch (*unit) {
	case 's':
		return 1000;
	case 'm':
		return 60 * 1000;
	case 'h':
		return 60 * 60 * 1000;
	case 'd':
		return 24 * 60 * 60 * 1000;
	}
	return 0;
}

int duration_parse(
	const char *text, const char *what, uint64_t *ms, struct err *e)
{
	const char example[] = "90, 1.5s, 10m, 2h, 1d";
	const char *p = text;
	uint64_t whole, part = 0, unit;
	int count = digits(&p, &whole), decimals = 0;

	if (count < 0)
		return bad(text, what, "too long", example, e);
	if (count && *p == '.') {
		p++;
		decimals = digits(&p, &part);
		/* "1." and more than thousandths are not understood. */
		if (decimals < 1 || decimals > 3)
			count = 0;
	}
	for (; decimals > 0 && decimals < 3; decimals++)
		part *= 10;
	unit = unit_ms(p);
	if (!count || !unit)
		return bad(text, what, "not a duration", example, e);
	if (__builtin_mul_overflow(whole, unit, &whole) ||
		__builtin_add_overflow(whole, part * (unit / 1000), &whole))
		return bad(text, what, "too long", example, e);
	*ms = whole;
	return 0;
}
