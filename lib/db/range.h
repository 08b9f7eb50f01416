/* range.h: a table on two servers, compared range by range of its key: each
 * server hashes and counts its own rows, both at the same time, and only where
 * the sums differ keys and hashes of rows are sent.
 */
#ifndef DBPIPES_DB_RANGE_H
#define DBPIPES_DB_RANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "base/strmap.h"
#include "db/columns.h"
#include "db/conn.h"
#include "db/row_hash.h"

/* The two sides of arrays of two. */
enum { HERE, THERE };

/* A table on one of them. Names and columns are borrowed. */
struct range_side {
	const char *db, *table;
	const struct columns *columns;
	struct strbuf hash; /* of a row, as SQL */
};

struct range_table {
	struct range_side side[2];
	bool keyed; /* both have the same primary key, in whose order ranges of
		     * it cost nothing */
	size_t parts; /* of the key that ranges are stated by */
};

/* range_table_init: names and columns of the sides are set. clustered: the
 * engines of both keep rows in the order of the primary key. Owns: ended by
 * range_table_release. */
void range_table_init(
	struct range_table *t, enum row_hash_way way, bool clustered);
void range_table_release(struct range_table *t);

struct range_sum {
	uint64_t rows;
	uint64_t mixed; /* the hashes, each bit of them added modulo 2 */
	/* Where rows may come twice, for want of a key: the sum of their
	 * hashes, in decimal digits; else "". */
	char total[48];
};

bool range_sum_same(const struct range_sum *a, const struct range_sum *b);

/* Each of these takes a connection to either side, which sees the snapshot that
 * is compared. where: the condition of the range; "": all rows. They return 0;
 * 1, with *e set, if some other session's DDL waits for the table, so that
 * nothing could be read at once; -1. */

int range_sums(struct db *const db[2], const struct range_table *t,
	const char *where, struct range_sum sum[2], struct err *e);

/* A row that is not the same on both sides, or all those that have the same
 * beginning of their key. */
struct range_row {
	char *equal; /* the condition that it has this key */
	char *shown; /* its key, for people: see key_add_shown */
	uint64_t rows[2];
	uint64_t mixed[2];
	bool lasting; /* seen to differ for good: see range_rows_follow */
};

struct range_rows {
	struct strmap by_key;
	struct range_row *item;
	size_t count, cap;
	bool cut; /* a side may have had more rows than were looked at */
};

#define RANGE_ROWS_INIT                                                        \
	{                                                                      \
		STRMAP_INIT, NULL, 0, 0, false                                 \
	}

void range_rows_release(struct range_rows *rows);

/* range_rows_cut: all but the first `count` of them. */
void range_rows_cut(struct range_rows *rows, size_t count);

/* range_rows_follow: `now` are rows of `before` that still differ, read at
 * later moments of both sides: first of THERE, then of HERE, which follows it.
 * Those of which a side has not changed in between are lasting: what the other
 * side had between these moments was not the same. One that changed on both
 * sides may have been the same all the time, at moments at which nobody looked.
 */
void range_rows_follow(struct range_rows *now, const struct range_rows *before);

/* range_rows_carry: those of `now` that are lasting in `before` are so, read at
 * the same moments. Returns whether all of `now` are in there. */
bool range_rows_carry(struct range_rows *now, const struct range_rows *before);

/* range_whole_key: no two rows have the same values of the parts by which
 * ranges are stated, and rows told apart. */
bool range_whole_key(const struct range_table *t);

/* range_rows_read: add the rows of a range that differ, of a keyed table. At
 * most `most` rows of either side are looked at; rows->cut is set if that may
 * not have been all. */
int range_rows_read(struct db *const db[2], const struct range_table *t,
	const char *where, uint64_t most, struct range_rows *rows,
	struct err *e);

#endif
