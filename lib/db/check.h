/* check.h: what a server says of the tables and views that it holds. */
#ifndef DBPIPES_DB_CHECK_H
#define DBPIPES_DB_CHECK_H

#include <stdint.h>

#include "base/err.h"
#include "db/conn.h"

/* How many objects of each kind are there, system databases aside. */
struct check_counts {
	uint64_t tables, views, triggers, routines, events, sequences;
};

int check_count(struct db *db, struct check_counts *counts, struct err *e);

/* Called for each that is not in order, by several threads in turn, never at
 * once. kind: "table" or "view". what: the server's words. */
typedef int check_fault(void *ctx, const char *kind, const char *db,
	const char *name, const char *what, struct err *e);

/* check_all: CHECK TABLE ... EXTENDED of all tables and views, over `jobs`
 * connections. Source: MariaDB manual, "CHECK TABLE". */
int check_all(const struct db_options *login, uint64_t jobs, check_fault *fault,
	void *ctx, struct err *e);

#endif
