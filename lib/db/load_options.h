/* load_options.h: what a person says about a load: where to, what may be in
 * the way, what the target's binary log gets to see. */
#ifndef DBPIPES_DB_LOAD_OPTIONS_H
#define DBPIPES_DB_LOAD_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/opt.h"
#include "base/strlist.h"
#include "base/workers.h"

struct load_resume;

enum load_on_error { LOAD_STOP, LOAD_SKIP_TABLE };

struct load_options {
	uint64_t jobs;      /* connections that load rows */
	bool defer_indexes; /* keys come after the rows */
	bool resume;        /* keep the progress, and go on where it ends */
	int on_error;       /* enum load_on_error */
	char *into; /* default database, created if missing; NULL: none */
	struct strlist databases, tables; /* pick these; patterns */
	bool replace_tables; /* the dump's take the place of the target's */
	bool force;   /* load though the target has some of the dump's tables */
	bool dry_run; /* only say what would be done */
	struct strlist map_databases, map_collations; /* OLD=NEW */
	char *definer; /* keep, drop, current, or an account; NULL: keep */
	bool log_bin;  /* the target's binary log has the load */
	/* No options of their own: */
	bool replica; /* the target is to become a replica, so that its binary
		       * log stays off */
	/* What `resume` goes on with; NULL: no load was begun. Borrowed. */
	const struct load_resume *begun;
};

/* The option table for opt_parse; its target is a struct load_options that
 * started as LOAD_OPTIONS_INIT. */
extern const struct opt_def load_option_defs[];
/* clang-format off */
#define LOAD_OPTIONS_INIT \
	{.log_bin = true, .defer_indexes = true, .jobs = JOBS_USUAL}
/* clang-format on */

/* load_options_finish: after opt_parse. Errors: ERR_USAGE. */
int load_options_finish(struct load_options *options, struct err *e);

#endif
