/* database_names.h: a statement with the databases that it names put in the
 * place of others.
 */
#ifndef DBPIPES_STREAM_DATABASE_NAMES_H
#define DBPIPES_STREAM_DATABASE_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/name_map.h"
#include "base/strbuf.h"
#include "stream/lexer.h"
#include "stream/statement.h"

struct database_names {
	const struct name_map *map;
	bool any_case;            /* names that differ by case are one */
	enum statement_kind kind; /* the statement's */
};

/* database_names_map: a database's name is the one that a statement of
 * STATEMENT_USE or STATEMENT_DATABASE is about; in any other, one behind
 * DATABASE or SCHEMA, or with a dot behind it and none before; in a grant on
 * all of a database it may be a pattern (`a\_b`.*), and is one then. Strings,
 * comments, variables and accounts are left. Appends the statement to *out, if
 * a name in it was put in the place of another, and returns how many were;
 * those with a dot behind them are `met`.
 * *doubt: NULL, or the one of the map that stands with a dot behind it, but may
 * be another thing's, for it stands elsewhere without one (a table, an alias, a
 * label), or is OLD or NEW in a trigger. */
size_t database_names_map(const char *sql, size_t len,
	const struct lexer_modes *modes, const struct database_names *names,
	struct strbuf *out, const char **doubt);

#endif
