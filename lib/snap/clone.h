/* clone.h: another data directory out of a stopped one, in milliseconds. */
#ifndef DBPIPES_SNAP_CLONE_H
#define DBPIPES_SNAP_CLONE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strlist.h"

struct clone_options {
	bool bytes;                    /* copy them, share no blocks */
	const struct strlist *exclude; /* borrowed; see rules.h */
};

struct clone_result {
	uint64_t files, bytes;
	char uuid[37]; /* the new one of a MySQL server; "": it keeps none */
};

/* clone_directory: `target`, which must not be there or be empty, appears
 * whole or not at all. No server can start on `source` meanwhile. Errors:
 * ERR_UNAVAILABLE for a source that a server runs on, or that reaches outside
 * of its directory; ERR_USAGE for a target within the source; ERR_CANTCREATE,
 * and those of share.h. */
int clone_directory(const char *source, const char *target,
	const struct clone_options *options, struct clone_result *result,
	struct err *e);

/* The locks of a stopped data directory, so that no server starts on it. */
struct quiet {
	int fd[4];
};

/* quiet_take: Owns: ended by quiet_release, also after a failure. Errors:
 * ERR_UNAVAILABLE if a server runs there; ERR_NOINPUT if it is no data
 * directory. */
int quiet_take(
	struct quiet *quiet, int datadir, const char *path, struct err *e);
void quiet_release(struct quiet *quiet);

#endif
