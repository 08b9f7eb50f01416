/* load_work.c: see load_work.h.
 *
 * Rows go in by load_bulk.h in one transaction. What that cannot do, or what
 * the server refuses of it, is taken back and sent as the text that it is in
 * the dump: so what is loaded, and which error is told, is the dump's.
 */
#include "db/load_work.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <mysqld_error.h>

#include "base/alloc.h"
#include "base/prog.h"
#include "base/sig.h"
#include "base/strlist.h"
#include "base/text.h"
#include "db/conn_internal.h"
#include "db/load_bulk.h"
#include "db/load_error.h"
#include "db/result.h"
#include "db/sql_text.h"

enum {
	SMALL = 16 * 1024, /* bytes of rows that are not worth preparing for */
	ATTEMPTS = 10,     /* where two threads lock each other out */
	PAUSE_MS = 10 /* before the second attempt at a table's structure */
};

struct worker {
	struct load_workers *all;
	struct db *db;
	const struct load_session *session; /* that db is in */
	struct load_bulk *bulk;             /* NULL: its server has none */
	bool holds;                         /* autocommit is off: see hold */
	uint64_t max_packet;
	pthread_t thread;
};

struct load_workers {
	struct load_queue *queue;
	const struct load_resume *resume;
	struct worker *worker;
	size_t count;
};

static const char *const transactional[] = {
	"InnoDB", "ROCKSDB", "TokuDB", "NDBCLUSTER", NULL};

/* with_name: `begin`, the table's name, `end`. */
static void with_name(struct strbuf *sql, const char *begin,
	const struct load_table *table, const char *end)
{
	strbuf_addstr(sql, begin);
	sql_ident(sql, table->db);
	strbuf_addch(sql, '.');
	sql_ident(sql, table->name);
	strbuf_addstr(sql, end);
}

/* find_numbered: the AUTO_INCREMENT column, if the table has one. */
static int find_numbered(
	struct worker *w, struct load_table *table, struct err *e)
{
	struct strbuf sql = STRBUF_INIT;
	MYSQL_RES *res = NULL;

	with_name(&sql, "SELECT * FROM ", table, " LIMIT 0");
	if (!mysql_real_query(w->db->my, sql.buf, sql.len))
		res = mysql_store_result(w->db->my);
	strbuf_reset(&sql);
	for (unsigned i = 0; res && i < mysql_num_fields(res); i++) {
		const MYSQL_FIELD *field = mysql_fetch_field_direct(res, i);

		if (field->flags & AUTO_INCREMENT_FLAG)
			sql_ident(&sql, field->name);
	}
	free(table->numbered);
	table->numbered = sql.len ? strbuf_detach(&sql) : NULL;
	strbuf_release(&sql);
	if (!res)
		return db_fail(w->db, NULL, e);
	mysql_free_result(res);
	return 0;
}

int load_ask_engine(struct db *db, const struct load_table *table,
	bool *transactions, struct err *e)
{
	struct strbuf sql = STRBUF_INIT, engine = STRBUF_INIT;
	int rc;

	strbuf_addstr(
		&sql, "SELECT ENGINE FROM information_schema.TABLES WHERE ");
	sql_of_table(&sql, table->db, table->name);
	rc = db_query_value(db, sql.buf, &engine, e);
	*transactions = !engine.len || name_in(transactional, engine.buf);
	strbuf_release(&sql);
	strbuf_release(&engine);
	return rc < 0 ? -1 : 0;
}

/* ask_table: what decides how its rows go in. */
static int ask_table(struct worker *w, struct load_table *table, struct err *e)
{
	if (load_ask_engine(w->db, table, &table->transactions, e) ||
		find_numbered(w, table, e))
		return -1;
	table->ordered = !table->transactions;
	table->opened = true;
	return 0;
}

/* open_table: no other job of the table is at work meanwhile. */
static int open_table(
	struct worker *w, const struct load_job *job, struct err *e)
{
	struct load_table *t = job->table;
	int rc = load_session_names(w->db, job->session, t->db, t->name, e);

	if (!rc)
		rc = ask_table(w, t, e);
	return load_session_again(w->db, job->session, t->db, t->name, rc, e);
}

static struct load_place place_of(
	const struct load_job *job, const struct load_part *part)
{
	return (struct load_place){job->text.buf + part->start, part->len,
		part->offset, job->session->database};
}

/* explain: what failed, by the statement that it was for. */
static int explain(struct worker *w, const struct load_job *job,
	const struct load_part *part, struct err *e)
{
	const struct load_place place = place_of(job, part);

	return load_explain(&place, db_errno(w->db), e);
}

/* send: one statement of a job. */
static int send(struct worker *w, const struct load_job *job,
	const struct load_part *part, struct err *e)
{
	const struct load_place place = place_of(job, part);

	if (load_check_size(&place, w->max_packet, e))
		return -1;
	return db_execn(w->db, place.sql, place.len, e)
		? explain(w, job, part, e)
		: 0;
}

static bool worth_a_retry(const struct worker *w)
{
	unsigned number = db_errno(w->db);

	return number == ER_LOCK_DEADLOCK || number == ER_LOCK_WAIT_TIMEOUT;
}

/* hold: whether rows that are in stay uncommitted, whatever comes of those
 * before them. Batches follow each other before it is known whether the server
 * has rolled the transaction back for one of them, a deadlock: after a BEGIN
 * those behind it would be on their own, and be committed. */
static int hold(struct worker *w, bool on, struct err *e)
{
	if (w->holds == on)
		return 0;
	if (db_exec(w->db, on ? "SET autocommit = 0" : "SET autocommit = 1", e))
		return -1;
	w->holds = on;
	return 0;
}

/* roll_back: the error that led here stays what it is. */
static void roll_back(struct worker *w)
{
	struct err ignored;

	db_exec(w->db, "ROLLBACK", &ignored);
}

static int note(struct worker *w, const struct load_job *job, struct err *e)
{
	/* Of a table without transactions, only all of its rows are. */
	if (job->kind == JOB_ROWS && !job->table->transactions)
		return 0;
	if (!job->digest)
		return 0;
	return load_resume_note(w->all->resume, w->db, job->place,
		job->part[0].offset, job->digest, e);
}

/* commit: with the progress, where it is kept. */
static int commit(struct worker *w, const struct load_job *job, struct err *e)
{
	return note(w, job, e) || db_exec(w->db, "COMMIT", e) ? -1 : 0;
}

static int send_all(struct worker *w, const struct load_job *job,
	uint64_t *rows, struct err *e)
{
	*rows = 0;
	for (size_t i = 0; i < job->parts; i++) {
		if (send(w, job, &job->part[i], e))
			return -1;
		*rows += w->db->affected;
	}
	return 0;
}

/* load_text: the statements as they are, in one transaction. */
static int load_text(struct worker *w, const struct load_job *job,
	uint64_t *rows, struct err *e)
{
	if (hold(w, false, e))
		return -1;
	for (int attempt = 1;; attempt++) {
		bool again;

		/* In sql_mode ORACLE, BEGIN would be that of a program. */
		if (db_exec(w->db, "START TRANSACTION", e))
			return -1;
		if (!send_all(w, job, rows, e) && !commit(w, job, e))
			return 0;
		again = worth_a_retry(w) && attempt < ATTEMPTS;
		roll_back(w);
		if (!again)
			return -1;
	}
}

/* can_be_bound: of a table that is known. */
static bool can_be_bound(const struct worker *w, const struct load_job *job)
{
	return w->bulk && job->literal && !job->numbered &&
		job->text.len >= SMALL && job->table->transactions &&
		!load_job_unnumbered(job) &&
		!load_queue_is_text(w->all->queue, job->table);
}

/* load_bound: the rows as bound values. Returns 1, 0 if nothing of them is in
 * and they are to be sent as text, -1. */
static int load_bound(struct worker *w, const struct load_job *job,
	uint64_t *rows, struct err *e)
{
	int rc;

	if (hold(w, true, e))
		return -1;
	rc = load_bulk_rows(w->bulk, job, rows, e);
	if (rc == 1)
		return commit(w, job, e) ? -1 : 1;
	if (rc < 0)
		log_debug("table `%s`.`%s`: loaded as text, for %s",
			job->table->db, job->table->name, e->msg);
	else
		load_queue_as_text(w->all->queue, job->table);
	roll_back(w);
	return 0;
}

/* has_rows: writes down whether a table has some before those at `offset`. */
static int has_rows(struct worker *w, const struct load_table *table,
	uint64_t offset, struct err *e)
{
	struct strbuf sql = STRBUF_INIT, found = STRBUF_INIT;
	int rc;

	with_name(&sql, "SELECT 1 FROM ", table, " LIMIT 1");
	rc = db_query_value(w->db, sql.buf, &found, e);
	strbuf_release(&sql);
	strbuf_release(&found);
	return rc < 0 ? -1
		      : load_resume_note(w->all->resume, w->db,
				rc ? PLACE_FILLED : PLACE_EMPTY, offset, 0, e);
}

/* clear: a load that was interrupted may have left rows of those at `offset`,
 * of which nobody knows how many, in a table without transactions. */
static int clear(struct worker *w, const struct load_table *table,
	uint64_t offset, struct err *e)
{
	const struct load_resume *resume = w->all->resume;
	struct strbuf sql = STRBUF_INIT;
	int rc;

	if (load_resume_has(resume, PLACE_FILLED, offset)) {
		err_set(e, ERR_UNAVAILABLE,
			"table `%.64s`.`%.64s` has no transactions, and had "
			"rows before those that were interrupted: nobody knows "
			"how many of them are in",
			table->db, table->name);
		return err_hint(e, "put it back as it was, and begin anew");
	}
	if (!load_resume_has(resume, PLACE_EMPTY, offset))
		return has_rows(w, table, offset, e);
	with_name(&sql, "TRUNCATE TABLE ", table, "");
	rc = db_exec(w->db, sql.buf, e);
	strbuf_release(&sql);
	return rc;
}

/* begin_rows: of the table, since it was closed. */
static int begin_rows(
	struct worker *w, const struct load_job *job, struct err *e)
{
	const struct load_table *t = job->table;
	int rc;

	if (!w->all->resume || !job->begins || t->transactions)
		return 0;
	if (hold(w, false, e) ||
		load_session_names(w->db, job->session, t->db, t->name, e))
		return -1;
	rc = clear(w, t, job->part[0].offset, e);
	return load_session_again(w->db, job->session, t->db, t->name, rc, e);
}

static int load_rows_of(struct worker *w, const struct load_job *job,
	uint64_t *rows, struct err *e)
{
	bool first = !job->table->opened;
	int rc;

	if (first && hold(w, false, e))
		return explain(w, job, &job->part[0], e);
	/* One statement that is small is a table of few rows, mostly: it costs
	 * less than to ask what the table is. */
	if (first && job->parts == 1 && job->text.len < SMALL && !job->digest) {
		rc = send_all(w, job, rows, e);
		return rc && worth_a_retry(w) ? load_text(w, job, rows, e) : rc;
	}
	if ((first && open_table(w, job, e)) || begin_rows(w, job, e))
		return explain(w, job, &job->part[0], e);
	rc = can_be_bound(w, job) ? load_bound(w, job, rows, e) : 0;
	if (rc)
		return rc < 0 ? -1 : 0;
	/* NULL in the first row: the server numbers them, in their order. */
	if (first && job->table->numbered && !job->given)
		job->table->ordered = true;
	return load_text(w, job, rows, e);
}

/* send_structure: InnoDB does not wait for a table that foreign keys tie to the
 * one that it drops: while another thread is dropping that one, too, it gives
 * up at once. Of a statement that failed for it nothing is done. */
static int send_structure(
	struct worker *w, const struct load_job *job, struct err *e)
{
	for (int attempt = 1;; attempt++) {
		if (!send(w, job, &job->part[0], e))
			return 0;
		if (!worth_a_retry(w) || attempt == ATTEMPTS || sig_pending())
			return -1;
		(void)poll(NULL, 0, attempt * PAUSE_MS);
	}
}

/* tolerates: see load_resume_tolerates; and of a column that has its new name.
 */
static bool tolerates(struct worker *w, const struct load_job *job)
{
	const struct load_resume *resume = w->all->resume;
	unsigned number = db_errno(w->db);

	if (number == ER_BAD_FIELD_ERROR)
		return resume && load_resume_begun(resume) &&
			text_contains(job->text.buf, job->text.len, "CHANGE");
	if (job->kind == JOB_KEYS && load_resume_has_foreign(resume, w->db))
		return true;
	return load_resume_tolerates(
		resume, number, job->table->db, job->table->name);
}

static int run_structure(
	struct worker *w, const struct load_job *job, struct err *e)
{
	if (hold(w, false, e))
		return explain(w, job, &job->part[0], e);
	/* A mark has no text: the rows before it are all in. */
	if (job->kind != JOB_MARK && send_structure(w, job, e) &&
		!tolerates(w, job))
		return -1;
	if (job->kind == JOB_STRUCTURE)
		load_table_altered(job->table);
	return note(w, job, e);
}

static int run(struct worker *w, const struct load_job *job, uint64_t *rows,
	struct err *e)
{
	*rows = 0;
	if ((w->session != job->session && hold(w, false, e)) ||
		load_session_apply(w->db, &w->session, job->session, e))
		return explain(w, job, &job->part[0], e);
	if (job->kind == JOB_ROWS)
		return load_rows_of(w, job, rows, e);
	return run_structure(w, job, e);
}

static void *work(void *arg)
{
	struct worker *w = arg;
	struct load_queue *q = w->all->queue;
	struct load_job *job;
	struct err e = {0};
	uint64_t rows;

	sig_block_in_thread();
	while ((job = load_queue_take(q))) {
		int rc = run(w, job, &rows, &e);

		load_queue_done(q, job, rows, rc ? &e : NULL);
	}
	mysql_thread_end();
	return NULL;
}

static int set_up(struct worker *w, struct err *e)
{
	struct strbuf value = STRBUF_INIT;
	int rc = db_query_value(
		w->db, "SELECT @@SESSION.max_allowed_packet", &value, e);

	if (rc >= 0)
		w->max_packet = strtoull(value.buf, NULL, 10);
	strbuf_release(&value);
	if (load_bulk_is_known(w->db))
		w->bulk = load_bulk_new(w->db, w->max_packet);
	/* See load_session.c: with these two off it would fill an empty table
	 * in another way. */
	return rc < 0 || db_exec(w->db, "SET SESSION unique_checks = 1", e) ? -1
									    : 0;
}

struct load_workers *load_workers_start(struct db **dbs, size_t count,
	struct load_queue *q, const struct load_resume *resume, struct err *e)
{
	struct load_workers *all = xcalloc(1, sizeof(*all));
	int rc = 0;

	all->queue = q;
	all->resume = resume;
	all->worker = xcalloc(count, sizeof(*all->worker));
	for (size_t i = 0; i < count; i++)
		all->worker[i] = (struct worker){.all = all, .db = dbs[i]};
	for (size_t i = 0; !rc && i < count; i++)
		rc = set_up(&all->worker[i], e);
	for (; !rc && all->count < count; all->count++) {
		struct worker *w = &all->worker[all->count];

		errno = pthread_create(&w->thread, NULL, work, w);
		if (errno)
			rc = err_sys(e, ERR_OS, "cannot start a thread");
		if (rc)
			break;
	}
	if (!rc)
		return all;
	load_queue_end(q, true);
	for (size_t i = all->count; i < count; i++) {
		load_bulk_free(all->worker[i].bulk);
		db_close(all->worker[i].db);
	}
	load_workers_stop(all);
	return NULL;
}

void load_workers_stop(struct load_workers *all)
{
	if (!all)
		return;
	for (size_t i = 0; i < all->count; i++) {
		pthread_join(all->worker[i].thread, NULL);
		load_bulk_free(all->worker[i].bulk);
		db_close(all->worker[i].db);
	}
	free(all->worker);
	free(all);
}
