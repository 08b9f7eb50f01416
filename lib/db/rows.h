/* rows.h: a table's rows as INSERT statements. */
#ifndef DBPIPES_DB_ROWS_H
#define DBPIPES_DB_ROWS_H

#include <stdint.h>

#include "base/err.h"
#include "db/columns.h"
#include "db/conn.h"
#include "db/dump.h"

/* A table to read. Strings are borrowed. */
struct rows_table {
	const char *db, *name;
	const struct columns *columns;
	bool clustered; /* its primary key's order costs nothing (InnoDB) */
	bool history;   /* its old row versions as well */
};

/* rows_write: read the table over `reader`, in its open snapshot, and write
 * its rows as statements of about options->net_buffer_length bytes, always
 * whole rows. Memory: one statement and one row. *rows gets their number.
 * Errors: ERR_TEMP when the table was altered since the snapshot or the
 * server went away, naming table and rows so far; ERR_DATA for a row that no
 * server takes back. */
int rows_write(struct db *reader, const struct rows_table *table,
	const struct dump_options *options, const struct dump_output *output,
	uint64_t *rows, struct err *e);

#endif
