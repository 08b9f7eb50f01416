/* catalog.h: which databases and tables a dump is made of, in its order. */
#ifndef DBPIPES_DB_CATALOG_H
#define DBPIPES_DB_CATALOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "db/conn.h"
#include "db/dump.h"
#include "db/flavor.h"

enum table_kind { TABLE_BASE, TABLE_SEQUENCE, TABLE_VIEW };

struct catalog_table {
	char *name;
	enum table_kind kind;
	char *engine;       /* NULL of a view, or where the server can't say */
	bool transactional; /* reads of it see the snapshot */
	bool versioned;     /* WITH SYSTEM VERSIONING */
	bool no_data;  /* its rows stand elsewhere: MERGE, FEDERATED, … */
	bool triggers; /* it has some: set by catalog_find_triggers */
};

struct catalog_db {
	char *name;
	struct catalog_table *table;
	size_t count, cap;
};

/* A table that holds rows or a sequence, with its database. Borrowed. */
struct table_ref {
	const char *db;
	const struct catalog_table *table;
};

struct catalog {
	struct catalog_db *db;
	size_t count, cap;
	bool unsure; /* of a table the server could not tell the engine: it is
		      * damaged, or just coming or going */
	bool lower_case_names; /* names compare without regard to case */
	/* All base tables and sequences, in the order of the dump. */
	struct table_ref *table;
	size_t tables, tables_cap;
};

/* catalog_read: the databases in order of their names as bytes, in each the
 * tables likewise; what the options leave out is left out, system databases
 * always are, and with all databases a directory that is none. Errors:
 * ERR_NOINPUT for a name that does not exist; ERR_DATA for one that no server
 * takes back. */
int catalog_read(struct catalog *catalog, struct db *db,
	const struct dump_options *options, struct err *e);

/* catalog_find_triggers: which tables have triggers: one query a database. */
int catalog_find_triggers(
	struct catalog *catalog, struct db *db, struct err *e);

/* catalog_check_history: that no table's old row versions are wanted that no
 * other server could take: those kept by transaction numbers, and any by
 * REPLACE. What is only compared (`alone`) nobody is to take. Errors:
 * ERR_UNAVAILABLE with the first such table. */
int catalog_check_history(const struct catalog *catalog, struct db *db,
	const struct dump_options *options, struct err *e);

/* catalog_same: whether two catalogues hold the same names of the same kinds.
 */
bool catalog_same(const struct catalog *a, const struct catalog *b);

/* catalog_estimate: about how many rows these databases hold, by the engines'
 * own estimates; 0 where the options leave too much out for that to help. */
int catalog_estimate(const struct catalog *catalog, struct db *db,
	const struct dump_options *options, uint64_t *rows, struct err *e);
void catalog_release(struct catalog *catalog);

/* catalog_ignores: whether the options leave this table out, or with NULL all
 * of the database; letters of either case are the same where they are to the
 * server. */
bool catalog_ignores(const struct catalog *catalog,
	const struct dump_options *options, const char *db, const char *table);

/* catalog_is_system: whether the database is the server's own. */
bool catalog_is_system(const char *db);

/* catalog_pattern: does name match pattern, in which % stands for any text and
 * all else for itself? */
bool catalog_pattern(const char *pattern, const char *name);

#endif
