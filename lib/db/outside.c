/* outside.c: see outside.h. */
#include "db/outside.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "db/result.h"

/* Paths in the data directory begin with './', or with its own, and that of the
 * system tablespace has no folder. Source: MySQL manual,
 * "INNODB_DATAFILES"; 5.7: "INNODB_SYS_DATAFILES". */
#define LIST(of)                                                               \
	"SELECT s.NAME, f.PATH FROM information_schema." of "DATAFILES AS f "  \
	"JOIN information_schema." of "TABLESPACES AS s ON s.SPACE = f.SPACE " \
	"WHERE f.PATH LIKE '%/%' AND f.PATH NOT LIKE './%' AND LEFT(f.PATH, "  \
	"CHAR_LENGTH(@@datadir)) <> @@datadir ORDER BY 1"

/* tell: "db/table", or a name. */
static int tell(outside_take *take, void *ctx, const char *name,
	const char *path, struct err *e)
{
	char *db = xstrdup(name), *table = strchr(db, '/');
	int rc;

	if (table)
		*table++ = '\0';
	rc = take(ctx, table ? db : NULL, table ? table : name, path, e);
	free(db);
	return rc;
}

int outside_list(struct db *db, const struct flavor *flavor, outside_take *take,
	void *ctx, struct err *e)
{
	struct db_result *result;
	char **row;
	int rc = 0;

	if (flavor->vendor != VENDOR_MYSQL)
		return 0;
	result = db_query_shape(db, "ss",
		flavor->one_dictionary ? LIST("INNODB_") : LIST("INNODB_SYS_"),
		e);
	if (!result)
		return -1;
	while (!rc && (row = db_next(result)))
		rc = tell(take, ctx, row[0], row[1], e);
	db_result_free(result);
	return rc;
}
