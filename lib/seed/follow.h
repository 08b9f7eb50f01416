/* follow.h: the target as a replica, from what a dump states: what must hold
 * before the load, and the steps behind it.
 */
#ifndef DBPIPES_SEED_FOLLOW_H
#define DBPIPES_SEED_FOLLOW_H

#include "base/err.h"
#include "base/strlist.h"
#include "db/replica.h"
#include "db/replica_options.h"
#include "stream/position.h"

struct follow {
	const struct replica_options *options; /* borrowed, as all below */
	struct db *control; /* a session that does not load */
	const struct flavor *flavor;
	struct db_options source; /* the replication user's way in */
	struct replica_plan plan;
	struct strlist own_events; /* enabled before the load */
};

/* follow_begin: prepare the session, and check everything that could make
 * replication fail later and that can be known without the dump. Without
 * options->replicate nothing is done, here and below. Owns: ended by
 * follow_release. `timeout_ms`: of a connection. */
int follow_begin(struct follow *f, const struct replica_options *options,
	struct db *control, const struct flavor *flavor, uint64_t timeout_ms,
	struct err *e);
void follow_release(struct follow *f);

/* follow_check_head: the dump has told all that stands before its first object.
 * `input` is named in errors: ERR_DATA if it will not tell a position. */
int follow_check_head(struct follow *f, const struct positions *p,
	const char *input, struct err *e);

/* follow_plan: the dump has told everything: where to begin, and whether the
 * source is the right one. */
int follow_plan(struct follow *f, const struct positions *p, const char *input,
	struct err *e);

/* follow_events: keep the events that came with the dump from firing. */
int follow_events(struct follow *f, struct err *e);

/* follow_start: set the position, start, wait until it has caught up, make it
 * read-only, as the options say; a record for each. */
int follow_start(struct follow *f, struct err *e);

#endif
