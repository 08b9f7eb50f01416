/* shelf.h: the snapshots that there are: removed, listed, and tidied up. */
#ifndef DBPIPES_SNAP_SHELF_H
#define DBPIPES_SNAP_SHELF_H

#include "base/err.h"
#include "snap/snap.h"
#include "snap/state.h"

/* shelf_drop: remove a snapshot, and the note of it, which is done then. */
int shelf_drop(struct state *state, struct snap *snap, struct err *e);

/* shelf_sweep: remove the snapshots that were to go with their makers, or
 * never got whole, and whose makers are dead. Says so, and warns of those that
 * stay. */
int shelf_sweep(const char *dir, struct err *e);

/* shelf_list: a record for each, to fd. */
int shelf_list(const char *dir, int fd, const char *name, struct err *e);

#endif
