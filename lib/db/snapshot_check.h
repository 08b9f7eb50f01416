/* snapshot_check.h: whether a server can give the snapshot that was asked for,
 * and what is to be said of the one that was taken. */
#ifndef DBPIPES_DB_SNAPSHOT_CHECK_H
#define DBPIPES_DB_SNAPSHOT_CHECK_H

#include "base/err.h"
#include "db/snapshot.h"

/* snapshot_check_asked: before it is tried. Errors: ERR_UNAVAILABLE for a lock
 * or a position that this kind of server does not have. */
int snapshot_check_asked(const struct snapshot *snapshot, struct err *e);

/* snapshot_check_taken: warns of tables that are not consistent with the rest,
 * or locked to be so, of a server that shows what was never committed, and of
 * what a replica from its position would get twice or miss. Errors: ERR_TEMP if
 * that is certain and the position was asked for. */
int snapshot_check_taken(const struct snapshot *snapshot, struct err *e);

#endif
