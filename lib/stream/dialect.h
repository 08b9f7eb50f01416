/* dialect.h: words of a dump that its target may not know: collations, modes,
 * and clauses of MySQL that MariaDB has not.
 */
#ifndef DBPIPES_STREAM_DIALECT_H
#define DBPIPES_STREAM_DIALECT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/name_map.h"
#include "base/strbuf.h"
#include "base/strlist.h"
#include "stream/lexer.h"

/* dialect_collations: add to `collations` and `charsets` (either may be NULL)
 * what the statement names by COLLATE, CHARACTER SET, CHARSET, SET NAMES and
 * the session's variables of these, in lower case, each once, and only what a
 * MariaDB server executes (comments for MySQL alone are skipped). Of
 * INSERT and REPLACE nothing is looked at. */
void dialect_collations(const char *sql, size_t len,
	const struct lexer_modes *modes, struct strlist *collations,
	struct strlist *charsets);

/* dialect_map_collations: the statement with the collations put in place of
 * others, where they are meant and not in strings, names or comments. Returns
 * how many were; if 0, `out` is untouched. A collation of another character
 * set does not go with a CHARACTER SET that stands beside it: the server says
 * so. */
size_t dialect_map_collations(const char *sql, size_t len,
	const struct lexer_modes *modes, const struct name_map *map,
	struct strbuf *out);

/* dialect_drop_mode: a SET without this mode in the constant lists that it
 * gives sql_mode. False: there is none in them, and `out` is untouched. */
bool dialect_drop_mode(const char *sql, size_t len,
	const struct lexer_modes *modes, const char *mode, struct strbuf *out);

/* A clause of MySQL that MariaDB refuses, or silently leaves out because it
 * stands in a comment for newer versions of MySQL. */
struct dialect_finding {
	const char *clause; /* constant, for a message */
	const char *remedy; /* constant, what to do */
	size_t offset;      /* in the statement */
	bool refused;       /* else: loads, but this is lost */
};

/* dialect_foreign_clauses: up to `max` findings of a definition. Returns how
 * many there are in `found`. */
size_t dialect_foreign_clauses(const char *sql, size_t len,
	const struct lexer_modes *modes, struct dialect_finding *found,
	size_t max);

#endif
