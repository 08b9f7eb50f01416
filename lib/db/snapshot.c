/* snapshot.c: see snapshot.h. */
#include "db/snapshot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <mysqld_error.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/prog.h"
#include "base/sig.h"
#include "db/conn_internal.h"
#include "db/session.h"
#include "db/snapshot_check.h"
#include "db/tablelock.h"

enum {
	TRIES_FREE = 8,   /* without a global lock, before BACKUP STAGE */
	TRIES_UNSURE = 3, /* to find out what a table is */
	MOMENTS = 40,     /* of each to find one that all readers share */
	TRIES_SHORT = 3,  /* with one for the moment alone */
	TRIES_LONG = 3,   /* with one that keeps DDL off, before giving up */
	PAUSE_US = 10000  /* between tries, that much more each time */
};

/* How an attempt to take the snapshot is made. */
enum attempt { ATTEMPT_FREE, ATTEMPT_STAGE, ATTEMPT_FTWRL };

/* What a reader goes back to after each table, so that it keeps no metadata
 * lock on it. */
static const char reader_savepoint[] = "dbdump_reader";

static int connect_one(struct snapshot *s, struct db **db, struct err *e)
{
	*db = db_open(s->server, e);
	return *db ? session_set(*db, &s->flavor, s->options->lock_wait_ms, e)
		   : -1;
}

/* connect_to_read: with the binary log on for a session, MariaDB keeps
 * metadata locks beyond ROLLBACK TO SAVEPOINT. It writes nothing, so it loses
 * nothing by having it off. */
static int connect_to_read(struct snapshot *s, struct db **db, struct err *e)
{
	struct err refused;

	if (connect_one(s, db, e))
		return -1;
	s->locks_last =
		db_exec(*db, "SET SESSION sql_log_bin=0", &refused) != 0;
	return 0;
}

/* one_reader: the snapshot cannot be shared without a lock that is not to be
 * had, or was not wanted; or there are no more connections for this account. */
static void one_reader(struct snapshot *s, const char *why)
{
	log_debug("one reader only: %s", why);
	for (size_t i = 0; i < s->readers; i++)
		db_close(s->reader[i]);
	s->reader[0] = s->keeper;
	s->readers = 1;
}

/* connect_readers: one reader is the keeper itself. */
static int connect_readers(struct snapshot *s, struct err *e)
{
	size_t wanted = (size_t)s->options->jobs;
	int rc = 0;

	if (connect_to_read(s, &s->keeper, e))
		return -1;
	s->reader = xcalloc(wanted, sizeof(*s->reader));
	if (wanted == 1)
		s->reader[s->readers++] = s->keeper;
	for (; !rc && s->readers < wanted; s->readers++) {
		/* None waits for a lock: a DDL statement that waits for the
		 * keeper's would be in front, and both wait for ever. */
		rc = connect_to_read(s, &s->reader[s->readers], e);
		if (!rc)
			rc = session_lock_wait(s->reader[s->readers], 0, e);
	}
	if (rc && e->code == ERR_TEMP && !sig_pending()) {
		one_reader(s, e->msg);
		rc = 0;
	}
	return rc;
}

static bool shared(const struct snapshot *s)
{
	return s->reader[0] != s->keeper;
}

/* begin: the moment itself. Returns 1; 0: it was not the same on all; -1. */
static int begin(struct snapshot *s, bool still, struct err *e)
{
	struct db **all = xcalloc(s->readers + 1, sizeof(*all));
	size_t count = 0;
	int rc;

	all[count++] = s->keeper;
	for (size_t i = 0; shared(s) && i < s->readers; i++)
		all[count++] = s->reader[i];
	rc = moment_begin(
		&s->moment, all, count, s->control, &s->flavor, still, e);
	free(all);
	for (size_t i = 0; rc > 0 && shared(s) && i < s->readers; i++) {
		char sql[64];

		snprintf(sql, sizeof(sql), "SAVEPOINT %s", reader_savepoint);
		if (db_exec(s->reader[i], sql, e))
			rc = -1;
	}
	return rc;
}

/* patience: how long to wait for a lock while we hold one that others wait
 * for: some of those may be in the way of ours, and the next attempt begins
 * without any. */
static uint64_t patience(const struct snapshot *s)
{
	const uint64_t most_ms = 1000;
	uint64_t ms = s->options->lock_wait_ms;

	return ms < most_ms ? ms : most_ms;
}

/* lock_untransactional: tables that no snapshot holds still are locked
 * against writes until they are written to the dump. */
static int lock_untransactional(
	struct snapshot *s, enum attempt how, struct err *e)
{
	struct strbuf names = STRBUF_INIT;
	int rc = 0;

	tablelock_untransactional(&s->catalog, &s->locked_end, &names);
	if (s->options->no_data || s->options->lock == DUMP_LOCK_NONE)
		s->locked_end = 0;
	if (s->locked_end && !s->locker)
		rc = connect_one(s, &s->locker, e);
	if (s->locked_end && !rc)
		rc = session_lock_wait(s->locker,
			how == ATTEMPT_FREE ? s->options->lock_wait_ms
					    : patience(s),
			e);
	if (s->locked_end && !rc)
		rc = tablelock_read_lock(s->locker, &s->catalog, e);
	if (rc)
		err_prefix(e, "cannot lock %s: ", names.buf);
	strbuf_release(&names);
	return rc;
}

/* lock_in_keeper: what is free, or fail at once: a DDL statement that waits for
 * the control connection's lock would be in front, and both wait for ever. */
static int lock_in_keeper(struct snapshot *s, struct err *e)
{
	if (s->ddl)
		return 0;
	if (session_lock_wait(s->keeper, 0, e) ||
		tablelock_take(s->keeper, &s->catalog, e))
		return -1;
	return session_lock_wait(s->keeper, s->options->lock_wait_ms, e);
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
	db_exec(s->keeper, "ROLLBACK", &ignored);
	for (size_t i = 0; i < s->readers; i++)
		db_exec(s->reader[i], "ROLLBACK", &ignored);
	db_exec(s->control, "ROLLBACK", &ignored);
	catalog_release(&s->catalog);
	s->released = 0;
}

/* passing: a failure that passes when tables stop coming and going: a table
 * gone, altered, or locked by DDL just now. */
static bool passing(const struct db *db, bool impatient)
{
	switch (db ? db_errno(db) : 0) {
	case ER_NO_SUCH_TABLE:
	case ER_BAD_DB_ERROR:
	case ER_LOCK_DEADLOCK:
	case ER_TABLE_DEF_CHANGED:
		return true;
	case ER_LOCK_WAIT_TIMEOUT:
		return impatient;
	default:
		return false;
	}
}

/* again: whether an attempt's failure is such a one. The keeper never waits
 * for long, the locker not where others wait for us meanwhile. */
static bool again(const struct snapshot *s, enum attempt how)
{
	return !sig_pending() &&
		(passing(s->control, how != ATTEMPT_FREE) ||
			passing(s->keeper, true) ||
			passing(s->locker, how != ATTEMPT_FREE));
}

/* drops_under_way: whether a statement is just now taking a table away. The
 * table may be gone already, and the statement come to the binary log behind
 * our position: a replica would then drop what it never got. One that still
 * waits for its locks has taken nothing away; it will find ours. The counters
 * do not show it, for it may have begun long ago. Without the privilege PROCESS
 * others are not seen. Returns 1, 0, -1. */
static int drops_under_way(struct snapshot *s, struct err *e)
{
	struct strbuf count = STRBUF_INIT;
	int found = db_query_value(s->control,
		"SELECT COUNT(*) FROM information_schema.PROCESSLIST "
		"WHERE ID <> CONNECTION_ID() AND INFO REGEXP '"
		"(?is)^(\\\\s|/\\\\*[^!M].*?\\\\*/|/"
		"\\\\*M?![0-9]*|(--|#)[^\\n]*\\n)*"
		"(DROP|RENAME)' "
		"AND COALESCE(STATE, '') NOT REGEXP "
		"'^Waiting for .* lock'",
		&count, e);

	if (found > 0)
		found = strcmp(count.buf, "0") != 0;
	strbuf_release(&count);
	return found;
}

/* undisturbed: whether the catalogue still holds, and no table has come and
 * gone unseen since it was read. The counters alone do not tell: a statement
 * is counted when it begins, and may have begun before. Returns 1, 0, -1. */
static int undisturbed(struct snapshot *s, enum attempt how, struct err *e)
{
	struct catalog now;
	struct ddl_count after;
	bool same;

	if (catalog_read(&now, s->control, s->options, e))
		return again(s, how) ? 0 : -1;
	same = catalog_same(&s->catalog, &now);
	catalog_release(&now);
	if (!same)
		return 0;
	if (ddl_count_read(&after, s->control, e))
		return -1;
	return after.tables == s->before.tables;
}

/* hold: commits are held up until let_go. Errors: as the server's. */
static int hold(struct snapshot *s, enum attempt how, struct err *e)
{
	if (how == ATTEMPT_FTWRL)
		return db_exec(s->stage, "FLUSH TABLES WITH READ LOCK", e);
	if (db_exec(s->stage, "BACKUP STAGE START", e) ||
		db_exec(s->stage, "BACKUP STAGE BLOCK_COMMIT", e))
		return -1;
	return 0;
}

static int let_go(
	struct snapshot *s, enum attempt how, uint64_t since, struct err *e)
{
	if (db_exec(s->stage,
		    how == ATTEMPT_FTWRL ? "UNLOCK TABLES" : "BACKUP STAGE END",
		    e))
		return -1;
	s->lock_ms = clock_ms() - since;
	s->lock = how == ATTEMPT_FTWRL ? "ftwrl" : "stage";
	db_close(s->stage);
	s->stage = NULL;
	return 1;
}

/* take_moment: the snapshots, with the lock that this kind of attempt has, for
 * as long as that takes. Returns 1, 0, -1. */
static int take_moment(struct snapshot *s, enum attempt how, struct err *e)
{
	uint64_t since;
	int rc = 0;

	for (int i = 0; how == ATTEMPT_FREE && !rc && i < MOMENTS; i++)
		rc = begin(s, false, e);
	if (how == ATTEMPT_FREE)
		return rc;
	if (connect_one(s, &s->stage, e) ||
		session_lock_wait(s->stage, patience(s), e))
		return -1;
	since = clock_ms();
	if (hold(s, how, e))
		return db_errno(s->stage) == ER_LOCK_WAIT_TIMEOUT ? 0 : -1;
	if (begin(s, true, e) < 0)
		return -1;
	return let_go(s, how, since, e);
}

static int read_tables(struct snapshot *s, uint64_t wait_ms, struct err *e)
{
	if (session_lock_wait(s->control, wait_ms, e) ||
		ddl_count_read(&s->before, s->control, e))
		return -1;
	return catalog_read(&s->catalog, s->control, s->options, e);
}

/* try_short: steps (1) to (4) of the header. Returns 1 when it worked, 0 when
 * tables came or went meanwhile, or commits between the snapshots, -1. */
static int try_short(struct snapshot *s, enum attempt how, struct err *e)
{
	int rc;

	if (read_tables(s, s->options->lock_wait_ms, e))
		return again(s, how) ? 0 : -1;
	if (s->catalog.unsure && s->unsure_tries++ < TRIES_UNSURE)
		return 0;
	if (db_exec(s->control, "START TRANSACTION", e) ||
		(!s->ddl && tablelock_take(s->control, &s->catalog, e)) ||
		lock_untransactional(s, how, e))
		return again(s, how) ? 0 : -1;
	rc = how == ATTEMPT_FREE ? drops_under_way(s, e) : 0;
	if (rc)
		return rc > 0 ? 0 : -1;
	rc = take_moment(s, how, e);
	if (rc <= 0)
		return rc;
	if (lock_in_keeper(s, e))
		return again(s, how) ? 0 : -1;
	rc = undisturbed(s, how, e);
	if (rc > 0 && db_exec(s->control, "COMMIT", e))
		rc = -1;
	return rc;
}

/* try_long: the same under a lock that keeps DDL off all the time, and commits
 * for the moment in which the snapshot begins. */
static int try_long(struct snapshot *s, enum attempt how, struct err *e)
{
	uint64_t since;

	if (connect_one(s, &s->stage, e))
		return -1;
	if (how == ATTEMPT_FTWRL ? hold(s, how, e)
				 : db_exec(s->stage, "BACKUP STAGE START", e) ||
				db_exec(s->stage, "BACKUP STAGE BLOCK_DDL", e))
		return -1;
	since = clock_ms();
	/* An ALTER TABLE may hold its table and wait for the end of this lock;
	 * to look at that table is to wait for it. */
	if (read_tables(s, patience(s), e) || lock_untransactional(s, how, e))
		return again(s, how) ? 0 : -1;
	if (how == ATTEMPT_STAGE &&
		db_exec(s->stage, "BACKUP STAGE BLOCK_COMMIT", e))
		return -1;
	if (begin(s, true, e) < 0 || lock_in_keeper(s, e))
		return again(s, how) ? 0 : -1;
	if (session_lock_wait(s->control, s->options->lock_wait_ms, e))
		return -1;
	return let_go(s, how, since, e);
}

static enum attempt choose(const struct snapshot *s, unsigned number)
{
	switch (s->options->lock) {
	case DUMP_LOCK_STAGE:
		return ATTEMPT_STAGE;
	case DUMP_LOCK_FTWRL:
		return ATTEMPT_FTWRL;
	case DUMP_LOCK_NONE:
		return ATTEMPT_FREE;
	default:
		break;
	}
	/* BACKUP STAGE cannot be taken beside --block-ddl, which is one. */
	if ((s->options->block_ddl && s->flavor.snapshot_position) ||
		(s->free && number < TRIES_FREE))
		return ATTEMPT_FREE;
	return s->flavor.backup_stage ? ATTEMPT_STAGE : ATTEMPT_FTWRL;
}

static int try_once(struct snapshot *s, unsigned number, struct err *e)
{
	enum attempt how = choose(s, number);
	int rc;

	if (how == ATTEMPT_FREE && shared(s) && number >= TRIES_FREE)
		one_reader(s, "no two see the same without a lock");
	s->lock = "none";
	s->lock_ms = 0;
	s->locked_tries += how != ATTEMPT_FREE;
	if (how == ATTEMPT_FREE || s->locked_tries <= TRIES_SHORT)
		rc = try_short(s, how, e);
	else
		rc = try_long(s, how, e);
	if (rc < 0 && e->code == ERR_DENIED && shared(s) &&
		s->options->lock == DUMP_LOCK_AUTO &&
		s->flavor.snapshot_position) {
		one_reader(s, e->msg);
		s->free = true;
		return 0;
	}
	return rc;
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

	for (unsigned i = 0; i < TRIES_FREE + TRIES_SHORT + TRIES_LONG; i++) {
		rc = try_once(s, i, e);
		if (rc > 0) {
			return snapshot_check_taken(s, e)
				? -1
				: moment_gtid(&s->moment, s->control,
					  &s->flavor, e);
		}
		release_all(s);
		if (rc < 0)
			return explain(s, e);
		log_debug("tables came or went, or commits came between; "
			  "taking the snapshot again");
		usleep(PAUSE_US * (i + 1));
	}
	err_set(e, ERR_TEMP,
		"tables are created, altered or dropped, or changes committed, "
		"without pause; no consistent snapshot after %d tries",
		TRIES_FREE + TRIES_SHORT + TRIES_LONG);
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

/* block_ddl: until the end of the dump. */
static int block_ddl(struct snapshot *s, struct err *e)
{
	if (!s->options->block_ddl)
		return 0;
	if (connect_one(s, &s->ddl, e))
		return -1;
	if (s->flavor.vendor != VENDOR_MARIADB)
		return db_exec(s->ddl, "LOCK INSTANCE FOR BACKUP", e);
	if (db_exec(s->ddl, "BACKUP STAGE START", e) ||
		db_exec(s->ddl, "BACKUP STAGE BLOCK_DDL", e))
		return err_prefix(e, "--block-ddl: ");
	return 0;
}

/* plan: whether the snapshot can be had without a lock, and shared. */
static int plan(struct snapshot *s, struct err *e)
{
	int all_logged =
		shared(s) ? moment_shared(s->control, &s->flavor, e) : 1;

	if (all_logged < 0)
		return -1;
	s->free = s->flavor.snapshot_position && all_logged;
	if (!all_logged &&
		(s->options->lock == DUMP_LOCK_NONE || s->options->block_ddl))
		one_reader(s,
			"the binary log of this server does not have every "
			"commit, so equal positions prove nothing");
	return 0;
}

int snapshot_open(struct snapshot *s, const struct db_options *server,
	const struct dump_options *options, struct err *e)
{
	*s = (struct snapshot){.server = server, .options = options};
	s->control = db_open(server, e);
	if (!s->control || flavor_detect(&s->flavor, s->control, e) ||
		session_set(s->control, &s->flavor, options->lock_wait_ms, e) ||
		snapshot_check_asked(s, e) ||
		db_exec(s->control, "SET SESSION character_set_results=NULL",
			e) ||
		connect_readers(s, e) || plan(s, e) || block_ddl(s, e))
		return -1;
	return attempt(s, e);
}

int snapshot_again(struct snapshot *s, struct err *e)
{
	release_all(s);
	upstreams_release(&s->upstreams);
	s->locked_tries = s->unsure_tries = 0;
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

bool snapshot_locked(
	const struct snapshot *s, const struct catalog_table *table)
{
	return !table->transactional && s->locked_end;
}

int snapshot_release(const struct snapshot *s, struct db *reader, struct err *e)
{
	char sql[64];

	if (reader == s->keeper || reader == s->locker)
		return 0;
	snprintf(
		sql, sizeof(sql), "ROLLBACK TO SAVEPOINT %s", reader_savepoint);
	return db_exec(reader, sql, e);
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
	while (!s->ddl &&
		(s->released < tables / group ||
			(all && s->released * group < tables)))
		if (tablelock_release(s->keeper, s->released++, e))
			return -1;
	return 0;
}

int snapshot_kill(const struct snapshot *s, const struct db *db, struct err *e)
{
	char sql[64];

	snprintf(sql, sizeof(sql), "KILL %llu",
		(unsigned long long)db_thread_id(db));
	return db_exec(s->control, sql, e);
}

void snapshot_close(struct snapshot *s)
{
	upstreams_release(&s->upstreams);
	db_close(s->stage);
	db_close(s->locker);
	for (size_t i = 0; i < s->readers; i++)
		if (s->reader[i] != s->keeper)
			db_close(s->reader[i]);
	free(s->reader);
	db_close(s->keeper);
	db_close(s->ddl);
	db_close(s->control);
	catalog_release(&s->catalog);
	moment_release(&s->moment);
	*s = (struct snapshot){0};
}
