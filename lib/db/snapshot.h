/* snapshot.h: one consistent view of a server, its tables kept from changing
 * their shape until they are written, and its place in the binary log.
 *
 * How, without a global lock: (1) metadata locks on all tables, as any
 * transaction that reads them has, so no DDL is under way on any; (2) on each
 * connection that reads, a transaction WITH CONSISTENT SNAPSHOT, whose place
 * in the binary log MariaDB keeps in binlog_snapshot_file and _position: equal
 * places are equal snapshots; (3) the same metadata locks in one of these
 * transactions, the keeper's; (4) the locks of (1) go. Of thousands of tables,
 * several keepers have a share each. Nobody's reads, writes
 * or commits wait for any of it. If commits or DDL came between, it is done
 * again, then under BACKUP STAGE, which keeps both off for that moment. Each
 * table's metadata lock is given back once its rows are written.
 *
 * With --block-ddl a lock keeps DDL off until the end, and there are no
 * metadata locks.
 */
#ifndef DBPIPES_DB_SNAPSHOT_H
#define DBPIPES_DB_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "db/catalog.h"
#include "db/conn.h"
#include "db/ddl_count.h"
#include "db/dump.h"
#include "db/flavor.h"
#include "db/hold.h"
#include "db/moment.h"
#include "db/tablelock.h"
#include "db/upstream.h"

struct snapshot {
	const struct db_options *server;
	const struct dump_options *options;
	struct flavor flavor;
	struct db *control; /* sees the present, reads definitions; its results
			     * come in no character set (binary) */
	/* See the snapshot, hold the metadata locks, each its share: */
	struct db *keeper[TABLELOCK_SHARES];
	size_t keepers;
	struct db **reader; /* see the snapshot; the first keeper is the only
			     * one, or none of them */
	size_t readers;
	struct db *locker; /* holds LOCK TABLES ... READ; NULL: no need */
	struct catalog catalog;
	struct moment moment;
	struct upstreams upstreams; /* with --dump-slave */
	uint64_t stopped_ms;        /* their SQL threads, in all */
	bool locks_last;  /* this account cannot give metadata locks back
			   * before the end: DDL waits for the whole dump */
	const char *lock; /* "none", "stage", "ftwrl": that was held */
	uint64_t lock_ms; /* for how long at once, at most */
	/* private */
	struct db *guard[TABLELOCK_SHARES]; /* hold these locks until the
					     * keepers can; the control
					     * connection is the first */
	size_t guards;
	bool queued;      /* a guard had to wait, perhaps for another one */
	struct hold hold; /* of commits, while an attempt is made */
	struct db *ddl;   /* keeps DDL off until the end; NULL */
	struct ddl_count before;
	unsigned locked_tries, unsure_tries; /* so far */
	uint64_t began;                      /* clock_ms of the first try */
	bool waits;        /* it was said that DDL is waited for */
	bool free;         /* no lock is needed for a snapshot all share */
	bool barred;       /* the account may take none */
	size_t released;   /* groups of tables that have their locks back */
	size_t locked_end; /* tables [0, this) include all under LOCK TABLES */
};

/* snapshot_open: connect and get there. Owns: ended by snapshot_close, also
 * after a failure. Errors: ERR_TEMP for a lock that was not to be had within
 * options->lock_wait_ms, or a server whose tables change without pause. */
int snapshot_open(struct snapshot *snapshot, const struct db_options *server,
	const struct dump_options *options, struct err *e);

/* snapshot_drop: give all locks back before another one is taken. Nothing but
 * snapshot_again and snapshot_close may follow. */
void snapshot_drop(struct snapshot *snapshot);

/* snapshot_again: drop the snapshot and take another one: for when objects
 * have changed before they were read. */
int snapshot_again(struct snapshot *snapshot, struct err *e);

/* snapshot_objects_changed: whether views, routines, triggers or events (with
 * options->users: or accounts; with `tables`: or databases and tables, for
 * views are renamed as tables are) may have changed since the snapshot. Returns
 * 1, 0, or -1. */
int snapshot_objects_changed(
	struct snapshot *snapshot, bool tables, struct err *e);

/* snapshot_locked: this table's rows are to be read over the locker alone: it
 * has no transactions. Another connection would queue behind the writers that
 * wait for the lock, and they for it. */
bool snapshot_locked(
	const struct snapshot *snapshot, const struct catalog_table *table);

/* snapshot_keeper: the one that holds this table's lock. */
struct db *snapshot_keeper(
	const struct snapshot *snapshot, const struct table_ref *table);

/* snapshot_release: a reader has read what it wanted of a table: its own
 * metadata lock goes, so that it stands in nobody's way. */
int snapshot_release(
	const struct snapshot *snapshot, struct db *reader, struct err *e);

/* The first `tables` tables of the catalogue are written. snapshot_unlock:
 * those without transactions may be written to again; uses the locker, which
 * reads no more once all of them are. snapshot_written: they may be altered and
 * dropped again; uses the keepers. */
int snapshot_unlock(struct snapshot *snapshot, size_t tables, struct err *e);
int snapshot_written(struct snapshot *snapshot, size_t tables, struct err *e);

/* snapshot_ddl_held: whether DDL was kept off until now where that is asked
 * for: its lock ends with its connection, which says nothing else until the
 * end, and tables that were renamed since are taken for one another. */
int snapshot_ddl_held(const struct snapshot *snapshot, struct err *e);

/* snapshot_kill: end one of its connections, which another thread uses, from
 * the control connection. */
int snapshot_kill(
	const struct snapshot *snapshot, const struct db *db, struct err *e);

void snapshot_close(struct snapshot *snapshot);

#endif
