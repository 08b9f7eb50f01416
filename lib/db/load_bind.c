/* load_bind.c: see load_bind.h. */
#include "db/load_bind.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "db/float_parse.h"

enum {
	INTEGER_DIGITS = 18, /* that any long long holds */
	/* Digits of a DECIMAL, and those behind its point. Source: MariaDB
	 * manual, "DECIMAL". */
	DECIMAL_DIGITS = 65,
	DECIMAL_SCALE = 38,
	DATE_LENGTH = sizeof("2000-12-31") - 1,
	DATETIME_LENGTH = sizeof("2000-12-31 23:59:59") - 1
};

void bind_describe(struct bind_column *column, const MYSQL_FIELD *field)
{
	*column = (struct bind_column){
		.type = field->type,
		.decimals = field->decimals,
		.numbered = field->flags & AUTO_INCREMENT_FLAG,
	};
	switch (field->type) {
	case MYSQL_TYPE_TINY:
	case MYSQL_TYPE_SHORT:
	case MYSQL_TYPE_INT24:
	case MYSQL_TYPE_LONG:
	case MYSQL_TYPE_LONGLONG:
	case MYSQL_TYPE_FLOAT:
	case MYSQL_TYPE_DOUBLE:
	case MYSQL_TYPE_DECIMAL:
	case MYSQL_TYPE_NEWDECIMAL:
		column->number = true;
		break;
	case MYSQL_TYPE_DATE:
	case MYSQL_TYPE_DATETIME:
	case MYSQL_TYPE_TIMESTAMP:
		column->moment = true;
		break;
	case MYSQL_TYPE_STRING:
	case MYSQL_TYPE_VAR_STRING:
	case MYSQL_TYPE_VARCHAR:
		column->bytes = !(field->flags & (ENUM_FLAG | SET_FLAG));
		break;
	case MYSQL_TYPE_BIT:
	case MYSQL_TYPE_TINY_BLOB:
	case MYSQL_TYPE_MEDIUM_BLOB:
	case MYSQL_TYPE_LONG_BLOB:
	case MYSQL_TYPE_BLOB:
	case MYSQL_TYPE_GEOMETRY:
		column->bytes = true;
		break;
	default:
		break;
	}
}

/* parse_integer: digits that fit; others go as text. */
static bool parse_integer(const char *p, size_t len, long long *value)
{
	const char *end = p + len;
	bool minus = *p == '-';
	long long n = 0;

	p += minus;
	if (end - p > INTEGER_DIGITS)
		return false;
	for (; p < end; p++)
		n = n * 10 + (*p - '0');
	*value = minus ? -n : n;
	return true;
}

/* is_decimal: whether a DECIMAL holds the number: the server makes one of what
 * has no exponent, whatever column it is for, and cuts what does not fit. */
static bool is_decimal(const struct literal *v, const char *text)
{
	const char *point = memchr(text, '.', v->len);
	const size_t behind = point ? (size_t)(text + v->len - point) - 1 : 0;

	return v->len - (*text == '-') - (point != NULL) <= DECIMAL_DIGITS &&
		behind <= DECIMAL_SCALE;
}

/* bind_real: for a column of FLOAT or DOUBLE. What is too small for a double is
 * for the server to judge; a literal that is too large is one that it does not
 * even read, where it takes such a text for the largest double. */
static bool bind_real(
	const struct literal *v, const char *text, struct bound *bound)
{
	double real;

	if (!float_parse(text, v->len, &real))
		real = strtod(text, NULL);
	bound->type = MYSQL_TYPE_STRING;
	if (isinf(real))
		return false;
	if (real != 0 && !isnormal(real))
		return true;
	/* Of a literal that is 0, only one with an exponent has a sign. */
	if (real == 0 && v->kind != LITERAL_INTEGER)
		return true;
	bound->type = MYSQL_TYPE_DOUBLE;
	bound->number.real = real;
	return true;
}

static bool bind_number(const struct bind_column *column,
	const struct literal *v, const char *text, struct bound *bound)
{
	if (v->kind != LITERAL_FLOAT && !is_decimal(v, text))
		return false;
	bound->type = MYSQL_TYPE_STRING;
	if (column->type == MYSQL_TYPE_DOUBLE ||
		column->type == MYSQL_TYPE_FLOAT)
		return bind_real(v, text, bound);
	if (v->kind == LITERAL_FLOAT)
		/* A double: rounded in another way than its text is. */
		return false;
	if (column->type == MYSQL_TYPE_NEWDECIMAL)
		bound->type = MYSQL_TYPE_NEWDECIMAL;
	else if (v->kind == LITERAL_INTEGER &&
		parse_integer(text, v->len, &bound->number.integer))
		bound->type = MYSQL_TYPE_LONGLONG;
	else
		return column->number;
	return true;
}

/* number_at: n digits; -1 if there is anything else. */
static int number_at(const char *p, int n)
{
	int value = 0;

	for (; n > 0; n--, p++) {
		if (*p < '0' || *p > '9')
			return -1;
		value = value * 10 + (*p - '0');
	}
	return value;
}

static bool in(int value, int least, int most)
{
	return value >= least && value <= most;
}

static bool parse_date(const char *p, MYSQL_TIME *time)
{
	/* A 29 February is for the server to judge. */
	static const int days[] = {
		31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int year = number_at(p, 4), month = number_at(p + 5, 2),
	    day = number_at(p + 8, 2);

	if (p[4] != '-' || p[7] != '-' || year < 1 || !in(month, 1, 12) ||
		!in(day, 1, days[month - 1]))
		return false;
	time->year = (unsigned)year;
	time->month = (unsigned)month;
	time->day = (unsigned)day;
	return true;
}

static bool parse_time(const char *p, MYSQL_TIME *time)
{
	int hour = number_at(p, 2), minute = number_at(p + 3, 2),
	    second = number_at(p + 6, 2);

	if (p[2] != ':' || p[5] != ':' || !in(hour, 0, 23) ||
		!in(minute, 0, 59) || !in(second, 0, 59))
		return false;
	time->hour = (unsigned)hour;
	time->minute = (unsigned)minute;
	time->second = (unsigned)second;
	return true;
}

/* parse_fraction: ".123", of no more digits than the column keeps. */
static bool parse_fraction(
	const char *p, size_t len, unsigned decimals, MYSQL_TIME *time)
{
	size_t digits = len - 1;
	int value;

	if (*p != '.' || !digits || digits > decimals || digits > 6)
		return false;
	value = number_at(p + 1, (int)digits);
	if (value < 0)
		return false;
	for (; digits < 6; digits++)
		value *= 10;
	time->second_part = (unsigned long)value;
	return true;
}

/* parse_moment: only what stands as the server writes it. */
static bool parse_moment(const struct bind_column *column, const char *p,
	size_t len, MYSQL_TIME *time)
{
	*time = (MYSQL_TIME){.time_type = MYSQL_TIMESTAMP_DATETIME};
	if (len < DATE_LENGTH || !parse_date(p, time))
		return false;
	if (len == DATE_LENGTH)
		return true;
	if (column->type == MYSQL_TYPE_DATE || len < DATETIME_LENGTH ||
		p[DATE_LENGTH] != ' ' || !parse_time(p + DATE_LENGTH + 1, time))
		return false;
	return len == DATETIME_LENGTH ||
		parse_fraction(p + DATETIME_LENGTH, len - DATETIME_LENGTH,
			column->decimals, time);
}

static enum enum_field_types bind_string(const struct bind_column *column,
	const struct literal *v, const char *text, struct bound *bound)
{
	if (column->moment && parse_moment(column, text, v->len, &bound->time))
		return MYSQL_TYPE_DATETIME;
	if (column->binary || (column->utf8 && utf8_valid(text, v->len)))
		return MYSQL_TYPE_BLOB;
	return MYSQL_TYPE_STRING;
}

bool bind_value(const struct bind_column *column, const struct literal *v,
	const char *text, struct bound *bound)
{
	switch (v->kind) {
	case LITERAL_NULL:
	case LITERAL_DEFAULT:
		bound->type = MYSQL_TYPE_NULL;
		return !column->numbered;
	case LITERAL_INTEGER:
	case LITERAL_DECIMAL:
	case LITERAL_FLOAT:
		return bind_number(column, v, text, bound);
	case LITERAL_STRING:
		bound->type = bind_string(column, v, text, bound);
		return true;
	case LITERAL_BINARY:
		bound->type = MYSQL_TYPE_BLOB;
		return true;
	case LITERAL_HEX:
		bound->type = MYSQL_TYPE_BLOB;
		return column->bytes;
	}
	return false;
}

bool bind_as_text(const struct bind_column *column, enum enum_field_types a,
	enum enum_field_types b)
{
	if (a == MYSQL_TYPE_BLOB || b == MYSQL_TYPE_BLOB)
		return false;
	/* 10101 is a day of 2001, '10101' is one of 2010. */
	if (a == MYSQL_TYPE_LONGLONG || b == MYSQL_TYPE_LONGLONG)
		return column->number;
	return column->number || column->moment;
}
