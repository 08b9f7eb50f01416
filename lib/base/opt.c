/* opt.c: the command line and option files, read by the tables of opt.h. The
 * values themselves are opt_value.c's, --help is opt_help.c's. */
#include "base/opt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/opt_internal.h"
#include "base/optfile.h"
#include "base/prog.h"

enum { NAME_SHOWN = 100 };

/* An option as found in the tables. */
struct match {
	const struct opt_def *def; /* NULL: there is none of that name */
	const struct opt_def *defs;
	void *target;
	bool negated;
	bool loose; /* loose-X: no error if there is none */
};

struct parser {
	const struct opt_spec *spec;
	struct opt_builtin builtin;
	char **argv;
	int argc, next;
	char *cluster; /* the rest of -abc, or NULL */
	bool ended;    /* -- was seen */
};

enum word_kind { WORD_OPERAND, WORD_OPTION, WORD_UNKNOWN };

/* One word of the command line, or one letter of a cluster. */
struct word {
	enum word_kind kind;
	struct match match;
	char *value; /* in argv; NULL: none */
	char shown[NAME_SHOWN];
};

typedef bool wanted_fn(const struct opt_def *def, const char *name, size_t len);

static bool by_name(const struct opt_def *def, const char *name, size_t len)
{
	return def->name && opt_same(name, def->name, len, false);
}

static bool by_letter(const struct opt_def *def, const char *name, size_t len)
{
	return len == 1 && def->letter && def->letter == *name;
}

static bool secret_abbreviated(
	const struct opt_def *def, const char *name, size_t len)
{
	return def->kind == OPT_PASSWORD && len && len < strlen(def->name) &&
		!strncmp(name, def->name, len);
}

static bool find_in(const struct opt_def *defs, void *target, wanted_fn *wanted,
	const char *name, size_t len, struct match *m)
{
	const struct opt_def *def;

	for (def = defs; !opt_table_ended(def); def++) {
		if (!wanted(def, name, len))
			continue;
		m->def = def;
		m->defs = defs;
		m->target = target;
		return true;
	}
	return false;
}

/* builtin NULL: only the tool's own tables, for option files. */
static bool find(const struct opt_spec *spec, struct opt_builtin *builtin,
	wanted_fn *wanted, const char *name, size_t len, struct match *m)
{
	const struct opt_table *table;

	for (table = spec->tables; table->defs; table++) {
		if (find_in(table->defs, table->target, wanted, name, len, m))
			return true;
	}
	if (!builtin)
		return false;
	if (find_in(opt_builtin_defs, builtin, wanted, name, len, m))
		return true;
	return spec->groups &&
		find_in(opt_defaults_defs, builtin, wanted, name, len, m);
}

/* Take `prefix` off the beginning of a name. */
static bool strip(const char **name, size_t *len, const char *prefix)
{
	size_t n = strlen(prefix);

	if (*len <= n || !opt_same(*name, prefix, n, false))
		return false;
	*name += n;
	*len -= n;
	return true;
}

static struct match find_long(const struct opt_spec *spec,
	struct opt_builtin *builtin, const char *name, size_t len)
{
	struct match m = {0};

	m.loose = strip(&name, &len, "loose-");
	if (find(spec, builtin, by_name, name, len, &m))
		return m;
	if (strip(&name, &len, "skip-") || strip(&name, &len, "no-") ||
		strip(&name, &len, "disable-"))
		m.negated = true;
	else if (!strip(&name, &len, "enable-"))
		return m;
	find(spec, builtin, by_name, name, len, &m);
	return m;
}

/* Whether the next word is the value of an option that has none joined on. */
static bool takes_next(const struct match *m)
{
	if (m->negated || m->def->optional)
		return false;
	switch (m->def->kind) {
	case OPT_FLAG:
	case OPT_PASSWORD:
	case OPT_HEADING:
		return false;
	case OPT_IGNORED:
		return m->def->arg;
	default:
		return true;
	}
}

static void take_value(struct parser *p, struct word *w, char *joined)
{
	w->value = joined;
	if (!joined && takes_next(&w->match) && p->next < p->argc)
		w->value = p->argv[p->next++];
}

/* The kernel shows argv to everyone. As long as before, so that the second
 * reading sees that there was a value. */
static void scrub(char *secret)
{
	memset(secret, 'x', strlen(secret));
}

static void next_long(struct parser *p, struct word *w, char *text)
{
	char *equals = strchr(text, '=');
	size_t len = equals ? (size_t)(equals - text) : strlen(text);
	struct match guess;

	snprintf(w->shown, sizeof(w->shown), "--%.*s", (int)len, text);
	w->match = find_long(p->spec, &p->builtin, text, len);
	if (w->match.def) {
		take_value(p, w, equals ? equals + 1 : NULL);
		return;
	}
	w->kind = WORD_UNKNOWN;
	/* --pass=SECRET is a habit from clients that know abbreviations. */
	if (equals &&
		find(p->spec, NULL, secret_abbreviated, text, len, &guess))
		scrub(equals + 1);
}

static void next_letter(struct parser *p, struct word *w)
{
	char *letter = p->cluster++;
	char *rest = *p->cluster ? p->cluster : NULL;

	if (!rest)
		p->cluster = NULL;
	snprintf(w->shown, sizeof(w->shown), "-%c", *letter);
	if (!find(p->spec, &p->builtin, by_letter, letter, 1, &w->match)) {
		w->kind = WORD_UNKNOWN;
		return;
	}
	if (w->match.def->kind == OPT_FLAG || w->match.def->kind == OPT_MODE ||
		(w->match.def->kind == OPT_IGNORED && !w->match.def->arg))
		return;
	p->cluster = NULL;
	take_value(p, w, rest);
}

static bool next_word(struct parser *p, struct word *w)
{
	char *text;

	memset(w, 0, sizeof(*w));
	w->kind = WORD_OPTION;
	if (p->cluster) {
		next_letter(p, w);
		return true;
	}
	if (p->next < p->argc && !p->ended && !strcmp(p->argv[p->next], "--")) {
		p->ended = true;
		p->next++;
	}
	if (p->next >= p->argc)
		return false;
	text = p->argv[p->next++];
	if (p->ended || text[0] != '-' || !text[1]) {
		w->kind = WORD_OPERAND;
		w->value = text;
	} else if (text[1] == '-') {
		next_long(p, w, text + 2);
	} else {
		p->cluster = text + 1;
		next_letter(p, w);
	}
	return true;
}

static int point_to_help(struct err *e)
{
	if (e->hint[0])
		return -1;
	return err_hint(e, "see '%s --help'", prog_name());
}

static void rewind_words(struct parser *p)
{
	p->next = 1;
	p->cluster = NULL;
	p->ended = false;
}

static struct opt_common *common_of(const struct opt_spec *spec)
{
	const struct opt_table *table;

	for (table = spec->tables; table->defs; table++) {
		if (table->defs == opt_common_defs)
			return table->target;
	}
	return NULL;
}

/* Read the command line before anything can fail: overwrite secrets, learn how
 * errors are to be shown, and take the options that opt_parse itself heeds.
 * Whatever else is wrong with it is for the second reading to say. */
static int read_early(
	struct parser *p, struct opt_common *common, struct err *e)
{
	struct word w;
	struct err ignored;
	char late[NAME_SHOWN] = "";
	bool others = false;

	rewind_words(p);
	while (next_word(p, &w)) {
		const struct opt_def *defs = w.match.defs;

		if (w.kind != WORD_OPTION) {
			others = true;
			continue;
		}
		if (w.match.def->kind == OPT_PASSWORD && w.value)
			scrub(w.value);
		if (defs == opt_common_defs)
			opt_store(w.match.def, common, w.value, w.match.negated,
				w.shown, &ignored);
		if (w.match.target == &p->builtin)
			opt_store(w.match.def, &p->builtin, w.value,
				w.match.negated, w.shown, &ignored);
		if (defs != opt_defaults_defs)
			others = true;
		else if (others && !late[0])
			memcpy(late, w.shown, sizeof(late));
	}
	if (!late[0])
		return 0;
	return err_set(e, ERR_USAGE,
		"%s must come before all other options and operands", late);
}

static int take_option(const struct word *w, struct err *e)
{
	const struct match *m = &w->match;

	if (m->def->kind == OPT_PASSWORD && w->value && *w->value) {
		err_set(e, ERR_USAGE,
			"%s: a password on the command line can be read by "
			"everyone on this machine",
			w->shown);
		return err_hint(e,
			"put it into an option file (password=... in [client], "
			"mode 0600), or give --%s without a value to be asked",
			m->def->name);
	}
	return opt_store(m->def, m->target, w->value, m->negated, w->shown, e);
}

static int read_words(struct parser *p, int *operands, struct err *e)
{
	struct word w;

	rewind_words(p);
	while (next_word(p, &w)) {
		if (w.kind == WORD_OPERAND) {
			/* Words already read make room. */
			p->argv[1 + (*operands)++] = w.value;
		} else if (w.kind == WORD_OPTION) {
			if (take_option(&w, e))
				return -1;
		} else if (find_long(p->spec, NULL, w.shown + 2,
				   strlen(w.shown + 2))
				   .loose) {
			log_warn("unknown option %s is left out", w.shown);
		} else {
			return err_set(
				e, ERR_USAGE, "unknown option %s", w.shown);
		}
	}
	return 0;
}

int opt_set(const struct opt_spec *spec, const char *name, const char *value,
	struct err *e)
{
	struct match m = find_long(spec, NULL, name, strlen(name));
	char what[NAME_SHOWN];

	snprintf(what, sizeof(what), "%s", name);
	if (m.def)
		return opt_store(m.def, m.target, value, m.negated, what, e);
	if (!m.loose)
		return err_set(e, ERR_NOINPUT, "unknown option %s", what);
	log_debug("unknown option %s is left out", what);
	return 0;
}

static const char *own_group(const struct opt_spec *spec)
{
	size_t i = 0;

	while (spec->groups[i + 1])
		i++;
	return spec->groups[i];
}

/* The other groups are shared with programs that know other options. */
static int set_from_file(void *ctx, const char *group, const char *name,
	const char *value, const char *where, struct err *e)
{
	const struct opt_spec *spec = ctx;
	const char *own = own_group(spec);

	if (!opt_set(spec, name, value, e))
		return 0;
	if (e->code == ERR_NOINPUT && strncmp(group, own, strlen(own))) {
		log_debug("%s: option %s in [%s] is not for %s", where, name,
			group, prog_name());
		return 0;
	}
	e->code = ERR_CONFIG;
	return err_prefix(e, "%s: ", where);
}

static int read_files(struct parser *p, struct err *e)
{
	const struct optfile_choice choice = {
		.file = p->builtin.defaults_file,
		.extra = p->builtin.defaults_extra_file,
		.suffix = p->builtin.defaults_group_suffix,
		.none = p->builtin.no_defaults,
	};
	struct opt_spec spec = *p->spec;

	if (!spec.groups)
		return 0;
	return optfile_read(&choice, spec.groups, set_from_file, &spec, e);
}

static int parse(struct parser *p, int *operands, struct err *e)
{
	struct opt_common early = {.log = (int)prog_log_format()};
	struct opt_common *common = common_of(p->spec);
	int late;

	if (common)
		common->log = early.log;
	late = read_early(p, &early, e);
	opt_common_apply(&early);
	if (p->builtin.help || p->builtin.version) {
		if (p->builtin.help)
			opt_print_help(p->spec);
		else
			printf("%s %s\n", prog_name(), DBPIPES_VERSION);
		opt_release_table(opt_defaults_defs, &p->builtin);
		exit(prog_finish(0));
	}
	if (late || read_files(p, e))
		return -1;
	return read_words(p, operands, e);
}

/* The error is to be shown as option files and command line ask for, though
 * the latter may not have been read to its end. */
static void show_as_asked(struct parser *p, struct opt_common *common)
{
	struct err ignored;

	if (!common)
		return;
	read_early(p, common, &ignored);
	opt_common_apply(common);
}

int opt_parse(
	const struct opt_spec *spec, int *argc, char ***argv, struct err *e)
{
	struct parser p = {.spec = spec, .argv = *argv, .argc = *argc};
	struct opt_common *common = common_of(spec);
	int operands = 0, result;

	result = parse(&p, &operands, e);
	if (result) {
		show_as_asked(&p, common);
		point_to_help(e);
	} else {
		if (common)
			opt_common_apply(common);
		*argv += *argc > 0;
		*argc = operands;
		(*argv)[operands] = NULL;
	}
	opt_release_table(opt_defaults_defs, &p.builtin);
	return result;
}
