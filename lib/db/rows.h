/* rows.h: a table's rows as INSERT statements. */
#ifndef DBPIPES_DB_ROWS_H
#define DBPIPES_DB_ROWS_H

#include <stdint.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "db/chunk.h"
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

/* Where the rows go. */
struct rows_out {
	const struct dump_options *options;
	struct strbuf *text; /* statements are appended; may hold others */
	/* Called between two statements, when text is long enough: take all of
	 * it and leave it empty. */
	int (*flush)(void *ctx, struct err *e);
	/* Called for each row, in order: its SQL text "(...)". */
	void (*row)(void *ctx, const char *text, size_t len);
	void *ctx;
};

/* rows_read: read the table's rows in this range (NULL: all) over `reader`, in
 * its open snapshot, and make statements of about
 * options->net_buffer_length bytes of them, always whole rows. Memory: what
 * lies in text, and one row. *rows gets their number. Returns 0;
 * 1, with *e set, when another session's DDL waits for the table, so that
 * nothing could be read at once; -1. Errors: ERR_TEMP when the table was
 * altered since the snapshot, or the server went away, naming table and rows
 * of the range so far; ERR_DATA for a row that no server takes back. */
int rows_read(struct db *reader, const struct rows_table *table,
	const struct chunk_range *range, const struct rows_out *out,
	uint64_t *rows, struct err *e);

#endif
