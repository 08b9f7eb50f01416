/* check_files.c: tables of which files are missing, or elsewhere; see check.h.
 */
#include "db/check.h"
#include "db/flavor.h"
#include "db/outside.h"
#include "db/result.h"

/* What InnoDB's own dictionary names, as files are named, and the server does
 * not: partitions and what a fulltext index has for itself are parts of tables,
 * and what an ALTER TABLE left is none. */
#define UNKNOWN(part, of)                                                      \
	"SELECT db, name FROM (SELECT DISTINCT " part("1") " AS db, " part(    \
		"-1") " AS name FROM "                                         \
		      "information_schema.INNODB_SYS_TABLES WHERE " of         \
		      " AND NAME NOT LIKE '%/#sql%' AND NAME NOT LIKE "        \
		      "'%/FTS!_%' "                                            \
		      "ESCAPE '!') AS t WHERE (db, name) NOT IN (SELECT "      \
		      "TABLE_SCHEMA, "                                         \
		      "TABLE_NAME FROM information_schema.TABLES)"

/* The database (1), or the table (-1). */
#define DECODED(which)                                                         \
	"CONVERT(CONVERT(CAST(REGEXP_REPLACE(SUBSTRING_INDEX(NAME, "           \
	"'/', " which                                                          \
	"), '#[Pp]#.*', '') AS BINARY) USING filename) USING utf8)"
#define AS_IT_IS(which) "SUBSTRING_INDEX(NAME, '/', " which ")"

/* Where nothing decodes names: those that need it not. */
#define PLAIN "NAME REGEXP '^[A-Za-z0-9_]+/[A-Za-z0-9_]+$'"

static const char *question(const struct flavor *flavor)
{
	return flavor->file_names ? UNKNOWN(DECODED, "NAME LIKE '%/%'")
				  : UNKNOWN(AS_IT_IS, PLAIN);
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
	struct db_result *result =
		db_query_shape(db, "ss", question(flavor), e);
	char **row;
	int rc = result ? 0 : -1;

	while (!rc && (row = db_next(result)))
		rc = fault(ctx, "table", row[0], row[1],
			"InnoDB has it, and its .frm file is missing", e);
	db_result_free(result);
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
