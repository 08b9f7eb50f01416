/* unpack.h: a data directory out of a tar, or out of another directory.
 *
 * Every byte of a tar may be hostile: files and folders come out of it, and
 * nothing else, each once, below the folder that is given. So nothing of it
 * leads anywhere else: no links, and no tables with a DATA DIRECTORY. Left out
 * is what a server would go on with elsewhere: the settings of a replica, the
 * UUID of a MySQL server (cases 64 and 66).
 */
#ifndef DBPIPES_VERIFY_UNPACK_H
#define DBPIPES_VERIFY_UNPACK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/progress.h"
#include "base/strbuf.h"
#include "stream/input.h"

struct unpacked {
	struct strbuf note;    /* dbpipes-snapshot.json; empty: none */
	uint64_t files, bytes; /* of regular files, holes counted */
	bool sealed;           /* it states its digest, and that is right */
	bool datadir;          /* it has InnoDB's system tablespace */
};

#define UNPACKED_INIT                                                          \
	{                                                                      \
		.note = STRBUF_INIT                                            \
	}

/* unpack_tar: all of a tar, to its last byte; folder NULL: only read. Holes
 * stay holes. Errors: ERR_DATA for damage, what is refused, and a tar that
 * holds something else than it states; ERR_TEMP if there is too little room;
 * those of input_read. */
int unpack_tar(struct input *in, const char *folder, struct unpacked *u,
	struct progress *progress, struct err *e);

/* unpack_directory: a copy; blocks are shared where that can be done. The
 * directory is only read. Errors: ERR_UNAVAILABLE if a server runs on it;
 * ERR_DATA for what is refused. */
int unpack_directory(const char *from, const char *folder, struct unpacked *u,
	struct err *e);

#endif
