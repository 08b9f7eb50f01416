/* grants.c: see grants.h. */
#include "db/grants.h"

#include <string.h>

#include <mysqld_error.h>

#include "base/prog.h"
#include "base/strlist.h"
#include "db/result.h"
#include "db/sql_text.h"

/* What one of shows that a database has which routines. Source: MariaDB
 * manual, information_schema.ROUTINES; MySQL manual, SHOW_ROUTINE. */
static const char *const routine_privileges[] = {"EXECUTE", "CREATE ROUTINE",
	"ALTER ROUTINE", "SHOW CREATE ROUTINE", "SHOW_ROUTINE", NULL};

const char *grants_skip(const char *s)
{
	char quote = *s++;

	for (; *s; s++) {
		if (*s == '\\' && quote != '`' && s[1])
			s++;
		else if (*s == quote && *++s != quote)
			return s;
	}
	return s;
}

const char *grants_find(const char *line, const char *word)
{
	size_t len = strlen(word);

	while (*line && strncmp(line, word, len) != 0)
		line = strchr("`'\"", *line) ? grants_skip(line) : line + 1;
	return *line ? line : NULL;
}

static bool has_privilege(
	const char *list, const char *end, const char *privilege)
{
	size_t len = strlen(privilege);
	const char *all = "ALL PRIVILEGES";

	if ((size_t)(end - list) == strlen(all) &&
		!strncmp(list, all, strlen(all)))
		return true;
	for (; list < end; list++) {
		if ((size_t)(end - list) >= len &&
			!strncmp(list, privilege, len) &&
			(list + len == end || list[len] == ','))
			return true;
		while (list < end && *list != ',')
			list++;
		if (list < end && list[1] == ' ')
			list++;
	}
	return false;
}

/* take_name: the name in backticks, or the asterisk, at *s; *s gets the byte
 * behind it. */
static void take_name(const char **s, struct strbuf *name)
{
	const char *p = *s;

	strbuf_reset(name);
	if (*p == '*')
		strbuf_addch(name, *p++);
	else if (*p == '`')
		for (p++; *p; p++) {
			if (*p == '`' && *++p != '`')
				break;
			strbuf_addch(name, *p);
		}
	*s = p;
}

/* matches: a database's name and the pattern of a grant. */
static bool matches(const char *pattern, const char *name)
{
	for (; *pattern; pattern++, name++) {
		if (*pattern == '%') {
			for (;; name++) {
				if (matches(pattern + 1, name))
					return true;
				if (!*name)
					return false;
			}
		}
		if (*pattern == '_' && *name)
			continue;
		if (*pattern == '\\' && pattern[1])
			pattern++;
		if (*pattern != *name)
			return false;
	}
	return !*name;
}

/* How far a line of SHOW GRANTS has a privilege reach to what is asked for. */
enum reach {
	REACH_NOTHING,
	REACH_PART, /* of the server */
	REACH_SERVER
};

static enum reach reaches(const char *line, const char *privilege,
	const char *db, const char *table)
{
	struct strbuf on_db = STRBUF_INIT, on_table = STRBUF_INIT;
	/* What ends the list of privileges; none in GRANT role TO …. */
	const char *end =
		strncmp(line, "GRANT ", 6) ? NULL : grants_find(line, " ON ");
	enum reach reach = REACH_NOTHING;

	if (end && has_privilege(line + 6, end, privilege)) {
		bool all, everywhere;

		end += 4;
		everywhere = !strncmp(end, "*.", 2);
		take_name(&end, &on_db);
		end += *end == '.';
		all = *end == '*';
		take_name(&end, &on_table);
		if (everywhere)
			reach = REACH_SERVER;
		else if ((all && matches(on_db.buf, db)) ||
			(!all && table && !strcmp(on_db.buf, db) &&
				!strcmp(on_table.buf, table)))
			reach = REACH_PART;
	}
	strbuf_release(&on_db);
	strbuf_release(&on_table);
	return reach;
}

bool grants_line(const char *line, const char *privilege, const char *db,
	const char *table)
{
	return reaches(line, privilege, db, table) != REACH_NOTHING;
}

bool grants_revoke(const char *line, const char *privilege, struct strbuf *db)
{
	const char *on =
		strncmp(line, "REVOKE ", 7) ? NULL : grants_find(line, " ON ");

	if (!on || !has_privilege(line + 7, on, privilege))
		return false;
	on += 4;
	take_name(&on, db);
	return true;
}

static bool revoked(
	const struct strlist *lines, const char *privilege, const char *db)
{
	struct strbuf name = STRBUF_INIT;
	bool found = false;

	for (size_t i = 0; !found && i < lines->count; i++)
		found = grants_revoke(lines->item[i], privilege, &name) &&
			!strcmp(name.buf, db);
	strbuf_release(&name);
	return found;
}

static bool holds(const struct strlist *lines, const char *privilege,
	const char *db, const char *table)
{
	enum reach most = REACH_NOTHING;

	for (size_t i = 0; i < lines->count; i++) {
		const enum reach reach =
			reaches(lines->item[i], privilege, db, table);

		if (reach == REACH_PART)
			return true;
		if (reach > most)
			most = reach;
	}
	return most == REACH_SERVER && !revoked(lines, privilege, db);
}

static bool sees_routines(const struct strlist *lines,
	const struct flavor *flavor, const char *db)
{
	for (const char *const *p = routine_privileges; *p; p++)
		if (holds(lines, *p, db, NULL))
			return true;
	/* A grant on a database without a name is one on all. */
	return flavor->show_routine ? holds(lines, "SELECT", "", NULL)
				    : holds(lines, "SELECT", "mysql", "proc");
}

static int missing(
	const char *db, const char *what, const char *privilege, struct err *e)
{
	err_set(e, ERR_DENIED,
		"database `%s`: its %s are not shown to this account", db,
		what);
	return err_hint(e, "grant %s, or use --skip-%s", privilege, what);
}

static int check_database(const struct strlist *lines,
	const struct flavor *flavor, const struct catalog_db *db,
	const struct dump_options *options, struct err *e)
{
	bool tables_only = dump_options_tables_only(options);

	if (!tables_only && options->routines &&
		!sees_routines(lines, flavor, db->name))
		return missing(db->name, "routines",
			flavor->show_routine
				? "SHOW_ROUTINE"
				: "SELECT on mysql.proc, or SHOW CREATE "
				  "ROUTINE",
			e);
	if (!tables_only && options->events &&
		!holds(lines, "EVENT", db->name, NULL))
		return missing(db->name, "events", "EVENT on it", e);
	for (size_t i = 0; options->triggers && i < db->count; i++)
		if (db->table[i].kind == TABLE_BASE &&
			!holds(lines, "TRIGGER", db->name, db->table[i].name))
			return missing(
				db->name, "triggers", "TRIGGER on it", e);
	return 0;
}

/* read_lines: what the account and its roles are granted. */
static int read_lines(
	struct db *db, const char *sql, struct strlist *lines, struct err *e)
{
	struct db_result *result = db_query_shape(db, "s", sql, e);
	char **row;

	if (!result)
		return -1;
	while ((row = db_next(result)))
		strlist_add(lines, row[0]);
	db_result_free(result);
	return 0;
}

/* read_grants: all that count. Returns 1; 0: a server without grant tables
 * hides nothing; -1. */
static int read_grants(struct db *db, struct strlist *lines, struct err *e)
{
	struct err ignored;

	if (read_lines(db, "SHOW GRANTS", lines, e))
		return db_errno(db) == ER_OPTION_PREVENTS_STATEMENT ? 0 : -1;
	/* Of MariaDB 10.11 and later; elsewhere there is no such role. */
	(void)read_lines(db, "SHOW GRANTS FOR PUBLIC", lines, &ignored);
	return 1;
}

static int check_dump(const struct strlist *lines, const struct flavor *flavor,
	const struct catalog *catalog, const struct dump_options *options,
	struct err *e)
{
	int rc = 0;

	if (options->users && !holds(lines, "SELECT", "mysql", NULL)) {
		err_set(e, ERR_DENIED,
			"the accounts are not shown to this account");
		rc = err_hint(
			e, "grant SELECT on mysql.*, or leave --users out");
	}
	for (size_t i = 0; !rc && i < catalog->count; i++)
		rc = check_database(lines, flavor, &catalog->db[i], options, e);
	return rc;
}

/* warn_revoked: of what MySQL, with partial_revokes, may hide. */
static void warn_revoked(const struct strlist *lines)
{
	struct strbuf name = STRBUF_INIT;

	for (size_t i = 0; i < lines->count; i++) {
		if (!grants_revoke(lines->item[i], "SELECT", &name) ||
			catalog_is_system(name.buf))
			continue;
		log_warn("database `%s` may be hidden from this account, and "
			 "so not be in the dump: it has no SELECT on it",
			name.buf);
	}
	strbuf_release(&name);
}

/* check_all: a dump of all databases is one of all that the account sees: to
 * one whose grants were forgotten, or lost, that is nothing, and the dump of
 * that would be whole. */
static int check_all(const struct strlist *lines, const struct catalog *catalog,
	struct err *e)
{
	/* A grant on a database without a name is one on all. */
	if (holds(lines, "SELECT", "", NULL)) {
		warn_revoked(lines);
		return 0;
	}
	if (catalog->count > 0) {
		log_warn(
			"databases and tables may be hidden from this account, "
			"and so not be in the dump: it has no SELECT on *.*");
		return 0;
	}
	err_set(e, ERR_DENIED,
		"this account sees no database: it has no SELECT on *.*");
	return err_hint(e, "grant SELECT on *.* to it");
}

int grants_check(struct db *db, const struct flavor *flavor,
	const struct catalog *catalog, const struct dump_options *options,
	struct err *e)
{
	struct strlist lines = {0};
	int rc;

	if (options->no_create_info && !options->all_databases)
		return 0;
	rc = read_grants(db, &lines, e);
	if (rc > 0) {
		rc = options->all_databases ? check_all(&lines, catalog, e) : 0;
		if (!rc && !options->no_create_info)
			rc = check_dump(&lines, flavor, catalog, options, e);
	}
	strlist_release(&lines);
	return rc;
}

static int tables_hidden(const char *db, struct err *e)
{
	struct strbuf name = STRBUF_INIT;

	if (db)
		sql_ident(&name, db);
	else
		strbuf_addch(&name, '*');
	err_set(e, ERR_DENIED,
		"tables may be hidden from this account: it has no SELECT on "
		"%s.*",
		name.buf);
	err_hint(e, "grant SELECT on %s.* to it", name.buf);
	strbuf_release(&name);
	return -1;
}

int grants_check_tables(
	struct db *db, const struct strlist *databases, struct err *e)
{
	struct strlist lines = {0};
	int rc = read_grants(db, &lines, e);

	/* A grant on a database without a name is one on all. */
	if (rc > 0 && !databases && !holds(&lines, "SELECT", "", NULL))
		rc = tables_hidden(NULL, e);
	for (size_t i = 0; rc > 0 && databases && i < databases->count; i++)
		if (!holds(&lines, "SELECT", databases->item[i], NULL))
			rc = tables_hidden(databases->item[i], e);
	strlist_release(&lines);
	return rc < 0 ? -1 : 0;
}
