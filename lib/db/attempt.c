/* attempt.c: see attempt.h. */
#include "db/attempt.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <mysqld_error.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/prog.h"
#include "base/sig.h"
#include "db/result.h"
#include "db/session.h"
#include "db/snapshot_check.h"
#include "db/snapshot_internal.h"
#include "db/tablelock.h"

enum {
	TRIES_FREE = 8,   /* without a global lock, before BACKUP STAGE */
	TRIES_UNSURE = 3, /* to find out what a table is */
	MOMENTS = 40,     /* of each to find one that all readers share */
	TRIES_SHORT = 8,  /* with one for the moment alone */
	TRIES_FTWRL = 3,  /* the same, where each can hold others up for long */
	TRIES_LONG = 3,   /* with one that keeps DDL off, before giving up */
	PAUSE_US = 10000  /* between tries, that much more each time */
};

/* How long others wait for us at most: first for the lock to be granted, behind
 * those that it waits for; then for the snapshots to begin. */
static const uint64_t granted_most_ms = 60, held_most_ms = 80;

enum how { FREE, STAGE, FTWRL };

/* An attempt: by what lock; whether it is held from the beginning. */
struct attempt {
	enum how how;
	bool whole;
};

/* patience: how long to wait for a lock while we hold one that others wait
 * for: some of those may be in the way of ours, and the next attempt begins
 * without any. */
static uint64_t patience(const struct snapshot *s)
{
	const uint64_t most_ms = 1000;
	uint64_t ms = s->options->lock_wait_ms;

	return ms < most_ms ? ms : most_ms;
}

/* let_go: of the global lock, if there is one. */
static int let_go(struct snapshot *s, struct err *e)
{
	int rc = hold_end(&s->hold, e);
	uint64_t ms = hold_ms(&s->hold);

	if (ms > s->lock_ms)
		s->lock_ms = ms;
	s->hold.since = 0;
	return rc;
}

void attempt_undo(struct snapshot *s)
{
	struct err ignored; /* the next attempt would meet them again */

	let_go(s, &ignored);
	if (s->locker)
		db_exec(s->locker, "UNLOCK TABLES", &ignored);
	for (size_t i = 0; i < s->keepers; i++)
		db_exec(s->keeper[i], "ROLLBACK", &ignored);
	for (size_t i = 0; i < s->readers; i++)
		db_exec(s->reader[i], "ROLLBACK", &ignored);
	for (size_t i = 0; i < s->guards; i++)
		db_exec(s->guard[i], "ROLLBACK", &ignored);
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

/* again: whether an attempt's failure is such a one. The keepers and the later
 * guards never wait for long, the control connection, which is the first guard,
 * and the locker not where others wait for us meanwhile. */
static bool again(const struct snapshot *s, const struct attempt *a)
{
	bool found = passing(s->locker, a->how != FREE);

	for (size_t i = 0; i < s->keepers; i++)
		found = found || passing(s->keeper[i], true);
	for (size_t i = 0; i < s->guards; i++)
		found = found || passing(s->guard[i], i || a->how != FREE);
	return found && !sig_pending();
}

static int read_tables(struct snapshot *s, uint64_t wait_ms, struct err *e)
{
	if (session_lock_wait(s->control, wait_ms, e) ||
		ddl_count_read(&s->before, s->control, e))
		return -1;
	return catalog_read(&s->catalog, s->control, s->options, e);
}

/* one_more_pair: a keeper and a guard. Not to have them costs time alone. */
static bool one_more_pair(struct snapshot *s)
{
	struct db *keeper = NULL, *guard = NULL;
	struct err e;

	if (snapshot_connect_to_read(s, &keeper, &e) ||
		snapshot_connect(s, &guard, &e) ||
		session_lock_wait(guard, patience(s), &e)) {
		log_debug("%zu connections hold the tables' locks: %s",
			s->keepers, e.msg);
		db_close(keeper);
		db_close(guard);
		return false;
	}
	s->keeper[s->keepers++] = keeper;
	s->guard[s->guards++] = guard;
	return true;
}

/* line_up_keepers: as many as the tables are worth. Only where readers share
 * the snapshot can keepers, too. */
static void line_up_keepers(struct snapshot *s)
{
	size_t wanted = snapshot_shared(s) && !s->ddl && !s->queued
		? tablelock_shares(&s->catalog)
		: 1;

	if (s->queued)
		snapshot_one_keeper(s);
	while (s->keepers < wanted && one_more_pair(s))
		;
}

/* guard_tables: step (1) of snapshot.h. A DDL statement on several tables can
 * wait for one guard and be in front of another: then the server sees no
 * deadlock, and the next attempt has but one. */
static int guard_tables(struct snapshot *s, struct err *e)
{
	if (db_exec_all(s->guard, s->guards, "START TRANSACTION", e))
		return -1;
	for (size_t i = 0; !s->ddl && i < s->guards; i++)
		if (tablelock_take(s->guard[i], &s->catalog, i, s->guards, e)) {
			s->queued = i &&
				db_errno(s->guard[i]) == ER_LOCK_WAIT_TIMEOUT;
			return -1;
		}
	return 0;
}

/* leave_to_keepers: step (4). */
static int leave_to_keepers(struct snapshot *s, struct err *e)
{
	return db_exec_all(s->guard, s->guards, "COMMIT", e);
}

/* keep_tables: step (3): what is free, or fail at once: a DDL statement that
 * waits for a guard's lock would be in front, and both wait for ever. */
static int keep_tables(struct snapshot *s, struct err *e)
{
	for (size_t i = 0; !s->ddl && i < s->keepers; i++) {
		struct db *keeper = s->keeper[i];

		if (session_lock_wait(keeper, 0, e) ||
			tablelock_take(keeper, &s->catalog, i, s->keepers, e) ||
			session_lock_wait(keeper, s->options->lock_wait_ms, e))
			return -1;
	}
	return 0;
}

/* find_untransactional: tables that no snapshot holds still; `names` of some.
 */
static void find_untransactional(struct snapshot *s, struct strbuf *names)
{
	tablelock_untransactional(&s->catalog, &s->locked_end, names);
	if (s->options->no_data || s->options->lock == DUMP_LOCK_NONE)
		s->locked_end = 0;
}

/* in_its_own_way: MySQL's FLUSH TABLES WITH READ LOCK waits for tables that
 * another connection has locked, so it has to come before our LOCK TABLES. */
static bool in_its_own_way(struct snapshot *s, const struct attempt *a)
{
	struct strbuf names = STRBUF_INIT;

	if (a->how != FTWRL || !s->flavor.ftwrl_waits)
		return false;
	find_untransactional(s, &names);
	strbuf_release(&names);
	return s->locked_end;
}

/* lock_untransactional: until they are written to the dump, nobody writes to
 * them. */
static int lock_untransactional(
	struct snapshot *s, const struct attempt *a, struct err *e)
{
	struct strbuf names = STRBUF_INIT;
	int rc = 0;

	find_untransactional(s, &names);
	if (s->locked_end && !s->locker)
		rc = snapshot_connect(s, &s->locker, e);
	if (s->locked_end && !rc)
		rc = session_lock_wait(s->locker,
			a->how == FREE ? s->options->lock_wait_ms : patience(s),
			e);
	if (s->locked_end && !rc)
		rc = tablelock_read_lock(s->locker, &s->catalog, e);
	if (rc)
		err_prefix(e, "cannot lock %s: ", names.buf);
	strbuf_release(&names);
	return rc;
}

/* drops_under_way: whether a statement is just now taking a table away. The
 * table may be gone already, and the statement come to the binary log behind
 * our position: a replica would then drop what it never got. One that still
 * waits for its locks has taken nothing away; it will find ours. The counters
 * do not show it, for it may have begun long ago. Without the privilege PROCESS
 * others are not seen. Returns 1, 0, -1. */
static int drops_under_way(struct snapshot *s, struct err *e)
{
	/* A comment, or the head of one that is run, or space. The second is
	 * in the words of POSIX, where long comments take their time. */
	static const char lazy[] = "(?is)^(\\\\s|/\\\\*[^!M].*?\\\\*/|/"
				   "\\\\*M?![0-9]*|(--|#)[^\\n]*\\n)*"
				   "(DROP|RENAME)";
	static const char posix[] =
		"^([[:space:]]|/[*]([^*!M]([^*]|[*]+[^*/])*)?[*]+/|/"
		"[*]M?![0-9]*|(--|#)[^\\n]*\\n)*"
		"(DROP|RENAME)";
	struct strbuf sql = STRBUF_INIT, count = STRBUF_INIT;
	int found;

	strbuf_addf(&sql,
		"SELECT COUNT(*) FROM information_schema.PROCESSLIST "
		"WHERE ID <> CONNECTION_ID() AND INFO REGEXP '%s' "
		"AND COALESCE(STATE, '') NOT REGEXP "
		"'^Waiting for .* lock'",
		s->flavor.lazy_regexp ? lazy : posix);
	found = db_query_value(s->control, sql.buf, &count, e);
	strbuf_release(&sql);
	if (found > 0)
		found = strcmp(count.buf, "0") != 0;
	strbuf_release(&count);
	return found;
}

/* undisturbed: whether the catalogue still holds, and no table has come and
 * gone unseen since it was read. The counters alone do not tell: a statement
 * is counted when it begins, and may have begun before. Returns 1, 0, -1. */
static int undisturbed(
	struct snapshot *s, const struct attempt *a, struct err *e)
{
	struct catalog now;
	struct ddl_count after;
	bool same;

	if (catalog_read(&now, s->control, s->options, e))
		return again(s, a) ? 0 : -1;
	same = catalog_same(&s->catalog, &now);
	catalog_release(&now);
	if (!same)
		return 0;
	if (ddl_count_read(&after, s->control, e))
		return -1;
	return after.tables == s->before.tables;
}

static int prepare_hold(
	struct snapshot *s, const struct attempt *a, struct err *e)
{
	struct db *db;

	if (snapshot_connect(s, &db, e)) {
		db_close(db);
		return -1;
	}
	return hold_prepare(&s->hold, db, a->how == FTWRL, patience(s), e);
}

/* time_left: of what the snapshots may take. */
static uint64_t time_left(const struct snapshot *s, const struct attempt *a)
{
	const uint64_t long_ms = 60 * 1000;
	uint64_t held = hold_ms(&s->hold);

	if (a->whole)
		return long_ms;
	return held < held_most_ms ? held_most_ms - held : 0;
}

/* Those who see the snapshot. Owns: db, freed by the caller. */
struct viewers {
	struct db **db;
	size_t count;
};

static struct viewers viewers_new(const struct snapshot *s)
{
	struct viewers all = {
		xcalloc(s->keepers + s->readers, sizeof(*all.db)), 0};

	for (size_t i = 0; i < s->keepers; i++)
		all.db[all.count++] = s->keeper[i];
	for (size_t i = 0; snapshot_shared(s) && i < s->readers; i++)
		all.db[all.count++] = s->reader[i];
	return all;
}

/* begin_free: while commits go on. Returns 1, 0, -1. */
static int begin_free(
	struct snapshot *s, const struct viewers *all, struct err *e)
{
	int rc = 0;

	for (int i = 0; !rc && i < MOMENTS; i++)
		rc = moment_begin(&s->moment, all->db, all->count, s->control,
			&s->flavor, e);
	return rc;
}

/* begin_held: while they wait for us: nothing here that could be done before
 * or after. Returns 1, 0, -1. */
static int begin_held(struct snapshot *s, const struct attempt *a,
	const struct viewers *all, struct err *e)
{
	int rc;

	if ((!a->whole && prepare_hold(s, a, e)) ||
		hold_commits(&s->hold, a->whole ? 0 : granted_most_ms, e))
		return hold_refused(&s->hold) ? 0 : -1;
	s->lock = s->hold.ftwrl ? "ftwrl" : "stage";
	rc = moment_start(&s->moment, all->db, all->count, s->control,
		&s->flavor, time_left(s, a), e);
	if (rc < 0)
		return -1;
	/* What keeps DDL off has to, until the keepers have the tables. */
	if (!a->whole && let_go(s, e))
		rc = -1;
	if (moment_started(&s->moment, all->db, all->count, &s->flavor, e))
		return -1;
	return rc;
}

/* take_moment: step (2): the snapshots. Returns 1, 0, -1. */
static int take_moment(
	struct snapshot *s, const struct attempt *a, struct err *e)
{
	struct viewers all = viewers_new(s);
	int rc = a->how == FREE ? begin_free(s, &all, e)
				: begin_held(s, a, &all, e);

	free(all.db);
	if (rc > 0 && snapshot_shared(s) &&
		db_exec_all(s->reader, s->readers,
			"SAVEPOINT " READER_SAVEPOINT, e))
		rc = -1;
	return rc;
}

/* try_short: steps (1) to (4) of snapshot.h. Returns 1 when it worked, 0 when
 * tables came or went meanwhile, or commits between the snapshots, -1. */
static int try_short(struct snapshot *s, const struct attempt *a, struct err *e)
{
	int rc;

	if (read_tables(s, s->options->lock_wait_ms, e))
		return again(s, a) ? 0 : -1;
	if (s->catalog.unsure && s->unsure_tries++ < TRIES_UNSURE)
		return 0;
	if (in_its_own_way(s, a)) {
		s->locked_tries = TRIES_FTWRL;
		return 0;
	}
	line_up_keepers(s);
	if (guard_tables(s, e) || lock_untransactional(s, a, e))
		return again(s, a) ? 0 : -1;
	rc = a->how == FREE ? drops_under_way(s, e) : 0;
	if (rc)
		return rc > 0 ? 0 : -1;
	rc = take_moment(s, a, e);
	if (rc <= 0)
		return rc;
	if (keep_tables(s, e))
		return again(s, a) ? 0 : -1;
	rc = undisturbed(s, a, e);
	if (rc > 0 && leave_to_keepers(s, e))
		rc = -1;
	return rc;
}

/* wait_on: whether to ask once more for a lock that DDL, which goes on for
 * long, is in front of: such an attempt does not count. It does for FTWRL,
 * which others wait for with whatever they write. */
static bool wait_on(struct snapshot *s, const struct attempt *a)
{
	if (!hold_refused(&s->hold) || sig_pending() ||
		clock_ms() - s->began >= s->options->lock_wait_ms)
		return false;
	if (a->how == FTWRL)
		return s->locked_tries < TRIES_FTWRL + TRIES_LONG;
	if (!s->waits)
		log_info("DDL or another backup is under way; waiting for it, "
			 "as long as --lock-wait says");
	s->waits = true;
	s->locked_tries--;
	return true;
}

/* try_long: the same under a lock that keeps DDL off all the time, and commits
 * while the snapshot begins. */
static int try_long(struct snapshot *s, const struct attempt *a, struct err *e)
{
	int rc;

	if (prepare_hold(s, a, e) || hold_ddl(&s->hold, e))
		return wait_on(s, a) ? 0 : -1;
	/* An ALTER TABLE may hold its table and wait for the end of this lock;
	 * to look at that table is to wait for it. */
	if (read_tables(s, patience(s), e) || lock_untransactional(s, a, e))
		return again(s, a) ? 0 : -1;
	line_up_keepers(s);
	rc = take_moment(s, a, e);
	if (rc <= 0)
		return rc;
	if (keep_tables(s, e))
		return again(s, a) ? 0 : -1;
	if (let_go(s, e) ||
		session_lock_wait(s->control, s->options->lock_wait_ms, e))
		return -1;
	return 1;
}

static enum how choose(const struct snapshot *s, unsigned number)
{
	switch (s->options->lock) {
	case DUMP_LOCK_STAGE:
		return STAGE;
	case DUMP_LOCK_FTWRL:
		return FTWRL;
	case DUMP_LOCK_NONE:
		return FREE;
	default:
		break;
	}
	/* BACKUP STAGE cannot be taken beside --block-ddl, which is one. */
	if ((s->options->block_ddl && s->flavor.snapshot_position) ||
		(s->free && (s->barred || number < TRIES_FREE)))
		return FREE;
	return s->flavor.backup_stage ? STAGE : FTWRL;
}

/* short_tries: of those with a lock. */
static unsigned short_tries(enum how how)
{
	return how == STAGE ? TRIES_SHORT : TRIES_FTWRL;
}

/* may_try: whether there is an attempt of this number. */
static bool may_try(const struct snapshot *s, unsigned number)
{
	enum how how = choose(s, number);

	return how == FREE ? number < TRIES_FREE + TRIES_SHORT + TRIES_LONG
			   : s->locked_tries < short_tries(how) + TRIES_LONG;
}

/* may_do_without: whether a lock that this account may not take can be spared:
 * for one reader it is there for the position alone, and only where the server
 * does not tell that of a snapshot. */
static bool may_do_without(const struct snapshot *s)
{
	return s->options->lock == DUMP_LOCK_AUTO &&
		(s->flavor.snapshot_position || !s->options->master_data);
}

static void do_without(struct snapshot *s, const char *why)
{
	if (snapshot_shared(s))
		snapshot_one_reader(s, why);
	if (!s->flavor.snapshot_position)
		log_warn("the dump states no position, for this account may "
			 "not ask for it under a lock: %s",
			why);
	s->free = s->barred = true;
	s->lock = "none";
}

static int try_once(struct snapshot *s, unsigned number, struct err *e)
{
	struct attempt a = {.how = choose(s, number)};
	int rc;

	if (a.how == FREE && snapshot_shared(s) && number >= TRIES_FREE)
		snapshot_one_reader(s, "no two see the same without a lock");
	s->locked_tries += a.how != FREE;
	a.whole = a.how != FREE && s->locked_tries > short_tries(a.how);
	rc = a.whole ? try_long(s, &a, e) : try_short(s, &a, e);
	if (rc < 0 && e->code == ERR_DENIED && a.how != FREE &&
		may_do_without(s)) {
		do_without(s, e->msg);
		return 0;
	}
	return rc;
}

/* in_vain: whether the last thing that this connection did was to wait for a
 * lock that it did not get. */
static bool in_vain(const struct db *db)
{
	switch (db ? db_errno(db) : 0) {
	case ER_LOCK_WAIT_TIMEOUT:
	case ER_STATEMENT_TIMEOUT:
	case ER_LOCK_DEADLOCK:
		return true;
	default:
		return false;
	}
}

static bool waited_in_vain(const struct snapshot *s)
{
	bool found = in_vain(s->locker) || in_vain(s->hold.db);

	for (size_t i = 0; i < s->keepers; i++)
		found = found || in_vain(s->keeper[i]);
	for (size_t i = 0; i < s->guards; i++)
		found = found || in_vain(s->guard[i]);
	return found;
}

/* explain: what a lock that was not to be had means for the person. */
static void explain(const struct snapshot *s, struct err *e)
{
	const uint64_t most_ms = s->options->lock_wait_ms;
	const uint64_t waited_ms = clock_ms() - s->began;

	if (e->code != ERR_TEMP || sig_pending() || !waited_in_vain(s))
		return;
	if (waited_ms < most_ms)
		err_prefix(e, "no consistent snapshot after %llu s: ",
			(unsigned long long)waited_ms / 1000);
	else
		err_prefix(e,
			"no consistent snapshot within --lock-wait=%llus: ",
			(unsigned long long)most_ms / 1000);
	err_hint(e,
		"a long statement, or DDL, holds a lock on a table; "
		"see SHOW PROCESSLIST, try again later%s",
		waited_ms < most_ms ? "" : ", or raise --lock-wait");
}

int attempt_all(struct snapshot *s, struct err *e)
{
	unsigned i;

	s->began = clock_ms();
	s->waits = false;
	s->locked_tries = s->unsure_tries = 0;
	for (i = 0; may_try(s, i); i++) {
		int rc = try_once(s, i, e);

		if (rc > 0) {
			return snapshot_check_taken(s, e)
				? -1
				: moment_gtid(&s->moment, s->control,
					  &s->flavor, e);
		}
		if (rc < 0)
			explain(s, e);
		attempt_undo(s);
		if (rc < 0)
			return -1;
		log_debug("tables came or went, or commits came between; "
			  "taking the snapshot again");
		usleep(PAUSE_US * (i + 1));
	}
	err_set(e, ERR_TEMP,
		"tables are created, altered or dropped, or changes committed, "
		"without pause; no consistent snapshot after %u tries",
		i);
	return err_hint(e, "try again later, or use --lock=stage");
}
