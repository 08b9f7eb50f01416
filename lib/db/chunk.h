/* chunk.h: a table cut into ranges of its primary key, for several readers.
 *
 * Where the cuts lie depends on the rows alone, never on the server's
 * statistics or on who was how fast: so two dumps of the same rows are cut
 * the same, however many readers there were. Each chunk ends with the key of a
 * row that is looked up so many rows on; of integer keys, as long as they come
 * at an even pace, most ends are extrapolated, which costs a few rows instead.
 */
#ifndef DBPIPES_DB_CHUNK_H
#define DBPIPES_DB_CHUNK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "db/columns.h"
#include "db/conn.h"

/* Some of a table's rows, in the order of its key. */
struct chunk_range {
	struct strbuf where; /* the condition; empty: all rows */
	uint64_t limit;      /* no more than so many; 0: all of these */
	bool last;           /* no rows lie behind these */
};

struct chunker;

/* chunker_new: NULL where the table cannot be cut: it has no primary key, or
 * one whose order no condition can state. Names and columns are borrowed.
 * history: the table's old row versions count, too. Owns: ended by
 * chunker_free (NULL is fine). */
struct chunker *chunker_new(const char *db, const char *table,
	const struct columns *columns, bool history);
void chunker_free(struct chunker *chunker);

/* chunker_by_keys: before the first chunk: each, the first one too, is stated
 * by keys alone, so that it is the same rows on another server. within: only
 * rows of this condition are cut; borrowed; NULL: all. */
void chunker_by_keys(struct chunker *chunker, const char *within);

/* chunker_next: the next chunk, of about `rows` rows. `reader` sees the
 * snapshot. A first one with a limit has to be read before the next is asked
 * for, which is not to be done where it had fewer rows: so a small table
 * needs no look-up. Not to be called behind the last one. Errors: those of the
 * server. */
int chunker_next(struct chunker *chunker, struct db *reader, uint64_t rows,
	struct chunk_range *range, struct err *e);

#endif
