/* verdict.h: what a check of a backup found, told as it is found: a record a
 * check that was passed, one a fault, and one of the whole at the end.
 */
#ifndef DBPIPES_VERIFY_VERDICT_H
#define DBPIPES_VERIFY_VERDICT_H

#include <stdint.h>

#include "base/err.h"
#include "base/json.h"

struct verdict {
	const char *input; /* its name; borrowed */
	uint64_t faults;
	struct err first; /* the first of them, for people */
};

/* verdict_fault: something is not as it should be. kind: of what, "dump",
 * "restore", "table", "view", "rows"; db and name: which one, or NULL; what: in
 * the words of whoever found it. Errors: those of writing the record. */
int verdict_fault(struct verdict *v, const char *kind, const char *db,
	const char *name, const char *what, struct err *e);

/* verdict_fault_whole: the backup as a whole is not as it should be, for the
 * reason that *e has, with its hint. Errors: the same, in *e. */
int verdict_fault_whole(struct verdict *v, const char *kind, struct err *e);

/* verdict_passed: all of the backup went through this check. */
int verdict_passed(const struct verdict *v, const char *check, struct err *e);

#endif
