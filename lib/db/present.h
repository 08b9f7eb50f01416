/* present.h: where a server is now: its place in its own binary log, and what
 * it has executed of the servers that it replicates from. Nothing is stopped
 * or locked for it.
 */
#ifndef DBPIPES_DB_PRESENT_H
#define DBPIPES_DB_PRESENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "db/conn.h"
#include "db/flavor.h"
#include "db/moment.h"

struct present_upstream {
	char *channel; /* connection name, "" for the default one */
	char *host;
	uint64_t port;
	char *log_file; /* executed; NULL: nothing yet */
	uint64_t log_pos;
	char *gtid; /* executed, of all upstreams together; NULL: none, or not
		     * to be had along with the rest */
	bool use_gtid;
};

struct present {
	struct moment own; /* log_file NULL: no binary log */
	struct present_upstream *upstream;
	size_t count, cap;
};

/* present_read: ask the server. Owns: ended by present_release, also after a
 * failure. Errors: ERR_DENIED, with the privileges that are needed;
 * ERR_UNAVAILABLE where replication has failed, or applies transactions out of
 * order, so that its position is none. */
int present_read(struct present *present, struct db *db,
	const struct flavor *flavor, struct err *e);
void present_release(struct present *present);

#endif
