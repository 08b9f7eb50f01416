/* opt_internal.h: what the files of opt.h share among themselves: opt.c reads
 * words, opt_value.c stores values, opt_help.c prints. */
#ifndef DBPIPES_BASE_OPT_INTERNAL_H
#define DBPIPES_BASE_OPT_INTERNAL_H

#include "base/opt.h"

/* The options that opt_parse itself handles. */
struct opt_builtin {
	bool help, version;
	bool no_defaults;
	char *defaults_file, *defaults_extra_file, *defaults_group_suffix;
};

/* Those of help and version, and those of option files; ended as every table
 * is. The latter only count for a tool that reads option files. */
extern const struct opt_def opt_builtin_defs[];
extern const struct opt_def opt_defaults_defs[];

/* opt_table_ended: is this the entry that ends a table? */
bool opt_table_ended(const struct opt_def *def);

/* opt_store: put a value into its place. value NULL: the option stood alone.
 * negated: as --skip-X. `what` is its name in messages. */
int opt_store(const struct opt_def *def, void *target, const char *value,
	bool negated, const char *what, struct err *e);

/* opt_release_table: free what one table's struct owns. */
void opt_release_table(const struct opt_def *defs, void *target);

/* opt_same: are two words the same, in any case of letters where `fold`, with
 * `-` and `_` taken for each other? */
bool opt_same(const char *a, const char *b, size_t len, bool fold);

/* opt_bool_parse: 1, on, true, 0, off, false. Returns -1 for anything else. */
int opt_bool_parse(const char *text, bool *value);

#endif
