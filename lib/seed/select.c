/* select.c: see select.h. */
#include "seed/select.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "db/catalog.h"

static int check_names(
	const struct strlist *names, const char *option, struct err *e)
{
	for (size_t i = 0; i < names->count; i++)
		if (!*names->item[i])
			return err_set(
				e, ERR_USAGE, "--%s: an empty name", option);
	return 0;
}

int select_begin(struct select *s, const struct strlist *databases,
	const struct strlist *tables, struct err *e)
{
	*s = (struct select){.databases = databases, .tables = tables};
	s->found = xcalloc(
		databases->count + tables->count + 1, sizeof(*s->found));
	return check_names(databases, "database", e) ||
			check_names(tables, "table", e)
		? -1
		: 0;
}

void select_release(struct select *s)
{
	free(s->found);
	*s = (struct select){0};
}

bool select_active(const struct select *s)
{
	return s->databases->count || s->tables->count;
}

static bool wanted_database(struct select *s, const char *db)
{
	bool wanted = !s->databases->count;

	for (size_t i = 0; i < s->databases->count; i++)
		if (catalog_pattern(s->databases->item[i], db))
			wanted = s->found[i] = true;
	return wanted;
}

/* fits: the pattern is one of a table's name, or with its database's before it.
 * Either name may hold a dot itself, so any may be the one between them. */
static bool fits(const char *pattern, const char *db, const char *table)
{
	bool fit = catalog_pattern(pattern, table);

	for (const char *dot = pattern; !fit && (dot = strchr(dot, '.'));
		dot++) {
		char *before = xstrndup(pattern, (size_t)(dot - pattern));

		fit = catalog_pattern(before, db) &&
			catalog_pattern(dot + 1, table);
		free(before);
	}
	return fit;
}

static bool wanted_table(struct select *s, const char *db, const char *table)
{
	bool wanted = !s->tables->count;

	for (size_t i = 0; i < s->tables->count; i++)
		if (fits(s->tables->item[i], db, table))
			wanted = s->found[s->databases->count + i] = true;
	return wanted;
}

bool select_table(struct select *s, const char *db, const char *table)
{
	return wanted_database(s, db) && wanted_table(s, db, table);
}

bool select_statement(
	struct select *s, const struct statement *st, const char *db)
{
	switch (st->kind) {
	case STATEMENT_SET:
	case STATEMENT_TRANSACTION:
		return true;
	case STATEMENT_DATABASE:
		/* ALTER DATABASE around a program; CREATE goes another way. */
		return wanted_database(s, db);
	case STATEMENT_INSERT:
	case STATEMENT_CREATE_TABLE:
	case STATEMENT_DROP_TABLE:
	case STATEMENT_ALTER_TABLE:
	case STATEMENT_KEYS_OFF:
	case STATEMENT_KEYS_ON:
	case STATEMENT_INDEX:
	case STATEMENT_VIEW:
	case STATEMENT_SEQUENCE:
		return select_table(s, db, st->table.buf);
	case STATEMENT_CHANGE:
		/* Of several tables, some may not be there. */
		return st->table.len && select_table(s, db, st->table.buf);
	case STATEMENT_TRIGGER:
		/* A DROP names no table. */
		return st->table.len
			? select_table(s, db, st->table.buf)
			: !s->tables->count && wanted_database(s, db);
	case STATEMENT_ROUTINE:
	case STATEMENT_EVENT:
		return !s->tables->count && wanted_database(s, db);
	default:
		return false;
	}
}

int select_check_found(const struct select *s, const char *input, struct err *e)
{
	size_t databases = s->databases->count;

	for (size_t i = 0; i < databases + s->tables->count; i++) {
		if (s->found[i])
			continue;
		err_set(e, ERR_DATA, "%s has nothing that --%s=%.200s picks",
			input, i < databases ? "database" : "table",
			i < databases ? s->databases->item[i]
				      : s->tables->item[i - databases]);
		return err_hint(e,
			"--dry-run lists its tables; %% stands for any text");
	}
	return 0;
}
