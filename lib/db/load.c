/* load.c: a load's beginning and its end: the connections to the target, and
 * what they set. What becomes of each statement: load_dispatch.c.
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "db/conn_internal.h"
#include "db/load_bulk.h"
#include "db/load_internal.h"
#include "db/result.h"
#include "db/session.h"
#include "db/sql_text.h"

static int query_uint(
	struct db *db, const char *sql, uint64_t *value, struct err *e)
{
	struct strbuf text = STRBUF_INIT;
	int rc = db_query_value(db, sql, &text, e);

	if (rc == 1 && uint_parse(text.buf, sql, value, e))
		rc = -1;
	if (rc == 0)
		*value = 0;
	strbuf_release(&text);
	return rc < 0 ? -1 : 0;
}

/* quiet_log: keep the load out of the target's binary log, where it has one.
 */
static int quiet_log(
	struct load *load, const struct load_options *options, struct err *e)
{
	if (!load->log_bin || (options->log_bin && !options->replica))
		return 0;
	if (db_exec(load->db, "SET SESSION sql_log_bin = 0", e)) {
		err_prefix(e, "cannot turn the binary log off for the load: ");
		return err_hint(e, "grant the target's user BINLOG ADMIN%s",
			options->replica
				? ", or start the target without log_bin"
				: ", or leave out --skip-log-bin");
	}
	load->log_bin = false;
	load->quiet = true;
	return 0;
}

static int enter_database(struct db *db, const char *name, struct err *e)
{
	struct strbuf sql = STRBUF_INIT;
	int rc;

	strbuf_addstr(&sql, "CREATE DATABASE IF NOT EXISTS ");
	sql_ident(&sql, name);
	rc = db_exec(db, sql.buf, e);
	strbuf_reset(&sql);
	strbuf_addstr(&sql, "USE ");
	sql_ident(&sql, name);
	if (!rc)
		rc = db_exec(db, sql.buf, e);
	strbuf_release(&sql);
	return rc;
}

/* begin_sessions: for --resume, the connections that load note how far they
 * are. There are none but our own where the server does not report what that
 * sets. */
static int begin_sessions(struct load *load, struct err *e)
{
	load->sessions = load_sessions_new(load->db, e);
	if (!load->sessions && e->code)
		return -1;
	if (load->sessions || !load->options->resume)
		return 0;
	err_set(e, ERR_CONFIG,
		"--resume: the target does not report what its sessions set");
	return err_hint(e,
		"SET GLOBAL session_track_system_variables = DEFAULT there, "
		"or load without --resume");
}

/* begin_resume: what an earlier run has left. */
static int begin_resume(struct load *load, struct err *e)
{
	if (!load->options->resume)
		return 0;
	if (load_resume_enter(load->db, load->options->into, 0, e))
		return -1;
	load->resume = load_resume_open(load->db, load->options->into, e);
	return load->resume ? 0 : -1;
}

static int set_up(struct load *load, struct err *e)
{
	uint64_t log_bin;

	/* The dump may come slowly; the session must outlive its pauses. */
	if (session_last(load->db, e) || begin_sessions(load, e) ||
		begin_resume(load, e))
		return -1;
	if (query_uint(load->db,
		    "SELECT @@GLOBAL.log_bin AND "
		    "@@SESSION.sql_log_bin",
		    &log_bin, e) ||
		query_uint(load->db, "SELECT @@SESSION.max_allowed_packet",
			&load->max_packet, e))
		return -1;
	load->log_bin = log_bin;
	if (quiet_log(load, load->options, e))
		return -1;
	if (load->resume && load_resume_prepare(load->resume, load->db, e))
		return -1;
	return 0;
}

/* enter: account is kept of the session from before its first USE on. */
static int enter(struct load *load, struct err *e)
{
	bool fresh;

	if (load->options->into &&
		enter_database(load->db, load->options->into, e))
		return -1;
	if (!load->sessions)
		return 0;
	return load_sessions_note(load->sessions, "", 0, &fresh, e);
}

/* connect: a connection for each thread. */
static int connect(struct load *load, const struct db_options *to,
	struct db **dbs, size_t count, struct err *e)
{
	int rc = 0;

	for (size_t i = 0; i < count; i++)
		dbs[i] = NULL;
	for (size_t i = 0; !rc && i < count; i++) {
		dbs[i] = db_open(to, e);
		if (!dbs[i] && i && e->code == ERR_TEMP)
			err_hint(e, "connections are there for -j %zu", i);
		if (!dbs[i] || session_last(dbs[i], e) ||
			(!load->log_bin && load->quiet &&
				db_exec(dbs[i], "SET SESSION sql_log_bin = 0",
					e)) ||
			(load->resume &&
				load_resume_enter(dbs[i], load->options->into,
					(unsigned)i + 1, e)))
			rc = -1;
	}
	for (size_t i = 0; rc && i < count; i++)
		db_close(dbs[i]);
	return rc;
}

/* start: the threads. A server that does not report what its sessions set (it
 * is old) gets all over the one connection. */
static int start(struct load *load, const struct db_options *to, struct err *e)
{
	struct db *dbs[JOBS_MAX];

	if (!load->sessions)
		return 0;
	load->bulk = load_bulk_is_known(load->db);
	load->queue =
		load_queue_new(load->options->on_error == LOAD_SKIP_TABLE);
	if (connect(load, to, dbs, load->options->jobs, e))
		return -1;
	load->workers = load_workers_start(
		dbs, load->options->jobs, load->queue, load->resume, e);
	return load->workers ? 0 : -1;
}

struct load *load_begin(struct db *db, const struct db_options *to,
	const struct load_options *options, struct err *e)
{
	struct load *load = xcalloc(1, sizeof(*load));

	load->db = db;
	load->options = options;
	if (set_up(load, e) || enter(load, e) || start(load, to, e)) {
		load_end(load);
		return NULL;
	}
	return load;
}

void load_tick(struct load *load, void (*tick)(void *ctx), void *ctx)
{
	if (load->queue)
		load_queue_tick(load->queue, tick, ctx);
}

void load_end(struct load *load)
{
	if (!load)
		return;
	if (load->queue)
		load_queue_end(load->queue, true);
	load_workers_stop(load->workers);
	load_job_free(load->job);
	load_queue_free(load->queue);
	load_sessions_free(load->sessions);
	load_resume_free(load->resume);
	free(load->closed);
	free(load);
}

uint64_t load_statements(const struct load *load)
{
	return load->statements;
}

uint64_t load_rows(const struct load *load)
{
	uint64_t rows = 0, bytes, failed;

	if (load->queue)
		load_queue_count(load->queue, &rows, &bytes, &failed);
	return load->rows + rows;
}

uint64_t load_failed(const struct load *load)
{
	uint64_t rows, bytes, failed = 0;

	if (load->queue)
		load_queue_count(load->queue, &rows, &bytes, &failed);
	return failed;
}

int load_begin_change(struct load *load, struct err *e)
{
	return load->resume
		? load_resume_begin(load->resume, load->db, load->digest, e)
		: 0;
}

int load_touch(struct load *load, const char *db, const char *table,
	const struct resume_touch *touch, struct err *e)
{
	if (!load->resume)
		return 0;
	return load_begin_change(load, e) ||
			load_resume_touch(
				load->resume, load->db, db, table, touch, e)
		? -1
		: 0;
}

bool load_at_work(const struct load *load, struct strbuf *name)
{
	return load->queue && load_queue_at_work(load->queue, name);
}

bool load_log_bin(const struct load *load)
{
	return load->log_bin;
}

uint64_t load_jobs(const struct load *load)
{
	return load->queue ? load->options->jobs : 1;
}

const char *load_way(const struct load *load)
{
	return load->bulk ? "bulk" : "text";
}

bool load_in_transaction(const struct load *load)
{
	return load->open_rows ||
		load->db->my->server_status & SERVER_STATUS_IN_TRANS;
}
