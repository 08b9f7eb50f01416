/* readers.h: the threads that read a dump's tables, each over a connection of
 * its own, all in one snapshot; and their text, in the order of the dump.
 */
#ifndef DBPIPES_DB_READERS_H
#define DBPIPES_DB_READERS_H

#include "base/err.h"
#include "db/dump.h"
#include "db/snapshot.h"

struct readers;

/* readers_start: begin to read. The connections snapshot->reader, and the
 * locker, are the threads' from now on; so is the keeper, where it is the only
 * reader. Owns: ended by readers_stop, also after a failure. Errors: ERR_OS. */
int readers_start(struct readers **readers, struct snapshot *snapshot,
	const struct dump_options *options, const struct dump_output *output,
	struct err *e);

/* readers_next: the next piece of a table, from its definition to its last
 * row. Tables come in the order of the catalogue, without those of which
 * readers_wants is false. The piece is to be given back. Returns 1, 0 behind
 * the table's last piece, -1. */
int readers_next(struct readers *readers, const struct table_ref *table,
	struct dump_piece **piece, struct err *e);
void readers_give_back(struct readers *readers, struct dump_piece *piece);

/* readers_written: the first `tables` tables of the catalogue are written:
 * snapshot_written, by whom it can be done. */
int readers_written(struct readers *readers, size_t tables, struct err *e);

/* readers_stop: let the threads end and wait for them; NULL is fine. Their
 * connections are cut off if they are still at work. */
void readers_stop(struct readers *readers);

/* readers_rows_wanted: whether the rows of this table are dumped. */
bool readers_rows_wanted(
	const struct dump_options *options, const struct catalog_table *table);

#endif
