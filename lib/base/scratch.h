/* scratch.h: a folder of one's own for as long as a program runs.
 *
 * It is mode 0700, and on the undo list from before it exists. A program that
 * is killed leaves its folder behind, but not the lock on it: the next one
 * that makes a folder of the same kind at the same place removes it.
 */
#ifndef DBPIPES_BASE_SCRATCH_H
#define DBPIPES_BASE_SCRATCH_H

#include "base/err.h"

struct scratch {
	char *path; /* absolute; NULL: none */
	int lock;   /* the open folder, locked */
};

#define SCRATCH_INIT                                                           \
	{                                                                      \
		NULL, -1                                                       \
	}

/* scratch_make: PARENT/NAME.tmp.XXXXXX; parent NULL is TMPDIR, or /tmp. Such
 * folders of this user that nobody holds are removed first. The struct must
 * stay where it is. Owns: ended by scratch_remove. Errors: ERR_CANTCREATE. */
int scratch_make(
	struct scratch *s, const char *parent, const char *name, struct err *e);

/* scratch_remove: with all that is in it; symbolic links are not followed,
 * and mounted file systems not entered. */
void scratch_remove(struct scratch *s);

#endif
