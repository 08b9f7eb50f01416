/* moment.h: the same moment of a server seen by several connections, and its
 * place in the binary log. */
#ifndef DBPIPES_DB_MOMENT_H
#define DBPIPES_DB_MOMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/json.h"
#include "db/conn.h"
#include "db/flavor.h"

struct moment {
	char *log_file; /* NULL: the server keeps no binary log */
	uint64_t log_pos;
	char *gtid; /* NULL: none, or not looked up yet */
};

void moment_release(struct moment *moment);

/* moment_to_json: as the key `position` of a record: an object, or null where
 * there is no binary log. */
void moment_to_json(struct json *json, const struct moment *moment);

/* moment_begin: START TRANSACTION WITH CONSISTENT SNAPSHOT on each of these,
 * while commits go on. Their places are compared; servers that do not tell a
 * snapshot's place have none. `control`: another connection, to ask over.
 * Returns 1; 0: commits came between; or -1. *moment is released first, and
 * Owns: released by the caller. */
int moment_begin(struct moment *moment, struct db *const *dbs, size_t count,
	struct db *control, const struct flavor *flavor, struct err *e);

/* The same while commits are held up, so that all see the same, in two steps,
 * so that they are held up no longer than need be. moment_start: up to here
 * commits must be held up; it waits at most `ms` milliseconds. Returns 1; 0:
 * not all have begun in time; or -1. moment_started, called after 1 and after
 * 0: takes the answers, and reads the place. */
int moment_start(struct moment *moment, struct db *const *dbs, size_t count,
	struct db *control, const struct flavor *flavor, uint64_t ms,
	struct err *e);
int moment_started(struct moment *moment, struct db *const *dbs, size_t count,
	const struct flavor *flavor, struct err *e);

/* moment_present: the server's present place in its binary log, and on MySQL
 * its GTID set; that of a snapshot only while a lock keeps commits off. *moment
 * is released first, and Owns: released by the caller. */
int moment_present(struct moment *moment, struct db *db,
	const struct flavor *flavor, struct err *e);

/* moment_gtid: look the place up as a GTID list. It may take the server a
 * moment, and can be done at leisure. */
int moment_gtid(struct moment *moment, struct db *control,
	const struct flavor *flavor, struct err *e);

/* moment_shared: whether equal places mean that two connections see the same:
 * whether every commit of this server is in its binary log. Those of sessions
 * with sql_log_bin=0 are not; moment_begin has another look for them, so
 * without the privilege for that (PROCESS) they mean nothing. Returns 1, 0 or
 * -1. */
int moment_shared(
	struct db *control, const struct flavor *flavor, struct err *e);

#endif
