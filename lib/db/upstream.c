/* upstream.c: see upstream.h. */
#include "db/upstream.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/prog.h"
#include "base/sig.h"
#include "base/undo.h"
#include "db/result.h"
#include "db/sql_text.h"

static const char sources[] = "SHOW ALL SLAVES STATUS";

enum { LOOK_US = 100000 }; /* between two looks at what threads wait for */

static char *copy_column(struct db_result *result, char **row, const char *name)
{
	const char *value = db_value(result, row, name);

	return xstrdup(value ? value : "");
}

static bool is_yes(const char *value)
{
	return value && !strcmp(value, "Yes");
}

/* control: START or STOP one SQL thread. */
static int control(struct db *db, bool start, const struct upstream *upstream,
	struct err *e)
{
	struct strbuf sql = STRBUF_INIT;
	int rc;

	strbuf_addf(&sql, "%s SLAVE ", start ? "START" : "STOP");
	sql_value_str(&sql, upstream->channel);
	strbuf_addstr(&sql, " SQL_THREAD");
	if (start && upstream->until)
		strbuf_addf(&sql, " UNTIL %s", upstream->until);
	rc = db_exec(db, sql.buf, e);
	strbuf_release(&sql);
	return rc;
}

static bool any_stopped(const struct upstreams *u)
{
	for (size_t i = 0; i < u->count; i++)
		if (u->item[i].stopped)
			return true;
	return false;
}

/* start_over_new: the undo; the old connection may be gone, or in the middle
 * of something. */
static void start_over_new(void *arg)
{
	struct upstreams *u = arg;
	struct err e;
	struct db *db;

	if (!any_stopped(u))
		return;
	db = db_open(u->server, &e);
	if (!db || upstreams_start(u, db, &e))
		log_warn("cannot start the replica's SQL thread again: %s; "
			 "run START ALL SLAVES there",
			e.msg);
	db_close(db);
}

/* note_until: where it is to end, of which a thread that is started again knows
 * no more. Source: MariaDB manual, "START REPLICA", "SHOW REPLICA STATUS". */
static int note_until(struct upstream *one, struct db_result *result,
	char **row, struct err *e)
{
	const char *kind = db_value(result, row, "Until_Condition");
	const char *file = db_value(result, row, "Until_Log_File");
	struct strbuf sql = STRBUF_INIT;

	if (!kind || !file || !strcmp(kind, "None"))
		return 0;
	if (strcmp(kind, "Master") != 0 && strcmp(kind, "Relay") != 0) {
		err_set(e, ERR_UNAVAILABLE,
			"replication from '%s' was started UNTIL a GTID, which "
			"the server does not tell: its SQL thread would run "
			"past it once it is stopped and started again",
			one->host);
		return err_hint(e, "stop that thread first, or dump later");
	}
	strbuf_addf(&sql, "%s_LOG_FILE = ", kind);
	sql_value_str(&sql, file);
	strbuf_addf(&sql, ", %s_LOG_POS = %llu", kind,
		(unsigned long long)db_value_uint(
			result, row, "Until_Log_Pos"));
	one->until = strbuf_detach(&sql);
	return 0;
}

/* add_source: refuses one whose SQL thread has failed. */
static int add_source(struct upstreams *u, struct db_result *result, char **row,
	struct err *e)
{
	struct upstream *one;

	u->item = grow_array(u->item, u->count, &u->cap, sizeof(*u->item));
	one = &u->item[u->count++];
	*one = (struct upstream){0};
	one->channel = copy_column(result, row, "Connection_name");
	one->host = copy_column(result, row, "Master_Host");
	one->port = db_value_uint(result, row, "Master_Port");
	one->running = is_yes(db_value(result, row, "Slave_SQL_Running"));
	if (!db_value_uint(result, row, "Last_SQL_Errno"))
		return one->running ? note_until(one, result, row, e) : 0;
	err_set(e, ERR_UNAVAILABLE, "replication from '%s' has failed here: %s",
		one->host, db_value(result, row, "Last_SQL_Error"));
	return err_hint(e, "repair it first, or dump another replica");
}

static int find_sources(struct upstreams *u, struct db *db, struct err *e)
{
	struct db_result *result = db_query(db, sources, e);
	int rc = result ? 0 : -1;
	char **row;

	while (!rc && (row = db_next(result)))
		rc = add_source(u, result, row, e);
	db_result_free(result);
	return rc;
}

static struct upstream *of_channel(struct upstreams *u, const char *channel)
{
	for (size_t i = 0; channel && i < u->count; i++)
		if (!strcmp(u->item[i].channel, channel))
			return &u->item[i];
	return NULL;
}

/* check_found: somebody may have removed one meanwhile. */
static int check_found(const struct upstreams *u, struct err *e)
{
	for (size_t i = 0; i < u->count; i++)
		if (!u->item[i].log_file)
			return err_set(e, ERR_TEMP,
				"replication from '%s' was removed just now",
				u->item[i].host);
	return 0;
}

/* read_positions: of the sources found before. */
static int read_positions(struct upstreams *u, struct db *db, struct err *e)
{
	struct db_result *result = db_query(db, sources, e);
	char **row;

	if (!result)
		return -1;
	while ((row = db_next(result))) {
		struct upstream *one =
			of_channel(u, db_value(result, row, "Connection_name"));

		if (!one || one->log_file)
			continue;
		one->log_file =
			copy_column(result, row, "Relay_Master_Log_File");
		one->log_pos =
			db_value_uint(result, row, "Exec_Master_Log_Pos");
	}
	db_result_free(result);
	return check_found(u, e);
}

/* await_locks: a thread that waits for a lock, such as the global one that
 * somebody else holds, ends only when it gets that; and STOP SLAVE, which no
 * timeout ends, waits for the thread. So wait before it, and no longer than
 * this session waits for any lock. */
static int await_locks(struct db *db, struct err *e)
{
	const uint64_t began = clock_ms();
	struct strbuf value = STRBUF_INIT;
	uint64_t most_ms = 0;
	int found = db_query_value(db, "SELECT @@lock_wait_timeout", &value, e);

	if (found > 0)
		most_ms = strtoull(value.buf, NULL, 10) * 1000;
	while (found >= 0) {
		found = db_query_value(db,
			"SELECT STATE FROM information_schema.PROCESSLIST "
			"WHERE COMMAND IN ('Slave_SQL', 'Slave_worker') AND "
			"STATE LIKE 'Waiting for % lock' LIMIT 1",
			&value, e);
		if (!found)
			break;
		if (found > 0 && sig_pending())
			found = err_set(e, ERR_SIGNAL, "interrupted");
		if (found > 0 && clock_ms() - began > most_ms) {
			found = err_set(e, ERR_TEMP,
				"the replica's SQL thread cannot be stopped: "
				"it stands still itself (%.64s)",
				value.buf);
			err_hint(e,
				"another session holds a lock: see SHOW "
				"PROCESSLIST there, and try again later");
		}
		if (found > 0)
			usleep(LOOK_US);
	}
	strbuf_release(&value);
	return found;
}

static int stop_all(struct upstreams *u, struct db *db, struct err *e)
{
	for (size_t i = 0; i < u->count; i++) {
		struct upstream *one = &u->item[i];

		if (!one->running)
			continue;
		/* Before it is tried: a failure may come too late. */
		one->stopped = true;
		if (!control(db, false, one, e))
			continue;
		one->stopped = e->code != ERR_DENIED; /* refused: not done */
		return err_prefix(e,
			"cannot stop the SQL thread of "
			"the replica: ");
	}
	return 0;
}

int upstreams_stop(struct upstreams *u, struct db *db,
	const struct flavor *flavor, const struct db_options *server,
	struct err *e)
{
	struct strbuf gtid = STRBUF_INIT;

	*u = (struct upstreams){.server = server};
	if (flavor->vendor != VENDOR_MARIADB) {
		err_set(e, ERR_UNAVAILABLE,
			"the positions of a replica can be had of MariaDB only "
			"(--dump-slave)");
		return err_hint(e,
			"--master-data gives a server's own position; with "
			"--gtid, replicas of any server of its set can use it");
	}
	if (find_sources(u, db, e))
		return -1;
	if (!u->count) {
		err_set(e, ERR_UNAVAILABLE, "this server is no replica");
		return err_hint(e, "--master-data gives its own position");
	}
	undo_push(start_over_new, u);
	u->stopped_ms = clock_ms();
	if (await_locks(db, e) || stop_all(u, db, e) ||
		read_positions(u, db, e) ||
		db_query_value(db, "SELECT @@GLOBAL.gtid_slave_pos", &gtid, e) <
			0)
		return -1;
	u->gtid = strbuf_detach(&gtid);
	return 0;
}

/* One that cannot be started keeps no other from it; the first error counts. */
int upstreams_start(struct upstreams *u, struct db *db, struct err *e)
{
	struct err other;
	int rc = 0;

	for (size_t i = 0; i < u->count; i++) {
		struct upstream *one = &u->item[i];

		if (!one->stopped)
			continue;
		if (!control(db, true, one, rc ? &other : e))
			one->stopped = false;
		else if (!rc)
			rc = err_prefix(e,
				"cannot start the SQL thread of "
				"the replica again: ");
	}
	if (rc)
		return rc;
	u->stopped_ms = clock_ms() - u->stopped_ms;
	return 0;
}

void upstreams_release(struct upstreams *u)
{
	if (any_stopped(u))
		start_over_new(u);
	undo_drop(start_over_new, u);
	for (size_t i = 0; i < u->count; i++) {
		free(u->item[i].channel);
		free(u->item[i].host);
		free(u->item[i].log_file);
		free(u->item[i].until);
	}
	free(u->item);
	free(u->gtid);
	*u = (struct upstreams){0};
}
