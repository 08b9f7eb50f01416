/* table_text.h: the text of a table as SHOW CREATE gives it, made true again.
 *
 * MariaDB writes it in three bytes of UTF-8 at most: each character beyond
 * U+FFFF in a DEFAULT string, or in a value of an ENUM or SET, is a question
 * mark there, and in information_schema, though the table holds it. (Comments
 * have lost theirs when they were made; expressions keep them.)
 */
#ifndef DBPIPES_DB_TABLE_TEXT_H
#define DBPIPES_DB_TABLE_TEXT_H

#include "base/err.h"
#include "base/strbuf.h"
#include "db/columns.h"
#include "db/conn.h"

/* table_text_write: append `create`, which `columns` was read from. Where it
 * holds a question mark in doubt, the server is asked for that default or those
 * values: the connection, whose default database is the table's, gives its
 * results in utf8mb4. Waits for no lock, asks
 * nothing where there is no doubt. Errors: those of db_query. */
int table_text_write(struct db *db, const char *table,
	const struct columns *columns, const char *create, struct strbuf *out,
	struct err *e);

#endif
