/* rules.h: what the files of a data directory are, by their names.
 *
 * Source: MariaDB manual, "BACKUP STAGE" (which tables stand still when),
 * "InnoDB Tablespaces", and what mariadb-backup leaves out.
 */
#ifndef DBPIPES_SNAP_RULES_H
#define DBPIPES_SNAP_RULES_H

#include <stdbool.h>

#include "base/err.h"
#include "base/strlist.h"
#include "snap/tree.h"

/* Our own directory, where it must be within a data directory. */
#define RULES_OWN_DIR ".dbsnap"

/* rules_unwanted: not part of a backup: sockets, pid files, temporary
 * tablespaces and tables, our own directory; and what matches one of the
 * patterns of fnmatch(3) in `exclude`, which may be NULL. */
bool rules_unwanted(
	const struct tree_entry *entry, const struct strlist *exclude);

/* rules_early: a file that may be copied while commits go on: InnoDB's
 * tablespaces, for which the redo log is copied later, and what BACKUP STAGE
 * BLOCK_DDL keeps from changing. */
bool rules_early(const char *path);

/* rules_aria_log: a file of Aria's log, which brings its tables to the state at
 * the log's end: so it is copied behind them. */
bool rules_aria_log(const char *path);

/* rules_log: a binary or a relay log. */
bool rules_log(const char *path);

/* rules_log_index: names those that are beside it. */
bool rules_log_index(const char *path);

/* rules_log_list: what names binary or relay logs, which must not be copied
 * before it: a server needs those that are named. */
bool rules_log_list(const char *path);

/* rules_check: error ERR_UNAVAILABLE, naming it, for what does not lie in the
 * data directory, whose device is `dev`, though it seems to (case 62): other
 * volumes, nested subvolumes, symbolic links, DATA DIRECTORY. */
int rules_check(const struct tree_entry *entry, dev_t dev, struct err *e);

/* rules_check_engine: error ERR_UNAVAILABLE for files that cannot be copied
 * one after the other, since their engine is not known, or the redo log, or
 * Aria's, is not where it is looked for. */
int rules_check_engine(const struct tree_entry *entry, struct err *e);

#endif
