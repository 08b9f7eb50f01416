/* outside.h: files that MySQL's InnoDB has outside of the data directory: what
 * copies that directory lacks them, and a server that starts on the copy uses
 * those of the first one. MariaDB finds such files, and MySQL 5.7 lists them,
 * by others in the directory (.isl), which show them, or can be left out.
 */
#ifndef DBPIPES_DB_OUTSIDE_H
#define DBPIPES_DB_OUTSIDE_H

#include "base/err.h"
#include "db/conn.h"
#include "db/flavor.h"

/* A tablespace: of a table, or its partition, or (db: NULL) with a name of its
 * own; and its file. Names are those of files: "a@0020b". */
typedef int outside_take(void *ctx, const char *db, const char *name,
	const char *path, struct err *e);

/* outside_list: each of them. None is opened by that. Errors: those of
 * db_query, of `take`; ERR_DENIED without the privilege PROCESS. */
int outside_list(struct db *db, const struct flavor *flavor, outside_take *take,
	void *ctx, struct err *e);

#endif
