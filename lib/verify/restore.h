/* restore.h: a dump restored into a private server while it is read.
 *
 * dbseed loads it: the program beside us, or in PATH. It gets the text through
 * a pipe, so that what is checked and what is loaded are the same bytes.
 */
#ifndef DBPIPES_VERIFY_RESTORE_H
#define DBPIPES_VERIFY_RESTORE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "db/conn.h"
#include "stream/input.h"
#include "stream/position.h"
#include "verify/blame.h"
#include "verify/verdict.h"

/* Where statements go that name no database, where the dump does not say
 * either. */
#define RESTORE_INTO "dbverify"

struct restore;

/* restore_begin: a folder in `tmpdir` (NULL: TMPDIR, or /tmp) with a server,
 * which is `program` (private_program_find), and dbseed, which takes what is
 * read of `in` from now on, of which `part` says that it is not all of a dump;
 * statements that name no database go `into` this one. Owns: ended by
 * restore_end. Errors: ERR_TEMP if there is too little room; those of
 * private_start. */
struct restore *restore_begin(const char *program, const char *tmpdir,
	uint64_t jobs, struct input *in, const char *into, bool part,
	struct err *e);

/* restore_loaded: all was read, or reading failed with ERR_PIPE, for dbseed
 * had ended: wait until it is loaded. Returns 1, 0 if it was refused, which is
 * a fault then, or -1. Errors: ERR_UNAVAILABLE if dbseed or the server was
 * killed, or refused a dump of another vendor's or a newer server, which says
 * nothing about the dump. of: what the dump says of that. */
int restore_loaded(struct restore *r, const struct positions *of,
	struct verdict *v, struct err *e);

/* restore_login: into the server, with all rights. Borrowed. */
const struct db_options *restore_login(const struct restore *r);
/* restore_blame: whom to blame for what fails there. Borrows all. */
struct blame restore_blame(const struct restore *r, struct verdict *v);

/* restore_version: of the server. Borrowed. */
const char *restore_version(const struct restore *r);

/* restore_end: nothing of it is left. NULL is fine. */
void restore_end(struct restore *r);

#endif
