/* programs.h: routines, packages and events as the SQL text that makes them
 * again, read over the snapshot's control connection. */
#ifndef DBPIPES_DB_PROGRAMS_H
#define DBPIPES_DB_PROGRAMS_H

#include "base/err.h"
#include "base/sink.h"
#include "db/conn.h"
#include "db/dump.h"

/* programs_routines: libraries, functions, procedures, packages and their
 * bodies of the default database, which is `name`. Errors: ERR_DENIED for a
 * routine whose body this account may not see. */
int programs_routines(struct db *db, const char *name,
	const struct dump_options *options, const struct sink *to,
	struct err *e);

/* programs_events: its events, in the state they are in. */
int programs_events(struct db *db, const char *name,
	const struct dump_options *options, const struct sink *to,
	struct err *e);

#endif
