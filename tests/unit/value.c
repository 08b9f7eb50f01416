/* Rows of the binary protocol as SQL. */
#include "db/value.h"

#include <stdlib.h>

#include "random.h"
#include "tap.h"

/* A column as the server describes it, and the form of its definition. */
struct described {
	enum enum_field_types type;
	unsigned flags, decimals;
	enum value_form form;
	bool hex;
};

enum { UTF8 = 45, BINARY = 63 };

static struct value_plan make_plan(struct described d, unsigned charset)
{
	MYSQL_FIELD field = {.type = d.type,
		.flags = d.flags,
		.decimals = d.decimals,
		.charsetnr = charset};
	struct value_plan plan;

	value_plan_make(&plan, &field, d.form, d.hex);
	return plan;
}

/* exact: the bytes in memory that ends where nothing more may be read; what is
 * behind them would do something to the text. */
static unsigned char *exact(const void *bytes, size_t len)
{
	unsigned char *copy = malloc(len + VALUE_SLACK);

	memset(copy + len, '\'', VALUE_SLACK);
	memcpy(copy, bytes, len);
	return copy;
}

/* convert: the value as SQL, or "(malformed)"; also with too few bytes of it,
 * and with others behind it. */
static const char *convert(
	const struct value_plan *plan, const char *bytes, size_t len)
{
	static struct strbuf sql = STRBUF_INIT;
	unsigned char *data = exact(bytes, len);
	const unsigned char *end = data + len;
	const unsigned char *next;
	char behind[400] = {0};

	strbuf_reset(&sql);
	next = value_add(&sql, plan, data, end);
	if (!next) {
		if (sql.len || sql.buf[0])
			strbuf_addstr(&sql, "(text was left) ");
		strbuf_addstr(&sql, "(malformed)");
	} else if (next != end || value_skip(plan, data, end) != end) {
		strbuf_addstr(&sql, " (not at its end)");
	}
	free(data);
	for (size_t cut = 0; next && cut < len; cut++) {
		data = exact(bytes, cut);
		if (value_add(&sql, plan, data, data + cut) ||
			value_skip(plan, data, data + cut))
			strbuf_addf(&sql, " (read with %zu bytes)", cut);
		free(data);
	}
	if (next && len < sizeof(behind) - 100) {
		struct strbuf again = STRBUF_INIT;

		memset(behind, '\'', sizeof(behind));
		memcpy(behind, bytes, len);
		data = exact(behind, sizeof(behind));
		next = value_add(&again, plan, data, data + sizeof(behind));
		if (next != data + len || strcmp(again.buf, sql.buf))
			strbuf_addf(&sql, " (with more: %s)", again.buf);
		free(data);
		strbuf_release(&again);
	}
	return sql.buf;
}

/* A literal's bytes, without its NUL. */
#define BYTES(literal) literal, sizeof(literal) - 1
#define NONE "(malformed)"

struct value_case {
	const struct described *described;
	const char *bytes;
	size_t len;
	const char *want, *title;
};

static void test_cases(const struct value_case *c)
{
	for (; c->title; c++) {
		struct value_plan plan = make_plan(*c->described, UTF8);

		is_str(convert(&plan, c->bytes, c->len), c->want, c->title);
	}
}

static const struct described
	tiny = {.type = MYSQL_TYPE_TINY},
	utiny = {.type = MYSQL_TYPE_TINY, .flags = UNSIGNED_FLAG},
	two = {.type = MYSQL_TYPE_SHORT},
	utwo = {.type = MYSQL_TYPE_SHORT, .flags = UNSIGNED_FLAG},
	three = {.type = MYSQL_TYPE_INT24}, four = {.type = MYSQL_TYPE_LONG},
	ufour = {.type = MYSQL_TYPE_LONG, .flags = UNSIGNED_FLAG},
	eight = {.type = MYSQL_TYPE_LONGLONG},
	ueight = {.type = MYSQL_TYPE_LONGLONG, .flags = UNSIGNED_FLAG},
	year = {.type = MYSQL_TYPE_YEAR, .flags = UNSIGNED_FLAG},
	real = {.type = MYSQL_TYPE_FLOAT},
	twice = {.type = MYSQL_TYPE_DOUBLE, .decimals = 31},
	rounded = {.type = MYSQL_TYPE_DOUBLE, .decimals = 15},
	cents = {.type = MYSQL_TYPE_DOUBLE, .decimals = 2},
	decimal = {.type = MYSQL_TYPE_NEWDECIMAL},
	null = {.type = MYSQL_TYPE_NULL};

static const struct value_case numbers[] = {
	{&tiny, BYTES("\0"), "0", "TINYINT 0"},
	{&tiny, BYTES("\x80"), "-128", "its smallest"},
	{&tiny, BYTES("\x7f"), "127", "its greatest"},
	{&utiny, BYTES("\xff"), "255", "unsigned"},
	{&two, BYTES("\0\x80"), "-32768", "SMALLINT"},
	{&utwo, BYTES("\xff\xff"), "65535", "unsigned"},
	{&three, BYTES("\0\0\x80\xff"), "-8388608", "MEDIUMINT"},
	{&four, BYTES("\0\0\0\x80"), "-2147483648", "INT"},
	{&four, BYTES("\x15\xcd\x5b\x07"), "123456789", "a number"},
	{&ufour, BYTES("\xff\xff\xff\xff"), "4294967295", "unsigned"},
	{&eight, BYTES("\0\0\0\0\0\0\0\x80"), "-9223372036854775808", "BIGINT"},
	{&eight, BYTES("\xff\xff\xff\xff\xff\xff\xff\x7f"),
		"9223372036854775807", "its greatest"},
	{&ueight, BYTES("\xff\xff\xff\xff\xff\xff\xff\xff"),
		"18446744073709551615", "unsigned"},
	{&year, BYTES("\0\0"), "0", "YEAR 0000"},
	{&year, BYTES("\xe4\x07"), "2020", "YEAR 2020"},
	{&real, BYTES("\xff\xff\x7f\x4b"), "16777215", "FLOAT (case 16)"},
	{&real, BYTES("\0\0\0\x80"), "-0e0", "negative zero (case 17)"},
	{&real, BYTES("\0\0\x80\x7f"), NONE, "infinity is none"},
	{&twice, BYTES("\0\0\0\0\0\0\xf8\x3f"), "1.5", "DOUBLE"},
	{&rounded, BYTES("\0\0\0\0\0\0\xf8\x3f"), "1.5", "DOUBLE(30,15)"},
	{&rounded, BYTES("\xc0\x5f\xf2\x6e\x2a\x0e\x18\xc0"),
		"-6.013833745520913",
		"with no more digits than it has: the server rounds again"},
	{&cents, BYTES("\x80\x14\xae\x47\xe1\x7a\x84\xbf"), "-0.01",
		"DOUBLE(10,2)"},
	{&twice, BYTES("\0\0\0\0\0\0\xf8\x7f"), NONE,
		"what is no number is none"},
	{&decimal, BYTES("\6-12.50"), "-12.50", "DECIMAL"},
	{&decimal, BYTES("\0"), NONE, "DECIMAL without digits"},
	{&decimal, BYTES("\5 1),("), NONE, "DECIMAL with other bytes"},
	{&null, BYTES("\0"), NONE, "NULL has no value"},
	{.title = NULL},
};

static void test_numbers(void)
{

	test_cases(numbers);
}

static const struct described date = {MYSQL_TYPE_DATE, .form = FORM_PLAIN},
			      stamp = {.type = MYSQL_TYPE_TIMESTAMP},
			      six = {MYSQL_TYPE_DATETIME, .decimals = 6},
			      milli = {MYSQL_TYPE_DATETIME, .decimals = 3},
			      unknown = {MYSQL_TYPE_DATETIME, .decimals = 39},
			      clock = {.type = MYSQL_TYPE_TIME},
			      clock2 = {MYSQL_TYPE_TIME, .decimals = 2};

static const struct value_case times[] = {
	{&date, BYTES("\4\xe4\7\2\x1f"), "'2020-02-31'",
		"an invalid date stays as it is (case 28)"},
	{&date, BYTES("\0"), "'0000-00-00'", "a zero date (case 28)"},
	{&date, BYTES("\4\xe4\7\x64\1"), NONE, "month 100"},
	{&date, BYTES("\4\x10\x27\1\1"), NONE, "year 10000"},
	{&date, BYTES("\3\xe4\7\1"), NONE, "a date of three bytes"},
	{&stamp, BYTES("\0"), "'0000-00-00 00:00:00'", "a zero time"},
	{&stamp, BYTES("\4\xe4\7\5\6"), "'2020-05-06 00:00:00'", "midnight"},
	{&stamp, BYTES("\7\xe4\7\5\6\x17\x3b\x3b"), "'2020-05-06 23:59:59'",
		"a TIMESTAMP"},
	{&stamp, BYTES("\7\xe4\7\5\6\x17\x3b\x64"), NONE, "second 100"},
	{&six, BYTES("\7\xe4\7\5\6\x17\x3b\x3b"),
		"'2020-05-06 23:59:59.000000'", "six decimals of 0"},
	{&six, BYTES("\x0b\xe4\7\5\6\x17\x3b\x3b\1\0\0\0"),
		"'2020-05-06 23:59:59.000001'", "a microsecond"},
	{&milli, BYTES("\x0b\xe4\7\5\6\x17\x3b\x3b\x78\xe0\1\0"),
		"'2020-05-06 23:59:59.123'", "three decimals"},
	{&milli, BYTES("\x0b\xe4\7\5\6\x17\x3b\x3b\x79\xe0\1\0"),
		"'2020-05-06 23:59:59.123001'",
		"more decimals than the type has are not cut"},
	{&six, BYTES("\x0b\xe4\7\5\6\x17\x3b\x3b\x40\x42\x0f\0"), NONE,
		"a million microseconds"},
	{&unknown, BYTES("\4\xe4\7\5\6"), "'2020-05-06 00:00:00'",
		"decimals unknown: none"},
	{&unknown, BYTES("\x0b\xe4\7\5\6\0\0\0\x40\x0d\3\0"),
		"'2020-05-06 00:00:00.200000'", "or six"},
	{&clock, BYTES("\0"), "'00:00:00'", "TIME 0"},
	{&clock, BYTES("\x08\1\x22\0\0\0\x16\x3b\x3b"), "'-838:59:59'",
		"the smallest TIME"},
	{&clock2, BYTES("\x0c\0\0\0\0\0\1\2\3\x30\x57\5\0"), "'01:02:03.35'",
		"a TIME with decimals"},
	{&clock, BYTES("\x08\0\xff\xff\xff\xff\xff\0\0"),
		"'103079215335:00:00'", "days without end are a number"},
	{&clock, BYTES("\x08\2\0\0\0\0\0\0\0"), NONE, "sign 2"},
	{&clock, BYTES("\7\0\0\0\0\0\0\0"), NONE, "a TIME of 7 bytes"},
	{.title = NULL},
};

static void test_times(void)
{

	test_cases(times);
}

static const struct described text = {MYSQL_TYPE_VAR_STRING, .form = FORM_TEXT},
			      blob = {MYSQL_TYPE_BLOB, .form = FORM_BINARY},
			      hex = {MYSQL_TYPE_BLOB, .form = FORM_BINARY,
				      .hex = true},
			      plain = {MYSQL_TYPE_STRING, .form = FORM_PLAIN,
				      .hex = true},
			      number = {MYSQL_TYPE_STRING, .form = FORM_NUMBER},
			      bits = {MYSQL_TYPE_BIT, .form = FORM_BIT},
			      other = {.type = (enum enum_field_types)242,
				      .form = FORM_BINARY};

static const struct value_case strings[] = {
	{&text, BYTES("\0"), "''", "an empty string"},
	{&text, BYTES("\4it's"), "'it\\'s'", "a string with a quote"},
	{&text, BYTES("\xfc\3\0abc"), "'abc'", "a length of two bytes"},
	{&text, BYTES("\xfd\3\0\0abc"), "'abc'", "of three"},
	{&text, BYTES("\xfe\3\0\0\0\0\0\0\0abc"), "'abc'", "of eight"},
	{&text, BYTES("\xfe\xff\xff\xff\xff\xff\xff\xff\xff"), NONE,
		"a length without end"},
	{&text, BYTES("\xfb"), NONE, "NULL of the text protocol"},
	{&text, BYTES("\xff"), NONE, "no length"},
	{&blob, BYTES("\3a\0b"), "_binary 'a\\0b'", "bytes (case 26)"},
	{&blob, BYTES("\0"), "_binary ''", "no bytes"},
	{&hex, BYTES("\3a\0b"), "0x610062", "bytes in hex"},
	{&hex, BYTES("\0"), "_binary ''", "no bytes in hex"},
	{&plain,
		BYTES("\7"
		      "1.2.3.4"),
		"'1.2.3.4'", "an address (case 25)"},
	{&plain, BYTES("\1'"), "'\\''", "is escaped all the same"},
	{&number, BYTES("\0021 "), NONE, "a number's string is looked at"},
	{&bits, BYTES("\1\0"), "b'0'", "BIT 0"},
	{&bits, BYTES("\2\1\1"), "b'100000001'", "BIT(9)"},
	{&bits, BYTES("\x08\xff\xff\xff\xff\xff\xff\xff\xff"),
		"b'11111111111111111111111111111111"
		"11111111111111111111111111111111'",
		"BIT(64) (case 25)"},
	{&bits, BYTES("\x09\0\0\0\0\0\0\0\0\0"), NONE, "65 bits"},
	{&other, BYTES("\1x"), "_binary 'x'",
		"a type that we do not know has a length"},
	{.title = NULL},
};

static void test_strings(void)
{
	struct value_plan plan;

	test_cases(strings);
	plan = make_plan(text, BINARY);
	is_str(convert(&plan, BYTES("\1x")), "_binary 'x'",
		"text in the character set binary is binary");
	plan = make_plan(
		(struct described){MYSQL_TYPE_JSON, .form = FORM_TEXT}, BINARY);
	is_str(convert(&plan, BYTES("\2[]")), "'[]'", "but JSON is text");
}

/* row_str: a row of these bytes as SQL; NULL when it is malformed. */
static const char *row_str(
	const struct row_plan *plan, const void *bytes, size_t len)
{
	static struct strbuf sql = STRBUF_INIT;
	unsigned char *packet = exact(bytes, len);
	int rc;

	strbuf_reset(&sql);
	strbuf_addstr(&sql, "> ");
	rc = row_add(&sql, plan, packet, len);
	free(packet);
	if (rc && strcmp(sql.buf, "> ") != 0)
		return "text was left";
	return rc ? NULL : sql.buf + 2;
}

/* cut_rows: whether a row is refused however few bytes of it there are. */
static bool cut_rows(const struct row_plan *plan, const void *bytes, size_t len)
{
	bool refused = true;

	for (size_t cut = 0; cut < len; cut++)
		refused &= !row_str(plan, bytes, cut);
	return refused;
}

static void test_rows(void)
{
	const struct value_plan values[] = {
		make_plan((struct described){.type = MYSQL_TYPE_LONG}, BINARY),
		make_plan((struct described){MYSQL_TYPE_VAR_STRING,
				  .form = FORM_TEXT},
			UTF8),
		make_plan((struct described){.type = MYSQL_TYPE_DATE}, BINARY),
	};
	const struct row_plan plan = {values, 3, 3}, none = {NULL, 0, 1};

	is_str(row_str(&plan, BYTES("\0\0\1\0\0\0\1a\0")),
		"(1,'a','0000-00-00')", "a row");
	ok(cut_rows(&plan, BYTES("\0\0\1\0\0\0\1a\0")),
		"of which nothing may be missing");
	is_str(row_str(&plan, BYTES("\0\x10\1\0\0\0\1a")), "(1,'a',NULL)",
		"a row that ends with NULL");
	is_str(row_str(&plan, BYTES("\0\x1c")), "(NULL,NULL,NULL)",
		"a row of NULL");
	is_str(row_str(&plan, BYTES("\0\x1c\0")), NULL,
		"nothing may be left over");
	is_str(row_str(&plan, BYTES("\1\x1c")), NULL,
		"and the packet must be a row");
	is_str(row_str(&none, BYTES("\0\0\1x")), "()",
		"a row of which nothing is written (case 20)");
}

static void test_many(void)
{
	enum { COLUMNS = 1017 };
	struct value_plan values[COLUMNS];
	const struct row_plan plan = {values, COLUMNS, COLUMNS};
	unsigned char packet[1 + (COLUMNS + 9) / 8 + COLUMNS] = {0};
	size_t len = sizeof(packet);
	const char *row;

	for (int i = 0; i < COLUMNS; i++)
		values[i] = make_plan(
			(struct described){MYSQL_TYPE_DATETIME, .decimals = 6},
			BINARY);
	row = row_str(&plan, packet, len);
	is_int(row ? (intmax_t)strlen(row) : -1, COLUMNS * 29 + 1,
		"a table's most columns, none with a byte of its own (case "
		"35)");
	memset(packet + 1, 0xff, (COLUMNS + 9) / 8);
	row = row_str(&plan, packet, 1 + (COLUMNS + 9) / 8);
	is_int(row ? (intmax_t)strlen(row) : -1, COLUMNS * 5 + 1,
		"or each of them NULL");
}

static void test_raw(void)
{
	struct value_plan values[] = {
		make_plan((struct described){MYSQL_TYPE_VAR_STRING,
				  .form = FORM_TEXT},
			UTF8),
		make_plan((struct described){.type = MYSQL_TYPE_TINY}, BINARY),
		make_plan((struct described){MYSQL_TYPE_VAR_STRING,
				  .form = FORM_TEXT},
			UTF8),
	};
	struct row_plan plan = {values, 3, 5};

	value_plan_raw(&values[0], 3, "cp932");
	value_plan_raw(&values[2], 4, "gbk");
	is_str(row_str(&plan, BYTES("\0\x60\1a\7\1b")), "('a',7,'b')",
		"text that comes back needs no raw column");
	is_str(row_str(&plan, BYTES("\0\x40\1a\7\1b\2\x81\x5c")),
		"(_cp932 0x815C,7,'b')", "text that does not is written raw");
	is_str(row_str(&plan, BYTES("\0\x20\1a\7\1b\1z")), "('a',7,_gbk 0x7A)",
		"in its own place");
	is_str(row_str(&plan, BYTES("\0\0\1a\7\1b\1y\1z")),
		"(_cp932 0x79,7,_gbk 0x7A)", "and all in their order");
	ok(cut_rows(&plan, BYTES("\0\0\1a\7\1b\1y\1z")),
		"nothing may be missing");
	is_str(row_str(&plan, BYTES("\0\x64\7\1b")), "(NULL,7,'b')",
		"NULL stays NULL");
	is_str(row_str(&plan, BYTES("\0\0\1a\7\1b\0\1z")), NULL,
		"raw text is never empty");
	plan.fields = 6;
	is_str(row_str(&plan, BYTES("\0\x60\1a\7\1b\1!")), "('a',7,'b')",
		"columns behind these are not written");
}

/* test_noise: whatever comes, no byte of another place is touched; the
 * sanitizers look. */
static void test_noise(void)
{
	static const unsigned char types[] = {0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 11,
		12, 13, 16, 245, 246, 252, 253, 254, 255};
	unsigned refused = 0, rows = getenv("DBPIPES_SLOW") ? 10000 : 100000;

	for (unsigned i = 0; i < rows; i++) {
		struct value_plan values[6];
		struct row_plan plan = {values, 6, 6};
		unsigned char packet[64] = {0};
		size_t len = random_next() % sizeof(packet);

		for (unsigned n = 0; n < 6; n++) {
			uint64_t random = random_next();

			values[n] = make_plan(
				(struct described){
					types[random % sizeof(types)],
					random >> 8 & UNSIGNED_FLAG,
					random >> 16 & 7,
					(enum value_form)((random >> 24) % 6),
					random >> 32 & 1},
				random >> 33 & 63);
		}
		if (i % 4 == 0) {
			value_plan_raw(&values[2], 6, "gbk");
			plan.fields = 7;
		}
		for (size_t at = 1; at < len; at++)
			packet[at] = (unsigned char)((random_next() >> 9) %
				(i % 2 ? 16 : 255));
		refused += !row_str(&plan, packet, len);
	}
	ok(refused > rows / 2 && refused < rows,
		"noise is refused, but where it is a row");
}

int main(void)
{
	test_numbers();
	test_times();
	test_strings();
	test_rows();
	test_many();
	test_raw();
	test_noise();
	return done_testing();
}
