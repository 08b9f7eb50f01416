/* load_queue.c: see load_queue.h. One mutex guards it all: it is held for
 * moments. */
#include "db/load_queue.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/prog.h"

enum {
	HASH_SIZE = 4096,
	JOBS_MAX = 512, /* that wait, and are at work */
	TICK_MS = 200
};

/* Of the texts of jobs that wait or are at work. */
static const size_t bytes_max = 24UL * 1024 * 1024;

struct load_queue {
	void (*tick)(void *ctx);
	void *ctx;
	bool skip_failed;
	struct load_table *hash[HASH_SIZE]; /* the main thread's, and: */
	struct load_table *tables;
	pthread_mutex_t mutex;
	pthread_cond_t work, room; /* for the threads; for the one that puts */
	/* guarded by mutex */
	struct load_table *first, *last; /* that have jobs waiting */
	struct load_job *at_work;        /* in the order they were taken */
	size_t jobs, structure;          /* waiting or at work */
	size_t bytes;
	uint64_t rows_done, bytes_done, tables_failed;
	bool ended;
	struct err failure; /* code 0: none */
	uint64_t limit;     /* what begins there in the dump, or behind it, is
			     * not handed out: the failure's offset */
};

struct load_queue *load_queue_new(bool skip_failed)
{
	struct load_queue *q = xcalloc(1, sizeof(*q));
	pthread_condattr_t attr;

	q->skip_failed = skip_failed;
	q->limit = UINT64_MAX;
	pthread_mutex_init(&q->mutex, NULL);
	pthread_cond_init(&q->work, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&q->room, &attr);
	pthread_condattr_destroy(&attr);
	return q;
}

void load_queue_tick(struct load_queue *q, void (*tick)(void *ctx), void *ctx)
{
	q->tick = tick;
	q->ctx = ctx;
}

void load_job_free(struct load_job *job)
{
	if (!job)
		return;
	strbuf_release(&job->text);
	strbuf_release(&job->head);
	strbuf_release(&job->columns);
	free(job->part);
	free(job);
}

static void free_table(struct load_table *table)
{
	while (table->first) {
		struct load_job *next = table->first->next;

		load_job_free(table->first);
		table->first = next;
	}
	strlist_release(&table->keys);
	strlist_release(&table->foreign_keys);
	free(table->makes_numbers);
	free(table->numbered);
	free(table->db);
	free(table->name);
	free(table);
}

void load_queue_free(struct load_queue *q)
{
	if (!q)
		return;
	while (q->tables) {
		struct load_table *next = q->tables->next;

		free_table(q->tables);
		q->tables = next;
	}
	pthread_cond_destroy(&q->work);
	pthread_cond_destroy(&q->room);
	pthread_mutex_destroy(&q->mutex);
	free(q);
}

struct load_job *load_job_new(void)
{
	struct load_job *job = xcalloc(1, sizeof(*job));

	strbuf_init(&job->text);
	strbuf_init(&job->head);
	strbuf_init(&job->columns);
	return job;
}

void load_job_add(
	struct load_job *job, const char *sql, size_t len, uint64_t offset)
{
	job->part = grow_array(
		job->part, job->parts, &job->parts_cap, sizeof(*job->part));
	job->part[job->parts++] =
		(struct load_part){job->text.len, len, offset};
	strbuf_add(&job->text, sql, len);
}

/* hash_of: FNV-1a of 32 bits. Source: Fowler, Noll and Vo. */
static size_t hash_of(const char *db, const char *name)
{
	uint32_t hash = 2166136261u;

	for (; *db; db++)
		hash = (hash ^ (unsigned char)*db) * 16777619u;
	hash = hash * 16777619u;
	for (; *name; name++)
		hash = (hash ^ (unsigned char)*name) * 16777619u;
	return hash % HASH_SIZE;
}

struct load_table *load_queue_table(
	struct load_queue *q, const char *db, const char *name)
{
	struct load_table **place = &q->hash[hash_of(db, name)];
	struct load_table *table;

	for (table = *place; table; table = table->same_hash)
		if (!strcmp(table->db, db) && !strcmp(table->name, name))
			return table;
	table = xcalloc(1, sizeof(*table));
	table->db = xstrdup(db);
	table->name = xstrdup(name);
	table->same_hash = *place;
	table->next = q->tables;
	*place = q->tables = table;
	return table;
}

struct load_table *load_queue_tables(struct load_queue *q)
{
	return q->tables;
}

static void lock(struct load_queue *q)
{
	pthread_mutex_lock(&q->mutex);
}

static void unlock(struct load_queue *q)
{
	pthread_mutex_unlock(&q->mutex);
}

/* wait_ticking: for a change, a while at most; then show that time goes by. */
static void wait_ticking(struct load_queue *q)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += TICK_MS * 1000000L;
	until.tv_sec += until.tv_nsec / 1000000000L;
	until.tv_nsec %= 1000000000L;
	pthread_cond_timedwait(&q->room, &q->mutex, &until);
	if (!q->tick)
		return;
	unlock(q);
	q->tick(q->ctx);
	lock(q);
}

static void begin_work(struct load_queue *q, struct load_job *job)
{
	struct load_job **at = &q->at_work;

	while (*at)
		at = &(*at)->next;
	*at = job;
	job->next = NULL;
}

static void end_work(struct load_queue *q, struct load_job *job)
{
	struct load_job **at = &q->at_work;

	while (*at != job)
		at = &(*at)->next;
	*at = job->next;
}

/* forget: a job that is done, or never will be. */
static void forget(struct load_queue *q, struct load_job *job)
{
	q->jobs--;
	q->bytes -= job->text.len;
	q->structure -= job->kind == JOB_STRUCTURE;
	load_job_free(job);
	pthread_cond_signal(&q->room);
}

static bool stopped(const struct load_queue *q)
{
	return q->limit < UINT64_MAX;
}

/* has_room: for a job of this length; one finds room whatever its size. Who had
 * to wait does so until half is gone: then what writes the dump has something
 * to do while the server stands still to make a table's file larger. Where it
 * was let in at once, a fifth more of two processors was idle. */
static bool has_room(const struct load_queue *q, size_t len, bool waited)
{
	if (!q->jobs)
		return true;
	return q->jobs < JOBS_MAX && q->bytes + len <= bytes_max &&
		!(waited && q->bytes > bytes_max / 2);
}

int load_queue_put(struct load_queue *q, struct load_job *job)
{
	struct load_table *table = job->table;
	bool waited = false;

	lock(q);
	while (!stopped(q) && !has_room(q, job->text.len, waited)) {
		wait_ticking(q);
		waited = true;
	}
	if (stopped(q) || table->failed) {
		int rc = stopped(q) ? -1 : 0;

		unlock(q);
		load_job_free(job);
		return rc;
	}
	if (table->last)
		table->last->next = job;
	else
		table->first = job;
	table->last = job;
	q->jobs++;
	q->bytes += job->text.len;
	q->structure += job->kind == JOB_STRUCTURE;
	if (!table->waiting) {
		table->waiting = true;
		table->waiting_next = NULL;
		if (q->last)
			q->last->waiting_next = table;
		else
			q->first = table;
		q->last = table;
	}
	pthread_cond_signal(&q->work);
	unlock(q);
	return 0;
}

int load_queue_wait(struct load_queue *q, bool all)
{
	int rc;

	lock(q);
	while (!stopped(q) && (all ? q->jobs : q->structure))
		wait_ticking(q);
	rc = stopped(q) ? -1 : 0;
	unlock(q);
	return rc;
}

bool load_queue_idle(struct load_queue *q, struct load_table *table)
{
	bool idle;

	lock(q);
	idle = !table->first && !table->rows_at_work && !table->alone_at_work;
	unlock(q);
	return idle;
}

bool load_queue_at_work(struct load_queue *q, struct strbuf *name)
{
	const struct load_job *job;

	lock(q);
	job = q->at_work;
	if (job)
		strbuf_addf(name, "%s.%s", job->table->db, job->table->name);
	unlock(q);
	return job != NULL;
}

void load_table_altered(struct load_table *table)
{
	table->alterations++;
	table->opened = false;
}

void load_queue_altered(struct load_queue *q)
{
	lock(q);
	for (struct load_table *t = q->tables; t; t = t->next)
		load_table_altered(t);
	unlock(q);
}

void load_queue_end(struct load_queue *q, bool now)
{
	lock(q);
	q->ended = true;
	if (now)
		q->limit = 0;
	pthread_cond_broadcast(&q->work);
	unlock(q);
}

void load_queue_error(struct load_queue *q, struct err *e)
{
	lock(q);
	*e = q->failure;
	unlock(q);
}

void load_queue_count(
	struct load_queue *q, uint64_t *rows, uint64_t *bytes, uint64_t *failed)
{
	lock(q);
	*rows = q->rows_done;
	*bytes = q->bytes_done;
	*failed = q->tables_failed;
	unlock(q);
}

bool load_job_unnumbered(const struct load_job *job)
{
	const char *numbered = job->table->numbered;

	return numbered && job->columns.len &&
		!strstr(job->columns.buf, numbered);
}

/* alone: nothing else of its table may be at work beside this job. The first
 * rows find out what there is to know of the table. */
static bool alone(const struct load_job *job)
{
	return job->kind != JOB_ROWS || !job->table->opened ||
		job->table->ordered || job->in_order ||
		load_job_unnumbered(job);
}

/* is_wanted: after a failure, what stands before it in the dump still is, but
 * for keys: only an error of a statement could come before the one known. */
static bool is_wanted(const struct load_queue *q, const struct load_job *job)
{
	return !stopped(q) ||
		((job->kind == JOB_ROWS || job->kind == JOB_STRUCTURE) &&
			job->part[0].offset < q->limit);
}

static bool may_begin(
	const struct load_queue *q, const struct load_table *table)
{
	return is_wanted(q, table->first) && !table->alone_at_work &&
		(!table->rows_at_work || !alone(table->first));
}

/* pick: the first job of the first table that has one that may begin. */
static struct load_job *pick(struct load_queue *q)
{
	struct load_table **at = &q->first, *before = NULL, *table;
	struct load_job *job;

	while ((table = *at) && !may_begin(q, table)) {
		before = table;
		at = &table->waiting_next;
	}
	if (!table)
		return NULL;
	job = table->first;
	table->first = job->next;
	begin_work(q, job);
	if (!table->first) {
		table->last = NULL;
		table->waiting = false;
		*at = table->waiting_next;
		if (q->last == table)
			q->last = before;
	}
	if (alone(job))
		table->alone_at_work = true;
	else
		table->rows_at_work++;
	if (!table->began_ms)
		table->began_ms = clock_ms();
	return job;
}

/* is_over: nothing is waiting that could be handed out, now or later. */
static bool is_over(const struct load_queue *q)
{
	const struct load_table *table = q->first;

	while (table && !is_wanted(q, table->first))
		table = table->waiting_next;
	return q->ended && !table;
}

struct load_job *load_queue_take(struct load_queue *q)
{
	struct load_job *job = NULL;

	lock(q);
	while (!(job = pick(q)) && !is_over(q))
		pthread_cond_wait(&q->work, &q->mutex);
	unlock(q);
	return job;
}

void load_queue_as_text(struct load_queue *q, struct load_table *table)
{
	lock(q);
	table->as_text = true;
	unlock(q);
}

bool load_queue_is_text(struct load_queue *q, struct load_table *table)
{
	bool as_text;

	lock(q);
	as_text = table->as_text;
	unlock(q);
	return as_text;
}

/* leave_out: the rest of a table that has failed. */
static void leave_out(struct load_queue *q, struct load_table *table)
{
	struct load_table **at = &q->first, *before = NULL;

	q->tables_failed += !table->failed;
	table->failed = true;
	if (!table->waiting)
		return;
	while (*at != table) {
		before = *at;
		at = &(*at)->waiting_next;
	}
	*at = table->waiting_next;
	if (q->last == table)
		q->last = before;
	table->waiting = false;
	while (table->first) {
		struct load_job *next = table->first->next;

		forget(q, table->first);
		table->first = next;
	}
	table->last = NULL;
}

/* fail: of several failures, keep the one that stands first in the dump. */
static void fail(struct load_queue *q, uint64_t offset, const struct err *e)
{
	if (q->failure.code && q->limit <= offset)
		return;
	q->failure = *e;
	if (offset < q->limit)
		q->limit = offset;
}

/* may_skip: an error that is about the one table alone. */
static bool may_skip(const struct load_queue *q, const struct err *e)
{
	return q->skip_failed && e->code == ERR_UNAVAILABLE;
}

static void warn(const struct load_table *table, const struct err *e)
{
	log_warn("table `%s`.`%s` is left out from here on: %s", table->db,
		table->name, e->msg);
}

bool load_queue_leave_out(
	struct load_queue *q, struct load_table *table, const struct err *e)
{
	if (!may_skip(q, e))
		return false;
	lock(q);
	leave_out(q, table);
	unlock(q);
	warn(table, e);
	return true;
}

bool load_queue_is_failed(struct load_queue *q, struct load_table *table)
{
	bool failed;

	lock(q);
	failed = table->failed;
	unlock(q);
	return failed;
}

void load_queue_done(struct load_queue *q, struct load_job *job, uint64_t rows,
	const struct err *e)
{
	struct load_table *table = job->table;
	bool skip = e && may_skip(q, e);

	lock(q);
	end_work(q, job);
	if (table->alone_at_work)
		table->alone_at_work = false;
	else
		table->rows_at_work--;
	if (skip)
		leave_out(q, table);
	else if (e)
		fail(q, job->part[0].offset, e);
	else if (job->kind == JOB_ROWS) {
		q->rows_done += rows;
		q->bytes_done += job->text.len;
		table->rows += rows;
		table->bytes += job->text.len;
	}
	table->ended_ms = clock_ms();
	forget(q, job);
	/* Several jobs may begin now, and other threads may have to end. */
	pthread_cond_broadcast(&q->work);
	unlock(q);
	if (skip)
		warn(table, e);
}
