/* INSERTs as lines for LOAD DATA, and cut at their rows. What a server makes of
 * the lines is for rewrite.bats. */
#include "stream/insert.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "random.h"
#include "tap.h"

static const struct lexer_modes plain;

/* The kinds of the columns: a letter each. */
static size_t kinds_of(const char *letters, enum column_kind *kinds)
{
	static const char known[] = "?efybtxo";
	size_t n = 0;

	for (; letters && *letters; letters++)
		kinds[n++] =
			(enum column_kind)(strchr(known, *letters) - known);
	return n;
}

/* converted: the lines of a statement, in which newlines are '|'; behind them a
 * '!' where the next row is not literal; "no" for a head that is none. */
static char *converted(const char *sql, size_t len,
	const struct lexer_modes *modes, const char *letters, size_t limit)
{
	struct insert_head head = INSERT_HEAD_INIT;
	struct strbuf out = STRBUF_INIT;
	enum column_kind kinds[16];
	struct insert_rows rows;
	int rc;

	if (!insert_head_read(&head, sql, len, modes, NULL)) {
		insert_head_release(&head);
		return xstrdup("no");
	}
	insert_rows_begin(&rows, &head, sql, len, letters ? kinds : NULL,
		kinds_of(letters, kinds));
	while ((rc = insert_convert(&rows, out.len + limit, &out)) > 0)
		;
	for (size_t i = 0; i < out.len; i++)
		if (out.buf[i] == '\n')
			out.buf[i] = '|';
	if (rc < 0)
		strbuf_addch(&out, '!');
	insert_head_release(&head);
	return strbuf_detach(&out);
}

static void becomes(const char *rows, const char *letters, const char *want,
	const char *title)
{
	struct strbuf sql = STRBUF_INIT;
	char *got;

	strbuf_addf(&sql, "INSERT INTO `t` VALUES %s", rows);
	got = converted(sql.buf, sql.len, &plain, letters, 1);
	is_str(got, want, title);
	free(got);
	strbuf_release(&sql);
}

static void test_strings(void)
{
	becomes("('a','b'),('','')", "tt", "'a','b'|'',''|",
		"strings stay in their quotes");
	becomes("('\\'\\\\''','\\0\\n\\x')", "tt", "'\\'\\\\''','\\0\\n\\x'|",
		"and keep their escapes");
	becomes("('\\%\\_')", "t", "'\\\\%\\\\_'|",
		"but those that SQL leaves as they are get a backslash");
	becomes("('\\N','a\\N')", "tt", "'N','aN'|",
		"and the one that LOAD DATA takes for NULL loses it");
	becomes("(\"it's \"\"x\"\" \\\"\")", "t", "'it''s \"x\" \\\"'|",
		"double quotes become single ones");
	becomes("('a' 'b')", "t", "!", "strings side by side are refused");
	becomes("('a'\n\"b\")", "t", "!", "of any quotes");
	becomes("(_latin1'a')", "t", "!", "so are those of a character set");
	becomes("(N'a')", "t", "!", "of the national one, too");
	becomes("('a')", NULL, "'a'|", "strings need no kind of column");
	becomes("('open),('", "t", "!", "an open string is none");
}

static void test_bytes(void)
{
	becomes("(_binary 'a\\0',_BINARY'\\'')", "xb", "'a\\0','\\''|",
		"_binary strings are strings in columns of bytes");
	becomes("(_binary 'a')", "t", "!", "but not in those of text");
	becomes("(_binary 'a')", NULL, "!", "or of an unknown kind");
	becomes("(x'416227',X'5C2c',0x41,0xABC)", "xxxx",
		"'Ab\\'','\\\\,','A','|\xbc'|",
		"hexadecimal digits become bytes");
	becomes("(b'1',B'100000001',0b101,x'',b'')", "bbbxx",
		"'\1','\1\1','\5','',''|", "so do bits");
	becomes("(0x41)", "e", "!", "that is a number in a column of numbers");
	becomes("(0x41)", "t", "!", "and not surely a text in one of text");
	becomes("(x'4')", "x", "!", "half a byte is an error");
	becomes("(b'2')", "x", "!", "2 is no bit");
	becomes("(0x)", "x", "!", "no digits are no value");
}

static void test_numbers(void)
{
	becomes("(0,-5,12.50,007)", "eeee", "0,-5,12.50,007|",
		"numbers stay as they are");
	becomes("(1e5,-1.5E-300,5.,.5)", "ffff", "1e5,-1.5E-300,5.,.5|",
		"those of floating point, too");
	becomes("(123456789012345678901234567890.5)", "e",
		"123456789012345678901234567890.5|", "and long ones");
	becomes("(1234567890123456789012345678901234567890123456789)", "f", "!",
		"but not those that no DECIMAL holds for sure");
	becomes("(1e5)", "e", "!", "an exponent makes a DOUBLE: refused");
	becomes("(-0)", "f", "!", "-0 is 0, while '-0' is not");
	becomes("(-0.00)", "f", "!", "nor with a point");
	becomes("(1.2.3)", "f", "!", "two points are an error");
	becomes("(2024,0000,0,0000)", "yyyy", "2024,0000,0000,0000|",
		"years keep four digits, and 0 gets them");
	becomes("(70)", "y", "!", "70 may be 1970 or 2070");
	becomes("(5,-12,0)", "ttt", "5,-12,0|",
		"whole numbers are text in columns of text");
	becomes("(007)", "t", "!", "but not with zeros in front");
	becomes("(1.50)", "t", "!", "or decimals");
	becomes("(5)", "b", "!", "a number in a BIT is not its digit");
	becomes("(5)", "o", "!", "in an ENUM it is a member's number");
	becomes("(5)", NULL, "!", "and no one knows in an unknown column");
	becomes("(1+1)", "e", "!", "a sum is an expression");
	becomes("(- 1)", "e", "!", "so is a sign that stands alone");
	becomes("(5e)", "f", "!", "and an exponent without a number");
	becomes("(1)", "ee", "!", "a value too few");
	becomes("(1,2,3)", "ee", "!", "a value too many");
}

static void test_words(void)
{
	becomes("(NULL,null)", "te", "NULL,NULL|",
		"NULL is one, in capital letters");
	becomes("(DEFAULT)", "t", "!", "DEFAULT is the server's to know");
	becomes("(NULLIF(1,1))", "e", "!", "so is a function");
	becomes("(TRUE)", "e", "!", "and TRUE");
	becomes("((1))", "e", "!", "and what is in parentheses");
	becomes("()", "", "!", "a row of nothing is no line");
	becomes("( 1 , 'a' )  ,\n( 2\t,\n'b' ) ", "et", "1,'a'|2,'b'|",
		"white space is skipped");
	becomes("(1),(2) ON DUPLICATE KEY UPDATE a = 1", "e", "1|!",
		"what comes behind the last row makes it none");
	becomes("(1),(NOW()),(3)", "e", "1|!",
		"rows before one that is not literal are converted");
	becomes("(1)/* x */,(2)", "e", "!", "comments are refused");
	becomes("(1),", "e", "!", "a comma at the end is an error");
}

static void test_modes(void)
{
	static const struct lexer_modes bare = {.no_backslash_escapes = true};
	static const struct lexer_modes ansi = {.ansi_quotes = true};
	static const struct lexer_modes wide = {.wide_charset = true};
	static const char sql[] = "INSERT INTO t VALUES ('\\','a\\N''\\%')";
	static const char names[] =
		"INSERT INTO \"t\" (\"a\"\"\") VALUES ('x')";
	static const char string[] = "INSERT INTO t VALUES (\"x\")";
	char *got = converted(sql, sizeof(sql) - 1, &bare, "tt", 1);

	is_str(got, "'\\\\','a\\\\N''\\\\%'|",
		"backslashes that are none are doubled");
	free(got);
	got = converted(names, sizeof(names) - 1, &ansi, "t", 1);
	is_str(got, "'x'|", "names may be in double quotes");
	free(got);
	got = converted(string, sizeof(string) - 1, &ansi, "t", 1);
	is_str(got, "!", "which make no strings then");
	free(got);
	got = converted(string, sizeof(string) - 1, &wide, "t", 1);
	is_str(got, "no", "in a wide character set nothing is converted");
	free(got);
}

static bool reads(struct insert_head *head, const char *sql, bool *same)
{
	return insert_head_read(head, sql, strlen(sql), &plain, same);
}

static void test_heads(void)
{
	static const char *const others[] = {"INSERT INTO t SELECT 1",
		"INSERT INTO t SET a = 1",
		"INSERT INTO t PARTITION (p) VALUES (1)",
		"INSERT INTO t VALUES", "INSERT INTO t (a VALUES (1)",
		"INSERT INTO t (a, ) VALUES (1)", "INSERT INTO `` VALUES (1)",
		"INSERT /*!50000 IGNORE */ INTO t VALUES (1)",
		"INSERT INTO t () VALUES ()", "UPDATE t SET a = 1", "INSERT",
		"/*! INSERT INTO t VALUES (1) */"};
	struct insert_head head = INSERT_HEAD_INIT;
	bool same;

	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		ok(!reads(&head, others[i], &same), others[i]);
	ok(reads(&head, "REPLACE DELAYED d.`t``` ( a, `b``` ) VALUE (1,2)",
		   &same) &&
			head.replace && !same,
		"a head with all that it can have is read");
	is_str(head.db.buf, "d", "with its database");
	is_str(head.table.buf, "t`", "its table");
	ok(head.columns.count == 2 && !strcmp(head.columns.item[1], "b`"),
		"and its columns");
	ok(reads(&head, "REPLACE DELAYED d.`t``` ( a, `b``` ) VALUE (3,4)",
		   &same) &&
			same,
		"the same head is known again");
	ok(reads(&head, "INSERT IGNORE t VALUES (1)", &same) && !same &&
			head.ignore && !head.replace && !head.db.len &&
			!head.columns.count,
		"another one takes its place");
	insert_head_release(&head);
}

static void test_load_data(void)
{
	struct insert_head head = INSERT_HEAD_INIT;
	struct strlist columns = STRLIST_INIT;
	struct strbuf out = STRBUF_INIT;

	strlist_add(&columns, "a`b");
	reads(&head, "REPLACE INTO `d`.`t``` VALUES (1)", NULL);
	insert_load_data(&head, "x", "latin1", &columns, &out);
	is_str(out.buf,
		"LOAD DATA LOCAL INFILE 'x' REPLACE INTO TABLE `d`.`t``` "
		"CHARACTER SET latin1 FIELDS TERMINATED BY ',' OPTIONALLY "
		"ENCLOSED BY 0x27 ESCAPED BY 0x5C LINES TERMINATED BY 0x0A "
		"(`a``b`)",
		"LOAD DATA names the table and the columns in quotes");
	strbuf_reset(&out);
	reads(&head, "INSERT IGNORE t (c) VALUES (1)", NULL);
	insert_load_data(&head, "x", "utf8mb4", &columns, &out);
	has_str(out.buf, " IGNORE INTO TABLE `t` CHARACTER SET utf8mb4",
		"and says what the verb does with duplicates");
	has_str(out.buf, "0x0A (`c`)", "a list of its own comes first");
	strlist_release(&columns);
	strbuf_release(&out);
	insert_head_release(&head);
}

/* cuts: the parts, with '|' behind each, and '!' where none can follow. */
static char *cuts(const char *rows_text, size_t limit)
{
	struct insert_head head = INSERT_HEAD_INIT;
	struct strbuf sql = STRBUF_INIT, out = STRBUF_INIT;
	struct insert_rows rows;
	const char *part;
	size_t len;
	int rc;

	strbuf_addf(&sql, "INSERT INTO t VALUES %s", rows_text);
	insert_head_read(&head, sql.buf, sql.len, &plain, NULL);
	insert_rows_begin(&rows, &head, sql.buf, sql.len, NULL, 0);
	while ((rc = insert_cut(&rows, limit, &part, &len)) > 0) {
		strbuf_add(&out, part, len);
		strbuf_addch(&out, '|');
	}
	if (rc < 0)
		strbuf_addch(&out, '!');
	insert_head_release(&head);
	strbuf_release(&sql);
	return strbuf_detach(&out);
}

static void is_cut(
	const char *rows, size_t limit, const char *want, const char *title)
{
	char *got = cuts(rows, limit);

	is_str(got, want, title);
	free(got);
}

static void test_cuts(void)
{
	struct insert_head head = INSERT_HEAD_INIT;
	struct insert_rows rows;
	static const char sql[] = "INSERT INTO t VALUES (1),(22),(3)";
	size_t longest;

	is_cut("(1),(2),\n(3)", 1, "(1)|(2)|(3)|", "one row at least");
	is_cut("(1),(2),(3)", 7, "(1),(2)|(3)|", "as many as fit");
	is_cut("(1),(2),(3)", 100, "(1),(2),(3)|", "or all of them");
	is_cut("('),(',\"),(\",`),(`),(f((1),(2)))", 1,
		"('),(',\"),(\",`),(`)|(f((1),(2)))|",
		"parentheses in strings, names and functions cut nothing");
	is_cut("(1 /* ),( */),(2 -- ),(\n),(3 # ),(\n)", 1,
		"(1 /* ),( */)|(2 -- ),(\n)|(3 # ),(\n)|",
		"nor do those in comments");
	is_cut("(1-1),(4/2)", 1, "(1-1)|(4/2)|",
		"a minus and a slash are no comments");
	is_cut("('\\'),('),('''),(')", 1, "('\\'),(')|('''),(')|",
		"quotes in strings do not end them");
	is_cut("(1),(2) ON DUPLICATE KEY UPDATE a=1", 1, "(1)|!",
		"a clause behind the rows cannot be cut off");
	is_cut("(1),(2", 1, "(1)|!", "an open row is none");
	reads(&head, sql, NULL);
	insert_rows_begin(&rows, &head, sql, sizeof(sql) - 1, NULL, 0);
	ok(insert_can_cut(&rows, &longest) && longest == 4 && !rows.count,
		"whether it can be cut is known before");
	insert_head_release(&head);
}

/* Random values at random lengths: what is copied by sixteen bytes is the same
 * as what would be copied by one. */
static void test_lengths(void)
{
	static const char bytes[] = "ab'\\,()\n%_N";
	struct strbuf sql = STRBUF_INIT, want = STRBUF_INIT;
	bool same = true;

	for (int run = 0; run < 4000 && same; run++) {
		char *got;

		strbuf_reset(&sql);
		strbuf_reset(&want);
		strbuf_addf(&sql, "INSERT INTO t VALUES (%d,'", run);
		strbuf_addf(&want, "%d,'", run);
		for (uint64_t n = random_next() % 70; n; n--) {
			char c = bytes[random_next() % (sizeof(bytes) - 1)];

			if (c == '\'' || c == '\\') {
				strbuf_addf(&sql, "\\%c", c);
				strbuf_addf(&want, "\\%c", c);
			} else {
				strbuf_addch(&sql, c);
				strbuf_addch(&want, c == '\n' ? '|' : c);
			}
		}
		strbuf_addf(&sql, "',%" PRIu64 ".5)", random_next());
		strbuf_addf(&want, "',%s|", strrchr(sql.buf, ',') + 1);
		want.buf[want.len - 2] = '|';
		strbuf_setlen(&want, want.len - 1);
		got = converted(sql.buf, sql.len, &plain, "ete", 1);
		same = !strcmp(got, want.buf);
		if (!same)
			is_str(got, want.buf, sql.buf);
		free(got);
	}
	ok(same, "values of any length stay what they are");
	strbuf_release(&sql);
	strbuf_release(&want);
}

int main(void)
{
	test_strings();
	test_bytes();
	test_numbers();
	test_words();
	test_modes();
	test_heads();
	test_load_data();
	test_cuts();
	test_lengths();
	return done_testing();
}
