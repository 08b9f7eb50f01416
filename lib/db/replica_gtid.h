/* replica_gtid.h: telling a server which transactions its data holds already.
 *
 * Sources: MariaDB manual, "gtid_slave_pos"; MySQL manual, "gtid_purged".
 */
#ifndef DBPIPES_DB_REPLICA_GTID_H
#define DBPIPES_DB_REPLICA_GTID_H

#include "base/err.h"
#include "db/replica.h"

/* replica_gtid_known: the plan's GTID is of the kind that the target has. */
bool replica_gtid_known(const struct replica_plan *plan);

/* replica_gtid_check: before the load, as soon as the dump says how to go:
 * ERR_UNAVAILABLE if the plan's GTID is in the way of another connection of the
 * target. Where it is to go by GTID: also if that is not of the target's kind,
 * if another connection is running, which keeps the server from taking a
 * position, or if MySQL's gtid_mode is off. A plan without a GTID, which may
 * still follow, passes the first two of these. */
int replica_gtid_check(
	struct db *db, const struct replica_plan *plan, struct err *e);

/* replica_gtid_set: set the target's state to the plan's position. Only by the
 * difference: MariaDB's domains that the plan does not name stay, MySQL's
 * gtid_purged gets what it does not have. A position that belongs to another
 * connection is never overwritten: ERR_UNAVAILABLE. */
int replica_gtid_set(
	struct db *db, const struct replica_plan *plan, struct err *e);

#endif
