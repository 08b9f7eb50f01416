/* views.h: views as the SQL text that makes them again, in an order in which
 * each finds the views that it reads. */
#ifndef DBPIPES_DB_VIEWS_H
#define DBPIPES_DB_VIEWS_H

#include "base/err.h"
#include "base/sink.h"
#include "base/strlist.h"
#include "db/catalog.h"
#include "db/conn.h"
#include "db/dump.h"

struct views;

/* views_new: those of the catalogue, to be written to a sink. All but the
 * result is borrowed. Owns: ended by views_free. */
struct views *views_new(struct db *db, const struct catalog *catalog,
	const struct dump_options *options, const struct sink *to);
void views_free(struct views *views);

/* views_stand_ins: first a stand-in for every view, with its columns and no
 * more, for what only the server can see (a function that reads a view), and
 * for grants. Views that no longer work, or read one that does not, are
 * ERR_DATA, all by name; with --on-broken=comment they get none. */
int views_stand_ins(struct views *views, struct err *e);

/* views_write: then the views themselves, of all databases, each behind those
 * it names. Functions and stand-ins must exist by then, and what the definers
 * are granted: the server looks into each view that a new one reads. Those
 * that do not work stand there as comments; `warnings` gets what to say of
 * each. */
int views_write(struct views *views, struct strlist *warnings, struct err *e);

#endif
