/* latest.h: the newest backup in a folder. */
#ifndef DBPIPES_VERIFY_LATEST_H
#define DBPIPES_VERIFY_LATEST_H

#include <time.h>

#include "base/err.h"

/* latest_find: of the regular files that may be backups by their names: not
 * hidden, as unfinished ones are, and neither a catalogue (.jsonl) nor metrics
 * (.prom), a log (.log) or a page (.html). *made gets when its last byte was
 * written. Owns: the caller frees the path. Errors: ERR_NOINPUT if there is
 * none. */
char *latest_find(const char *folder, time_t *made, struct err *e);

#endif
