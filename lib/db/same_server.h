/* same_server.h: whether two connections are to one server. What servers say of
 * themselves does not tell: a clone of a machine says the same.
 */
#ifndef DBPIPES_DB_SAME_SERVER_H
#define DBPIPES_DB_SAME_SERVER_H

#include "base/err.h"
#include "db/conn.h"

/* same_server: Returns 1; 0: they are not, or it cannot be told, for Galera may
 * refuse the lock that tells; -1. The first connection holds a lock of
 * GET_LOCK() from then on. */
int same_server(struct db *a, struct db *b, struct err *e);

#endif
