/* private_room.h: a private server whose disk is full is ended. Where it writes
 * tables of MyISAM or Aria it would wait for room without end, with all who
 * wait for it.
 *
 * Source: MariaDB, mysys/my_write.c, MY_WAIT_IF_FULL.
 */
#ifndef DBPIPES_DB_PRIVATE_ROOM_H
#define DBPIPES_DB_PRIVATE_ROOM_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"

struct private_room;

/* private_room_watch: the child pid, which writes to this folder, and what it
 * says to the file log; with it its process group, if it leads one. Both names
 * are borrowed. Owns: ended by private_room_release. Errors: ERR_OS,
 * ERR_CANTCREATE. */
struct private_room *private_room_watch(
	const char *folder, const char *log, pid_t pid, struct err *e);

/* private_room_was_out: it has been killed for that. NULL is fine. */
bool private_room_was_out(const struct private_room *room);

/* private_room_release: NULL is fine. */
void private_room_release(struct private_room *room);

#endif
