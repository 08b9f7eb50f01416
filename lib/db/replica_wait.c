/* replica_wait.c: watching a replica until it has what its source had, or
 * until it says why it will not. */
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/sig.h"
#include "db/conn_internal.h"
#include "db/gtid.h"
#include "db/mask.h"
#include "db/replica.h"
#include "db/result.h"
#include "db/sql_text.h"

enum {
	POLL_MS = 100,
	CONNECT_PATIENCE_MS = 3000, /* for an error that may pass */
	SETTLE_MS = 1500 /* nothing new for so long: it has all there is */
};

/* What the source had when the wait began. */
struct goal {
	char *log_file; /* NULL: the source did not say */
	uint64_t log_pos;
	bool has_gtid; /* MariaDB's */
	struct gtid_list gtid;
	char *gtid_set; /* MySQL's; NULL: the source did not say */
};

/* What has been seen since the wait began. */
struct watch {
	uint64_t started_ms;
	uint64_t quiet_ms;   /* since when nothing was received, 0: never */
	uint64_t trouble_ms; /* since when it cannot connect, 0: it can */
	char *read_file;
	uint64_t read_pos;
};

static void goal_release(struct goal *goal)
{
	free(goal->log_file);
	free(goal->gtid_set);
	gtid_list_release(&goal->gtid);
}

static void ask_gtid(
	struct goal *goal, struct db *db, const struct flavor *flavor)
{
	bool mariadb = flavor->vendor == VENDOR_MARIADB;
	struct strbuf text = STRBUF_INIT;
	struct err ignored;

	if (db_query_value(db,
		    mariadb ? "SELECT @@GLOBAL.gtid_binlog_pos"
			    : "SELECT @@GLOBAL.gtid_executed",
		    &text, &ignored) != 1) {
		strbuf_release(&text);
		return;
	}
	if (mariadb)
		goal->has_gtid = gtid_list_parse(&goal->gtid, text.buf);
	else
		goal->gtid_set = strbuf_detach(&text);
	strbuf_release(&text);
}

static void ask_file(
	struct goal *goal, struct db *db, const struct flavor *flavor)
{
	struct err ignored;
	struct db_result *result = db_query_shape(db, "ss",
		flavor->binlog_status ? "SHOW BINARY LOG STATUS"
				      : "SHOW MASTER STATUS",
		&ignored);
	char **row = result ? db_next(result) : NULL;

	if (row) {
		goal->log_file = xstrdup(row[0]);
		goal->log_pos = strtoull(row[1], NULL, 10);
	}
	db_result_free(result);
}

/* ask_source: what it tells without any privilege first. A login that is
 * refused or a file position that is not ours to see is no error here. */
static void ask_source(struct goal *goal, const struct db_options *source)
{
	struct err ignored;
	struct db *db = source ? db_open(source, &ignored) : NULL;
	struct flavor flavor;

	if (db && !flavor_detect(&flavor, db, &ignored)) {
		ask_gtid(goal, db, &flavor);
		ask_file(goal, db, &flavor);
	}
	db_close(db);
}

/* file_number: "mysql-bin.000123" → 123. */
static uint64_t file_number(const char *file)
{
	const char *dot = file ? strrchr(file, '.') : NULL;

	return dot ? strtoull(dot + 1, NULL, 10) : 0;
}

static int compare(
	const char *file, uint64_t pos, const char *file2, uint64_t pos2)
{
	uint64_t a = file_number(file), b = file_number(file2);

	if (a != b)
		return a < b ? -1 : 1;
	return pos < pos2 ? -1 : pos > pos2;
}

/* beyond: by GTID the files do not count: they are those of the dumped server,
 * which can be another replica of the source. */
static bool beyond(const struct replica_plan *plan, const struct goal *goal)
{
	struct gtid_list from = {0};
	bool ahead = plan->gtid && goal->has_gtid &&
		gtid_list_parse(&from, plan->gtid) &&
		gtid_list_ahead(&from, &goal->gtid);

	gtid_list_release(&from);
	return ahead ||
		(!plan->use_gtid && plan->log_file && goal->log_file &&
			compare(plan->log_file, plan->log_pos, goal->log_file,
				goal->log_pos) > 0);
}

int replica_check_position(const struct replica_plan *plan,
	const struct db_options *source, struct err *e)
{
	struct goal goal = {0};
	int rc = 0;

	ask_source(&goal, source);
	if (beyond(plan, &goal)) {
		rc = err_set(e, ERR_UNAVAILABLE,
			"the dump's position (%.255s %" PRIu64 ", GTID '%.200s'"
			") lies behind the end of the source's binary log",
			plan->log_file ? plan->log_file : "", plan->log_pos,
			plan->gtid ? plan->gtid : "");
		err_hint(e,
			"is --master-host the server that was dumped, and "
			"was its log reset since?");
	}
	goal_release(&goal);
	return rc;
}

/* covers_set: MySQL's sets are compared by the server that has them. */
static bool covers_set(struct db *db, const struct goal *goal)
{
	struct strbuf sql = STRBUF_INIT, yes = STRBUF_INIT;
	struct err ignored;
	bool covered;

	strbuf_addstr(&sql, "SELECT GTID_SUBSET(");
	sql_value_str(&sql, goal->gtid_set);
	strbuf_addstr(&sql, ", @@GLOBAL.gtid_executed)");
	covered = db_query_value(db, sql.buf, &yes, &ignored) == 1 &&
		!strcmp(yes.buf, "1");
	strbuf_release(&sql);
	strbuf_release(&yes);
	return covered;
}

static bool covers(const struct goal *goal, const struct replica_status *s)
{
	struct gtid_list have = {0};
	bool covered = gtid_list_parse(&have, s->gtid) &&
		gtid_list_covers(&have, &goal->gtid);

	gtid_list_release(&have);
	return covered;
}

/* all_received_applied: for a source that does not say where it is: the
 * replica is connected, waits for more, has received nothing new for a while,
 * and has applied everything. */
static bool all_received_applied(
	struct watch *watch, const struct replica_status *s)
{
	uint64_t now = clock_ms();
	bool waiting = s->io_running && s->io_state &&
		strstr(s->io_state, "to send event");
	bool news = !watch->read_file || !s->read_file ||
		strcmp(watch->read_file, s->read_file) != 0 ||
		watch->read_pos != s->read_pos;

	if (!waiting || news || !watch->quiet_ms)
		watch->quiet_ms = now;
	if (news) {
		free(watch->read_file);
		watch->read_file = s->read_file ? xstrdup(s->read_file) : NULL;
		watch->read_pos = s->read_pos;
	}
	return waiting && now - watch->quiet_ms >= SETTLE_MS &&
		!compare(s->log_file, s->log_pos, s->read_file, s->read_pos);
}

static bool reached(struct db *db, const struct goal *goal,
	const struct replica_plan *plan, struct watch *watch,
	const struct replica_status *s)
{
	/* Without a GTID to begin with, domains in which nothing more happens
	 * would never show up in the replica's position. By file and position
	 * another connection may be in the same domain: then the server's GTID
	 * position is that of the last to execute something. */
	bool by_gtid =
		goal->has_gtid && plan->gtid && (plan->use_gtid || !s->shared);

	if (!plan->use_gtid && goal->log_file)
		return s->log_file &&
			compare(s->log_file, s->log_pos, goal->log_file,
				goal->log_pos) >= 0;
	if (by_gtid)
		return covers(goal, s);
	if (plan->use_gtid && goal->gtid_set)
		return covers_set(db, goal);
	return all_received_applied(watch, s);
}

/* thread_error: a thread's error in the server's words, but for a statement
 * in them that may hold a password. */
static int thread_error(
	const char *thread, const char *words, unsigned number, struct err *e)
{
	const char *query = words ? strstr(words, "Query: '") : NULL;
	int shown = words ? (int)strnlen(words, 700) : 0;

	if (query && sql_may_hold_secret(query, strlen(query)))
		shown = (int)(query - words);
	return err_set(e, ERR_UNAVAILABLE,
		"replication on the target: the %s thread says: %.*s (%u)",
		thread, shown, words ? words : "", number);
}

/* will_not_pass: the source refuses the login, which another try at it will not
 * change. */
static bool will_not_pass(const struct replica_status *s)
{
	return db_err_code(s->io_errno) == ERR_DENIED;
}

/* broken: -1 with the reason if the replica will not get there. */
static int broken(
	struct watch *watch, const struct replica_status *s, struct err *e)
{
	uint64_t now = clock_ms();
	bool io_down = !s->io_running && !s->io_connecting;

	if (!s->configured) {
		err_set(e, ERR_UNAVAILABLE,
			"replication was removed while we waited for it");
		return -1;
	}
	if (!s->io_running && !watch->trouble_ms)
		watch->trouble_ms = now;
	if (s->io_running)
		watch->trouble_ms = 0;
	if (!s->sql_running && s->sql_errno)
		thread_error("SQL", s->sql_error, s->sql_errno, e);
	else if (s->io_errno &&
		(io_down || will_not_pass(s) ||
			(watch->trouble_ms &&
				now - watch->trouble_ms >=
					CONNECT_PATIENCE_MS)))
		thread_error("I/O", s->io_error, s->io_errno, e);
	else if (!s->sql_running ||
		(io_down && now - watch->trouble_ms >= CONNECT_PATIENCE_MS))
		err_set(e, ERR_UNAVAILABLE,
			"a replication thread of the target was stopped "
			"without an error");
	else
		return 0;
	return err_hint(e,
		"the dump is loaded and replication stays configured%s; put "
		"the cause right, then START SLAVE there; to begin anew, STOP "
		"SLAVE; RESET SLAVE ALL",
		s->io_connecting ? " (it keeps trying)" : "");
}

static int out_of_time(const struct replica_status *s, struct err *e)
{
	err_set(e, ERR_TEMP, "GTID '%.200s'", s->gtid);
	/* By GTID it knows no file until a change has come. */
	if (s->log_file && *s->log_file)
		err_prefix(e, "%.255s position %" PRIu64 ", ", s->log_file,
			s->log_pos);
	err_prefix(e, "the replica has not caught up in time: it is at ");
	return err_hint(e,
		"replication is running and goes on by itself; see "
		"SHOW SLAVE STATUS there");
}

/* pause_poll: the time between two looks, ended early by a signal. */
static int pause_poll(struct err *e)
{
	struct pollfd fd = {.fd = sig_fd(), .events = POLLIN};

	(void)poll(&fd, 1, POLL_MS);
	return sig_pending() ? err_set(e, ERR_SIGNAL, "interrupted") : 0;
}

static int watch_until(struct db *db, const struct replica_plan *plan,
	const struct goal *goal, struct watch *watch, uint64_t timeout_ms,
	struct replica_status *s, struct err *e)
{
	for (;;) {
		replica_status_release(s);
		if (replica_status(db, plan, s, e))
			return -1;
		/* A position that was reached without a connection says
		 * nothing of what the source did since. */
		if (s->io_running && s->sql_running &&
			reached(db, goal, plan, watch, s))
			return 0;
		if (broken(watch, s, e))
			return -1;
		if (clock_ms() - watch->started_ms >= timeout_ms)
			return out_of_time(s, e);
		if (pause_poll(e))
			return -1;
	}
}

int replica_wait(struct db *db, const struct replica_plan *plan,
	const struct db_options *source, uint64_t timeout_ms,
	struct replica_status *status, struct err *e)
{
	struct goal goal = {0};
	struct watch watch = {.started_ms = clock_ms()};
	int rc;

	memset(status, 0, sizeof(*status));
	ask_source(&goal, source);
	rc = watch_until(db, plan, &goal, &watch, timeout_ms, status, e);
	if (rc)
		replica_status_release(status);
	goal_release(&goal);
	free(watch.read_file);
	return rc;
}
