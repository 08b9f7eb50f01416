/* load.h: statements of a dump into a server, and what must hold before. */
#ifndef DBPIPES_DB_LOAD_H
#define DBPIPES_DB_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "db/conn.h"

/* How to load. */
struct load_options {
	const char *into; /* default database, created if missing; NULL: none */
	bool force;       /* load though the target holds data */
	bool skip_log_bin; /* keep the load out of the target's binary log */
};

struct load;

/* load_begin: check that the target may be loaded into (no table in any
 * database but the system's, or in `into` alone where that is given; no
 * configured replication where `replica` is asked for) and set the session
 * up. Owns: ended by load_end. db is borrowed. Errors: ERR_UNAVAILABLE with
 * the first tables found and the remedy; ERR_DENIED for skip_log_bin without
 * the privilege. */
struct load *load_begin(
	struct db *db, const struct load_options *options, struct err *e);

/* load_statement: run one statement. `offset` is its place in the stream, for
 * errors: they name it, the first words of the statement, and the server's
 * message. */
int load_statement(struct load *load, const char *sql, size_t len,
	uint64_t offset, struct err *e);

uint64_t load_statements(const struct load *load);
uint64_t load_rows(const struct load *load); /* as the server counted them */

/* load_end: put session settings back. */
void load_end(struct load *load);

#endif
