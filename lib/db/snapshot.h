/* snapshot.h: one consistent view of a server, its tables kept from changing
 * their shape until they are written, and its place in the binary log.
 *
 * How, without a global lock: (1) metadata locks on all tables, as any
 * transaction that reads them has, so no DDL is under way on any; (2) a
 * transaction WITH CONSISTENT SNAPSHOT, whose place in the binary log MariaDB
 * keeps in binlog_snapshot_file and _position; (3) the same metadata locks in
 * that transaction; (4) the locks of (1) go. Nobody's reads, writes or
 * commits wait for any of it. If DDL began meanwhile, or tables came or went
 * by DDL that had begun before, all of it is done again, then under BACKUP
 * STAGE, which keeps DDL off for that moment. Each table's metadata lock is
 * given back once its rows are written.
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
#include "db/upstream.h"

struct snapshot {
	const struct db_options *server;
	const struct dump_options *options;
	struct flavor flavor;
	struct db *control; /* sees the present, reads definitions; its results
			     * come in no character set (binary) */
	struct db *reader;  /* sees the snapshot */
	struct db *locker;  /* holds LOCK TABLES ... READ; NULL: no need */
	struct catalog catalog;
	char *log_file; /* NULL: the server keeps no binary log */
	uint64_t log_pos;
	char *gtid;
	struct upstreams upstreams; /* with --dump-slave */
	bool locks_last;  /* this account cannot give metadata locks back
			   * before the end: DDL waits for the whole dump */
	const char *lock; /* "none", "stage", "ftwrl" */
	uint64_t lock_ms; /* how long that lock was held */
	/* private */
	struct db *stage; /* holds BACKUP STAGE or the global lock; NULL */
	struct ddl_count before;
	size_t released;   /* groups of tables that have their locks back */
	size_t locked_end; /* tables [0, this) include all under LOCK TABLES */
};

/* snapshot_open: connect and get there. Owns: ended by snapshot_close, also
 * after a failure. Errors: ERR_TEMP for a lock that was not to be had within
 * options->lock_wait_ms, or a server whose tables change without pause. */
int snapshot_open(struct snapshot *snapshot, const struct db_options *server,
	const struct dump_options *options, struct err *e);

/* snapshot_again: drop the snapshot and take another one: for when objects
 * have changed before they were read. */
int snapshot_again(struct snapshot *snapshot, struct err *e);

/* snapshot_objects_changed: whether views, routines, triggers or events (with
 * options->users: or accounts) may have changed since the snapshot. Returns 1,
 * 0, or -1. */
int snapshot_objects_changed(struct snapshot *snapshot, struct err *e);

/* snapshot_reader: the connection to read this table's rows over: the one that
 * sees the snapshot, or for a table without transactions the one that keeps
 * it locked. Another one would queue behind the writers that wait for the
 * lock, and they for it. */
struct db *snapshot_reader(
	const struct snapshot *snapshot, const struct catalog_table *table);

/* snapshot_written: the first `tables` tables of the catalogue are written;
 * they may be altered and dropped again. */
int snapshot_written(struct snapshot *snapshot, size_t tables, struct err *e);

void snapshot_close(struct snapshot *snapshot);

#endif
