/* nasty DIR FROM TO: write streams of SQL that make it hard to see where their
 * statements end, DIR/FROM to DIR/TO, from the same random numbers in each run.
 * nasty marks FILE...: where the lexer ends them: for each statement a line
 * with the marks that stand in it.
 *
 * Marks are s12x, the number of the stream, which begins it, and m1x, m2x and
 * so on: not all of them are in a statement. The client's commands, but for
 * DELIMITER, are not among the words, so that --binary-mode changes nothing.
 * No line ends with a backslash: what becomes of the next one's first byte then
 * is an accident of the client (10.11 overwrites it). Nor is DELIMITER behind a
 * statement on its line: the client takes the next line for its argument, and
 * we refuse it. Nor does a SET follow a comment in a comment: the client takes
 * comments out, and what it sends then is not what the stream means: we send
 * that as it stands, and the server's sql_mode is another one.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/random.h"
#include "base/prog.h"
#include "base/strbuf.h"
#include "stream/lexer.h"

/* % is the next mark. */
static const char *const words[] = {"%", " % ", "'%'", "\"%\"", "`%`", ";",
	";\n", ";", ";\n", "\n", " ", ",", "(", ")", "'", "\"", "`", "''",
	"\"\"", "``", "\\", "\\\\", "\\'", "\\\"", "\\;", "'\\", "' \\' %;'",
	"'%;%'", "\"%;%\"", "`%;%`", "'%''%'", "'%\\\\'", "`%\\`", "\"%\\\"%\"",
	"'\n;\n'", "-- %;\n", "--%;\n", "--\n", "--\t%'\n", "-", "--", "# %;\n",
	"#", "#'%\n", "/*", "*/", "/* % */", "/*%;*/", "/*'*/", "/* \" % */",
	"/* -- % */", "/* /* % */", "/*! % */", "/*!50000 % */",
	"/*!50000 %;% */", "/*M!100100 '%' */", "/*! '*/' % */", "/*!",
	"/*!40000", "/*M!", "/* /*! % */ */", "/*! /* % */ */", "/*! -- %\n */",
	"/*!99999 ';' % */", "/", "*", "//", "/**/", "/*/", "**/",
	"\nDELIMITER //\n", "//", "//\n", "\nDELIMITER ;\n", "\nDELIMITER ;\n",
	"\ndelimiter $$ x\n", "$$", "$$\n", "\nDELIMITER ';'\n",
	"/*\nDELIMITER //\n*/", "'\nDELIMITER //\n'", "-- \nDELIMITER ;;\n",
	";;", "x DELIMITER ", "\r\n", "\t", "'é'", "a\x80",
	"\nSET sql_mode = 'NO_BACKSLASH_ESCAPES';\n", "\nSET sql_mode = '';\n",
	"\nSET sql_mode = 'ANSI_QUOTES';\n", "\nSET sql_mode = '' /* % */;\n",
	"\nSET sql_mode = 'NO_BACKSLASH_ESCAPES,ANSI_QUOTES';\n",
	"\nSET @m = @@sql_mode, sql_mode = 'NO_BACKSLASH_ESCAPES';\n",
	"\n/*!40101 SET sql_mode = 'NO_BACKSLASH_ESCAPES' */;\n",
	"\n/*!50700 SET sql_mode = 'ANSI_QUOTES' */;\n",
	"\nSET sql_mode = 'ANSI_QUOTES' %;\n", "\nSET sql_mode = @m;\n",
	"\nSET NAMES utf8mb4;\n", "BEGIN", " END "};

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

/* seed: each stream has its own numbers, whichever are written with it. */
static void seed(unsigned number)
{
	random_state = 88172645463325252 + number * 0x9E3779B97F4A7C15;
	for (int i = 0; i < 8; i++)
		random_next();
}

static bool is_nested(const char *word)
{
	const char *mark = strstr(word, "/*");

	return mark && strstr(mark + 2, "/*");
}

static void write_stream(const char *dir, unsigned number)
{
	struct strbuf path = STRBUF_INIT;
	unsigned mark = 0;
	char last = '\0';
	bool nested = false;
	FILE *file;

	strbuf_addf(&path, "%s/%u", dir, number);
	file = fopen(path.buf, "we");
	if (!file)
		fail(path.buf);
	fprintf(file, "SELECT 's%ux';\n", number);
	seed(number);
	for (uint64_t n = 1 + random_next() % 40; n; n--) {
		const char *word =
			words[random_next() % (sizeof(words) / sizeof(*words))];

		if ((last == '\\' && *word == '\n') ||
			(nested && strstr(word, "SET ")))
			continue;
		nested = nested || is_nested(word);
		for (; *word; word++) {
			last = *word;
			if (*word == '%')
				fprintf(file, "m%ux", ++mark);
			else
				putc(*word, file);
		}
	}
	if (last == '\\')
		putc(';', file);
	if (fclose(file))
		fail(path.buf);
	strbuf_release(&path);
}

/* add_marks: append the marks in the text. */
static void add_marks(struct strbuf *out, const char *text, size_t len)
{
	const char *end = text + len;

	for (const char *p = text; p < end; p++) {
		const char *to = p + 1;

		if (*p != 's' && *p != 'm')
			continue;
		while (to < end && isdigit((unsigned char)*to))
			to++;
		if (to == end || to == p + 1 || *to != 'x')
			continue;
		strbuf_addch(out, ' ');
		strbuf_add(out, p, (size_t)(to + 1 - p));
	}
}

/* print_rest: what is behind the last whole statement, which the stock client
 * sends as one, for nothing in an open string or comment ends it. */
static void print_rest(const char *path, uint64_t offset)
{
	struct strbuf marks = STRBUF_INIT;
	char rest[8192];
	FILE *file = fopen(path, "re");
	size_t len;

	if (!file || fseek(file, (long)offset, SEEK_SET))
		fail(path);
	len = fread(rest, 1, sizeof(rest), file);
	fclose(file);
	add_marks(&marks, rest, len);
	if (marks.len)
		puts(marks.buf + 1);
	strbuf_release(&marks);
}

static void print_marks(const char *path)
{
	struct strbuf marks = STRBUF_INIT;
	struct err e = {0};
	struct input *in = input_open(path, &e);
	struct lexer *lx;
	struct piece p;
	uint64_t behind = 0;
	int rc;

	if (!in)
		die_err(&e);
	lx = lexer_new(in, 0);
	lexer_lenient(lx);
	while ((rc = lexer_next(lx, &p, &e)) > 0) {
		behind = lexer_offset(lx);
		if (p.kind != PIECE_STATEMENT)
			continue;
		strbuf_reset(&marks);
		add_marks(&marks, p.text, p.len);
		if (marks.len)
			puts(marks.buf + 1);
	}
	if (rc)
		print_rest(path, behind);
	lexer_free(lx);
	input_close(in);
	strbuf_release(&marks);
}

int main(int argc, char **argv)
{
	unsigned from, to;

	prog_init("nasty");
	if (argc > 1 && !strcmp(argv[1], "marks")) {
		for (int i = 2; i < argc; i++)
			print_marks(argv[i]);
		return prog_finish(0);
	}
	if (argc != 4)
		return 64;
	from = (unsigned)strtoul(argv[2], NULL, 10);
	to = (unsigned)strtoul(argv[3], NULL, 10);
	for (unsigned i = from; i <= to; i++)
		write_stream(argv[1], i);
	return prog_finish(0);
}
