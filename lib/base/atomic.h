/* atomic.h: files that appear whole or not at all.
 *
 * The bytes go to a temporary name in the same directory, mode 0600;
 * atomic_commit() does fsync, close, rename and fsync of the directory. The
 * temporary file is on the undo list (undo.h) from before it exists, so an
 * error or a signal leaves neither it nor a half file under the final name.
 * A final name that is not a regular file (/dev/null, a FIFO) is opened and
 * written directly.
 */
#ifndef DBPIPES_BASE_ATOMIC_H
#define DBPIPES_BASE_ATOMIC_H

#include <stdbool.h>

#include "base/err.h"

struct atomic_file {
	int fd;
	char *path; /* the final name */
	char *temp; /* the name until then; NULL when written directly */
};

/* atomic_open: Owns: ended by exactly one of atomic_commit, atomic_abort.
 * Errors: ERR_CANTCREATE, ERR_DENIED. */
int atomic_open(struct atomic_file *file, const char *path, struct err *e);
/* atomic_commit: the file is whole: make it appear. On failure the temporary
 * file is removed. Either way *file is done. Errors: ERR_IO, ERR_CANTCREATE. */
int atomic_commit(struct atomic_file *file, struct err *e);
/* atomic_abort: drop the file. Harmless on one already ended. */
void atomic_abort(struct atomic_file *file);

/* atomic_sync_name: a file's name is as durable as its bytes only once its
 * directory is. Errors: ERR_IO. */
int atomic_sync_name(const char *path, struct err *e);

#endif
