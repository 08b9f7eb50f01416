/* load.h: statements of a dump into a server, and what must hold before. */
#ifndef DBPIPES_DB_LOAD_H
#define DBPIPES_DB_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "db/conn.h"
#include "db/load_options.h"

struct load;

/* load_begin: set the session up; whether the target may be loaded into is
 * known by now (target.h). Owns: ended by load_end. db is borrowed. Errors:
 * ERR_DENIED for a binary log that may not be turned off. */
struct load *load_begin(
	struct db *db, const struct load_options *options, struct err *e);

/* load_statement: run one statement. `offset` is its place in the stream, for
 * errors: they name it, the first words of the statement, and the server's
 * message. */
int load_statement(struct load *load, const char *sql, size_t len,
	uint64_t offset, struct err *e);

uint64_t load_statements(const struct load *load);
uint64_t load_rows(const struct load *load); /* as the server counted them */
bool load_log_bin(const struct load *load);  /* the binary log has the load */

/* load_in_transaction: the statements so far have left one open; it is rolled
 * back when the session ends. */
bool load_in_transaction(const struct load *load);

/* load_end: forget the load. What it set ends with its session. */
void load_end(struct load *load);

#endif
