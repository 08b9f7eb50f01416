/* catch_up.h: a replica and its source at one position: how far the replica
 * has executed, and waiting until it has executed enough.
 *
 * Nothing is stopped: the source's snapshot is taken first, then the replica's
 * as soon as it has got there. It may have gone on by a few transactions until
 * its snapshot begins; in the snapshot itself stands up to where.
 */
#ifndef DBPIPES_DB_CATCH_UP_H
#define DBPIPES_DB_CATCH_UP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "db/conn.h"
#include "db/flavor.h"
#include "db/moment.h"

/* catch_up_replicates: whether the server has a source at all. Returns 1, 0,
 * -1. */
int catch_up_replicates(
	struct db *db, const struct flavor *flavor, struct err *e);

/* catch_up_wait: until the replica has executed what its source had at this
 * moment. Errors: ERR_TEMP when the time is up, or when an SQL thread stands
 * still; ERR_UNAVAILABLE if the moment has no position. */
int catch_up_wait(struct db *replica, const struct flavor *flavor,
	const struct moment *to, uint64_t wait_ms, struct err *e);

/* catch_up_exact: whether the snapshot that this connection to the replica sees
 * is that moment of its source, and not a later one: by the table in which
 * MariaDB commits the GTID with each transaction. Returns 1; 0: it is not, or
 * it cannot be told; -1. Source: MariaDB manual, "mysql.gtid_slave_pos". */
int catch_up_exact(struct db *reader, const struct flavor *flavor,
	const struct moment *source, struct err *e);

#endif
