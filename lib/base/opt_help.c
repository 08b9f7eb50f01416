/* opt_help.c: the option tables as text, and the tables that all share. */
#include "base/opt_internal.h"

#include <stdio.h>
#include <string.h>

#include "base/prog.h"
#include "base/strbuf.h"

enum { WIDTH = 79, TEXT_COLUMN = 30 };

static const char *const log_choices[] = {"text", "json", NULL};
static const char *const progress_choices[] = {"auto", "always", "never", NULL};

const struct opt_def opt_common_defs[] = {
	{.kind = OPT_HEADING, .help = "Messages"},
	{.kind = OPT_FLAG,
		.letter = 'q',
		.name = "quiet",
		.offset = offsetof(struct opt_common, quiet),
		.help = "only warnings and errors"},
	{.kind = OPT_FLAG,
		.letter = 'v',
		.name = "verbose",
		.offset = offsetof(struct opt_common, verbose),
		.help = "say what is done"},
	{.kind = OPT_ENUM,
		.name = "log",
		.arg = "FORMAT",
		.offset = offsetof(struct opt_common, log),
		.choices = log_choices,
		.help = "messages as text or as json, one object a line "
			"(default: $DBPIPES_LOG, else text)"},
	{.kind = OPT_ENUM,
		.name = "progress",
		.arg = "WHEN",
		.optional = "always",
		.offset = offsetof(struct opt_common, progress),
		.choices = progress_choices,
		.help = "auto, always or never; auto: on a terminal (default: "
			"auto)"},
	{.kind = OPT_HEADING},
};

const struct opt_def opt_builtin_defs[] = {
	{.kind = OPT_FLAG,
		.letter = '?',
		.name = "help",
		.offset = offsetof(struct opt_builtin, help),
		.help = "print this and end"},
	{.kind = OPT_FLAG,
		.letter = 'V',
		.name = "version",
		.offset = offsetof(struct opt_builtin, version),
		.help = "print the version and end"},
	{.kind = OPT_HEADING},
};

const struct opt_def opt_defaults_defs[] = {
	{.kind = OPT_HEADING,
		.help = "Option files (these come before all other options)"},
	{.kind = OPT_FLAG,
		.name = "no-defaults",
		.offset = offsetof(struct opt_builtin, no_defaults),
		.help = "read no option file"},
	{.kind = OPT_STRING,
		.name = "defaults-file",
		.arg = "FILE",
		.offset = offsetof(struct opt_builtin, defaults_file),
		.help = "read this option file and no other"},
	{.kind = OPT_STRING,
		.name = "defaults-extra-file",
		.arg = "FILE",
		.offset = offsetof(struct opt_builtin, defaults_extra_file),
		.help = "read this one, too, just before ~/.my.cnf"},
	{.kind = OPT_STRING,
		.name = "defaults-group-suffix",
		.arg = "SUFFIX",
		.offset = offsetof(struct opt_builtin, defaults_group_suffix),
		.help = "read the groups with SUFFIX behind their name, too"},
	{.kind = OPT_HEADING},
};

void opt_common_apply(const struct opt_common *common)
{
	enum log_level level = LOG_INFO;

	if (common->verbose)
		level = LOG_DEBUG;
	else if (common->quiet)
		level = LOG_WARN;
	prog_log(level, common->log == LOG_JSON ? LOG_JSON : LOG_TEXT);
}

/* Words of text from `column` on, broken at WIDTH, each new line indented. */
static void print_wrapped(const char *text, size_t column, size_t indent)
{
	size_t at = column, len;

	while (*text) {
		len = strcspn(text, " ");
		if (at > indent && at + 1 + len > WIDTH) {
			printf("\n%*s", (int)indent, "");
			at = indent;
		} else if (at > indent) {
			putchar(' ');
			at++;
		}
		printf("%.*s", (int)len, text);
		at += len;
		text += len;
		text += strspn(text, " ");
	}
	putchar('\n');
}

static void print_option(const struct opt_def *def)
{
	struct strbuf left = STRBUF_INIT;
	bool joined = def->optional || def->kind == OPT_PASSWORD;

	if (def->letter)
		strbuf_addf(&left, "  -%c, --%s", def->letter, def->name);
	else
		strbuf_addf(&left, "      --%s", def->name);
	if (def->arg && def->kind != OPT_PASSWORD)
		strbuf_addf(&left, joined ? "[=%s]" : "=%s", def->arg);
	printf("%s", left.buf);
	if (left.len + 2 > TEXT_COLUMN)
		printf("\n%*s", TEXT_COLUMN, "");
	else
		printf("%*s", TEXT_COLUMN - (int)left.len, "");
	strbuf_reset(&left);
	strbuf_addstr(&left, def->help ? def->help : "");
	if (def->kind == OPT_IGNORED)
		strbuf_addf(&left,
			"%saccepted for compatibility, without effect",
			left.len ? "; " : "");
	print_wrapped(left.buf, TEXT_COLUMN, TEXT_COLUMN);
	strbuf_release(&left);
}

static void print_table(const struct opt_def *defs)
{
	const struct opt_def *def;

	for (def = defs; !opt_table_ended(def); def++) {
		if (def->kind == OPT_HEADING)
			printf("\n%s:\n", def->help);
		else
			print_option(def);
	}
}

static void print_groups(const char *const *groups)
{
	struct strbuf text = STRBUF_INIT;

	strbuf_addstr(&text,
		"Long options can stand in option files, in the "
		"groups");
	for (; *groups; groups++)
		strbuf_addf(&text, " [%s]%s", *groups, groups[1] ? "," : "");
	strbuf_addstr(&text,
		". A flag --X is turned off by --skip-X or "
		"--no-X.");
	putchar('\n');
	print_wrapped(text.buf, 0, 0);
	strbuf_release(&text);
}

void opt_print_help(const struct opt_spec *spec)
{
	const char *const *line;
	const struct opt_table *table;

	for (line = spec->synopsis; *line; line++)
		printf("%s %s %s\n",
			line == spec->synopsis ? "Usage:" : "      ",
			prog_name(), *line);
	putchar('\n');
	print_wrapped(spec->about, 0, 0);
	for (table = spec->tables; table->defs; table++)
		print_table(table->defs);
	print_table(opt_builtin_defs);
	if (!spec->groups)
		return;
	print_table(opt_defaults_defs);
	print_groups(spec->groups);
}
