/* fetch.h: the rows of one SELECT as the packets of the binary protocol, one
 * at a time, where the client library has them: nothing is copied.
 *
 * The server sends numbers and times in binary, which saves it making digits
 * of them; a FLOAT comes with all its bits.
 */
#ifndef DBPIPES_DB_FETCH_H
#define DBPIPES_DB_FETCH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "db/conn_internal.h"

struct fetch {
	struct db *db;    /* borrowed */
	MYSQL_STMT *stmt; /* NULL: not open */
	bool ended;       /* the last row has come */
};

/* fetch_open: run a SELECT; one round trip where the server can (MariaDB from
 * 10.2 on). Owns: ended by fetch_close, also after a failure. Errors: those of
 * the server, db_errno has their number. */
int fetch_open(struct fetch *fetch, struct db *db, const struct strbuf *sql,
	struct err *e);

/* fetch_fields: what the columns are; *count of them. Borrowed. */
const MYSQL_FIELD *fetch_fields(const struct fetch *fetch, unsigned *count);

/* fetch_next: the next row's packet, from its header byte on, with
 * PACKETS_SLACK readable bytes behind it; valid until the next call. Returns 1,
 * 0 behind the last row, -1: the server's errors, or fetch_malformed. */
int fetch_next(struct fetch *fetch, const unsigned char **packet, size_t *len,
	struct err *e);

/* fetch_malformed: the error of an answer that is not to what was asked;
 * returns -1. */
int fetch_malformed(struct err *e);

/* fetch_close: done with it. Before the last row, the connection is cut off:
 * or freeing the result would read the rest of it first. */
void fetch_close(struct fetch *fetch);

#endif
