/* lineup.h: what several threads make at once, handed out in one order.
 *
 * The order is that of the tables, in a table that of its chunks, in a chunk
 * that of its pieces. A thread takes the first job there is: the next chunk of
 * the earliest table that has one, else the next table. Pieces that are ahead
 * of their turn wait in memory, up to a limit; then their makers wait. The one
 * whose turn it is never waits for the others, so somebody always goes on.
 *
 * No SQL here, and no thread is started: see readers.h.
 */
#ifndef DBPIPES_DB_LINEUP_H
#define DBPIPES_DB_LINEUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "db/dump.h"

struct lineup;
struct lineup_chunk; /* private */

/* A table's place. */
struct lineup_table {
	void *ctx;  /* the maker's; set before the first job is taken */
	bool alone; /* no two of these are worked on at once */
	/* private, guarded by the lineup's mutex */
	int state;
	bool cutting;
	uint64_t chunks; /* begun so far */
	uint64_t rows;   /* a chunk's worth, by the last estimate */
	struct lineup_chunk *first, *last; /* not yet handed out */
	struct lineup_done {
		bool done;
		uint64_t rows, bytes;
	} * done; /* a ring: what came of the latest chunks */
};

struct lineup_job {
	struct lineup_table *table;
	/* The first chunk of a table that is to be opened; NULL: a range is to
	 * be cut off, for which lineup_cut makes the chunk. */
	struct lineup_chunk *chunk;
	uint64_t rows; /* how many rows the chunk should have */
};

struct lineup *lineup_new(size_t tables);
void lineup_free(struct lineup *lineup);
struct lineup_table *lineup_table(struct lineup *lineup, size_t i);

/* For the threads. Each returns false, or -1, once the lineup has stopped. */

/* lineup_take: the next job; waits where there may be one later. False: there
 * are no more. */
bool lineup_take(struct lineup *lineup, struct lineup_job *job);

/* lineup_cut: a range is cut off: its chunk. last: there are no more. */
struct lineup_chunk *lineup_cut(
	struct lineup *lineup, struct lineup_table *table, bool last);

/* lineup_opened: the first chunk of a table is read, though its last piece is
 * not put yet: its rows, and bytes of text. more: there may be more chunks. */
void lineup_opened(struct lineup *lineup, struct lineup_table *table,
	uint64_t rows, uint64_t bytes, bool more);

/* lineup_turn: wait until nothing before this chunk (NULL: the chunk that is
 * going to be cut off) is left to hand out. */
int lineup_turn(struct lineup *lineup, struct lineup_table *table,
	struct lineup_chunk *chunk);

/* lineup_piece: an empty piece to fill. */
struct dump_piece *lineup_piece(struct lineup *lineup);

/* lineup_put: a chunk's next piece. Owns: it is given away. */
int lineup_put(struct lineup *lineup, struct lineup_table *table,
	struct lineup_chunk *chunk, struct dump_piece *piece);

/* lineup_done: all of the chunk's pieces are put. bytes: of their text. */
void lineup_done(struct lineup *lineup, struct lineup_table *table,
	struct lineup_chunk *chunk, uint64_t rows, uint64_t bytes);

/* lineup_fail: the first error wins, and everything stops. */
void lineup_fail(struct lineup *lineup, const struct err *e);

/* For the one that they are handed to. */

/* lineup_next: the next piece of table number `i`, to be given back with
 * lineup_give_back. Returns 1, 0 behind its last one, -1 with the error of
 * lineup_fail. */
int lineup_next(struct lineup *lineup, size_t i, struct dump_piece **piece,
	struct err *e);
void lineup_give_back(struct lineup *lineup, struct dump_piece *piece);
/* lineup_stop: let all threads go. */
void lineup_stop(struct lineup *lineup);

#endif
