/* opt_value.c: an option's value, checked and stored where its table says. */
#include "base/opt_internal.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/strbuf.h"

bool opt_table_ended(const struct opt_def *def)
{
	return !def->name && !def->help;
}

static char plain(char c, bool fold)
{
	if (c == '_')
		return '-';
	return fold ? (char)tolower((unsigned char)c) : c;
}

bool opt_same(const char *a, const char *b, size_t len, bool fold)
{
	size_t i;

	if (strlen(b) != len)
		return false;
	for (i = 0; i < len; i++) {
		if (plain(a[i], fold) != plain(b[i], fold))
			return false;
	}
	return true;
}

int opt_bool_parse(const char *text, bool *value)
{
	static const char *const words[] = {
		"0", "1", "off", "on", "false", "true"};
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!strcasecmp(text, words[i])) {
			*value = i % 2;
			return 0;
		}
	}
	return -1;
}

static void *slot(const struct opt_def *def, void *target)
{
	return (char *)target + def->offset;
}

static void drop_password(struct opt_password *password)
{
	if (password->value)
		secret_wipe(password->value, strlen(password->value));
	free(password->value);
	*password = (struct opt_password){NULL, false};
}

static int store_choice(const struct opt_def *def, int *place,
	const char *value, const char *what, struct err *e)
{
	struct strbuf list = STRBUF_INIT;
	int i;

	for (i = 0; def->choices[i]; i++) {
		if (opt_same(value, def->choices[i], strlen(value), true)) {
			*place = i;
			strbuf_release(&list);
			return 0;
		}
		strbuf_addf(&list, "%s%s", i ? ", " : "", def->choices[i]);
	}
	err_set(e, ERR_USAGE, "%s: '%s' is not one of: %s", what, value,
		list.buf);
	strbuf_release(&list);
	return -1;
}

static int store_flag(bool *place, const char *value, bool negated,
	const char *what, struct err *e)
{
	bool on = true;

	if (value && opt_bool_parse(value, &on))
		return err_set(e, ERR_USAGE,
			"%s: '%s' is neither 0 nor 1; it takes no other value",
			what, value);
	*place = on != negated;
	return 0;
}

static int store_mode(const struct opt_def *def, int *place, const char *value,
	bool negated, const char *what, struct err *e)
{
	bool on = true;

	if (value && !opt_bool_parse(value, &on))
		value = NULL;
	else if (value && negated)
		return err_set(e, ERR_USAGE,
			"%s cannot be turned off and have a value", what);
	if (on == negated)
		value = def->choices[0];
	else if (!value)
		value = def->optional;
	return store_choice(def, place, value, what, e);
}

static void store_password(struct opt_password *place, const char *value)
{
	char *copy = value ? xstrdup(value) : NULL;

	drop_password(place);
	place->value = copy;
	place->ask = !value;
}

/* An option that is turned off: back to nothing. */
static int store_nothing(const struct opt_def *def, void *target,
	const char *value, const char *what, struct err *e)
{
	void *place = slot(def, target);

	if (value ||
		(!def->optional && def->kind != OPT_PASSWORD &&
			def->kind != OPT_IGNORED))
		return err_set(e, ERR_USAGE, "%s cannot be turned off%s", what,
			value ? " and have a value" : "");
	switch (def->kind) {
	case OPT_STRING:
		free(*(char **)place);
		*(char **)place = NULL;
		break;
	case OPT_UINT:
	case OPT_SIZE:
	case OPT_DURATION:
		*(uint64_t *)place = 0;
		break;
	case OPT_ENUM:
		return store_choice(def, place, "0", what, e);
	case OPT_LIST:
		strlist_release(place);
		break;
	case OPT_PASSWORD:
		drop_password(place);
		break;
	case OPT_HEADING:
	case OPT_FLAG:
	case OPT_MODE:
	case OPT_IGNORED:
		break;
	}
	return 0;
}

int opt_store(const struct opt_def *def, void *target, const char *value,
	bool negated, const char *what, struct err *e)
{
	void *place = slot(def, target);

	if (def->kind == OPT_FLAG && def->also &&
		store_flag((bool *)((char *)target + def->also), value, negated,
			what, e))
		return -1;
	if (def->kind == OPT_FLAG)
		return store_flag(place, value, negated, what, e);
	if (def->kind == OPT_MODE)
		return store_mode(def, place, value, negated, what, e);
	if (negated)
		return store_nothing(def, target, value, what, e);
	if (!value)
		value = def->optional;
	if (!value && def->kind != OPT_PASSWORD && def->kind != OPT_IGNORED)
		return err_set(e, ERR_USAGE, "%s needs a value", what);
	switch (def->kind) {
	case OPT_STRING:
		free(*(char **)place);
		*(char **)place = xstrdup(value);
		break;
	case OPT_UINT:
		return uint_parse(value, what, place, e);
	case OPT_SIZE:
		return size_parse(value, what, place, e);
	case OPT_DURATION:
		return duration_parse(value, what, place, e);
	case OPT_ENUM:
		return store_choice(def, place, value, what, e);
	case OPT_LIST:
		strlist_add(place, value);
		break;
	case OPT_PASSWORD:
		store_password(place, value);
		break;
	case OPT_HEADING:
	case OPT_FLAG:
	case OPT_MODE:
	case OPT_IGNORED:
		break;
	}
	return 0;
}

void opt_release_table(const struct opt_def *defs, void *target)
{
	const struct opt_def *def;

	for (def = defs; !opt_table_ended(def); def++) {
		char **text = slot(def, target);

		if (def->kind == OPT_STRING) {
			free(*text);
			*text = NULL;
		} else if (def->kind == OPT_LIST) {
			strlist_release(slot(def, target));
		} else if (def->kind == OPT_PASSWORD) {
			drop_password(slot(def, target));
		}
	}
}

void opt_release(const struct opt_spec *spec)
{
	const struct opt_table *table;

	for (table = spec->tables; table->defs; table++)
		opt_release_table(table->defs, table->target);
}
