/* grants.h: whether an account may see all that a dump is to hold. Routines,
 * triggers and events that it has no privilege on are not refused but left
 * out of every list, which would leave a gap that nobody notices. So are tables
 * and databases, where nobody has named them.
 */
#ifndef DBPIPES_DB_GRANTS_H
#define DBPIPES_DB_GRANTS_H

#include "base/err.h"
#include "base/strbuf.h"
#include "base/strlist.h"
#include "db/catalog.h"
#include "db/conn.h"
#include "db/dump.h"
#include "db/flavor.h"

/* grants_check: all lists that these options need are complete for the account
 * of this connection. `db` gives its results in no character set. That of all
 * databases may not be, which is warned of, but it is not empty for want of a
 * privilege. Errors: ERR_DENIED, with the privilege that is missing. */
int grants_check(struct db *db, const struct flavor *flavor,
	const struct catalog *catalog, const struct dump_options *options,
	struct err *e);

/* grants_check_tables: the account sees every table of these databases, whether
 * they exist or not; with NULL, of all there are. Errors: ERR_DENIED, with what
 * to grant. */
int grants_check_tables(
	struct db *db, const struct strlist *databases, struct err *e);

/* grants_line: whether this line of SHOW GRANTS holds a privilege on a table,
 * or with table NULL on all that is in the database. */
bool grants_line(const char *line, const char *privilege, const char *db,
	const char *table);

/* grants_revoke: whether this line says that a privilege is not held on
 * database *db, though it is on all: MySQL's partial_revokes. */
bool grants_revoke(const char *line, const char *privilege, struct strbuf *db);

/* grants_find: the first place of `word` in a line of SHOW GRANTS or SHOW
 * CREATE USER that is outside of names and strings; NULL: none. The line is
 * one of a session without NO_BACKSLASH_ESCAPES. */
const char *grants_find(const char *line, const char *word);

/* grants_skip: the byte behind the name or string that the quote at s begins.
 */
const char *grants_skip(const char *s);

#endif
