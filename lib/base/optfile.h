/* optfile.h: MariaDB's option files (my.cnf): where they are, what they say.
 *
 * Read in this order, later ones winning: /etc/my.cnf, /etc/mysql/my.cnf,
 * my.cnf in $MARIADB_HOME or $MYSQL_HOME, --defaults-extra-file, ~/.my.cnf.
 * --defaults-file replaces all of them, --no-defaults reads none,
 * --defaults-group-suffix (or $MARIADB_GROUP_SUFFIX, $MYSQL_GROUP_SUFFIX)
 * reads [groupSUFFIX] as well as [group]. A file that everyone may write is
 * left out with a warning. Source: MariaDB manual, "Configuring MariaDB with
 * Option Files"; the C client library reads only its own options, so ours
 * need a reader of their own.
 */
#ifndef DBPIPES_BASE_OPTFILE_H
#define DBPIPES_BASE_OPTFILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct optfile_choice {
	const char *file;   /* --defaults-file, or NULL */
	const char *extra;  /* --defaults-extra-file, or NULL */
	const char *suffix; /* --defaults-group-suffix, or NULL */
	bool none;          /* --no-defaults */
};

/* Called for each option of a wanted group, in order; value is NULL for a
 * name alone. `where` is "FILE line N" for messages. */
typedef int optfile_fn(void *ctx, const char *group, const char *name,
	const char *value, const char *where, struct err *e);

/* optfile_read: hand every option of the groups to fn. Handles comments (# and
 * ;), quotes, the escapes \b \t \n \r \\ \s \" \', !include and !includedir
 * (files ending in .cnf, in order of name; at most 10 deep). Errors:
 * ERR_CONFIG naming file and line; ERR_NOINPUT for a file named by the user
 * that does not exist; what fn returned. */
int optfile_read(const struct optfile_choice *choice, const char *const *groups,
	optfile_fn *fn, void *ctx, struct err *e);

#endif
