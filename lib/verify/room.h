/* room.h: whether a folder has the room that a restore will want. */
#ifndef DBPIPES_VERIFY_ROOM_H
#define DBPIPES_VERIFY_ROOM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "stream/input.h"

#define ROOM_HINT "name a place with more room with --tmpdir"

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

/* room_is_out: so little is left, of room or of files, that a server which
 * wants more is refused. */
bool room_is_out(const char *folder);

#endif
