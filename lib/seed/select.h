/* select.h: the part of a dump that --database and --table pick.
 *
 * Databases are made, and used, just before the first thing that is wanted of
 * them; settings of the session always pass, for what follows needs them.
 */
#ifndef DBPIPES_SEED_SELECT_H
#define DBPIPES_SEED_SELECT_H

#include <stdbool.h>

#include "base/err.h"
#include "base/strlist.h"
#include "stream/statement.h"

struct select {
	const struct strlist *databases; /* patterns, % stands for any text */
	const struct strlist *tables;    /* patterns: TABLE or DB.TABLE */
	bool *found;                     /* [databases + tables]: it fitted */
};

/* select_begin: the lists are borrowed. Errors: ERR_USAGE for an empty name. */
int select_begin(struct select *select, const struct strlist *databases,
	const struct strlist *tables, struct err *e);
void select_release(struct select *select);

/* select_active: something is picked; else all of it is wanted. */
bool select_active(const struct select *select);

/* select_table: is this table wanted? db "": unknown. */
bool select_table(struct select *select, const char *db, const char *table);

/* select_statement: is it wanted? `db` is the database it is about. Not for
 * STATEMENT_USE, which follows what is. */
bool select_statement(
	struct select *select, const struct statement *st, const char *db);

/* select_check_found: at the end: ERR_DATA for a name that fitted nothing. */
int select_check_found(
	const struct select *select, const char *input, struct err *e);

#endif
