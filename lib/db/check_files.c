/* check_files.c: tables of which files are missing, or elsewhere; see check.h.
 */
#include "db/check.h"
#include "db/flavor.h"
#include "db/outside.h"
#include "db/result.h"

/* InnoDB's own dictionary has tables as files are named: which of them can be
 * told, and what their database and their name are to the server. */
struct naming {
	const char *which, *db, *table;
};

static const struct naming decoded = {"NAME LIKE '%/%'",
	"CONVERT(CONVERT(CAST(SUBSTRING_INDEX(NAME, '/', 1) AS BINARY) USING "
	"filename) USING utf8)",
	"CONVERT(CONVERT(CAST(REGEXP_REPLACE(SUBSTRING_INDEX(NAME, '/', -1), "
	"'#[Pp]#.*', '') AS BINARY) USING filename) USING utf8)"};

/* Where nothing decodes names: those that need it not. */
static const struct naming plain = {
	"NAME REGEXP '^[A-Za-z0-9_]+/[A-Za-z0-9_]+$'",
	"SUBSTRING_INDEX(NAME, '/', 1)", "SUBSTRING_INDEX(NAME, '/', -1)"};

/* add_question: what InnoDB names, and the server does not: partitions and what
 * a fulltext index has for itself are parts of tables, and what an ALTER TABLE
 * left is none. */
static void add_question(const struct flavor *flavor, struct strbuf *sql)
{
	const struct naming *how = flavor->file_names ? &decoded : &plain;

	strbuf_addf(sql,
		"SELECT db, name FROM (SELECT DISTINCT %s AS db, %s AS name "
		"FROM information_schema.INNODB_SYS_TABLES WHERE %s AND NAME "
		"NOT LIKE '%%/#sql%%' AND NAME NOT LIKE '%%/FTS!_%%' ESCAPE "
		"'!') AS t WHERE (db, name) NOT IN (SELECT TABLE_SCHEMA, "
		"TABLE_NAME FROM information_schema.TABLES)",
		how->db, how->table, how->which);
}

/* Who is told. */
struct teller {
	check_fault *fault;
	void *ctx;
};

static int tell_outside(void *ctx, const char *db, const char *name,
	const char *path, struct err *e)
{
	const struct teller *to = ctx;
	struct strbuf what = STRBUF_INIT;
	int rc;

	if (!db)
		strbuf_addf(&what, "%s: ", name);
	strbuf_addf(
		&what, "its file is outside of the data directory: %s", path);
	rc = to->fault(to->ctx, db ? "table" : "tablespace", db,
		db ? name : NULL, what.buf, e);
	strbuf_release(&what);
	return rc;
}

int check_outside(const struct db_options *login, check_fault *fault, void *ctx,
	struct err *e)
{
	struct teller to = {fault, ctx};
	struct db *db = db_open(login, e);
	struct flavor flavor;
	int rc = db && !flavor_detect(&flavor, db, e) &&
			!outside_list(db, &flavor, tell_outside, &to, e)
		? 0
		: -1;

	db_close(db);
	return rc;
}

static int ask(struct db *db, const struct flavor *flavor, check_fault *fault,
	void *ctx, struct err *e)
{
	struct strbuf sql = STRBUF_INIT;
	struct db_result *result;
	char **row;
	int rc;

	add_question(flavor, &sql);
	result = db_query_shape(db, "ss", sql.buf, e);
	rc = result ? 0 : -1;

	while (!rc && (row = db_next(result)))
		rc = fault(ctx, "table", row[0], row[1],
			"InnoDB has it, and its .frm file is missing", e);
	db_result_free(result);
	strbuf_release(&sql);
	return rc;
}

int check_files(const struct db_options *login, check_fault *fault, void *ctx,
	struct err *e)
{
	struct db *db = db_open(login, e);
	struct flavor flavor;
	int rc = db && !flavor_detect(&flavor, db, e) ? 0 : -1;

	if (!rc && !flavor.one_dictionary)
		rc = ask(db, &flavor, fault, ctx, e);
	db_close(db);
	return rc;
}
