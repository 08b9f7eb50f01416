/* private_program.h: which program a private server (private.h) is, and what
 * differs between that of MariaDB and that of MySQL: a table, and no `if`
 * elsewhere.
 */
#ifndef DBPIPES_DB_PRIVATE_PROGRAM_H
#define DBPIPES_DB_PRIVATE_PROGRAM_H

#include "base/err.h"
#include "base/strlist.h"

/* The name of that account. */
#define PRIVATE_ACCOUNT "dbpipes.private"

/* Options and statements: NULL-ended. */
struct private_kind {
	const char *vendor; /* "MariaDB" */
	/* What makes a data directory: a program beside the server's; NULL: the
	 * server itself does. */
	const char *install;
	const char *const *install_options;
	const char *zones; /* the program that makes time zones SQL */
	/* What makes the tables of its own those of this series, with its
	 * options; NULL: the server does. */
	const char *upgrade;
	const char *const *upgrade_options;
	const char *const *options;
	/* Of a data directory that was in use, besides. */
	const char *const *recovery_options;
	/* They make an account for us, where there are others; its password;
	 * NULL: none. */
	const char *const *let_in;
	const char *password;
};

struct private_program {
	const struct private_kind *kind;
	unsigned version; /* see base/version.h */
	char *server;     /* its path */
	char *base; /* above its folder, where what belongs to it is, if its
		     * path was given; NULL: where any program is */
};

/* private_program_find: `wanted`, a path or a name; NULL: mariadbd, or else
 * mysqld. Names are looked for in PATH, and where Debian and others have
 * servers. Owns: private_program_release. Errors: ERR_NOINPUT there is none;
 * ERR_UNAVAILABLE it does not say its version. */
int private_program_find(
	struct private_program *p, const char *wanted, struct err *e);

void private_program_release(struct private_program *p);

/* private_program_tool: the path of a program that belongs to it; the name
 * alone if there is none. Owns: the caller frees. */
char *private_program_tool(const struct private_program *p, const char *name);

/* private_program_options: append those of a kind. */
void private_program_options(const char *const *options, struct strlist *args);

#endif
