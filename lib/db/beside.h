/* beside.h: whether a server is on this machine, and its files are those that
 * are seen here. */
#ifndef DBPIPES_DB_BESIDE_H
#define DBPIPES_DB_BESIDE_H

#include "base/err.h"
#include "db/conn.h"

/* beside_check: the data directory that the server names is the one of that
 * name here. The process at the other end of its socket has it as its working
 * directory; or, where another one opened the socket (systemd) or it cannot be
 * seen, that of the pid file, which may be NULL, has, and listens there. A
 * socket may lead elsewhere: to another machine (ssh -L), a container, a proxy.
 * Errors: ERR_UNAVAILABLE; ERR_DENIED where that may not be looked at. */
int beside_check(struct db *db, const char *datadir, const char *pid_file,
	struct err *e);

#endif
