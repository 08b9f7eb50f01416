/* room.h: whether a folder has the room that a restore will want. */
#ifndef DBPIPES_VERIFY_ROOM_H
#define DBPIPES_VERIFY_ROOM_H

#include <stdint.h>

#include "base/err.h"
#include "stream/input.h"

struct room {
	uint64_t server; /* bytes of its own: logs, temporary files */
	/* Bytes for one of the file, as it is stored. */
	unsigned plain, compressed;
};

/* room_check: before anything is written. Of a compressed file it is a guess
 * that errs towards trying; of a pipe nothing is known. Errors: ERR_TEMP there
 * clearly is too little, with what to do about it. */
int room_check(const struct room *wants, const char *folder,
	const struct input *in, struct err *e);

#endif
