/* views.h: views as the SQL text that makes them again, in an order in which
 * each finds the views that it reads. */
#ifndef DBPIPES_DB_VIEWS_H
#define DBPIPES_DB_VIEWS_H

#include "base/err.h"
#include "base/sink.h"
#include "db/catalog.h"
#include "db/conn.h"
#include "db/dump.h"

/* views_write: first a stand-in for every view, with its columns and no more,
 * for what only the server can see (a function that reads a view); then the
 * views themselves, of all databases, each behind those it names. Functions
 * must exist by then. Views that no longer work, or read one that does not, are
 * ERR_DATA, all by name; with --on-broken=comment they are warned of, and stand
 * there as comments. */
int views_write(struct db *db, const struct catalog *catalog,
	const struct dump_options *options, const struct sink *to,
	struct err *e);

#endif
