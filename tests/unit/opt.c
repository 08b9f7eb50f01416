/* Options of the command line. */
#include "base/opt.h"

#include "base/prog.h"
#include "fixture.h"
#include "tap.h"

struct args {
	bool flag, other;
	char *text, *zipped;
	uint64_t count, bytes, ms, level;
	int choice, mode;
	struct strlist list;
	struct opt_password password;
};

static const char *const choices[] = {"AUTO", "none_at-all", NULL};
static const char *const modes[] = {"never", "keep", "change", NULL};

static const struct opt_def defs[] = {
	{.kind = OPT_HEADING, .help = "Test"},
	{.kind = OPT_FLAG,
		.letter = 'f',
		.name = "flag",
		.offset = offsetof(struct args, flag),
		.help = "a flag"},
	{.kind = OPT_FLAG,
		.letter = 'o',
		.name = "other-flag",
		.offset = offsetof(struct args, other),
		.help = "another flag, whose help is so long that it does not "
			"fit on one line of the screen"},
	{.kind = OPT_STRING,
		.letter = 't',
		.name = "text-value",
		.arg = "TEXT",
		.offset = offsetof(struct args, text),
		.help = "some text"},
	{.kind = OPT_STRING,
		.name = "zipped",
		.arg = "HOW",
		.optional = "well",
		.offset = offsetof(struct args, zipped),
		.help = "zip it"},
	{.kind = OPT_UINT,
		.letter = 'c',
		.name = "count",
		.arg = "N",
		.offset = offsetof(struct args, count),
		.help = "a number"},
	{.kind = OPT_UINT,
		.letter = 'l',
		.name = "level",
		.arg = "N",
		.optional = "3",
		.offset = offsetof(struct args, level),
		.help = "a level"},
	{.kind = OPT_SIZE,
		.name = "bytes",
		.arg = "SIZE",
		.offset = offsetof(struct args, bytes),
		.help = "a size"},
	{.kind = OPT_DURATION,
		.name = "wait",
		.arg = "TIME",
		.offset = offsetof(struct args, ms),
		.help = "a time"},
	{.kind = OPT_ENUM,
		.name = "choice",
		.arg = "WHICH",
		.offset = offsetof(struct args, choice),
		.choices = choices,
		.help = "a choice"},
	{.kind = OPT_MODE,
		.letter = 'E',
		.name = "events",
		.arg = "HOW",
		.optional = "keep",
		.offset = offsetof(struct args, mode),
		.choices = modes,
		.help = "a flag that says how"},
	{.kind = OPT_LIST,
		.name = "item",
		.arg = "X",
		.offset = offsetof(struct args, list),
		.help = "one more"},
	{.kind = OPT_PASSWORD,
		.letter = 'p',
		.name = "password",
		.offset = offsetof(struct args, password),
		.help = "ask for it"},
	{.kind = OPT_IGNORED, .name = "opt", .help = "old"},
	{.kind = OPT_IGNORED, .name = "net-buffer", .arg = "N"},
	{.kind = OPT_HEADING},
};

static const char *const synopsis[] = {"[OPTIONS] DB", "--all", NULL};

/* One command line, parsed. */
struct parsed {
	struct args args;
	struct opt_common common;
	struct opt_table tables[3];
	struct opt_spec spec;
	struct err e;
	char text[256]; /* the words themselves, as the kernel keeps them */
	char *word[32];
	char **argv;
	int argc, result;
};

static struct parsed *parsed_from(const char *line)
{
	static struct parsed one;
	struct parsed *p = &one;
	char *at = p->text, *word;

	memset(p, 0, sizeof(*p));
	p->tables[0] = (struct opt_table){defs, &p->args};
	p->tables[1] = (struct opt_table){opt_common_defs, &p->common};
	p->spec = (struct opt_spec){
		.synopsis = synopsis,
		.about = "Tests.",
		.tables = p->tables,
	};
	snprintf(
		p->text, sizeof(p->text), "dbtest%s%s", *line ? " " : "", line);
	while ((word = strsep(&at, " ")))
		p->word[p->argc++] = word;
	p->argv = p->word;
	return p;
}

static struct parsed *parse(const char *line)
{
	struct parsed *p = parsed_from(line);

	p->result = opt_parse(&p->spec, &p->argc, &p->argv, &p->e);
	return p;
}

static void done(struct parsed *p)
{
	opt_release(&p->spec);
	prog_log(LOG_INFO, LOG_TEXT);
}

static void fails(const char *line, const char *message)
{
	struct parsed *p = parse(line);
	char title[200];

	snprintf(title, sizeof(title), "'%s' is a usage error", line);
	ok(p->result == -1 && p->e.code == ERR_USAGE, title);
	is_str(p->e.msg, message, "which says what is wrong");
	done(p);
}

static void test_kinds(void)
{
	struct parsed *p = parse("-f --text-value=a=b --count 12 --bytes=4K "
				 "--wait=1.5s --choice=none-at-all --item=1 "
				 "--item 2 --level --zipped --opt "
				 "--net-buffer 9 db table");

	is_int(p->result, 0, "a right command line is taken");
	ok(p->args.flag && !p->args.other, "a flag is set");
	is_str(p->args.text, "a=b", "a value begins at the first '='");
	is_int((intmax_t)p->args.count, 12, "a value may be the next word");
	is_int((intmax_t)p->args.bytes, 4096, "a size has its unit");
	is_int((intmax_t)p->args.ms, 1500, "a duration is in milliseconds");
	is_int(p->args.choice, 1, "a choice is its index, - and _ the same");
	ok(p->args.list.count == 2 && !strcmp(p->args.list.item[1], "2"),
		"a list has one item each time");
	is_int((intmax_t)p->args.level, 3,
		"an optional value has a default and takes no next word");
	is_str(p->args.zipped, "well", "a string's, too");
	is_int(p->argc, 2, "operands are left,");
	is_str(p->argv[0], "db", "the first one first,");
	is_str(p->argv[2], NULL, "ended by NULL");
	done(p);
}

static void test_short(void)
{
	struct parsed *p = parse("-fotvalue -c5 -l7 -l -");

	ok(p->args.flag && p->args.other, "short flags may be bundled");
	is_str(p->args.text, "value", "with a last one that takes the rest");
	is_int((intmax_t)p->args.count, 5, "a short option's value is joined");
	is_int((intmax_t)p->args.level, 3, "or left out where it is optional");
	is_str(p->argv[0], "-", "a lone - is an operand");
	done(p);
	p = parse("-t next -c 6");
	is_str(p->args.text, "next", "a short option's value may follow");
	is_int((intmax_t)p->args.count, 6, "as in every program");
	done(p);
}

static void test_spelling(void)
{
	struct parsed *p = parse("--other_flag --text_value=x");

	ok(p->args.other && !strcmp(p->args.text, "x"),
		"words may be joined by _");
	done(p);
	p = parse("db -f table --count=1 -- --flag -x");
	is_int(p->argc, 4, "operands may stand between options");
	is_str(p->argv[2], "--flag", "behind -- all words are operands");
	done(p);
	p = parse("--flag --skip-flag");
	ok(!p->args.flag, "--skip-X turns a flag off");
	done(p);
	p = parse("--flag --no-flag");
	ok(!p->args.flag, "so does --no-X");
	done(p);
	p = parse("--flag --disable-flag --other-flag=off");
	ok(!p->args.flag && !p->args.other, "so do --disable-X and --X=off");
	done(p);
	p = parse("--skip-flag=0 --enable-other-flag");
	ok(p->args.flag && p->args.other,
		"--enable-X turns it on, and two negations do");
	done(p);
	p = parse("--level=9 --skip-level --zipped --skip-zipped");
	ok(p->args.level == 0 && !p->args.zipped,
		"an option whose value is optional can be turned off");
	done(p);
	p = parse("--loose-flag --text-value=a --text-value=b");
	ok(p->args.flag, "loose- changes nothing for an option there is");
	is_str(p->args.text, "b", "of two values the last one counts");
	done(p);
}

static void mode(const char *line, int want, const char *title)
{
	struct parsed *p = parse(line);

	is_int(p->result ? -1 : p->args.mode, want, title);
	done(p);
}

static void test_modes(void)
{
	struct parsed *p = parse("-Ef --events db");

	ok(p->args.mode == 1 && p->args.flag,
		"a flag that says how is one: its letter takes no value");
	is_str(p->argv[0], "db", "nor does its name take the next word");
	done(p);
	mode("--events=change", 2, "it may say how");
	mode("--events=change -E", 1, "the last one counts");
	mode("-E --skip-events", 0, "it can be turned off");
	mode("--events=change --events=off", 0, "with a word, too,");
	mode("--events=never", 0, "or with its own");
	mode("--skip-events --events=1", 1, "and on");
	fails("--events=bad",
		"--events: 'bad' is not one of: never, keep, change");
	fails("--skip-events=change",
		"--skip-events cannot be turned off and have a value");
}

static int loose(void)
{
	return parse("--loose-unheard-of=1 db")->argc;
}

static void test_errors(void)
{
	struct parsed *p;
	struct ended end;

	fails("--unheard-of=value", "unknown option --unheard-of");
	fails("-fX", "unknown option -X");
	fails("--coun=1", "unknown option --coun");
	fails("--count", "--count needs a value");
	fails("-c", "-c needs a value");
	fails("--count=x", "--count: 'x' is not a whole number");
	fails("--bytes=1Q",
		"--bytes: '1Q' is not a number of bytes (a whole number, with "
		"K, M, G or T behind it or not)");
	fails("--choice=bad",
		"--choice: 'bad' is not one of: AUTO, none_at-all");
	fails("--flag=maybe",
		"--flag: 'maybe' is neither 0 nor 1; it takes no other value");
	fails("--skip-count", "--skip-count cannot be turned off");
	fails("--defaults-file=x", "unknown option --defaults-file");
	p = parse("--unheard-of");
	is_str(p->e.hint, "see 'dbtest --help'", "the hint points to --help");
	done(p);
	end = in_fork(loose);
	is_int(end.status, 1, "an unknown loose option is left out");
	is_str(end.err,
		"dbtest: warning: unknown option --loose-unheard-of is left "
		"out\n",
		"with a warning");
}

static void refuses(const char *line, int word, const char *overwritten)
{
	struct parsed *p = parsed_from(line);
	char title[200];
	char *kept = p->word[word];

	p->result = opt_parse(&p->spec, &p->argc, &p->argv, &p->e);
	snprintf(title, sizeof(title), "'%s' is refused", line);
	ok(p->result == -1 && p->e.code == ERR_USAGE, title);
	ok(!strstr(p->e.msg, "geheim") && !strstr(p->e.hint, "geheim"),
		"the error does not show the password");
	is_str(kept, overwritten, "which is overwritten in argv");
	ok(!p->args.password.value, "and not kept");
	done(p);
}

static void test_password(void)
{
	struct parsed *p = parse("-p db");

	ok(p->args.password.ask && !p->args.password.value,
		"a bare -p asks for the password");
	is_str(p->argv[0], "db", "and takes no next word");
	done(p);
	p = parse("-fp");
	ok(p->args.flag && p->args.password.ask, "also at a bundle's end");
	done(p);
	p = parse("--password=");
	ok(!p->args.password.ask && p->args.password.value &&
			!*p->args.password.value,
		"an empty password can be given");
	done(p);
	p = parse("-p --skip-password");
	ok(!p->args.password.ask && !p->args.password.value,
		"--skip-password forgets it");
	done(p);
	refuses("-pgeheim", 1, "-pxxxxxx");
	refuses("-fpgeheim", 1, "-fpxxxxxx");
	refuses("db --password=geheim", 2, "--password=xxxxxx");
	refuses("--loose-password=geheim", 1, "--loose-password=xxxxxx");
	refuses("--pass=geheim", 1, "--pass=xxxxxx");
	refuses("--unheard-of -X --count=x -pgeheim", 4, "-pxxxxxx");
	refuses("-Xpgeheim", 1, "-Xpxxxxxx");
}

static void test_set(void)
{
	struct parsed *p = parsed_from("");

	is_int(opt_set(&p->spec, "count", "4", &p->e), 0,
		"a name sets a value");
	is_int((intmax_t)p->args.count, 4, "in its place");
	is_int(opt_set(&p->spec, "skip_flag", NULL, &p->e), 0,
		"also one that negates");
	is_int(opt_set(&p->spec, "password", "geheim", &p->e), 0,
		"a password may come from a file");
	is_str(p->args.password.value, "geheim", "and is kept");
	ok(opt_set(&p->spec, "none", "4", &p->e) == -1 &&
			p->e.code == ERR_NOINPUT,
		"an unknown name is ERR_NOINPUT");
	is_int(opt_set(&p->spec, "loose_none", "4", &p->e), 0,
		"unless it is loose");
	ok(opt_set(&p->spec, "help", NULL, &p->e) == -1,
		"--help is nothing for a file");
	done(p);
}

static void test_common(void)
{
	struct parsed *p = parse("--log=json --count=x");

	ok(p->result == -1 && prog_log_format() == LOG_JSON,
		"an error before the tool begins is shown as --log says");
	done(p);
	p = parse("--count=x --log=json");
	ok(p->result == -1 && prog_log_format() == LOG_JSON,
		"wherever that stands");
	done(p);
	prog_log(LOG_INFO, LOG_JSON);
	p = parse("db");
	is_int(p->common.log, LOG_JSON, "the environment's format is kept");
	done(p);
	prog_log(LOG_INFO, LOG_JSON);
	p = parse("--log=text --progress=never -q");
	ok(p->common.log == LOG_TEXT && prog_log_format() == LOG_TEXT,
		"unless the command line says otherwise");
	ok(p->common.progress == 2 && p->common.quiet, "with the rest of it");
	done(p);
}

static int help(void)
{
	parse("--count=x --help");
	return 99;
}

static int version(void)
{
	parse("--version");
	return 99;
}

static int help_full(void)
{
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC);

	dup2(full, STDOUT_FILENO);
	parse("--help");
	return 99;
}

static void test_help(void)
{
	struct ended end = in_fork(help);
	const char *line, *next;
	size_t longest = 0;

	is_int(end.status, 0, "--help ends well, whatever else is wrong");
	has_str(end.out,
		"Usage: dbtest [OPTIONS] DB\n       dbtest --all\n\nTests.\n",
		"it begins with the usage");
	has_str(end.out, "\nTest:\n  -f, --flag                  a flag\n",
		"then come headings and options");
	has_str(end.out, "      --zipped[=HOW]          zip it\n",
		"optional values are in brackets");
	has_str(end.out, "  -E, --events[=HOW]          a flag that says how\n",
		"those of a flag that says how, too");
	has_str(end.out,
		"      --net-buffer=N          accepted for compatibility, "
		"without effect\n",
		"what is ignored is said to be");
	for (line = end.out; (next = strchr(line, '\n')); line = next + 1) {
		if ((size_t)(next - line) > longest)
			longest = (size_t)(next - line);
	}
	ok(longest > 60 && longest < 80, "lines fit on a screen");
	is_str(in_fork(version).out, "dbtest " DBPIPES_VERSION "\n",
		"--version prints name and version");
	is_int(in_fork(help_full).status, ERR_IO,
		"help that cannot be written is an error");
}

/* The words of this process as everyone can read them, one a line. */
static int show_words(int argc, char **argv)
{
	struct parsed *p = parsed_from("");
	char text[1024] = "";
	int fd = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
	ssize_t len, i;

	opt_parse(&p->spec, &argc, &argv, &p->e);
	len = read(fd, text, sizeof(text));
	for (i = 0; i < len; i++)
		putchar(text[i] ? text[i] : '\n');
	return 0;
}

static const char *self;

static int run_with_password(void)
{
	execl(self, "dbtest", "--count=x", "-pgeheim", "--password=geheim",
		"-fpgeheim", "db", (char *)NULL);
	return 1;
}

static void test_words(void)
{
	is_str(in_fork(run_with_password).out,
		"dbtest\n--count=x\n-pxxxxxx\n--password=xxxxxx\n-fpxxxxxx\n"
		"db\n",
		"the kernel keeps no password of a refused command line");
}

int main(int argc, char **argv)
{
	prog_init("dbtest");
	if (argc > 1)
		return show_words(argc, argv);
	self = argv[0];
	test_words();
	test_kinds();
	test_short();
	test_spelling();
	test_modes();
	test_errors();
	test_password();
	test_set();
	test_common();
	test_help();
	return done_testing();
}
