/* state.h: what has been made, written down before it is made, so that it can
 * be listed and removed whatever has become of the one who made it.
 *
 * A directory of ours alone holds, for each snapshot, NAME.state, which its
 * maker keeps locked for as long as it is at work; and once the snapshot is
 * whole, NAME.json, its record.
 */
#ifndef DBPIPES_SNAP_STATE_H
#define DBPIPES_SNAP_STATE_H

#include <stdbool.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "base/strlist.h"
#include "snap/snap.h"

struct state {
	int fd;       /* of NAME.state, locked; -1: not open */
	bool lasting; /* kept when its maker has ended */
};

#define STATE_INIT                                                             \
	{                                                                      \
		.fd = -1, .lasting = false                                     \
	}

/* state_directory: `given`, or the default one: /var/lib/dbpipes for root,
 * else $XDG_STATE_HOME/dbpipes or ~/.local/state/dbpipes; made if need be.
 * Owns: the caller frees it; NULL is an error. Errors: ERR_DENIED if others
 * may write to it. */
char *state_directory(const char *given, struct err *e);

/* state_create: write down the plan of a snapshot. Errors: ERR_CANTCREATE,
 * also for a name that is taken. */
int state_create(struct state *state, const struct snap *snap, bool lasting,
	struct err *e);

/* For what it is opened: */
enum state_use {
	STATE_LOOK, /* to be looked at, beside others that do so */
	STATE_TRY,  /* to be worked on, if nobody else looks or works */
	STATE_WORK  /* the same, once those that look are done */
};

/* state_open: read it again, with snap->state set; the rest of snap is empty.
 * Errors: ERR_NOINPUT none of that name; ERR_TEMP somebody is at work on it. */
int state_open(struct state *state, struct snap *snap, const char *name,
	enum state_use use, struct err *e);

/* state_complete: the snapshot is whole, and this is its record. */
int state_complete(
	const struct snap *snap, const struct strbuf *record, struct err *e);
/* state_record: that record, a line; empty: the snapshot is not whole. */
int state_record(const struct snap *snap, struct strbuf *record, struct err *e);

/* state_remove: the snapshot is gone. */
int state_remove(struct state *state, const struct snap *snap, struct err *e);
/* state_close: leave it there for others. */
void state_close(struct state *state);

/* state_names: of all snapshots there, sorted. */
int state_names(const char *dir, struct strlist *names, struct err *e);

/* state_check_name: error ERR_USAGE for a name that is no file name. */
int state_check_name(const char *name, struct err *e);

#endif
