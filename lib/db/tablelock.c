/* tablelock.c: see tablelock.h. */
#include "db/tablelock.h"

#include <stdio.h>

#include "db/sql_text.h"

enum {
	GROUPS_MAX = 512, /* round trips that cost some tens of milliseconds */
	JOIN_MAX = 61     /* MariaDB manual, "JOIN Syntax" */
};

size_t tablelock_group(const struct catalog *catalog)
{
	size_t size = (catalog->tables + GROUPS_MAX - 1) / GROUPS_MAX;

	if (size > JOIN_MAX)
		return JOIN_MAX;
	return size ? size : 1;
}

static size_t groups(const struct catalog *catalog)
{
	size_t size = tablelock_group(catalog);

	return (catalog->tables + size - 1) / size;
}

size_t tablelock_shares(const struct catalog *catalog)
{
	size_t shares = catalog->tables / TABLELOCK_SHARE;

	if (shares > TABLELOCK_SHARES)
		return TABLELOCK_SHARES;
	return shares ? shares : 1;
}

size_t tablelock_share(
	const struct catalog *catalog, size_t shares, size_t group)
{
	return group * shares / groups(catalog);
}

static void add_name(struct strbuf *sql, const struct table_ref *ref)
{
	sql_ident(sql, ref->db);
	strbuf_addch(sql, '.');
	sql_ident(sql, ref->table->name);
}

static void savepoint_name(char *name, size_t size, size_t group)
{
	snprintf(name, size, "dbdump_%zu", group);
}

/* Tables of such engines are kept still by LOCK TABLES, if at all; and one of
 * them in a transaction (Aria) keeps it from having savepoints. */
static bool untransactional(const struct table_ref *ref)
{
	return !ref->table->transactional;
}

static bool needs_read_lock(const struct table_ref *ref)
{
	return untransactional(ref) && !ref->table->no_data;
}

static int take_group(struct db *db, const struct catalog *catalog,
	size_t group, struct err *e)
{
	struct strbuf sql = STRBUF_INIT;
	size_t size = tablelock_group(catalog);
	size_t begin = group * size, end = begin + size;
	char name[32];
	int rc;

	savepoint_name(name, sizeof(name), group);
	strbuf_addf(&sql, "SAVEPOINT %s", name);
	rc = db_exec(db, sql.buf, e);
	strbuf_reset(&sql);
	for (size_t i = begin; i < end && i < catalog->tables; i++) {
		if (untransactional(&catalog->table[i]))
			continue;
		strbuf_addstr(&sql, sql.len ? "," : "SELECT 1 FROM ");
		add_name(&sql, &catalog->table[i]);
	}
	strbuf_addstr(&sql, sql.len ? " LIMIT 0" : "");
	if (!rc && sql.len)
		rc = db_execn(db, sql.buf, sql.len, e);
	strbuf_release(&sql);
	return rc;
}

int tablelock_take(struct db *db, const struct catalog *catalog, size_t share,
	size_t shares, struct err *e)
{
	size_t group = groups(catalog);

	while (group--)
		if (tablelock_share(catalog, shares, group) == share &&
			take_group(db, catalog, group, e))
			return -1;
	return 0;
}

int tablelock_release(struct db *db, size_t group, struct err *e)
{
	struct strbuf sql = STRBUF_INIT;
	char name[32];
	int rc;

	savepoint_name(name, sizeof(name), group);
	strbuf_addf(&sql, "ROLLBACK TO SAVEPOINT %s", name);
	rc = db_exec(db, sql.buf, e);
	strbuf_release(&sql);
	return rc;
}

size_t tablelock_untransactional(
	const struct catalog *catalog, size_t *last, struct strbuf *names)
{
	const size_t named = 5;
	size_t count = 0;

	*last = 0;
	for (size_t i = 0; i < catalog->tables; i++) {
		const struct table_ref *ref = &catalog->table[i];

		if (!needs_read_lock(ref))
			continue;
		*last = i + 1;
		if (count++ < named)
			strbuf_addf(names, "%s%s.%s (%s)",
				count > 1 ? ", " : "", ref->db,
				ref->table->name,
				ref->table->engine ? ref->table->engine : "?");
	}
	if (count > named)
		strbuf_addf(names, " and %zu more", count - named);
	return count;
}

int tablelock_read_lock(
	struct db *db, const struct catalog *catalog, struct err *e)
{
	struct strbuf sql = STRBUF_INIT;
	const char *before = "LOCK TABLES ";
	int rc;

	for (size_t i = 0; i < catalog->tables; i++) {
		if (!needs_read_lock(&catalog->table[i]))
			continue;
		strbuf_addstr(&sql, before);
		add_name(&sql, &catalog->table[i]);
		strbuf_addstr(&sql, " READ");
		before = ", ";
	}
	rc = db_execn(db, sql.buf, sql.len, e);
	strbuf_release(&sql);
	return rc;
}
