/* load_literal.c: rows of an INSERT, value by value. */
#include "db/load_literal.h"

#include <string.h>

#include "tap.h"

enum { VALUES = 4 };

/* count_values: of the first row; 0: it has more than we look at. */
static size_t count_values(struct literals in)
{
	struct strbuf made = STRBUF_INIT;
	struct literal row[VALUES];
	size_t count = 0;

	for (size_t n = VALUES; n && !count; n--) {
		struct literals at = in;

		if (literals_next(&at, row, n, &made) != LITERAL_COUNT)
			count = n;
	}
	strbuf_release(&made);
	return count;
}

/* show: what literals_next makes of a statement's rows: kinds by their first
 * letter, the bytes of values in brackets, a stroke behind each row. */
static void show(const char *sql, bool escapes, struct strbuf *out)
{
	static const char kinds[] = "nuidfsbh";
	struct literals in = {sql, sql + strlen(sql), escapes, true};
	struct strbuf made = STRBUF_INIT;
	struct literal row[VALUES];
	size_t count = count_values(in);
	enum literal_found found = LITERAL_OTHER;

	strbuf_reset(out);
	while (count && count <= VALUES &&
		(found = literals_next(&in, row, count, &made)) ==
			LITERAL_ROW) {
		for (size_t i = 0; i < count; i++) {
			const char *text = row[i].text
				? row[i].text
				: made.buf + row[i].start;

			strbuf_addch(out, kinds[row[i].kind]);
			strbuf_addch(out, '[');
			strbuf_add(out, text, row[i].len);
			strbuf_addch(out, ']');
		}
		strbuf_addch(out, '|');
	}
	strbuf_addstr(out,
		found == LITERAL_END             ? ""
			: found == LITERAL_COUNT ? "count"
						 : "other");
	strbuf_release(&made);
}

static void is_shown(const char *sql, bool escapes, const char *expected,
	size_t len, const char *name)
{
	struct strbuf out = STRBUF_INIT;

	show(sql, escapes, &out);
	ok(out.len == len && !memcmp(out.buf, expected, len), name);
	if (out.len != len || memcmp(out.buf, expected, len))
		printf("# got: %s\n", out.buf);
	strbuf_release(&out);
}

#define IS(sql, expected, name)                                                \
	is_shown(sql, true, expected, sizeof(expected) - 1, name)

static void test_kinds(void)
{
	IS("(1,-2),(3 , 4)", "i[1]i[-2]|i[3]i[4]|",
		"integers, and white space");
	IS("(1.5,.5),(-1e-3,1E5)", "d[1.5]d[.5]|f[-1e-3]f[1E5]|",
		"decimals and floats");
	IS("(NULL,default)", "n[]u[]|", "NULL and DEFAULT");
	IS("(0x4142,x'43'),(b'01000100',X'')", "h[AB]h[C]|h[D]h[]|",
		"hexadecimal digits and bits");
	IS("(0x123)", "h[\001#]|",
		"an odd number of digits has a zero before it");
	IS("(b'101000010')", "h[\001B]|", "bits are filled up in front");
	IS("(_binary 'a\\0b',_BINARY'c')", "b[a\0b]b[c]|", "_binary");
}

static void test_strings(void)
{
	IS("('a''b',\"c\"\"d\",'e\"f')", "s[a'b]s[c\"d]s[e\"f]|",
		"doubled quotes");
	IS("('\\n\\t\\r\\0\\b\\Z\\\\\\'\\x')", "s[\n\t\r\0\b\032\\'x]|",
		"escapes");
	IS("('\\%\\_')", "s[\\%\\_]|", "of \\% and \\_ the backslash stays");
	IS("('0123456789abcdef\\n','x')", "s[0123456789abcdef\n]s[x]|",
		"an escape behind a whole block");
	is_shown("('a\\','b\\n')", false, "s[a\\]s[b\\n]|", 12,
		"NO_BACKSLASH_ESCAPES");
}

static void test_others(void)
{
	IS("(1),(NOW())", "i[1]|other", "a function is not literal");
	IS("(1),(1+1)", "i[1]|other", "nor is a sum");
	IS("('a' 'b')", "other", "nor are strings side by side");
	IS("(_latin1'a')", "other", "nor is another character set");
	IS("(@a)", "other", "nor is a variable");
	IS("(1) ON DUPLICATE KEY UPDATE a = 2", "other",
		"nor what follows rows");
	IS("(0b01)", "other", "0b is left to the server");
	IS("(x'123')", "other", "so is an odd number of digits in x''");
	IS("(1,2),(3)", "i[1]i[2]|count", "another number of values is told");
	IS("(1),", "other", "a comma at the end is an error");
	IS("('open", "other", "so is an open string");
	IS("('open\\", "other", "and an open escape");
	IS("()", "other", "a row without values is the server's");
}

static void numbered(const char *sql, size_t n, bool expected, const char *name)
{
	const struct literals in = {sql, sql + strlen(sql), true, true};

	ok(literals_numbered(&in, n, false) == expected, name);
}

static void any(const char *sql, size_t n, bool expected, const char *name)
{
	const struct literals in = {sql, sql + strlen(sql), true, true};

	ok(literals_numbered(&in, n, true) == expected, name);
}

static void test_numbered(void)
{
	numbered("(1,NULL)", 0, false, "a number is not made up");
	numbered("(1,NULL)", 1, true, "for NULL, one is");
	numbered("('a',-0,1)", 1, true, "so it is for zero");
	numbered("('a',DEFAULT)", 1, true, "and for DEFAULT");
	numbered(
		"(f(1),2)", 1, true, "behind what is not literal nobody knows");
	numbered("(-10)", 0, false, "a zero in it does not make it one");
	numbered("(1-1)", 0, true, "nor does a sum say what it is");
	numbered("(1),(0)", 0, false, "other rows may not be looked at");
	any("(1,')'),(0,'')", 0, true, "or may");
	any("(1,')\\'('), (2, f(\"(\", (1))) ;", 0, false,
		"whatever else stands in them");
	any("(1) on duplicate key update a = 0", 0, false, "or behind them");
	any("(1) /* ( */, (2)", 0, true, "comments are not looked into");
	any("(1, /* ( */ 2)", 0, true, "nor within a row");
	any("(1, 'open", 0, true, "what does not end is not known");
}

int main(void)
{
	test_kinds();
	test_strings();
	test_others();
	test_numbered();
	return done_testing();
}
