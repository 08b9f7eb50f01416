/* check_keys.h: whether the secondary indexes of a table hold what its rows do.
 *
 * CHECK TABLE ... EXTENDED looks up the row of each entry, all over the table:
 * that took four fifths of the time of the load itself where there was one
 * index (6.5 million rows, MariaDB 10.11: 28 s; 1.7 s without EXTENDED, which
 * still checks the trees and counts their entries). Here each index is read in
 * its own order, and the table once in its own, and sums of hashes of what both
 * have are compared: see row_hash.h.
 */
#ifndef DBPIPES_DB_CHECK_KEYS_H
#define DBPIPES_DB_CHECK_KEYS_H

#include "base/err.h"
#include "base/strbuf.h"
#include "db/columns.h"
#include "db/conn.h"
#include "db/flavor.h"

struct check_key {
	char *name;
	struct columns order; /* its own and the primary key's; items lent */
};

struct check_keys {
	struct strbuf table; /* quoted, with its database */
	struct columns columns;
	struct check_key *key;
	size_t count, cap;
};

/* check_keys_find: the indexes of an InnoDB table. Returns 1; 0: they cannot
 * all be compared (no primary key, FULLTEXT, SPATIAL, of prefixes or generated
 * columns, an old server, one that would not read an index alone), so that
 * EXTENDED is what is left. Owns: ended by
 * check_keys_release, also after 0 and an error. */
int check_keys_find(struct check_keys *keys, struct db *db,
	const struct flavor *flavor, const char *schema, const char *table,
	struct err *e);
void check_keys_release(struct check_keys *keys);

/* check_keys_compare: over two connections at once. Returns 1; 0: one of them
 * holds something else, and *fault says so; -1. */
int check_keys_compare(const struct check_keys *keys, struct db *const db[2],
	struct strbuf *fault, struct err *e);

#endif
