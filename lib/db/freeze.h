/* freeze.h: a server whose files are to be copied: commits held up for a
 * moment, and the place in the binary log that belongs to that moment.
 *
 * One connection holds the lock from the beginning to the end, so the lock
 * goes with it, whatever dies; freeze_end proves that it was there all the
 * time. With BACKUP STAGE there are two steps: from freeze_begin on, no table
 * without transactions changes and no DDL happens; from freeze_hold on, no
 * commit either. FLUSH TABLES WITH READ LOCK knows the second alone.
 * Source: MariaDB manual, "BACKUP STAGE".
 */
#ifndef DBPIPES_DB_FREEZE_H
#define DBPIPES_DB_FREEZE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/watchdog.h"
#include "db/conn.h"
#include "db/flavor.h"
#include "db/moment.h"
#include "db/upstream.h"

enum freeze_lock { FREEZE_AUTO, FREEZE_STAGE, FREEZE_FTWRL };

/* A time of which nothing was said; the caller puts the usual one there. */
#define FREEZE_USUAL UINT64_MAX

struct freeze_options {
	int lock;              /* enum freeze_lock */
	uint64_t lock_wait_ms; /* for the lock to be granted */
	uint64_t max_lock_ms;  /* commits are let go after this time */
	bool flush;            /* FLUSH TABLES before the lock */
	bool dump_slave;       /* with the positions of the upstreams */
};

/* Where a server keeps its files; absolute, NULL: nowhere of its own. */
struct freeze_places {
	char *datadir;
	char *redo, *undo, *data_home; /* of InnoDB */
	char *data_file_path;          /* innodb_data_file_path, as set */
	char *aria;                    /* the log of Aria */
	char *rocksdb, *rocksdb_wal;
	char *binlog, *relay; /* the beginning of their files' names */
	char *pid_file;
};

struct freeze {
	const struct db_options *server;
	const struct freeze_options *options;
	struct db *db; /* holds the lock */
	struct flavor flavor;
	struct freeze_places places;
	struct moment moment;
	struct upstreams upstreams; /* with dump_slave */
	bool stages;                /* BACKUP STAGE is the lock */
	/* By the server's own clock. */
	uint64_t lock_ms;      /* how long commits were held up; of that, */
	uint64_t lock_wait_ms; /* until those under way had ended */
	uint64_t ddl_ms;       /* how long DDL was held up */
	/* private */
	struct watchdog *dog;
	bool lazy_log; /* innodb_flush_log_at_trx_commit=0 */
	uint64_t began_us, asked_us;
};

/* freeze_open: connect, and see what and where the server is. Owns: ended by
 * freeze_close, also after a failure. Errors: those of the connection;
 * ERR_UNAVAILABLE for a server that is not on this machine: only through a
 * socket it can be known that the files seen here are its own. */
int freeze_open(struct freeze *freeze, const struct db_options *server,
	const struct freeze_options *options, struct err *e);

/* freeze_begin: stop the SQL threads if that is wanted, flush, and keep DDL
 * off where that is possible without holding commits up. Errors: ERR_TEMP for
 * a lock not to be had in time. */
int freeze_begin(struct freeze *freeze, struct err *e);

/* freeze_hold: hold up commits, and read the position. */
int freeze_hold(struct freeze *freeze, struct err *e);

/* freeze_redo_end: an LSN that InnoDB's redo log has not passed when this was
 * called. */
int freeze_redo_end(struct freeze *freeze, uint64_t *lsn, struct err *e);

/* freeze_end: let the server go on. Errors: ERR_TEMP if it was let go before,
 * for max_lock_ms were over or the connection had ended: then what was copied
 * is worth nothing. */
int freeze_end(struct freeze *freeze, struct err *e);

/* freeze_name: of the lock, for records: "stage" or "ftwrl". */
const char *freeze_name(const struct freeze *freeze);

void freeze_close(struct freeze *freeze);

#endif
