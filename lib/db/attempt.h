/* attempt.h: the attempts to take a snapshot, of which one succeeds as a whole
 * or nothing of them stays: what snapshot.h describes, step by step.
 *
 * The first ones take no global lock, and fail when commits or DDL come between
 * the steps. The next ones hold commits up for the moment alone; what is not
 * done within a tenth of a second is let go, and tried again. The last ones
 * keep DDL off from the beginning, and take the time that they need.
 */
#ifndef DBPIPES_DB_ATTEMPT_H
#define DBPIPES_DB_ATTEMPT_H

#include "base/err.h"
#include "db/snapshot.h"

/* attempt_all: one after another, until one succeeds. Errors: ERR_TEMP for a
 * lock that was not to be had, and after the last. */
int attempt_all(struct snapshot *snapshot, struct err *e);

/* attempt_undo: end whatever an attempt has begun, or reached. */
void attempt_undo(struct snapshot *snapshot);

#endif
