/* freeze.c: see freeze.h. */
#include "db/freeze.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mysqld_error.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/prog.h"
#include "base/sig.h"
#include "base/undo.h"
#include "db/beside.h"
#include "db/outside.h"
#include "db/result.h"
#include "db/session.h"

enum { POLL_US = 10000 };

const char *freeze_name(const struct freeze *f)
{
	return f->stages ? "stage" : "ftwrl";
}

/* absolute: a file name that counts from the data directory, where the server
 * works. */
static void absolute(char **path, const char *datadir)
{
	struct strbuf full = STRBUF_INIT;

	if (!*path || **path == '/')
		return;
	strbuf_addf(&full, "%s/%s", datadir, *path);
	free(*path);
	*path = strbuf_detach(&full);
}

static int find_places(struct freeze *f, struct err *e)
{
	char *lazy = NULL;
	struct freeze_places *p = &f->places;
	char **const counted[] = {&p->redo, &p->undo, &p->data_home, &p->binlog,
		&p->relay, &p->pid_file, &p->aria, &p->rocksdb, &p->rocksdb_wal,
		&p->data_file_path, &lazy};
	static const char *const names[] = {"innodb_log_group_home_dir",
		"innodb_undo_directory", "innodb_data_home_dir",
		"log_bin_basename", "relay_log_basename", "pid_file",
		"aria_log_dir_path", "rocksdb_datadir", "rocksdb_wal_dir",
		"innodb_data_file_path", "innodb_flush_log_at_trx_commit"};
	enum { PATHS = 9 }; /* the rest are none */

	p->datadir = db_server_variable(f->db, "datadir", e);
	if (!p->datadir)
		return -1;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		e->code = ERR_NONE;
		*counted[i] = db_server_variable(f->db, names[i], e);
		if (!*counted[i] && e->code)
			return -1;
		if (i < PATHS)
			absolute(counted[i], p->datadir);
	}
	f->lazy_log = lazy && !strcmp(lazy, "0");
	free(lazy);
	return 0;
}

static int choose_lock(struct freeze *f, struct err *e)
{
	f->stages = f->flavor.backup_stage && f->options->lock != FREEZE_FTWRL;
	if (f->options->lock != FREEZE_STAGE || f->stages)
		return 0;
	err_set(e, ERR_UNAVAILABLE, "this server (%s) knows no BACKUP STAGE",
		db_server_version(f->db));
	return err_hint(e, "use --lock=ftwrl");
}

/* refuse_outside: no copy of the data directory would hold it. */
static int refuse_outside(void *ctx, const char *db, const char *name,
	const char *path, struct err *e)
{
	(void)ctx;
	err_set(e, ERR_UNAVAILABLE,
		"'%s%s%s' has its file outside of the data directory, as '%s', "
		"which would not be in the snapshot",
		db ? db : "", db ? "/" : "", name, path);
	return err_hint(e,
		"rebuild the table without DATA DIRECTORY or TABLESPACE, or "
		"dump with dbdump");
}

int freeze_open(struct freeze *f, const struct db_options *server,
	const struct freeze_options *options, struct err *e)
{
	*f = (struct freeze){.server = server, .options = options};
	f->db = db_open(server, e);
	if (!f->db || db_allow_batches(f->db, e) ||
		flavor_detect(&f->flavor, f->db, e) ||
		session_set(f->db, &f->flavor, options->lock_wait_ms, e) ||
		choose_lock(f, e) || find_places(f, e) ||
		outside_list(f->db, &f->flavor, refuse_outside, NULL, e))
		return -1;
	return beside_check(f->db, f->places.datadir, f->places.pid_file, e);
}

/* In microseconds. */
#define NOW_US "CAST(UNIX_TIMESTAMP(NOW(6)) * 1000000 AS UNSIGNED)"
#define SERVER_TIME "SELECT " NOW_US
#define ASKED "SET @dbpipes_asked = " NOW_US "; "
#define GRANTED "; SELECT CONCAT(@dbpipes_asked, ' ', " NOW_US ")"

/* run_timed: these statements in one go: what lies between the lock and the
 * clock would seem to belong to the lock. us: `count` times that they give. */
static int run_timed(struct freeze *f, const char *sql, uint64_t *us,
	size_t count, struct err *e)
{
	struct strbuf value = STRBUF_INIT;
	int rc = db_batch(f->db, sql, &value, e);
	char *next = value.len ? value.buf : "";

	for (size_t i = 0; i < count; i++)
		us[i] = strtoull(next, &next, 10);
	strbuf_release(&value);
	return rc;
}

static uint64_t ms_between(uint64_t from, uint64_t to)
{
	return to > from ? (to - from + 999) / 1000 : 0;
}

/* not_granted: say what a lock that was not to be had means. */
static int not_granted(struct freeze *f, struct err *e)
{
	if (e->code != ERR_TEMP || sig_pending())
		return -1;
	err_prefix(e, "no lock within --lock-wait=%llus: ",
		(unsigned long long)f->options->lock_wait_ms / 1000);
	return err_hint(e,
		"a long statement, DDL or another backup is in the way; see "
		"SHOW PROCESSLIST, try again later, or raise --lock-wait");
}

/* let_go: of all locks, by ending the connection that holds them. */
static void let_go(void *arg)
{
	struct freeze *f = arg;

	db_abandon(f->db);
}

int freeze_begin(struct freeze *f, struct err *e)
{
	if (f->options->flush &&
		db_exec(f->db, "FLUSH NO_WRITE_TO_BINLOG TABLES", e))
		return not_granted(f, e);
	if (f->options->dump_slave &&
		upstreams_stop(&f->upstreams, f->db, &f->flavor, f->server, e))
		return -1;
	if (run_timed(f, SERVER_TIME, &f->began_us, 1, e))
		return -1;
	undo_push(let_go, f);
	if (f->stages &&
		(db_exec(f->db, "BACKUP STAGE START", e) ||
			db_exec(f->db, "BACKUP STAGE BLOCK_DDL", e)))
		return not_granted(f, e);
	return 0;
}

/* stop_dog: whether it had been too late. */
static bool stop_dog(struct freeze *f)
{
	bool fired = watchdog_stop(f->dog);

	f->dog = NULL;
	return fired;
}

/* lost: what went wrong while commits were held up, or were to be. */
static int lost(struct freeze *f, struct err *e)
{
	if (!stop_dog(f) || sig_pending())
		return e->code == ERR_DENIED
			? -1 /* it was never in doubt */
			: err_prefix(e, "the lock was lost: ");
	err_set(e, ERR_TEMP,
		"commits were held up for longer than --max-lock=%.1fs, and "
		"the server was let go",
		(double)f->options->max_lock_ms / 1000);
	return err_hint(e,
		"a long statement was in the way, or the snapshot took too "
		"long: try again when less is written, use --flush, or raise "
		"--max-lock");
}

/* read_lsn: of the server's status; 0: it does not say. */
static int read_lsn(
	struct db *db, const char *name, uint64_t *lsn, struct err *e)
{
	struct strbuf sql = STRBUF_INIT, value = STRBUF_INIT;
	int found;

	strbuf_addf(&sql,
		"SELECT variable_value FROM information_schema.global_status "
		"WHERE variable_name = '%s'",
		name);
	found = db_query_value(db, sql.buf, &value, e);
	*lsn = found > 0 ? strtoull(value.buf, NULL, 10) : 0;
	strbuf_release(&sql);
	strbuf_release(&value);
	return found < 0 ? -1 : 0;
}

/* With innodb_flush_log_at_trx_commit=0 InnoDB leaves this undone, and writes
 * its log but once a second: see write_out. Source: MariaDB,
 * innobase_flush_logs(). */
#define FLUSH_LOGS "FLUSH NO_WRITE_TO_BINLOG ENGINE LOGS"

/* write_out: wait until what is committed is in the engines' logs. */
static int write_out(struct freeze *f, struct err *e)
{
	uint64_t want, have = 0;

	if (!f->lazy_log)
		return 0;
	if (read_lsn(f->db, "innodb_lsn_current", &want, e))
		return -1;
	for (; have < want; usleep(POLL_US))
		if (read_lsn(f->db, "innodb_lsn_flushed", &have, e))
			return -1;
	return 0;
}

int freeze_hold(struct freeze *f, struct err *e)
{
	static const char stage[] = ASKED "BACKUP STAGE BLOCK_COMMIT" GRANTED;
	static const char ftwrl[] = ASKED "FLUSH TABLES WITH READ LOCK" GRANTED;
	uint64_t asked = clock_ms(), us[2];

	f->dog = watchdog_start(f->options->max_lock_ms, let_go, f, e);
	if (!f->dog)
		return -1;
	if (run_timed(f, f->stages ? stage : ftwrl, us, 2, e))
		return db_errno(f->db) == ER_LOCK_WAIT_TIMEOUT
			? not_granted(f, e)
			: lost(f, e);
	f->asked_us = us[0];
	f->lock_wait_ms = ms_between(us[0], us[1]);
	/* In this order: what a sequence has reserved is no transaction's, so
	 * no lock keeps it out of the binary log, and what stands there before
	 * the position must be in the engines' logs. */
	if (moment_present(&f->moment, f->db, &f->flavor, e) ||
		db_exec(f->db, FLUSH_LOGS, e) || write_out(f, e))
		return lost(f, e);
	log_debug("the lock, the engines' logs and the position took %llu ms",
		(unsigned long long)(clock_ms() - asked));
	return 0;
}

int freeze_redo_end(struct freeze *f, uint64_t *lsn, struct err *e)
{
	if (read_lsn(f->db, "innodb_lsn_current", lsn, e))
		return lost(f, e);
	return *lsn ? 0
		    : err_set(e, ERR_UNAVAILABLE,
			      "the server does not say how far its redo log "
			      "is (Innodb_lsn_current)");
}

int freeze_end(struct freeze *f, struct err *e)
{
	uint64_t now_us;

	/* Had the connection ended meanwhile, this would fail. */
	if (run_timed(f,
		    f->stages ? "BACKUP STAGE END; " SERVER_TIME
			      : "UNLOCK TABLES; " SERVER_TIME,
		    &now_us, 1, e))
		return lost(f, e);
	undo_drop(let_go, f);
	stop_dog(f);
	f->lock_ms = ms_between(f->asked_us, now_us);
	f->ddl_ms = ms_between(f->stages ? f->began_us : f->asked_us, now_us);
	if (f->options->dump_slave && upstreams_start(&f->upstreams, f->db, e))
		return -1;
	return moment_gtid(&f->moment, f->db, &f->flavor, e);
}

void freeze_close(struct freeze *f)
{
	struct freeze_places *p = &f->places;

	stop_dog(f);
	undo_drop(let_go, f);
	upstreams_release(&f->upstreams);
	db_close(f->db);
	moment_release(&f->moment);
	free(p->datadir);
	free(p->redo);
	free(p->undo);
	free(p->data_home);
	free(p->data_file_path);
	free(p->binlog);
	free(p->relay);
	free(p->pid_file);
	free(p->aria);
	free(p->rocksdb);
	free(p->rocksdb_wal);
	*f = (struct freeze){0};
}
