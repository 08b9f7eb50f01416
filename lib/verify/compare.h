/* compare.h: what a server holds against what a dump held.
 *
 * It is dumped once more, to nobody: a table has the rows that were dumped if
 * their number and their digest are the same. Digests are of the text of rows,
 * which depends on options of dbdump; so what differs is dumped in the other
 * forms, too, before it is called a fault.
 */
#ifndef DBPIPES_VERIFY_COMPARE_H
#define DBPIPES_VERIFY_COMPARE_H

#include <stdint.h>

#include "base/err.h"
#include "db/conn.h"
#include "stream/contents.h"
#include "verify/verdict.h"

/* compare_rows: of each table that the dump had rows of. into: the database of
 * those for which the dump names none. *rows gets those found in all tables. */
int compare_rows(const struct db_options *login, uint64_t jobs,
	const struct contents *contents, const char *into, struct verdict *v,
	uint64_t *rows, struct err *e);

/* compare_read: every row of every table read, large values too, which CHECK
 * TABLE leaves alone; *tables and *rows get how many there are. Errors: for one
 * that cannot be read, in the words of the server. */
int compare_read(const struct db_options *login, uint64_t jobs,
	uint64_t *tables, uint64_t *rows, struct err *e);

/* compare_objects: their numbers by kind. */
int compare_objects(const struct db_options *login,
	const struct contents *contents, struct verdict *v, struct err *e);

#endif
