/* upstream.h: the positions of the servers that this one replicates from, for
 * --dump-slave: where a further replica of theirs, made from this dump, has to
 * begin.
 *
 * The replica's SQL threads stand still while the snapshot is taken, and no
 * longer. Exactly those that we stopped are started again, in every way that
 * the program can end but kill -9: the undo is on the list before the stop.
 */
#ifndef DBPIPES_DB_UPSTREAM_H
#define DBPIPES_DB_UPSTREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "db/conn.h"
#include "db/flavor.h"

struct upstream {
	char *channel; /* connection name, "" for the default one */
	char *host;
	uint64_t port;
	char *log_file; /* of the upstream, up to which we have executed */
	uint64_t log_pos;
	char *until;  /* of START SLAVE UNTIL: what it is to say again; or NULL
		       */
	bool running; /* its SQL thread, when we came */
	bool stopped; /* by us */
};

struct upstreams {
	const struct db_options *server; /* borrowed */
	struct upstream *item;
	size_t count, cap;
	char *gtid; /* executed, of all of them together; NULL or "": none */
	uint64_t stopped_ms; /* how long SQL threads stood still */
};

/* upstreams_stop: find them, stop the SQL threads that run, read where they
 * stand. Owns: ended by upstreams_release. Errors: ERR_UNAVAILABLE when this
 * is no MariaDB, no replica, or one whose SQL thread has failed: its data is no
 * state that the upstream ever had a replica in; or one that is to end at a
 * GTID, which no server tells: it could not be started like that again. */
int upstreams_stop(struct upstreams *upstreams, struct db *db,
	const struct flavor *flavor, const struct db_options *server,
	struct err *e);

/* upstreams_start: start again what was stopped. */
int upstreams_start(struct upstreams *upstreams, struct db *db, struct err *e);

/* upstreams_release: starts what still stands, over a connection of its own. */
void upstreams_release(struct upstreams *upstreams);

#endif
