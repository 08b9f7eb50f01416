/* catalog.c: see catalog.h. */
#include "db/catalog.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/strlist.h"
#include "db/load_resume.h"
#include "db/result.h"
#include "db/sql_text.h"

/* Databases that belong to the server; they are never dumped as tables, since
 * a server of another version would be broken by them. */
static const char *const system_databases[] = {
	"mysql", "information_schema", "performance_schema", "sys", NULL};

/* Engines whose tables hold no rows of their own. Source: mariadb-dump, which
 * leaves out the same under --no-data-med, its default. */
static const char *const no_data_engines[] = {"MRG_MyISAM", "MRG_ISAM",
	"FEDERATED", "CONNECT", "OQGRAPH", "SPHINX", "SPIDER", "BLACKHOLE",
	NULL};

/* What the server puts before the name of a file or directory that it would not
 * have named so: `lost+found`, `item-old.MYD`. It reads what is there, and
 * takes no such name in a CREATE. Source: MariaDB manual, "Identifier to File
 * Name Mapping". */
static const char file_name[] = "#mysql50#";

/* same_letter: with `fold` also in the other case. */
static bool same_letter(char a, char b, bool fold)
{
	return a == b ||
		(fold &&
			tolower((unsigned char)a) == tolower((unsigned char)b));
}

static bool matches(const char *pattern, const char *name, bool fold)
{
	for (; *pattern; pattern++, name++) {
		if (*pattern == '%') {
			for (;; name++) {
				if (matches(pattern + 1, name, fold))
					return true;
				if (!*name)
					return false;
			}
		}
		if (!same_letter(*pattern, *name, fold))
			return false;
	}
	return !*name;
}

bool catalog_is_system(const char *db)
{
	return name_in(system_databases, db);
}

bool catalog_pattern(const char *pattern, const char *name)
{
	return matches(pattern, name, false);
}

static bool matches_any(const struct catalog *catalog,
	const struct strlist *patterns, const char *name)
{
	for (size_t i = 0; i < patterns->count; i++)
		if (matches(patterns->item[i], name, catalog->lower_case_names))
			return true;
	return false;
}

static bool ignores_table(const struct catalog *catalog,
	const struct dump_options *o, const char *db, const char *name)
{
	struct strbuf full = STRBUF_INIT;
	bool ignored;

	strbuf_addf(&full, "%s.%s", db, name);
	ignored = matches_any(catalog, &o->ignore_table, full.buf);
	strbuf_release(&full);
	return ignored;
}

bool catalog_ignores(const struct catalog *catalog,
	const struct dump_options *o, const char *db, const char *table)
{
	return matches_any(catalog, &o->ignore_database, db) ||
		(table && ignores_table(catalog, o, db, table));
}

static bool same_name(
	const struct catalog *catalog, const char *a, const char *b)
{
	return catalog->lower_case_names ? !strcasecmp(a, b) : !strcmp(a, b);
}

/* wants_db: whether the options choose this database at all. */
static bool wants_db(const struct catalog *catalog,
	const struct dump_options *o, const char *name)
{
	if (catalog_is_system(name) ||
		matches_any(catalog, &o->ignore_database, name))
		return false;
	/* The progress of a load into this server goes on in no other one. */
	if (o->all_databases)
		return strcmp(name, LOAD_RESUME_DATABASE) != 0;
	for (size_t i = 0; i < o->names.count; i++) {
		if (same_name(catalog, o->names.item[i], name))
			return true;
		if (!o->databases)
			break; /* the others are tables */
	}
	return false;
}

static bool wants_table(const struct catalog *catalog,
	const struct dump_options *o, const char *db, const char *name)
{
	if (ignores_table(catalog, o, db, name))
		return false;
	if (!dump_options_tables_only(o))
		return true;
	for (size_t i = 1; i < o->names.count; i++)
		if (same_name(catalog, o->names.item[i], name))
			return true;
	return false;
}

static int add_databases(struct catalog *catalog, struct db *db,
	const struct dump_options *o, struct err *e)
{
	struct db_result *result = db_query_shape(db, "s",
		"SELECT SCHEMA_NAME FROM information_schema.SCHEMATA "
		"ORDER BY CAST(SCHEMA_NAME AS BINARY)",
		e);
	char **row;

	if (!result)
		return -1;
	while ((row = db_next(result))) {
		if (!wants_db(catalog, o, row[0]))
			continue;
		catalog->db = grow_array(catalog->db, catalog->count,
			&catalog->cap, sizeof(*catalog->db));
		catalog->db[catalog->count++] =
			(struct catalog_db){.name = xstrdup(row[0])};
	}
	db_result_free(result);
	return 0;
}

static void add_table(struct catalog_db *db, const char *name, const char *kind,
	const char *engine, bool transactional)
{
	struct catalog_table *table;

	db->table =
		grow_array(db->table, db->count, &db->cap, sizeof(*db->table));
	table = &db->table[db->count++];
	*table = (struct catalog_table){.name = xstrdup(name)};
	table->kind = !strcmp(kind, "VIEW") ? TABLE_VIEW
		: !strcmp(kind, "SEQUENCE") ? TABLE_SEQUENCE
					    : TABLE_BASE;
	table->engine = engine ? xstrdup(engine) : NULL;
	table->transactional = transactional;
	table->versioned = !strcmp(kind, "SYSTEM VERSIONED");
	table->no_data = engine && name_in(no_data_engines, engine);
}

/* One query a database, for the server then reads no definition of another
 * one's tables. */
static int add_tables(struct catalog *catalog, struct catalog_db *to,
	struct db *db, const struct dump_options *o, struct err *e)
{
	struct strbuf sql = STRBUF_INIT;
	struct db_result *result;
	char **row;

	strbuf_addstr(&sql,
		"SELECT t.TABLE_NAME, t.TABLE_TYPE, t.ENGINE, "
		"COALESCE(e.TRANSACTIONS, 'NO') = 'YES' "
		"FROM information_schema.TABLES t "
		"LEFT JOIN information_schema.ENGINES e ON e.ENGINE = t.ENGINE "
		"WHERE t.TABLE_TYPE <> 'TEMPORARY' AND t.TABLE_SCHEMA = ");
	sql_value_str(&sql, to->name);
	strbuf_addstr(&sql, " ORDER BY CAST(t.TABLE_NAME AS BINARY)");
	result = db_query_shape(db, "ss--", sql.buf, e);
	strbuf_release(&sql);
	if (!result)
		return -1;
	while ((row = db_next(result))) {
		if (!wants_table(catalog, o, to->name, row[0]))
			continue;
		add_table(to, row[0], row[1], row[2], row[3] && *row[3] == '1');
		catalog->unsure |= !row[2] && strcmp(row[1], "VIEW") != 0;
	}
	db_result_free(result);
	return 0;
}

static bool has_table(const struct catalog *catalog, const char *name)
{
	const struct catalog_db *db = &catalog->db[0];

	for (size_t i = 0; i < db->count; i++)
		if (same_name(catalog, db->table[i].name, name))
			return true;
	return false;
}

static int named_and_ignored(
	const char *name, const char *option, struct err *e)
{
	return err_set(e, ERR_USAGE, "'%s' is named, and %s leaves it out",
		name, option);
}

/* check_table: `name` was named behind its database, which is there. */
static int check_table(const struct catalog *catalog,
	const struct dump_options *o, const char *name, struct err *e)
{
	if (ignores_table(catalog, o, catalog->db[0].name, name))
		return named_and_ignored(name, "--ignore-table", e);
	if (has_table(catalog, name))
		return 0;
	return err_set(e, ERR_NOINPUT,
		"there is no table '%s' in database '%s'", name,
		o->names.item[0]);
}

/* check_names: everything that was named is there, and to be dumped. */
static int check_names(const struct catalog *catalog,
	const struct dump_options *o, struct err *e)
{
	for (size_t i = 0; i < o->names.count; i++) {
		const char *name = o->names.item[i];
		bool found = false;

		if (i && !o->databases) {
			if (check_table(catalog, o, name, e))
				return -1;
			continue;
		}
		if (matches_any(catalog, &o->ignore_database, name))
			return named_and_ignored(name, "--ignore-database", e);
		if (catalog_is_system(name)) {
			err_set(e, ERR_USAGE,
				"'%s' is the server's own database", name);
			return err_hint(e,
				"its tables are not dumped: they "
				"fit no other server");
		}
		for (size_t j = 0; j < catalog->count; j++)
			found |= same_name(catalog, catalog->db[j].name, name);
		if (!found) {
			err_set(e, ERR_NOINPUT, "there is no database '%s'",
				name);
			return err_hint(e,
				"or this account has no privilege "
				"on it");
		}
	}
	return 0;
}

static bool is_file_name(const char *name)
{
	return !strncmp(name, file_name, sizeof(file_name) - 1);
}

static void release_db(struct catalog_db *db)
{
	for (size_t i = 0; i < db->count; i++) {
		free(db->table[i].name);
		free(db->table[i].engine);
	}
	free(db->table);
	free(db->name);
}

/* drop_directories: of all databases, those that are nothing but a directory
 * beside them. */
static void drop_directories(struct catalog *catalog)
{
	size_t kept = 0;

	for (size_t i = 0; i < catalog->count; i++) {
		struct catalog_db *db = &catalog->db[i];

		if (!db->count && is_file_name(db->name))
			release_db(db);
		else
			catalog->db[kept++] = *db;
	}
	catalog->count = kept;
}

static int refuse_name(
	const char *kind, const char *name, const char *option, struct err *e)
{
	err_set(e, ERR_DATA,
		"%s '%s' has the name of a file, which no server takes back",
		kind, name);
	return err_hint(e,
		"move the file out of the data directory, rename it by SQL, or "
		"leave it out with --%s",
		option);
}

/* check_file_names: that a server takes the names in a CREATE. */
static int check_file_names(const struct catalog *catalog, struct err *e)
{
	for (size_t i = 0; i < catalog->count; i++) {
		const struct catalog_db *db = &catalog->db[i];

		if (is_file_name(db->name))
			return refuse_name(
				"database", db->name, "ignore-database", e);
		for (size_t j = 0; j < db->count; j++)
			if (is_file_name(db->table[j].name))
				return refuse_name("table", db->table[j].name,
					"ignore-table", e);
	}
	return 0;
}

static void add_refs(struct catalog *catalog, const struct catalog_db *db)
{
	for (size_t i = 0; i < db->count; i++) {
		if (db->table[i].kind == TABLE_VIEW)
			continue;
		catalog->table = grow_array(catalog->table, catalog->tables,
			&catalog->tables_cap, sizeof(*catalog->table));
		catalog->table[catalog->tables++] =
			(struct table_ref){db->name, &db->table[i]};
	}
}

int catalog_read(struct catalog *catalog, struct db *db,
	const struct dump_options *options, struct err *e)
{
	struct strbuf value = STRBUF_INIT;

	*catalog = (struct catalog){0};
	if (db_query_value(db, "SELECT @@lower_case_table_names", &value, e) <
		0)
		return -1;
	catalog->lower_case_names = strcmp(value.buf, "0") != 0;
	strbuf_release(&value);
	if (add_databases(catalog, db, options, e))
		goto fail;
	for (size_t i = 0; i < catalog->count; i++)
		if (add_tables(catalog, &catalog->db[i], db, options, e))
			goto fail;
	if (options->all_databases)
		drop_directories(catalog);
	if (check_names(catalog, options, e) ||
		(!options->alone && check_file_names(catalog, e)))
		goto fail;
	for (size_t i = 0; i < catalog->count; i++)
		add_refs(catalog, &catalog->db[i]);
	return 0;
fail:
	catalog_release(catalog);
	return -1;
}

/* mark: the table of this name, byte for byte; they come in the order of the
 * catalogue. */
static void mark(struct catalog_db *db, size_t *from, const char *name)
{
	size_t i = *from;

	while (i < db->count && strcmp(db->table[i].name, name) != 0)
		i++;
	if (i == db->count)
		return;
	db->table[i].triggers = true;
	*from = i;
}

int catalog_find_triggers(struct catalog *catalog, struct db *db, struct err *e)
{
	for (size_t i = 0; i < catalog->count; i++) {
		struct strbuf sql = STRBUF_INIT;
		struct db_result *result;
		size_t from = 0;
		char **row;

		/* As text, `Item` and `item` would be one name. */
		strbuf_addstr(&sql,
			"SELECT DISTINCT CAST(EVENT_OBJECT_TABLE AS BINARY) "
			"AS t FROM information_schema.TRIGGERS "
			"WHERE EVENT_OBJECT_SCHEMA = ");
		sql_value_str(&sql, catalog->db[i].name);
		strbuf_addstr(&sql, " ORDER BY t");
		result = db_query_shape(db, "s", sql.buf, e);
		strbuf_release(&sql);
		if (!result)
			return -1;
		while ((row = db_next(result)))
			mark(&catalog->db[i], &from, row[0]);
		db_result_free(result);
	}
	return 0;
}

/* by_transaction: the first table of a database whose periods are transaction
 * numbers, NULL if there is none. Source: MariaDB manual, "System-Versioned
 * Tables", "Transaction-Precise History". */
static int by_transaction(const struct catalog_db *of, struct db *db,
	const struct catalog_table **found, struct err *e)
{
	struct strbuf sql = STRBUF_INIT;
	struct db_result *result;
	char **row;

	strbuf_addstr(&sql,
		"SELECT TABLE_NAME FROM information_schema.COLUMNS WHERE "
		"GENERATION_EXPRESSION = 'ROW START' AND DATA_TYPE = 'bigint' "
		"AND TABLE_SCHEMA = ");
	sql_value_str(&sql, of->name);
	result = db_query_shape(db, "s", sql.buf, e);
	strbuf_release(&sql);
	if (!result)
		return -1;
	while ((row = db_next(result)))
		for (size_t i = 0; i < of->count && !*found; i++)
			if (of->table[i].versioned && !of->table[i].no_data &&
				!strcmp(of->table[i].name, row[0]))
				*found = &of->table[i];
	db_result_free(result);
	return 0;
}

/* first_versioned: with rows that are dumped; NULL: none. */
static const struct catalog_table *first_versioned(const struct catalog_db *db)
{
	for (size_t i = 0; i < db->count; i++)
		if (db->table[i].versioned && !db->table[i].no_data)
			return &db->table[i];
	return NULL;
}

static int refuse_history(const struct catalog_db *db,
	const struct catalog_table *table, const char *why, struct err *e)
{
	err_set(e, ERR_UNAVAILABLE,
		"table `%s`.`%s` keeps its old row versions%s", db->name,
		table->name, why);
	return err_hint(e,
		"--skip-dump-history dumps the present rows of all "
		"tables, --ignore-table=%s.%s leaves it out",
		db->name, table->name);
}

int catalog_check_history(const struct catalog *catalog, struct db *db,
	const struct dump_options *options, struct err *e)
{
	if (!options->dump_history || options->no_data || options->alone)
		return 0;
	for (size_t i = 0; i < catalog->count; i++) {
		const struct catalog_db *one = &catalog->db[i];
		const struct catalog_table *found = first_versioned(one);

		if (!found)
			continue;
		if (options->replace)
			return refuse_history(one, found,
				", which no server takes by --replace", e);
		found = NULL;
		if (by_transaction(one, db, &found, e))
			return -1;
		if (found)
			return refuse_history(one, found,
				" by transaction numbers, which no other "
				"server has",
				e);
	}
	return 0;
}

static bool same_tables(const struct catalog_db *a, const struct catalog_db *b)
{
	if (strcmp(a->name, b->name) || a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (strcmp(a->table[i].name, b->table[i].name) ||
			a->table[i].kind != b->table[i].kind ||
			a->table[i].transactional != b->table[i].transactional)
			return false;
	return true;
}

bool catalog_same(const struct catalog *a, const struct catalog *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (!same_tables(&a->db[i], &b->db[i]))
			return false;
	return true;
}

int catalog_estimate(const struct catalog *catalog, struct db *db,
	const struct dump_options *options, uint64_t *rows, struct err *e)
{
	struct strbuf sql = STRBUF_INIT, value = STRBUF_INIT;
	int found = 0;

	*rows = 0;
	if (options->where || options->no_data ||
		dump_options_tables_only(options))
		return 0;
	for (size_t i = 0; found >= 0 && i < catalog->count; i++) {
		strbuf_reset(&sql);
		strbuf_addstr(&sql,
			"SELECT SUM(TABLE_ROWS) "
			"FROM information_schema.TABLES "
			"WHERE TABLE_SCHEMA = ");
		sql_value_str(&sql, catalog->db[i].name);
		found = db_query_value(db, sql.buf, &value, e);
		if (found > 0)
			*rows += strtoull(value.buf, NULL, 10);
	}
	strbuf_release(&sql);
	strbuf_release(&value);
	return found < 0 ? -1 : 0;
}

void catalog_release(struct catalog *catalog)
{
	for (size_t i = 0; i < catalog->count; i++)
		release_db(&catalog->db[i]);
	free(catalog->db);
	free(catalog->table);
	*catalog = (struct catalog){0};
}
