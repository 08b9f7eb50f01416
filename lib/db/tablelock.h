/* tablelock.h: metadata locks on the tables of a dump, taken in groups and
 * given back in order as their tables are written.
 *
 * A transaction's metadata locks go back to its last savepoint only, so they
 * are taken from the last group to the first, each group behind a savepoint.
 * Source: MariaDB manual, "Metadata Locking", "SAVEPOINT".
 */
#ifndef DBPIPES_DB_TABLELOCK_H
#define DBPIPES_DB_TABLELOCK_H

#include <stddef.h>

#include "base/err.h"
#include "db/catalog.h"
#include "db/conn.h"

/* tablelock_group: how many tables have their locks taken and given back
 * together. One, so that a table is free as soon as it is written; but with
 * very many tables more, to keep the round trips few. */
size_t tablelock_group(const struct catalog *catalog);

/* With many tables, several connections hold a share of the groups each: the
 * server searches all that one has for each that it takes. */
enum { TABLELOCK_SHARES = 8, TABLELOCK_SHARE = 1000 /* tables, about */ };

/* tablelock_shares: how many shares the tables are worth, from 1 on. */
size_t tablelock_shares(const struct catalog *catalog);

/* tablelock_share: the one of so many shares that a group is in. */
size_t tablelock_share(
	const struct catalog *catalog, size_t shares, size_t group);

/* tablelock_take: one of so many shares, in the transaction that is open on db.
 * It reads nothing, so it starts no snapshot. */
int tablelock_take(struct db *db, const struct catalog *catalog, size_t share,
	size_t shares, struct err *e);

/* tablelock_release: give group number `group` back, the first one that is
 * still held. */
int tablelock_release(struct db *db, size_t group, struct err *e);

/* tablelock_untransactional: how many tables have rows in an engine that
 * knows no transactions; *last gets the index behind the last of them, and
 * `names` the first few names, for a message. */
size_t tablelock_untransactional(
	const struct catalog *catalog, size_t *last, struct strbuf *names);

/* tablelock_read_lock: LOCK TABLES … READ on all of those. */
int tablelock_read_lock(
	struct db *db, const struct catalog *catalog, struct err *e);

#endif
