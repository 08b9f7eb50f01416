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

/* conn_tls_files: that those which are named can be read: the library does not
 * say which one cannot. Errors: ERR_NOINPUT. */
int conn_tls_files(const struct db_options *options, struct err *e);

/* conn_tls_set: before connecting: TLS as asked for. A certificate is checked
 * unless the person said not to. */
void conn_tls_set(MYSQL *my, const struct db_options *options);

/* conn_tls_check: after it: that it is used where it was asked for: without
 * checking, the library takes a server that has none. */
int conn_tls_check(
	struct db *db, const struct db_options *options, struct err *e);

/* db_err_code: our code for a number of the server or the client library. */
enum err_code db_err_code(unsigned number);

#endif
