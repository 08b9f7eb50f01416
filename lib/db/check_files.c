/* check_files.c: tables of which files are missing; see check.h. */
#include "db/check.h"
#include "db/result.h"

/* What InnoDB's own dictionary names, as files are named, and the server does
 * not: partitions and what a fulltext index has for itself are parts of tables,
 * and what an ALTER TABLE left is none. */
static const char unknown[] =
	"SELECT db, name FROM (SELECT DISTINCT CONVERT(CONVERT(CAST("
	"SUBSTRING_INDEX(NAME, '/', 1) AS BINARY) USING filename) USING utf8) "
	"AS db, CONVERT(CONVERT(CAST(REGEXP_REPLACE(SUBSTRING_INDEX(NAME, '/', "
	"-1), '#[Pp]#.*', '') AS BINARY) USING filename) USING utf8) AS name "
	"FROM information_schema.INNODB_SYS_TABLES WHERE NAME LIKE '%/%' AND "
	"NAME NOT LIKE '%/#sql%' AND NAME NOT LIKE '%/FTS!_%' ESCAPE '!') AS t "
	"WHERE (db, name) NOT IN (SELECT TABLE_SCHEMA, TABLE_NAME FROM "
	"information_schema.TABLES)";

int check_files(const struct db_options *login, check_fault *fault, void *ctx,
	struct err *e)
{
	struct db *db = db_open(login, e);
	struct db_result *result =
		db ? db_query_shape(db, "ss", unknown, e) : NULL;
	char **row;
	int rc = result ? 0 : -1;

	while (!rc && (row = db_next(result)))
		rc = fault(ctx, "table", row[0], row[1],
			"InnoDB has it, and its .frm file is missing", e);
	db_result_free(result);
	db_close(db);
	return rc;
}
