/* load_bulk.h: rows of literals put into a table by a prepared INSERT that
 * takes many rows at once (MariaDB's COM_STMT_BULK_EXECUTE): the server is
 * spared the parsing of their text, and its errors are those of the INSERT.
 *
 * Source: MariaDB manual, "COM_STMT_BULK_EXECUTE"; Connector/C, "Bulk
 * operations".
 */
#ifndef DBPIPES_DB_LOAD_BULK_H
#define DBPIPES_DB_LOAD_BULK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "db/conn.h"
#include "db/load_queue.h"

struct load_bulk;

/* load_bulk_is_known: to the server of this connection. */
bool load_bulk_is_known(const struct db *db);

/* load_bulk_new: for one connection to such a server, borrowed; max_packet:
 * bytes that it takes at once. Owns: ended by load_bulk_free, before the
 * connection. */
struct load_bulk *load_bulk_new(struct db *db, uint64_t max_packet);
void load_bulk_free(struct load_bulk *b); /* NULL is fine */

/* load_bulk_rows: all rows of a job, in the session's transaction: autocommit
 * is off, for rows may be on their way when the server ends it. Returns 1, 0 if
 * they are to be sent as the text they are (not literal, or too long, or of too
 * many kinds), or -1 for what the server refuses. Unless it is 1, some of them
 * may be in the table. */
int load_bulk_rows(struct load_bulk *b, const struct load_job *job,
	uint64_t *rows, struct err *e);

#endif
