/* session.h: connections set up for a dump: they may wait for a slow reader of
 * our output for hours, and what they read does not depend on the server's or
 * the account's settings.
 */
#ifndef DBPIPES_DB_SESSION_H
#define DBPIPES_DB_SESSION_H

#include <stdint.h>

#include "base/err.h"
#include "db/conn.h"
#include "db/flavor.h"

/* session_set: the settings; lock_wait_ms: how long to wait for a lock. */
int session_set(struct db *db, const struct flavor *flavor,
	uint64_t lock_wait_ms, struct err *e);

/* session_lock_wait: 0: take what is free, or fail at once. */
int session_lock_wait(struct db *db, uint64_t ms, struct err *e);

#endif
