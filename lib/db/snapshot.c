/* snapshot.c: see snapshot.h. */
#include "db/snapshot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <mysqld_error.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/prog.h"
#include "base/sig.h"
#include "db/conn_internal.h"
#include "db/snapshot_check.h"
#include "db/tablelock.h"

enum {
	TRIES_FREE = 8,  /* without a global lock, before BACKUP STAGE */
	TRIES_STAGE = 3, /* with one, before giving up */
	PAUSE_US = 10000 /* between tries, that much more each time */
};

/* lock_wait_seconds: at least one, for 0 would give up on any lock at once. */
static unsigned long long lock_wait_seconds(const struct snapshot *s)
{
	unsigned long long seconds = (s->options->lock_wait_ms + 999) / 1000;

	return seconds ? seconds : 1;
}

/* The session of a connection that may wait for a slow reader of our output
 * for hours, and that reads all there is as text which does not depend on
 * settings: the server's own values of these may cut results short. */
static int set_session(struct snapshot *s, struct db *db, struct err *e)
{
	struct strbuf sql = STRBUF_INIT;
	int rc;

	strbuf_addf(&sql,
		"SET SESSION sql_mode='', time_zone='+00:00', "
		"sql_quote_show_create=1, net_write_timeout=86400, "
		"net_read_timeout=86400, wait_timeout=604800, "
		"lock_wait_timeout=%llu, autocommit=1, completion_type=0, "
		"sql_big_selects=1, "
		"sql_select_limit=18446744073709551615",
		lock_wait_seconds(s));
	if (s->flavor.vendor == VENDOR_MARIADB)
		strbuf_addstr(&sql, ", max_statement_time=0");
	else
		strbuf_addstr(&sql, ", max_execution_time=0");
	if (s->flavor.vendor == VENDOR_MARIADB && s->flavor.version >= 100300)
		strbuf_addstr(&sql,
			", idle_transaction_timeout=0, "
			"idle_readonly_transaction_timeout=0");
	rc = db_exec(db, sql.buf, e);
	strbuf_release(&sql);
	if (rc)
		return rc;
	return db_exec(db,
		"SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ", e);
}

static int connect_one(struct snapshot *s, struct db **db, struct err *e)
{
	*db = db_open(s->server, e);
	return *db ? set_session(s, *db, e) : -1;
}

/* release_early: with the binary log on for a session, MariaDB keeps metadata
 * locks beyond ROLLBACK TO SAVEPOINT. The reader writes nothing, so it loses
 * nothing by having it off. */
static void release_early(struct snapshot *s)
{
	struct err refused;

	s->locks_last =
		db_exec(s->reader, "SET SESSION sql_log_bin=0", &refused) != 0;
}

/* read_snapshot_position: the snapshot's place in the binary log, from the
 * reader itself; it does not move while the snapshot lasts. */
static int read_snapshot_position(struct snapshot *s, struct err *e)
{
	struct db_result *result = db_query(
		s->reader, "SHOW STATUS LIKE 'binlog\\_snapshot\\_%'", e);
	char **row;

	if (!result)
		return -1;
	while ((row = db_next(result))) {
		if (!strcasecmp(row[0], "binlog_snapshot_file") && *row[1])
			s->log_file = xstrdup(row[1]);
		else if (!strcasecmp(row[0], "binlog_snapshot_position"))
			s->log_pos = strtoull(row[1], NULL, 10);
	}
	db_result_free(result);
	return 0;
}

/* read_present_position: the server's present place, for servers without the
 * other; true of the snapshot only under the global lock. */
static int read_present_position(struct snapshot *s, struct err *e)
{
	struct db_result *result = db_query(s->control,
		s->flavor.binlog_status ? "SHOW BINARY LOG STATUS"
					: "SHOW MASTER STATUS",
		e);
	char **row;

	if (!result)
		return -1;
	row = db_next(result);
	if (row) {
		const char *gtid = db_value(result, row, "Executed_Gtid_Set");

		s->log_file = xstrdup(row[0]);
		s->log_pos = strtoull(row[1], NULL, 10);
		if (gtid && *gtid)
			s->gtid = xstrdup(gtid);
	}
	db_result_free(result);
	return 0;
}

/* read_gtid: the same place as a GTID list. It may take the server a moment
 * to look it up, and can be done at leisure. */
static int read_gtid(struct snapshot *s, struct err *e)
{
	struct strbuf sql = STRBUF_INIT, gtid = STRBUF_INIT;
	int found = 0;

	if (s->log_file && s->flavor.mariadb_gtid) {
		strbuf_addstr(&sql, "SELECT BINLOG_GTID_POS(");
		sql_value_str(&sql, s->log_file);
		strbuf_addf(&sql, ", %llu)", (unsigned long long)s->log_pos);
		found = db_query_value(s->control, sql.buf, &gtid, e);
	}
	if (found > 0)
		s->gtid = strbuf_detach(&gtid);
	strbuf_release(&sql);
	strbuf_release(&gtid);
	return found < 0 ? -1 : 0;
}

/* begin: the moment itself. */
static int begin(struct snapshot *s, struct err *e)
{
	free(s->log_file);
	free(s->gtid);
	s->log_file = s->gtid = NULL;
	if (db_exec(s->reader, "START TRANSACTION WITH CONSISTENT SNAPSHOT", e))
		return -1;
	return s->flavor.snapshot_position ? read_snapshot_position(s, e)
					   : read_present_position(s, e);
}

/* lock_untransactional: tables that no snapshot holds still are locked
 * against writes until they are written to the dump. */
static int lock_untransactional(struct snapshot *s, struct err *e)
{
	struct strbuf names = STRBUF_INIT;
	int rc = 0;

	tablelock_untransactional(&s->catalog, &s->locked_end, &names);
	if (s->options->no_data || s->options->lock == DUMP_LOCK_NONE)
		s->locked_end = 0;
	if (s->locked_end && !s->locker)
		rc = connect_one(s, &s->locker, e);
	if (s->locked_end && !rc)
		rc = tablelock_read_lock(s->locker, &s->catalog, e);
	if (rc)
		err_prefix(e, "cannot lock %s: ", names.buf);
	strbuf_release(&names);
	return rc;
}

static int set_lock_wait(
	struct db *db, unsigned long long seconds, struct err *e)
{
	char sql[64];

	snprintf(sql, sizeof(sql), "SET SESSION lock_wait_timeout=%llu",
		seconds);
	return db_exec(db, sql, e);
}

/* The reader must not queue for a table: a DDL statement that waits for the
 * control connection's lock would be in front, and both would wait for ever.
 * It takes what is free or gives up at once. */
static int lock_in_reader(struct snapshot *s, struct err *e)
{
	if (set_lock_wait(s->reader, 0, e) ||
		tablelock_take(s->reader, &s->catalog, e))
		return -1;
	return set_lock_wait(s->reader, lock_wait_seconds(s), e);
}

/* release_all: end whatever an attempt has begun; failures do not matter, for
 * the next attempt would meet them again. */
static void release_all(struct snapshot *s)
{
	struct err ignored;

	if (s->stage) {
		db_close(s->stage);
		s->stage = NULL;
	}
	if (s->locker)
		db_exec(s->locker, "UNLOCK TABLES", &ignored);
	db_exec(s->reader, "ROLLBACK", &ignored);
	db_exec(s->control, "ROLLBACK", &ignored);
	catalog_release(&s->catalog);
	s->released = 0;
}

/* again: whether an attempt's failure is one that passes when tables stop
 * coming and going: a table gone, altered, or locked by DDL just now. */
static bool again(const struct snapshot *s)
{
	unsigned numbers[] = {db_errno(s->control), db_errno(s->reader)};

	if (sig_pending())
		return false;
	for (size_t i = 0; i < 2; i++)
		switch (numbers[i]) {
		case ER_NO_SUCH_TABLE:
		case ER_BAD_DB_ERROR:
		case ER_LOCK_DEADLOCK:
		case ER_TABLE_DEF_CHANGED:
			return true;
		case ER_LOCK_WAIT_TIMEOUT:
			return numbers[1] == ER_LOCK_WAIT_TIMEOUT;
		default:
			break;
		}
	return false;
}

/* undisturbed: whether the catalogue still holds, and no table has come and
 * gone unseen since it was read. The counters alone do not tell: a statement
 * is counted when it begins, and may have begun before. Returns 1, 0, -1. */
static int undisturbed(struct snapshot *s, struct err *e)
{
	struct catalog now;
	struct ddl_count after;
	bool same;

	if (catalog_read(&now, s->control, s->options, e))
		return again(s) ? 0 : -1;
	same = catalog_same(&s->catalog, &now);
	catalog_release(&now);
	if (!same)
		return 0;
	if (ddl_count_read(&after, s->control, e))
		return -1;
	return after.tables == s->before.tables;
}

/* try_free: steps (1) to (4) of the header. Returns 1 when it worked, 0 when
 * tables came or went meanwhile, -1. */
static int try_free(struct snapshot *s, struct err *e)
{
	int rc;

	if (ddl_count_read(&s->before, s->control, e) ||
		catalog_read(&s->catalog, s->control, s->options, e))
		return again(s) ? 0 : -1;
	if (db_exec(s->control, "START TRANSACTION", e) ||
		tablelock_take(s->control, &s->catalog, e) ||
		lock_untransactional(s, e) || begin(s, e) ||
		lock_in_reader(s, e))
		return again(s) ? 0 : -1;
	rc = undisturbed(s, e);
	if (rc > 0 && db_exec(s->control, "COMMIT", e))
		rc = -1;
	return rc;
}

/* try_locked: the same under a lock that keeps DDL off, and commits for the
 * moment in which the snapshot begins. */
static int try_locked(struct snapshot *s, bool global, struct err *e)
{
	uint64_t since;

	if (connect_one(s, &s->stage, e))
		return -1;
	if (db_exec(s->stage,
		    global ? "FLUSH TABLES WITH READ LOCK"
			   : "BACKUP STAGE START",
		    e) ||
		(!global && db_exec(s->stage, "BACKUP STAGE BLOCK_DDL", e)))
		return -1;
	since = clock_ms();
	if (ddl_count_read(&s->before, s->control, e) ||
		catalog_read(&s->catalog, s->control, s->options, e) ||
		lock_untransactional(s, e))
		return -1;
	if (!global && db_exec(s->stage, "BACKUP STAGE BLOCK_COMMIT", e))
		return -1;
	if (begin(s, e) || lock_in_reader(s, e))
		return again(s) ? 0 : -1;
	if (db_exec(s->stage, global ? "UNLOCK TABLES" : "BACKUP STAGE END", e))
		return -1;
	s->lock_ms = clock_ms() - since;
	s->lock = global ? "ftwrl" : "stage";
	db_close(s->stage);
	s->stage = NULL;
	return 1;
}

static int try_once(struct snapshot *s, unsigned try_number, struct err *e)
{
	bool stage = s->flavor.backup_stage;

	switch (s->options->lock) {
	case DUMP_LOCK_STAGE:
		return try_locked(s, false, e);
	case DUMP_LOCK_FTWRL:
		return try_locked(s, true, e);
	case DUMP_LOCK_AUTO:
		if (!s->flavor.snapshot_position)
			return try_locked(s, true, e);
		if (try_number >= TRIES_FREE)
			return try_locked(s, !stage, e);
		break;
	case DUMP_LOCK_NONE:
		break;
	}
	s->lock = "none";
	s->lock_ms = 0;
	return try_free(s, e);
}

/* explain: what a lock that was not to be had means for the person. */
static int explain(struct snapshot *s, struct err *e)
{
	if (e->code != ERR_TEMP || sig_pending())
		return -1;
	err_prefix(e, "no consistent snapshot within --lock-wait=%llus: ",
		(unsigned long long)s->options->lock_wait_ms / 1000);
	return err_hint(e,
		"a long statement, or DDL, holds a lock on a table; "
		"see SHOW PROCESSLIST, try again later, or raise --lock-wait");
}

static int attempts(struct snapshot *s, struct err *e)
{
	int rc = 0;

	for (unsigned i = 0; i < TRIES_FREE + TRIES_STAGE; i++) {
		rc = try_once(s, i, e);
		if (rc > 0) {
			return snapshot_check_taken(s, e) ? -1
							  : read_gtid(s, e);
		}
		release_all(s);
		if (rc < 0)
			return explain(s, e);
		log_debug("tables came or went; taking the snapshot again");
		usleep(PAUSE_US * (i + 1));
	}
	err_set(e, ERR_TEMP,
		"tables are created, altered or dropped without "
		"pause; no consistent snapshot after %d tries",
		TRIES_FREE + TRIES_STAGE);
	return err_hint(e, "try again later, or use --lock=stage");
}

/* attempt: with the SQL threads standing still where that is asked for. */
static int attempt(struct snapshot *s, struct err *e)
{
	int rc;

	if (!s->options->dump_slave)
		return attempts(s, e);
	if (upstreams_stop(&s->upstreams, s->control, s->server, e))
		return -1;
	rc = attempts(s, e);
	if (!rc)
		rc = upstreams_start(&s->upstreams, s->control, e);
	return rc;
}

int snapshot_open(struct snapshot *s, const struct db_options *server,
	const struct dump_options *options, struct err *e)
{
	*s = (struct snapshot){.server = server, .options = options};
	s->control = db_open(server, e);
	if (!s->control || flavor_detect(&s->flavor, s->control, e) ||
		set_session(s, s->control, e) || snapshot_check_asked(s, e) ||
		db_exec(s->control, "SET SESSION character_set_results=NULL",
			e) ||
		connect_one(s, &s->reader, e))
		return -1;
	release_early(s);
	return attempt(s, e);
}

int snapshot_again(struct snapshot *s, struct err *e)
{
	release_all(s);
	upstreams_release(&s->upstreams);
	return attempt(s, e);
}

int snapshot_objects_changed(struct snapshot *s, struct err *e)
{
	struct ddl_count now;

	if (ddl_count_read(&now, s->control, e))
		return -1;
	return now.objects != s->before.objects ||
		(s->options->users && now.users != s->before.users);
}

struct db *snapshot_reader(
	const struct snapshot *s, const struct catalog_table *table)
{
	return !table->transactional && s->locked_end ? s->locker : s->reader;
}

int snapshot_written(struct snapshot *s, size_t tables, struct err *e)
{
	size_t group = tablelock_group(&s->catalog);
	bool all = tables == s->catalog.tables;

	if (s->locked_end && tables >= s->locked_end) {
		if (db_exec(s->locker, "UNLOCK TABLES", e))
			return -1;
		s->locked_end = 0;
	}
	while (s->released < tables / group ||
		(all && s->released * group < tables))
		if (tablelock_release(s->reader, s->released++, e))
			return -1;
	return 0;
}

void snapshot_close(struct snapshot *s)
{
	upstreams_release(&s->upstreams);
	db_close(s->stage);
	db_close(s->locker);
	db_close(s->reader);
	db_close(s->control);
	catalog_release(&s->catalog);
	free(s->log_file);
	free(s->gtid);
	*s = (struct snapshot){0};
}
