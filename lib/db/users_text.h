/* users_text.h: lines of SHOW CREATE USER and SHOW GRANTS, as a session with
 * an empty SQL mode gets them, made into statements that load. They come from
 * a server, and names and strings in them may look like any SQL.
 */
#ifndef DBPIPES_DB_USERS_TEXT_H
#define DBPIPES_DB_USERS_TEXT_H

#include <stdbool.h>

#include "base/strbuf.h"

/* users_create: append the line with `verb` ("CREATE USER IF NOT EXISTS ") in
 * place of its CREATE USER. A default role is left out: no role is granted
 * yet. False: the line is not one of CREATE USER. */
bool users_create(const char *line, const char *verb, struct strbuf *sql);

/* users_alter: append ALTER USER, which makes an account that exists what the
 * line says: with `whole` the line states every clause, else one that it
 * leaves out gets its default. False as above. */
bool users_alter(const char *line, bool whole, struct strbuf *sql);

/* What a line of SHOW GRANTS is about. */
enum users_scope {
	USERS_NOTHING, /* for another grantee, or it grants nothing */
	USERS_SERVER,  /* needs only accounts: all databases, a database, a
			* role, PROXY */
	USERS_OBJECT   /* a table, columns, a routine: it has to exist */
};

/* users_grant: the scope of a line, as a privilege of `grantee` (a name as SQL
 * text; NULL: of anybody), and the line appended as a statement. What old
 * syntax states of the account itself, passwords and limits, is left out:
 * it would make an expired password a good one. */
enum users_scope users_grant(
	const char *line, const char *grantee, struct strbuf *sql);

#endif
