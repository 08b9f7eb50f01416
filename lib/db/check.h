/* check.h: what a server says of the tables and views that it holds. */
#ifndef DBPIPES_DB_CHECK_H
#define DBPIPES_DB_CHECK_H

#include <stdint.h>

#include "base/err.h"
#include "db/conn.h"

/* How many objects of each kind are there, system databases aside, and events
 * that a server drops by itself when they have ended. */
struct check_counts {
	uint64_t tables, views, triggers, routines, events, sequences;
};

int check_count(struct db *db, struct check_counts *counts, struct err *e);

/* Called for each that is not in order, by several threads in turn, never at
 * once. kind: "table", "view", "procedure", "function", "package", "trigger",
 * "event", "tablespace". what: the server's words. */
typedef int check_fault(void *ctx, const char *kind, const char *db,
	const char *name, const char *what, struct err *e);

enum check_scope {
	CHECK_LOADED, /* what was loaded as SQL: no system databases */
	CHECK_FILES   /* everything */
};

/* check_all: CHECK TABLE ... EXTENDED of all tables and views, over twice
 * `jobs` connections. Of tables that were loaded, with no pages but those that
 * this server has just made, it is CHECK TABLE, and indexes are compared with
 * the rows (check_keys.h), where that can be done. A server that ends while it
 * checks one is a fault of that one, and the end of the checks. Source: MariaDB
 * manual, "CHECK TABLE". */
int check_all(const struct db_options *login, uint64_t jobs,
	enum check_scope scope, check_fault *fault, void *ctx, struct err *e);

/* check_outside: whether files are elsewhere, see outside.h. To be asked before
 * a table is used. */
int check_outside(const struct db_options *login, check_fault *fault, void *ctx,
	struct err *e);

/* check_files: whether all tables are there that InnoDB knows of: one without
 * its .frm file is none to the server, which says nothing. */
int check_files(const struct db_options *login, check_fault *fault, void *ctx,
	struct err *e);

/* check_programs: whether the server can parse its routines, triggers and
 * events; those of a data directory were never given to it as statements. */
int check_programs(const struct db_options *login, check_fault *fault,
	void *ctx, struct err *e);

#endif
