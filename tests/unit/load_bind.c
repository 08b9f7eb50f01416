/* load_bind.c: as what a literal is bound to a column. */
#include "db/load_bind.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tap.h"

/* One value for one column. */
struct trial {
	const char *name, *text;
	enum literal_kind kind;
	MYSQL_FIELD field;
	enum enum_field_types expected; /* MYSQL_TYPE_ENUM: cannot be bound */
};

static bool bind(const struct trial *t, bool utf8, struct bound *bound)
{
	struct literal v = {t->kind, t->text, 0, strlen(t->text)};
	struct bind_column column;

	bind_describe(&column, &t->field);
	column.utf8 = utf8;
	return bind_value(&column, &v, t->text, bound);
}

static void try(const struct trial *t, bool utf8)
{
	struct bound bound;
	enum enum_field_types got =
		bind(t, utf8, &bound) ? bound.type : MYSQL_TYPE_ENUM;

	is_int((intmax_t)got, (intmax_t)t->expected, t->name);
}

static void test_numbers(void)
{
	static const struct trial trials[] = {
		{"an integer for one", "-7", LITERAL_INTEGER,
			{.type = MYSQL_TYPE_LONG}, MYSQL_TYPE_LONGLONG},
		{"one of 19 digits as text", "1234567890123456789",
			LITERAL_INTEGER, {.type = MYSQL_TYPE_LONGLONG},
			MYSQL_TYPE_STRING},
		{"a fraction for an integer as text", "1.5", LITERAL_DECIMAL,
			{.type = MYSQL_TYPE_LONG}, MYSQL_TYPE_STRING},
		{"a double", "0.1", LITERAL_DECIMAL,
			{.type = MYSQL_TYPE_DOUBLE}, MYSQL_TYPE_DOUBLE},
		{"an integer for a FLOAT", "3", LITERAL_INTEGER,
			{.type = MYSQL_TYPE_FLOAT}, MYSQL_TYPE_DOUBLE},
		{"more than a double holds not at all", "1e400", LITERAL_FLOAT,
			{.type = MYSQL_TYPE_DOUBLE}, MYSQL_TYPE_ENUM},
		{"less than a double holds as text", "4.9e-324", LITERAL_FLOAT,
			{.type = MYSQL_TYPE_DOUBLE}, MYSQL_TYPE_STRING},
		{"a zero with a sign as text", "-0e0", LITERAL_FLOAT,
			{.type = MYSQL_TYPE_DOUBLE}, MYSQL_TYPE_STRING},
		{"a decimal", "1.50", LITERAL_DECIMAL,
			{.type = MYSQL_TYPE_NEWDECIMAL}, MYSQL_TYPE_NEWDECIMAL},
		{"a float for a decimal not at all", "15e-1", LITERAL_FLOAT,
			{.type = MYSQL_TYPE_NEWDECIMAL}, MYSQL_TYPE_ENUM},
		{"a float for an integer not at all", "25e-1", LITERAL_FLOAT,
			{.type = MYSQL_TYPE_LONG}, MYSQL_TYPE_ENUM},
		{"more digits than a DECIMAL has not at all",
			"123456789012345678901234567890123456789012345678901234"
			"567890123456",
			LITERAL_INTEGER, {.type = MYSQL_TYPE_DOUBLE},
			MYSQL_TYPE_ENUM},
		{"nor more behind its point",
			"0.123456789012345678901234567890123456789",
			LITERAL_DECIMAL, {.type = MYSQL_TYPE_DOUBLE},
			MYSQL_TYPE_ENUM},
		{"a number for a text as a number", "7", LITERAL_INTEGER,
			{.type = MYSQL_TYPE_VAR_STRING}, MYSQL_TYPE_LONGLONG},
		{"a fraction for a text not at all", "7.5", LITERAL_DECIMAL,
			{.type = MYSQL_TYPE_VAR_STRING}, MYSQL_TYPE_ENUM},
		{"NULL for AUTO_INCREMENT not at all", "", LITERAL_NULL,
			{.type = MYSQL_TYPE_LONG, .flags = AUTO_INCREMENT_FLAG},
			MYSQL_TYPE_ENUM},
	};

	for (size_t i = 0; i < sizeof(trials) / sizeof(*trials); i++)
		try(&trials[i], false);
}

static void test_strings(void)
{
	static const struct trial text = {"well-formed UTF-8 as bytes",
		"\xc3\xa9", LITERAL_STRING, {.type = MYSQL_TYPE_VAR_STRING},
		MYSQL_TYPE_BLOB};
	static const struct trial broken = {"what is not UTF-8 as text", "\xc3",
		LITERAL_STRING, {.type = MYSQL_TYPE_VAR_STRING},
		MYSQL_TYPE_STRING};
	static const struct trial latin = {"UTF-8 for another column as text",
		"\xc3\xa9", LITERAL_STRING, {.type = MYSQL_TYPE_VAR_STRING},
		MYSQL_TYPE_STRING};

	try(&text, true);
	try(&broken, true);
	try(&latin, false);
}

static void is_moment(const char *text, bool expected)
{
	struct trial t = {text, text, LITERAL_STRING,
		{.type = MYSQL_TYPE_DATETIME, .decimals = 3},
		expected ? MYSQL_TYPE_DATETIME : MYSQL_TYPE_STRING};

	try(&t, false);
}

static void test_moments(void)
{
	static const char *const others[] = {"0000-00-00 00:00:00",
		"2024-02-29 00:00:00", "2024-04-31", "2024-13-01", "2024-1-1",
		"2024-12-28T10:00:00", "2024-12-28 24:00:00",
		"2024-12-28 10:00", "2024-12-28 10:00:00.",
		"2024-12-28 10:00:00.1234", "2024-12-28 10:00:00.12x",
		"2024-12-2x", "12:30:00", ""};
	static const struct trial date = {"a time of day for a DATE as text",
		"2024-12-28 10:00:00", LITERAL_STRING,
		{.type = MYSQL_TYPE_DATE}, MYSQL_TYPE_STRING};
	static const struct trial full = {"", "2024-02-28 23:58:57.125",
		LITERAL_STRING, {.type = MYSQL_TYPE_TIMESTAMP, .decimals = 6},
		MYSQL_TYPE_DATETIME};
	struct bound b;

	is_moment("2024-12-28", true);
	is_moment("2024-12-31", true);
	is_moment("2024-12-28 10:00:00", true);
	is_moment("2024-12-28 10:00:00.125", true);
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		is_moment(others[i], false);
	try(&date, false);
	ok(bind(&full, false, &b) && b.time.year == 2024 && b.time.month == 2 &&
			b.time.day == 28 && b.time.hour == 23 &&
			b.time.minute == 58 && b.time.second == 57 &&
			b.time.second_part == 125000,
		"each part of a moment is where it belongs");
}

/* Reals of few digits are read in another way than strtod does it. */
static void test_reals(void)
{
	static const char *const texts[] = {"0.1", "0.3333", "-0.7",
		"123456.789", ".5", "5.", "99999999999999.", "0.0000000000001",
		"-9999999.999999", "1234567890.12345", "12345678901.12345",
		"0.30000000000000004", "179769313486231570.5"};
	const struct bind_column column = {.type = MYSQL_TYPE_DOUBLE};
	size_t same = 0;

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		const struct literal v = {
			LITERAL_DECIMAL, texts[i], 0, strlen(texts[i])};
		struct bound b;

		same += bind_value(&column, &v, texts[i], &b) &&
			b.type == MYSQL_TYPE_DOUBLE &&
			b.number.real == strtod(texts[i], NULL);
	}
	is_int((intmax_t)same, (intmax_t)(sizeof(texts) / sizeof(*texts)),
		"reals are what strtod makes of them");
}

static void test_values(void)
{
	static const struct trial real = {"", "-2.5e-3", LITERAL_FLOAT,
		{.type = MYSQL_TYPE_DOUBLE}, MYSQL_TYPE_DOUBLE};
	static const struct trial zero = {"", "-0", LITERAL_INTEGER,
		{.type = MYSQL_TYPE_DOUBLE}, MYSQL_TYPE_DOUBLE};
	static const struct literal broken = {LITERAL_STRING, "\xc3", 0, 1};
	struct bind_column number = {.number = true}, text = {.utf8 = true},
			   binary = {.binary = true}, date = {.moment = true};
	struct bound b;

	ok(bind(&real, false, &b) && b.number.real == -2.5e-3, "a double");
	ok(bind(&zero, false, &b) && !signbit(b.number.real),
		"an integer that is 0 has no sign");
	ok(bind_value(&binary, &broken, broken.text, &b) &&
			b.type == MYSQL_TYPE_BLOB,
		"what is not UTF-8 is bytes for a column of bytes");
	ok(bind_as_text(&number, MYSQL_TYPE_DOUBLE, MYSQL_TYPE_STRING) &&
			!bind_as_text(
				&number, MYSQL_TYPE_BLOB, MYSQL_TYPE_STRING) &&
			!bind_as_text(
				&text, MYSQL_TYPE_BLOB, MYSQL_TYPE_STRING),
		"what may stand side by side as text");
	ok(bind_as_text(&date, MYSQL_TYPE_DATETIME, MYSQL_TYPE_STRING) &&
			!bind_as_text(&date, MYSQL_TYPE_LONGLONG,
				MYSQL_TYPE_STRING) &&
			!bind_as_text(&date, MYSQL_TYPE_DATETIME,
				MYSQL_TYPE_LONGLONG),
		"a number for a date is not what its digits are");
}

int main(void)
{
	test_numbers();
	test_strings();
	test_moments();
	test_reals();
	test_values();
	return done_testing();
}
