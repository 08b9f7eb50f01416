/* views.h: views as the SQL text that makes them again, in an order in which
 * each finds the views that it reads. */
#ifndef DBPIPES_DB_VIEWS_H
#define DBPIPES_DB_VIEWS_H

#include "base/err.h"
#include "base/sink.h"
#include "db/catalog.h"
#include "db/conn.h"
#include "db/dump.h"

/* views_stand_ins: a stand-in for every view, with its columns and no more,
 * for what only the server can see (a function that reads a view), and for
 * grants. Errors: ERR_DATA, by name, for a view that no longer works. */
int views_stand_ins(struct db *db, const struct catalog *catalog,
	const struct dump_options *options, const struct sink *to,
	struct err *e);

/* views_write: the views themselves, of all databases, each behind those it
 * names. Functions and stand-ins must exist by then, and what the definers are
 * granted: the server looks into each view that a new one reads. */
int views_write(struct db *db, const struct catalog *catalog,
	const struct dump_options *options, const struct sink *to,
	struct err *e);

#endif
