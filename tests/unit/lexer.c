/* The lexer: where pieces begin and end, and what changes that. */
#include "stream/lexer.h"
#include "base/alloc.h"
#include "base/strbuf.h"
#include "fixture.h"
#include "stream/sqlmode.h"
#include "stream/window.h"
#include "tap.h"

/* One piece a line: kind and text; an error ends the list. */
static char *pieces_of(const char *sql, size_t len, size_t keep, bool lenient)
{
	static const char kinds[] = {'S', 'L', 'C'};
	const char *path = in_dir("in.sql");
	struct strbuf out = STRBUF_INIT;
	FILE *file = fopen(path, "we");
	struct input *in;
	struct lexer *lx;
	struct piece p;
	struct err e = {0};
	int rc;

	fwrite(sql, 1, len, file);
	fclose(file);
	in = input_open(path, &e);
	lx = lexer_new(in, keep);
	if (lenient)
		lexer_lenient(lx);
	while ((rc = lexer_next(lx, &p, &e)) > 0) {
		strbuf_addf(&out, "%c ", kinds[p.kind]);
		strbuf_add(&out, p.text, p.len);
		strbuf_addch(&out, '|');
	}
	if (rc < 0)
		strbuf_addf(&out, "error %d", e.code);
	lexer_free(lx);
	input_close(in);
	return strbuf_detach(&out);
}

static void cut(const char *sql, const char *want, const char *title)
{
	char *got = pieces_of(sql, strlen(sql), 0, false);

	is_str(got, want, title);
	free(got);
}

static void test_quotes(void)
{
	cut("a';'b;c", "S a';'b|error 65",
		"a semicolon in single quotes ends nothing");
	cut("\";\";`;`;", "S \";\"|S `;`|",
		"nor one in double quotes or backticks");
	cut("'it''s;';\"a\"\";\";`b``;`;", "S 'it''s;'|S \"a\"\";\"|S `b``;`|",
		"a doubled quote does not close");
	cut("'\\';';\"\\\";\";", "S '\\';'|S \"\\\";\"|",
		"a backslash keeps a quote from closing");
	cut("'\\\\';b;", "S '\\\\'|S b|", "a backslash behind one does not");
	cut("`\\`;b;", "S `\\`|S b|", "backticks know no backslash");
	cut("a\\';b;", "S a\\'|S b|",
		"outside of quotes a backslash makes the next byte plain");
	cut("'a\n-- b;\n# c;\n/* d */';e;", "S 'a\n-- b;\n# c;\n/* d */'|S e|",
		"comment marks in a string are text");
}

static void test_comments(void)
{
	cut("-- a;\nb;", "L -- a;|S b|", "two dashes and a blank: a comment");
	cut("--\nb;", "L --|S b|", "so are two dashes at the end of a line");
	cut("--x;\nb;", "L --x;|S b|",
		"at the beginning of a statement no blank is needed");
	cut("SELECT 1--2;b;", "S SELECT 1--2|S b|",
		"within one, dashes without a blank are arithmetic");
	cut("a -- ;'\n;b;", "S a -- ;'\n|S b|",
		"a comment within a statement hides quotes and semicolons");
	cut("# a;\nb # ;\n;", "L # a;|S b # ;\n|",
		"a hash begins a comment anywhere");
	cut("/* a;' */b;", "C /* a;' */|S b|",
		"a comment before a statement is a piece of its own");
	cut("a /* ;' */;", "S a /* ;' */|",
		"a comment within a statement stays in it");
	cut("/* a */;-- b\n;;c;", "C /* a */|L -- b|S c|",
		"comments alone are no statement");
	cut("/*/ ; */b;", "C /*/ ; */|S b|",
		"slash-star-slash opens and does not close");
	cut("/**/b;", "C /**/|S b|", "an empty comment closes at once");
	cut("/* a /*!40101 b */ c */d;", "C /* a /*!40101 b */ c */|S d|",
		"a version comment on one line of a comment does not end it");
	cut("/* a /*/ b */c;", "C /* a /*/ b */|S c|",
		"a comment mark in a comment is not half of its end");
	cut("/*! a /* b */ ; */ c;\n;d;", "S /*! a /* b */ ; */ c|S d|",
		"nor does it end with the version comment around it");
	cut("/*! a\n /* b */; c;", "S /*! a\n /* b */|S c|",
		"which counts on its own line alone");
	cut("/*!*/*//* ; */b;", "S /*!*/*//* ; */b|",
		"the slash that ends one can begin a comment");
	cut("DELIMITER //\n/*! a *//* /* b */ ; */ //",
		"S /*! a *|S * /* b */ ; */ |",
		"even where that slash begins the delimiter");
	cut("a \\\n-- ;\n;\\\nDELIMITER //\nb;//", "S a \\\n-- ;\n|S b;|",
		"a backslash before a newline does not hide it");
	cut("a--\x01;b;", "S a--\x01|S b|",
		"dashes and a control byte are no comment");
	cut("\xEF\xBB\xBFSELECT 1;", "S SELECT 1|",
		"a byte order mark is skipped");
	cut("a;\r\nb;\r\n", "S a|S b|", "lines may end in CR LF");
}

static void test_version_comments(void)
{
	cut("/*!40101 SET NAMES utf8 */;", "S /*!40101 SET NAMES utf8 */|",
		"a version comment is a statement");
	cut("/*M!100100 a */;", "S /*M!100100 a */|",
		"so is one for MariaDB alone");
	cut("/*!50003 a ';' */;b;", "S /*!50003 a ';' */|S b|",
		"strings in a version comment count");
	cut("/*!50003 a; b */;", "S /*!50003 a|S b */|",
		"a semicolon in one ends the statement, as in the client");
	cut("/*M!999999\\- enable the sandbox mode */ \n-- a\nb;",
		"C /*M!999999\\- enable the sandbox mode */|L -- a|S b|",
		"the sandbox line is no statement");
	cut("/*!999999\\- enable the sandbox mode */ \nb;",
		"C /*!999999\\- enable the sandbox mode */|S b|",
		"nor is its older form");
}

static void test_delimiters(void)
{
	cut("DELIMITER ;;\na;b;;\nDELIMITER ;\nc;", "S a;b|S c|",
		"DELIMITER changes what ends a statement");
	cut("delimiter $$\na;$b$$ c$$\nDeLiMiTeR ;\n", "S a;$b|S c|",
		"in any case, and only the whole mark counts");
	cut("DELIMITER //\na/b/* // */-- //\n//", "S a/b/* // */-- //\n|",
		"a delimiter in a comment is text");
	cut("DELIMITER '$$' \na$$", "S a|", "quotes around the mark go away");
	cut("DELIMITER // x\na//", "S a|", "what follows a blank is ignored");
	cut("a\nDELIMITER //\n;", "S a\nDELIMITER //\n|",
		"within a statement the word is text");
	cut("DELIMITERS //\na;//", "S a;|",
		"a longer word is the command, too, as in the client");
	cut("a; DELIMITER //\nb;c;//b", "S a|error 65",
		"behind a statement on its line, nobody knows what it means");
	cut("d DELIMITER //\n;\nDELIMITER d\na d", "S d DELIMITER //\n|S a |",
		"and the word counts only where a statement begins");
	cut("DELIMITER d\nDELIMITER ;\na;", "S a|",
		"alone on its line it wins over a delimiter in it");
	cut("DELIMITER \na;", "error 65", "DELIMITER needs a mark");
	cut("DELIMITER a\\b\n", "error 65", "a mark has no backslash");
	cut("DELIMITER --\na--b-- \n", "S a|S b|",
		"a delimiter wins over the comment it looks like");
}

static void test_commands(void)
{
	cut("a\\g b\\G\\g c;", "S a|S b|S c|",
		"\\\\g ends a statement as well");
	cut("'\\g'`\\g`\\\\g/*\\g*/;b;", "S '\\g'`\\g`\\\\g/*\\g*/|S b|",
		"but not in a string, a name or a comment");
	cut("use a\na;USE b;b;\n\tuse `a\nb` -- ;\nc;",
		"S use a|S a|S USE b|S b|S use `a\nb` -- ;|S c|",
		"USE ends with its line");
	cut("a; use\tb\n;", "S a|S use\tb\n|",
		"but not behind a statement on its line");
	cut("use\na;users\n;", "S use\na|S users\n|",
		"and where its name does not follow");
	cut("DELIMITER //\nuse a;\nuse b// c//", "S use a;|S use b|S c|",
		"a delimiter ends it, too");
	cut("use a", "error 65",
		"the end of the stream may be within the name");
}

static void test_modes(void)
{
	cut("SET sql_mode='NO_BACKSLASH_ESCAPES';'\\';b;",
		"S SET sql_mode='NO_BACKSLASH_ESCAPES'|S '\\'|S b|",
		"NO_BACKSLASH_ESCAPES takes the backslash its meaning");
	cut("SET sql_mode='ANSI_QUOTES';\"\\\";'\\';';",
		"S SET sql_mode='ANSI_QUOTES'|S \"\\\"|S '\\';'|",
		"ANSI_QUOTES takes it only in double quotes");
	cut("SET SQL_MODE=@x;'\\';';", "S SET SQL_MODE=@x|S '\\';'|",
		"a variable never set changes nothing");
	cut("SET NAMES gbk;'\x95\\';b;", "S SET NAMES gbk|S '\x95\\'|S b|",
		"in gbk a backslash can be half a character");
	cut("SET NAMES gbk;`\x95`;`;b;", "S SET NAMES gbk|S `\x95`;`|S b|",
		"and so can a backtick");
	cut("SET NAMES sjis;'\xb1\\'a';b;",
		"S SET NAMES sjis|S '\xb1\\'a'|S b|",
		"half-width katakana of sjis are single bytes");
}

/* A caller who wants a few bytes of each statement misses no mode. */
static void test_long_set(void)
{
	enum { LEN = 20000 };
	struct strbuf sql = STRBUF_INIT;
	char *got;

	strbuf_addstr(&sql, "SET @x = '");
	for (size_t i = 0; i < LEN; i++)
		strbuf_addch(&sql, 'x');
	strbuf_addstr(&sql, "', NAMES gbk;'\x95\\';b;");
	got = pieces_of(sql.buf, sql.len, 4, false);
	is_str(got, "S SET |S '\x95\\'|S b|",
		"a mode at the end of a long SET counts");
	free(got);
	strbuf_release(&sql);
}

/* Modes after a list of statements: \ for escapes, " for ANSI_QUOTES, w. */
static void modes(const char *sql, const char *want)
{
	struct sql_modes m = {0};
	char got[8] = "", title[512];
	const char *end;

	for (const char *p = sql; *p; p = *end ? end + 1 : end) {
		end = strchrnul(p, ';');
		sql_modes_track(&m, p, (size_t)(end - p));
	}
	if (m.now.no_backslash_escapes)
		strcat(got, "\\");
	if (m.now.ansi_quotes)
		strcat(got, "\"");
	if (m.now.wide)
		strcat(got, "w");
	snprintf(title, sizeof(title), "%s: [%s]", sql, want);
	is_str(got, want, title);
}

/* Several statements that came as one. */
static void several(const char *sql, bool ansi_quotes, const char *title)
{
	struct sql_modes m = {0};

	sql_modes_track(&m, sql, strlen(sql));
	ok(m.now.ansi_quotes == ansi_quotes, title);
}

static void test_several(void)
{
	several("SET @m=4; SET sql_mode=@m; x", true,
		"of several statements in one all SETs count");
	several("BEGIN; SET sql_mode=4;", true, "also behind a BEGIN");
	several("x; SET sql_mode=4", false,
		"but not behind what may fail, or may go on");
	several("SET sql_mode=4; SET sql_mode='' x;", true,
		"nor does one that the server cannot read");
}

static void test_set(void)
{
	modes("SET sql_mode='ANSI_QUOTES,NO_BACKSLASH_ESCAPES'", "\\\"");
	modes("set @@session.SQL_MODE := 'ansi'", "\"");
	modes("SET SESSION sql_mode=ORACLE", "\"");
	modes("SET LOCAL sql_mode=\"MSSQL\"", "\"");
	modes("SET `sql_mode`='ANSI_QUOTES'", "\"");
	modes("SET sql_mode=1048580", "\\\"");
	modes("SET sql_mode=4;SET sql_mode=''", "");
	modes("SET sql_mode=4;SET sql_mode=DEFAULT", "");
	modes("SET GLOBAL sql_mode='ANSI'", "");
	modes("SET @@GLOBAL.sql_mode='ANSI'", "");
	modes("SET GLOBAL a=1, sql_mode='ANSI'", "");
	modes("SET GLOBAL a=1, SESSION sql_mode='ANSI'", "\"");
	modes("SET sql_mode=4;/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, "
	      "SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */",
		"");
	modes("SET sql_mode=4;SET @o=@@sql_mode, sql_mode='';SET sql_mode=@o",
		"\"");
	modes("SET sql_mode=4;SET @`o` = @@session.sql_mode;SET sql_mode=0;"
	      "/*!50003 SET sql_mode = @O */ ",
		"\"");
	modes("SET sql_mode=CONCAT(@@sql_mode, ',ANSI_QUOTES')", "\"");
	modes("SET sql_mode=4;SET sql_mode="
	      "(SELECT REPLACE(@@sql_mode,'ANSI_QUOTES',''))",
		"");
	modes("SET sql_mode=4;SET sql_mode=f(1)", "\"");
	modes("SET @x='ANSI', @y=f(',sql_mode=4'), z=1", "");
	modes("SET NAMES 'gbk' COLLATE gbk_bin, sql_mode=4", "\"w");
	modes("SET CHARACTER SET big5", "w");
	modes("SET NAMES cp932;SET CHARSET utf8mb4", "");
	modes("SET character_set_client = gb18030", "w");
	modes("SET @s=@@character_set_client;SET NAMES sjis;"
	      "SET character_set_client=@s",
		"");
	modes("SET NAMES sjis;/*!40101 SET @s=@@character_set_client */;"
	      "SET NAMES utf8;SET character_set_client = @s",
		"w");
	modes("SET @m=4, sql_mode=@m", "");
	modes("SET sql_mode=4, @m=@@sql_mode;SET sql_mode=@m", "");
	modes("/*!40101 SET sql_mode=4 */", "\"");
	modes("/*!40101 SET sql_mode=4", "");
	modes("SET sql_mode=4 */", "");
	modes("/*!50700 SET sql_mode=4 */", "");
	modes("SET sql_mode='ANSI' 'x", "");
	modes("SET sql_mode='ANSI' x", "");
	modes("SET sql_mode='ANSI',", "");
	modes("SET sql_mode='ANSI' -", "");
	modes("SET sql_mode='AN' 'SI'", "");
	modes("SET sql_mode=(4", "");
	modes("SET x.key_buffer_size=1, sql_mode=4", "\"");
	modes("SET PASSWORD = 'ANSI';SET ROLE x;SET STATEMENT a=1 FOR b", "");
	modes("SELECT 1, sql_mode='ANSI'", "");
}

static void test_truncation(void)
{
	struct err e = {0};
	struct piece p;
	struct input *in = input_open(put_file("t.sql", "a;\nb 'cde"), &e);
	struct lexer *lx = lexer_new(in, 0);
	char *got;

	is_int(lexer_next(lx, &p, &e), 1, "what is whole is returned");
	is_int(lexer_next(lx, &p, &e), -1, "an open string is an error");
	has_str(e.msg, "string that began at byte 5",
		"which says where it began");
	has_str(e.hint, "truncated", "and what that means");
	lexer_free(lx);
	input_close(in);
	cut("a", "error 65", "a statement without delimiter is an error");
	cut("a /* b", "error 65", "so is an open comment");
	cut("-- a", "L -- a|", "a line needs no newline at the end");
	cut("", "", "nothing gives nothing");
	cut(" \n\t;;\n", "", "blanks and delimiters give nothing");
	got = pieces_of("a;b \n", 5, 0, true);
	is_str(got, "S a|S b \n|", "lenient takes a last one as it is");
	free(got);
	got = pieces_of("a;'b", 4, 0, true);
	is_str(got, "S a|error 65", "but no open string");
	free(got);
	got = pieces_of("a;\0b;", 5, 0, false);
	is_str(got, "S a|error 65", "a NUL outside of strings is no SQL");
	free(got);
	got = pieces_of("'a\0b';", 6, 0, false);
	ok(!memcmp(got, "S 'a\0b'|", 8), "a NUL in a string is data");
	free(got);
	cut("\x01\x02;", "error 65", "control bytes are no SQL");
}

/* One statement of `len` bytes in a string, and a short one behind it. */
static void long_statement(size_t len, size_t keep)
{
	char *sql = xmalloc(len + 16), title[128];
	struct err e = {0};
	struct input *in;
	struct lexer *lx;
	struct piece p = {0}, second = {0};
	FILE *file = fopen(in_dir("long.sql"), "we");

	memset(sql, 'x', len);
	sql[0] = sql[len - 1] = '\'';
	memcpy(sql + len, ";SELECT 2;", 10);
	fwrite(sql, 1, len + 10, file);
	fclose(file);
	in = input_open(in_dir("long.sql"), &e);
	lx = lexer_new(in, keep);
	snprintf(title, sizeof(title), "%zu bytes, keeping %zu, %s", len, keep,
		"are one piece");
	ok(lexer_next(lx, &p, &e) == 1 && p.total == len &&
			p.len == (keep && keep < len ? keep : len) &&
			!memcmp(p.text, sql, p.len),
		title);
	ok(lexer_next(lx, &second, &e) == 1 && second.offset == len + 1 &&
			second.len == 8 && !memcmp(second.text, "SELECT 2", 8),
		"and the next one is where it should be");
	ok(lexer_next(lx, &p, &e) == 0 && lexer_offset(lx) == len + 10,
		"and then comes the end");
	lexer_free(lx);
	input_close(in);
	free(sql);
}

/* The same pieces wherever the end of the window falls. */
static void test_windows(void)
{
	static const char tail[] = "';-- c\n/* ; */ /*!40101 SET x='\\'' */;"
				   "\nDELIMITER $$\n\"a\\\"\"$$;$$";
	enum { WINDOW = 256 * 1024, LEN = sizeof(tail) - 1 };
	char *sql = xmalloc(WINDOW + 2 * LEN);
	bool same = true;

	for (size_t lead = WINDOW - LEN - 8; lead < WINDOW + 8; lead++) {
		char *got;

		memset(sql, 'x', lead);
		sql[0] = '\'';
		memcpy(sql + lead, tail, LEN);
		got = pieces_of(sql, lead + LEN, 8, false);
		same = same &&
			!strcmp(got,
				"S 'xxxxxxx|L -- c|C /* ; */|"
				"S /*!40101|S \"a\\\"\"|S ;|");
		free(got);
	}
	ok(same, "the ends of our buffer make no difference");
	free(sql);
}

/* Memory is bounded by the longest piece that any server would take. */
static void test_endless(void)
{
	enum { MOST = 1 << 20 };
	struct err e = {0};
	struct input *in = input_open("/dev/zero", &e);
	struct window w;
	int rc;

	window_init(&w, in, 0);
	w.most = MOST;
	is_int(window_fill(&w, &e), 1, "there is something");
	w.pos = 7;
	window_begin(&w);
	while ((rc = window_fill(&w, &e)) > 0)
		w.pos = w.end;
	is_int(rc == -1 && e.code == ERR_DATA, 1,
		"an endless piece is refused");
	has_str(e.msg, "begins at byte 7 ", "by where it begins");
	ok(w.cap == MOST && w.end > MOST - 2 * 64 * 1024,
		"when it fills the buffer, and no more than that");
	window_release(&w);
	input_close(in);
}

static void test_words(void)
{
	static const char sql[] = "/* x */ /*!40101 CREATE*/ /*M!100500 OR "
				  "REPLACE */\n-- y\n table`t`";
	const char *end = sql + strlen(sql), *p;

	p = sql_word(sql, end, "create");
	ok(p, "a word in a version comment counts");
	ok(!sql_word(sql, end, "creat"), "a beginning of a word does not");
	p = sql_word(p, end, "OR");
	p = p ? sql_word(p, end, "replace") : NULL;
	p = p ? sql_word(p, end, "TABLE") : NULL;
	is_str(p, "`t`", "comments between words are skipped");
	ok(!sql_word(end, end, "x"), "behind the end there is no word");
}

int main(void)
{
	static const size_t lengths[] = {
		100, 4096, 65536, 262143, 262144, 262145, 3000000};

	fixture_begin();
	test_quotes();
	test_comments();
	test_version_comments();
	test_delimiters();
	test_commands();
	test_modes();
	test_long_set();
	test_set();
	test_several();
	test_truncation();
	for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
		long_statement(lengths[i], 0);
		long_statement(lengths[i], 10);
		long_statement(lengths[i], 100000);
	}
	test_windows();
	test_endless();
	test_words();
	fixture_end();
	return done_testing();
}
