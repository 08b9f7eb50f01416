/* Option files, alone and through opt_parse. What a line means is what
 * my_print_defaults of MariaDB 10.11 makes of it. */
#include "base/optfile.h"

#include "base/alloc.h"
#include "base/opt.h"
#include "base/prog.h"
#include "base/strbuf.h"
#include "fixture.h"
#include "tap.h"

static const char *const groups[] = {"client", "dbpipes", "dbtest", NULL};
static const char *const about[] = {"[OPTIONS]", NULL};

static int collect(void *ctx, const char *group, const char *name,
	const char *value, const char *where, struct err *e)
{
	(void)group;
	(void)where;
	(void)e;
	if (value)
		strbuf_addf(ctx, "[%s=%s]", name, value);
	else
		strbuf_addf(ctx, "[%s]", name);
	return 0;
}

/* What a file with that text says. */
static void says(const char *text, const char *want, const char *title)
{
	const struct optfile_choice choice = {.file = put_file("o.cnf", text)};
	struct strbuf got = STRBUF_INIT;
	struct err e = {0};

	if (optfile_read(&choice, groups, collect, &got, &e))
		strbuf_addf(&got, "error %d: %s", (int)e.code, e.msg);
	is_str(got.buf, want, title);
	strbuf_release(&got);
}

static void test_lines(void)
{
	says("", "", "an empty file says nothing");
	says("[client]\nuser=me\n\n[mysqld]\nport=1\n[client]\nquick\n",
		"[user=me][quick]", "only wanted groups are read");
	says("# c\n; c\n[client ] # c\n user = me # c\r\n\tport=1 ; z\n",
		"[user=me][port=1 ; z]",
		"comments and white space are left out");
	says("[client]\npassword=\"a#b\"\nuser='a\\'b # c' # d\n",
		"[password=a#b][user=a'b # c]", "quotes keep a #");
	says("[client]\npassword=\"a#b\"c # x\ny =  \"\" \n",
		"[password=\"a#b\"c][y=]", "only quotes around all of it go");
	says("[client]\nx = 'q\\n\\x\\s'\nz = a\\\\b\\\n",
		"[x=q\n\\x ][z=a\\b\\]", "escapes are those of the clients");
	says("[client]\nlast", "[last]", "the last line needs no end");
	says("[client]\nuser=a=b\n", "[user=a=b]",
		"a value begins at the first =");
}

static void test_bad(void)
{
	char want[512];

	snprintf(want, sizeof(want),
		"error 78: %s line 2: an option before any [group]",
		in_dir("o.cnf"));
	says("\nuser=1\n", want, "an option before any group is an error");
	snprintf(want, sizeof(want),
		"error 78: %s line 1: a group without its ']'",
		in_dir("o.cnf"));
	says("[client\n", want, "so is a group without its end");
	snprintf(want, sizeof(want),
		"error 78: %s line 1: files include each "
		"other too deeply",
		in_dir("o.cnf"));
	snprintf(want + 300, 200, "!include %s\n", in_dir("o.cnf"));
	says(want + 300, want, "so is a file that includes itself");
}

static void test_include(void)
{
	char text[512];

	if (mkdir(in_dir("d"), 0700))
		return;
	put_file("d/b.cnf", "[client]\nb\n");
	put_file("d/a.cnf", "[client]\na\n");
	put_file("d/c.txt", "[client]\nc\n");
	put_file("one", "[client]\none\n");
	snprintf(text, sizeof(text),
		"[client]\nx\n!include %s\ny\n!includedir %s\n!include %s\nz\n",
		in_dir("one"), in_dir("d"), in_dir("none"));
	says(text, "[x][one][y][a][b][z]",
		"files are included in place, folders in order of name, and "
		"what is missing is left out");
}

static void test_order(void)
{
	struct optfile_choice choice = {0};
	struct strbuf got = STRBUF_INIT;
	struct err e;
	char tilde[] = "~/.my.cnf";

	setenv("HOME", fixture_dir, 1);
	setenv("MYSQL_HOME", in_dir("home"), 1);
	mkdir(in_dir("home"), 0700);
	put_file("home/my.cnf", "[dbpipes]\nfirst\n");
	put_file(".my.cnf", "[dbpipes]\nthird\n[dbpipes_x]\nsuffix\n");
	choice.extra = put_file("extra", "[dbpipes]\nsecond\n");
	optfile_read(&choice, groups + 1, collect, &got, &e);
	is_str(got.buf, "[first][second][third]",
		"$MYSQL_HOME, the extra file and ~/.my.cnf come in this order");
	strbuf_reset(&got);
	choice = (struct optfile_choice){.file = tilde, .suffix = "_x"};
	optfile_read(&choice, groups + 1, collect, &got, &e);
	is_str(got.buf, "[third][suffix]",
		"a named file replaces them, and a suffix adds its groups");
	strbuf_reset(&got);
	choice.suffix = NULL;
	setenv("MYSQL_GROUP_SUFFIX", "_x", 1);
	optfile_read(&choice, groups + 1, collect, &got, &e);
	is_str(got.buf, "[third][suffix]", "the environment may name it, too");
	unsetenv("MYSQL_GROUP_SUFFIX");
	strbuf_reset(&got);
	choice = (struct optfile_choice){.none = true};
	optfile_read(&choice, groups, collect, &got, &e);
	is_str(got.buf, "", "--no-defaults reads nothing");
	choice = (struct optfile_choice){.file = "/none.cnf"};
	ok(optfile_read(&choice, groups, collect, &got, &e) == -1 &&
			e.code == ERR_NOINPUT,
		"a named file that is missing is ERR_NOINPUT");
	strbuf_release(&got);
}

static int read_writable(void)
{
	prog_init("dbtest");
	chmod(put_file("o.cnf", "[client]\nx\n"), 0666);
	says("[client]\nx\n", "", "a file that everyone may write");
	unlink(in_dir("o.cnf"));
	return 0;
}

/* Through opt_parse. */
struct args {
	uint64_t count;
	char *text;
	struct opt_password password;
};

static const struct opt_def defs[] = {
	{.kind = OPT_UINT,
		.name = "count",
		.arg = "N",
		.offset = offsetof(struct args, count),
		.help = "a number"},
	{.kind = OPT_STRING,
		.name = "text",
		.arg = "TEXT",
		.offset = offsetof(struct args, text),
		.help = "text"},
	{.kind = OPT_PASSWORD,
		.letter = 'p',
		.name = "password",
		.offset = offsetof(struct args, password),
		.help = "ask"},
	{.kind = OPT_HEADING},
};

/* Parse `dbtest --defaults-file=o.cnf [WORD [WORD]]` with that text in it.
 * `seen` gets the values, or the error. */
static void parsed(const char *text, const char *first, const char *word,
	const char *want, const char *title)
{
	struct args args = {0};
	struct opt_common common = {0};
	const struct opt_table tables[] = {
		{defs, &args}, {opt_common_defs, &common}, {NULL, NULL}};
	const struct opt_spec spec = {.synopsis = about,
		.about = "Tests.",
		.groups = groups,
		.tables = tables};
	char file[300], name[] = "dbtest", *words[6] = {name, file};
	char *copies[2] = {NULL, NULL}, **argv = words;
	struct strbuf got = STRBUF_INIT;
	struct err e = {0};
	int argc = 2;

	snprintf(file, sizeof(file), "--defaults-file=%s",
		put_file("o.cnf", text));
	if (first) {
		words[2] = words[1];
		words[1] = copies[0] = xstrdup(first);
		argc++;
	}
	if (word)
		words[argc++] = copies[1] = xstrdup(word);
	if (opt_parse(&spec, &argc, &argv, &e))
		strbuf_addf(&got, "error %d: %s", (int)e.code,
			strstr(e.msg, "line") ? strstr(e.msg, "line") : e.msg);
	else
		strbuf_addf(&got, "%d %s %s", (int)args.count,
			args.text ? args.text : "-",
			args.password.value ? args.password.value : "-");
	is_str(got.buf, want, title);
	strbuf_release(&got);
	opt_release(&spec);
	free(copies[0]);
	free(copies[1]);
}

static void test_parse(void)
{
	parsed("[client]\npassword=geheim\n[dbtest]\ncount=3\n", NULL, NULL,
		"3 - geheim", "an option file fills in values");
	parsed("[dbtest]\ncount=3\ntext=a\n", NULL, "--count=4", "4 a -",
		"the command line wins");
	parsed("[dbtest]\ncount=3\n[client]\ncount=2\n", NULL, NULL, "2 - -",
		"what comes later wins, whatever its group");
	parsed("[client]\nno-beep\n[dbpipes]\njobs=4\n", NULL, NULL, "0 - -",
		"shared groups may hold options of other programs");
	parsed("[dbtest]\n\nno-beep\n", NULL, NULL,
		"error 78: line 3: unknown option no-beep",
		"a tool's own group may not");
	parsed("[dbtest_x]\nno-beep\n", NULL, NULL, "0 - -",
		"a group with a suffix is not read unasked");
	parsed("[dbtest_x]\nno-beep\n", "--defaults-group-suffix=_x", NULL,
		"error 78: line 2: unknown option no-beep",
		"and as strict as the tool's own");
	parsed("[dbtest]\nloose-no-beep\n", NULL, NULL, "0 - -",
		"a loose one may stand anywhere");
	parsed("[dbtest]\ncount=x\n", NULL, NULL,
		"error 78: line 2: count: 'x' is not a whole number",
		"a bad value is an error with its file and line");
	parsed("[client]\npassword=geheim\n", NULL, "--skip-password", "0 - -",
		"the command line can forget the file's password");
	parsed("", "--count=1", NULL,
		"error 64: --defaults-file must come before all other options "
		"and operands",
		"--defaults-file must come first");
	parsed("", "operand", NULL,
		"error 64: --defaults-file must come before all other options "
		"and operands",
		"before operands, too");
	parsed("[dbtest]\ncount=1\n", "--no_defaults", NULL, "0 - -",
		"--no-defaults reads no file at all");
	parsed("[dbpipes]\nlog=json\n[dbtest]\nbad\n", NULL, NULL,
		"error 78: line 4: unknown option bad", "a file may set --log");
	is_int(prog_log_format(), LOG_JSON, "even for its own errors");
	parsed("[dbpipes]\nlog=json\n", NULL, "--log=text", "0 - -",
		"and the command line sets it back");
	is_int(prog_log_format(), LOG_TEXT, "at once");
}

int main(void)
{
	struct ended end;

	prog_init("dbtest");
	fixture_begin();
	test_lines();
	test_bad();
	test_include();
	test_order();
	end = in_fork(read_writable);
	has_str(end.out, "ok ", "a file that everyone may write says nothing");
	ok(!strstr(end.out, "not ok") &&
			strstr(end.err, "warning: option file"),
		"but there is a warning");
	test_parse();
	fixture_end();
	return done_testing();
}
