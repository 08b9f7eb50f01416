/* snapshot_internal.h: the connections of a snapshot, for those that take it.
 */
#ifndef DBPIPES_DB_SNAPSHOT_INTERNAL_H
#define DBPIPES_DB_SNAPSHOT_INTERNAL_H

#include "db/snapshot.h"

/* What a reader goes back to after each table, so that it keeps no metadata
 * lock on it. */
#define READER_SAVEPOINT "dbdump_reader"

/* snapshot_connect: one more connection, its session set. */
int snapshot_connect(struct snapshot *snapshot, struct db **db, struct err *e);

/* snapshot_connect_to_read: the same for one that gives metadata locks back. */
int snapshot_connect_to_read(
	struct snapshot *snapshot, struct db **db, struct err *e);

/* snapshot_one_keeper: close the other pairs of a keeper and a guard. */
void snapshot_one_keeper(struct snapshot *snapshot);

/* snapshot_shared: whether there are readers besides the keepers. */
bool snapshot_shared(const struct snapshot *snapshot);

/* snapshot_one_reader: the snapshot cannot be shared without a lock that is not
 * to be had, or was not wanted; or there are no more connections for this
 * account. */
void snapshot_one_reader(struct snapshot *snapshot, const char *why);

#endif
