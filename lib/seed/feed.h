/* feed.h: statements of a dump, taken apart for the loader (db/load.h).
 */
#ifndef DBPIPES_SEED_FEED_H
#define DBPIPES_SEED_FEED_H

#include "base/err.h"
#include "db/load.h"
#include "seed/gate.h"
#include "stream/create_table.h"
#include "stream/insert.h"

/* The latest statement's parts: most of a table's have the same head. */
struct feed {
	struct create_table create;
	struct insert_head insert;
	bool by_hand; /* no dumper is known to have written it */
	bool sealed;  /* its digest tells of what was added */
	bool mariadb; /* the target is: it skips what is for MySQL alone */
};

#define FEED_INIT                                                              \
	{                                                                      \
		.create = CREATE_TABLE_INIT, .insert = INSERT_HEAD_INIT        \
	}

void feed_release(struct feed *feed);

/* feed_format: what the dump says of its writer so far (struct positions): what
 * nobody is known to have written may hold anything. */
void feed_format(struct feed *feed, const char *format);

/* feed_statement: hand it to the loader. Errors: those of load_statement. */
int feed_statement(struct feed *feed, struct load *load,
	const struct gate_out *out, struct err *e);

#endif
