/* session.h: connections set up for a dump or a load: a dump's may wait for a
 * slow reader of our output for hours, and what they read does not depend on
 * the server's or the account's settings.
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

/* session_last: of a load: it may pause and a statement of it may take as long
 * as there is need, and what it commits ends nothing, whatever the server's or
 * the account's settings. */
int session_last(struct db *db, struct err *e);

/* session_send_much: let the server send rows in large pieces. It collects what
 * it writes in the buffer that it reads packets into, which has
 * net_buffer_length (16 KiB) at first, grows to the largest packet received,
 * and stays so: one statement with many blanks behind it (which no log shows)
 * is enough. Fewer system calls and wake-ups, there and here: a third less
 * kernel time here. Source: MariaDB, sql/net_serv.cc, net_realloc and
 * net_write_buff. */
int session_send_much(struct db *db, struct err *e);

/* session_lock_wait: 0: take what is free, or fail at once. */
int session_lock_wait(struct db *db, uint64_t ms, struct err *e);

#endif
