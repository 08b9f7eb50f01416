/* capture.h: the data directory of a running server, frozen: the server's lock
 * and a snapshot put together, so that the recorded position in the binary log
 * is that of the files.
 */
#ifndef DBPIPES_CAPTURE_CAPTURE_H
#define DBPIPES_CAPTURE_CAPTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/json.h"
#include "base/strbuf.h"
#include "base/strlist.h"
#include "db/freeze.h"
#include "snap/snap.h"
#include "snap/state.h"
#include "snap/stream.h"

struct capture_options {
	struct db_options server;
	struct freeze_options freeze;
	const char *method; /* "auto", or a method's name */
	char *name;         /* of the snapshot; NULL: the time */
	char *snapshot_dir; /* for those that are directories; NULL: see snap.h
			     */
	uint64_t size;      /* of a thick LVM snapshot; 0: estimate */
	struct strlist exclude;
};

/* capture_options_finish: after opt_parse: the usual times where none was
 * given. Errors: ERR_USAGE for options that the method would not heed. */
int capture_options_finish(struct capture_options *options, struct err *e);

struct capture {
	const struct capture_options *options; /* borrowed */
	const char *state_dir;                 /* borrowed */
	struct freeze freeze;
	struct snap snap;
	struct snap_size size;
	struct strbuf record; /* of the snapshot, a line of JSON */
	/* private */
	struct state state;
	uint64_t create_ms; /* what making the snapshot took under the lock */
};

#define CAPTURE_INIT                                                           \
	{                                                                      \
		.record = STRBUF_INIT, .state = STATE_INIT                     \
	}

/* capture_take: remove what interrupted runs have left; freeze; until the
 * snapshot is whole and can be read. It is on the undo list (undo.h) from
 * before it exists until capture_keep or capture_drop. Errors: ERR_UNAVAILABLE
 * for what cannot be frozen; ERR_TEMP for a lock not granted, or lost. */
int capture_take(struct capture *capture, bool lasting, struct err *e);

/* capture_whole: a lasting one is on disk, and is noted as whole. */
int capture_whole(struct capture *capture, struct err *e);
/* capture_keep: it stays, for others to open. */
void capture_keep(struct capture *capture);

/* capture_open: a snapshot that was kept, by its name, to be read. Errors:
 * ERR_NOINPUT, ERR_TEMP for one in use, ERR_DATA for one that is not whole. */
int capture_open(struct capture *capture, const char *name, struct err *e);
/* capture_find: the same for one in any state, to be dropped. */
int capture_find(struct capture *capture, const char *name, struct err *e);

/* capture_drop: remove it. */
int capture_drop(struct capture *capture, struct err *e);

/* capture_describe: the keys of the record of what capture_take took. */
void capture_describe(struct json *j, const struct capture *capture);

/* capture_release: what is still there stays. */
void capture_release(struct capture *capture);

#endif
