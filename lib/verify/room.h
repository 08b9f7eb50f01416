/* room.h: whether a folder has the room that a restore will want. */
#ifndef DBPIPES_VERIFY_ROOM_H
#define DBPIPES_VERIFY_ROOM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "db/private.h"
#include "stream/input.h"

struct room {
	uint64_t server; /* bytes of its own: logs, temporary files */
	/* Percent of the text or, where nothing says how much text it is, of
	 * the file as it is stored. */
	unsigned plain, compressed;
};

/* room_check: before anything is written. It is a guess that errs towards
 * trying; of a pipe nothing is known. Errors: ERR_TEMP there clearly is too
 * little, with what to do about it. */
int room_check(const struct room *wants, const char *folder, struct input *in,
	struct err *e);

/* room_was_out: *e says what failed there; if that is because the folder is
 * full, or nearly so, or was when the server, if it has one (or NULL), wrote to
 * it, it becomes ERR_TEMP, with what to do about it. */
bool room_was_out(
	const char *folder, const struct private_server *server, struct err *e);

#endif
