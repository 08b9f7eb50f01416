/* findings.h: what a dump holds, and what in it does not go with its target:
 * found before a load, all of it, or on the way, the first of it. */
#ifndef DBPIPES_SEED_FINDINGS_H
#define DBPIPES_SEED_FINDINGS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strlist.h"
#include "base/strmap.h"

/* A table of the dump. */
struct found_table {
	char *name;     /* quoted, with its database if that is known */
	uint64_t bytes; /* of its INSERTs */
	bool exists;    /* on the target, before the load */
};

struct findings {
	struct found_table *table;
	size_t tables, tables_cap;
	struct strmap by_name; /* 1 + the index */

	struct strlist existing;   /* names that stand in the way */
	struct strlist folded;     /* "`A` and `a`": one on the target */
	struct strlist collations; /* that the target lacks */
	struct strlist similar;    /* for each of these one it has, or "" */
	struct strlist charsets;   /* that the target lacks */
	struct strlist clauses;    /* of another vendor: refused */
	struct strlist remedies;   /* for each of these */
	struct strlist lost;       /* clauses that the target leaves out */
	struct strlist definers;   /* that the target lacks */
	bool nothing_begun;        /* with --resume: no load to go on with */
};

#define FINDINGS_INIT                                                          \
	{                                                                      \
		.by_name = STRMAP_INIT                                         \
	}

void findings_release(struct findings *f);

/* findings_table: the table of this name, made if it is new. It is valid until
 * the next one is made. */
struct found_table *findings_table(struct findings *f, const char *name);

/* findings_error: 0, or -1 with the gravest kind of finding, all of its kind by
 * name: ERR_UNAVAILABLE. `early`: nothing was loaded yet. */
int findings_error(const struct findings *f, bool early, struct err *e);

/* findings_warn: what loads, but not as it was, or not to work: on stderr. */
void findings_warn(const struct findings *f);

#endif
