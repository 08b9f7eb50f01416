/* load_options.h: what a person says about a load: where to, what may be in
 * the way, what the target's binary log gets to see. */
#ifndef DBPIPES_DB_LOAD_OPTIONS_H
#define DBPIPES_DB_LOAD_OPTIONS_H

#include <stdbool.h>

#include "base/opt.h"
#include "base/strlist.h"

struct load_options {
	char *into; /* default database, created if missing; NULL: none */
	struct strlist databases, tables; /* pick these; patterns */
	bool replace_tables; /* the dump's take the place of the target's */
	bool force;          /* load though the target holds data */
	bool dry_run;        /* only say what would be done */
	struct strlist map_collations; /* OLD=NEW */
	char *definer; /* keep, drop, current, or an account; NULL: keep */
	bool log_bin;  /* the target's binary log has the load */
	bool replica;  /* no option of its own: the target is to become a
			* replica: all of it must be empty, and its binary log
			* stays off */
};

/* The option table for opt_parse; its target is a struct load_options that
 * started as LOAD_OPTIONS_INIT. */
extern const struct opt_def load_option_defs[];
/* clang-format off */
#define LOAD_OPTIONS_INIT {.log_bin = true}
/* clang-format on */

#endif
