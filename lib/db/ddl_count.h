/* ddl_count.h: how much DDL a server has begun, by its own statement counters:
 * two equal counts mean that none began between them. A statement is counted
 * when it begins, so one that had begun before does not show.
 */
#ifndef DBPIPES_DB_DDL_COUNT_H
#define DBPIPES_DB_DDL_COUNT_H

#include <stdint.h>

#include "base/err.h"
#include "db/conn.h"

/* Statements since the server started, by what they make, change or drop. */
struct ddl_count {
	uint64_t tables;  /* databases, tables, sequences */
	uint64_t objects; /* views, routines, triggers, events */
	uint64_t users;   /* accounts, roles, grants */
};

/* ddl_count_read: over all sessions; needs no privilege. */
int ddl_count_read(struct ddl_count *count, struct db *db, struct err *e);

#endif
