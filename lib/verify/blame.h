/* blame.h: whose fault it is: what fails in a private server is one of the
 * backup, unless the place is full, the system failed the server, or another
 * one has ended it: these are errors, for the backup may be good.
 */
#ifndef DBPIPES_VERIFY_BLAME_H
#define DBPIPES_VERIFY_BLAME_H

#include <stdbool.h>

#include "base/err.h"
#include "db/private.h"
#include "verify/verdict.h"

/* Borrowed but for the last. */
struct blame {
	struct verdict *verdict;
	const char *folder;            /* of the server */
	struct private_server *server; /* NULL: it has not started */
	struct err elsewhere;          /* code 0: nothing so far */
};

/* blame_elsewhere: *e says what failed. If that is no fault of the backup, it
 * becomes an error that says so, as does all that fails later. */
bool blame_elsewhere(struct blame *b, struct err *e);

/* blame_backup: a check_fault (db/check.h) of a struct blame: a fault of the
 * verdict. Errors: those of verdict_fault; of blame_elsewhere. */
int blame_backup(void *blame, const char *kind, const char *db,
	const char *name, const char *what, struct err *e);

/* blame_machine: the system has refused the server, or who loads, something:
 * what they work on is a copy that we made, so that neither is a matter of the
 * backup. *e says so then. */
bool blame_machine(struct err *e);

#endif
