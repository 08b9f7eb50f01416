/* conn_internal.h: the client library's side of a connection, for lib/db
 * alone. */
#ifndef DBPIPES_DB_CONN_INTERNAL_H
#define DBPIPES_DB_CONN_INTERNAL_H

#include <mysql.h>

#include "db/conn.h"
#include "db/packets.h"

struct db {
	MYSQL *my;
	struct strbuf where;    /* "server at 'db1:3306'", for messages */
	uint64_t affected;      /* rows changed by the last db_execn */
	struct packets packets; /* rows read ahead; see fetch.h */
};

/* db_fail: fill *e from the connection's last error; `doing` says what was
 * tried, as in "read table `a`.`b`", or is NULL. Returns -1. */
int db_fail(struct db *db, const char *doing, struct err *e);

/* db_err_code: our code for a number of the server or the client library. */
enum err_code db_err_code(unsigned number);

#endif
