/* known.h: what a folder's catalogue says of a backup in it: the digest that
 * its text had when it was written, for dumps that do not state their own.
 */
#ifndef DBPIPES_VERIFY_KNOWN_H
#define DBPIPES_VERIFY_KNOWN_H

#include "base/err.h"
#include "stream/input.h"

/* known_check: compare the text of a file with the last "backup" line for its
 * name in the catalogue, or if that is NULL, in the backups.jsonl beside it.
 * All of it is read once more. Returns 1 if it has that digest, 0 if it has
 * another one, 2 if none is known; -1. Errors: those of reading. */
enum { KNOWN_OTHER, KNOWN_SAME, KNOWN_NOT };
int known_check(const struct input *in, const char *catalog, struct err *e);

#endif
