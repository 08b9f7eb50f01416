/* definer_clause.h: DEFINER=… of a view, routine, trigger or event in a dump.
 */
#ifndef DBPIPES_STREAM_DEFINER_CLAUSE_H
#define DBPIPES_STREAM_DEFINER_CLAUSE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"
#include "stream/lexer.h"

struct definer_clause {
	size_t offset, len; /* in the statement */
	/* Unquoted; empty for CURRENT_USER and CURRENT_ROLE. A role has no
	 * host. */
	struct strbuf user, host;
};

#define DEFINER_CLAUSE_INIT                                                    \
	{                                                                      \
		.user = STRBUF_INIT, .host = STRBUF_INIT                       \
	}

/* definer_clause_find: that of a CREATE or ALTER. Returns false if there is
 * none. Owns: the caller releases *clause, which can be found into again. */
bool definer_clause_find(struct definer_clause *clause, const char *sql,
	size_t len, const struct lexer_modes *modes);
void definer_clause_release(struct definer_clause *clause);

#endif
