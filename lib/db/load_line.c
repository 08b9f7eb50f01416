/* load_line.c: jobs on their way into the lines of their tables: rows that are
 * gathered, keys that have waited, and what an interrupted load had done
 * already.
 */
#include <string.h>

#include "base/alloc.h"
#include "db/load_internal.h"

const struct load_session *load_now(struct load *load)
{
	return load_sessions_now(load->sessions);
}

struct load_table *load_table_of(
	struct load *load, const struct load_statement *st)
{
	const char *db = st->db;

	if (!*db)
		db = load_now(load)->database;
	return db && *st->table ? load_queue_table(load->queue, db, st->table)
				: NULL;
}

/* failed: what made the threads stop. */
static int failed(struct load *load, struct err *e)
{
	load_queue_error(load->queue, e);
	return -1;
}

int load_wait(struct load *load, bool all, struct err *e)
{
	return load_queue_wait(load->queue, all) ? failed(load, e) : 0;
}

static int put(struct load *load, struct load_job *job, struct err *e)
{
	return load_queue_put(load->queue, job) ? failed(load, e) : 0;
}

/* done_before: by the run that --resume goes on with. */
static int done_before(
	struct load *load, const struct load_job *job, struct err *e)
{
	if (!load->resume)
		return 0;
	return load_resume_done(
		load->resume, job->place, job->part[0].offset, job->digest, e);
}

/* begin_rows: whether all rows of the table, up to where it is closed, had been
 * in when the load was interrupted. */
static bool begin_rows(struct load *load, struct load_job *job)
{
	struct load_table *table = job->table;

	if (!load->resume)
		return false;
	job->begins = !table->has_rows;
	if (job->begins) {
		table->has_rows = true;
		table->rows_at = job->part[0].offset;
		table->rows_done = load_resume_has(
			load->resume, PLACE_ROWS, table->rows_at);
	}
	return table->rows_done;
}

int load_flush(struct load *load, struct err *e)
{
	struct load_job *job = load->job;
	int done;

	if (!job)
		return 0;
	load->job = NULL;
	done = done_before(load, job, e);
	if (begin_rows(load, job) && !done)
		done = 1;
	if (done) {
		load_job_free(job);
		return done < 0 ? -1 : 0;
	}
	return put(load, job, e);
}

static enum resume_place place_of(
	const struct load *load, enum load_job_kind kind)
{
	switch (kind) {
	case JOB_KEYS:
		return PLACE_KEY;
	case JOB_MARK:
		return PLACE_ROWS;
	default:
		return load->place;
	}
}

int load_put(struct load *load, struct load_table *table,
	enum load_job_kind kind, const char *sql, size_t len, uint64_t offset,
	struct err *e)
{
	struct load_job *job = load_job_new();
	int done;

	job->kind = kind;
	job->place = place_of(load, kind);
	job->table = table;
	job->session = kind == JOB_KEYS ? table->session : load_now(load);
	job->digest = load->digest;
	load_job_add(job, sql, len, offset);
	done = done_before(load, job, e);
	if (done) {
		load_job_free(job);
		return done < 0 ? -1 : 0;
	}
	return put(load, job, e);
}

/* Keys count as parts of the CREATE. */
int load_add_keys(struct load *load, struct load_table *table, struct err *e)
{
	for (size_t i = 0; i < table->keys.count; i++) {
		const char *sql = table->keys.item[i];

		if (load_put(load, table, JOB_KEYS, sql, strlen(sql),
			    table->keys_begin + i, e))
			return -1;
	}
	strlist_release(&table->keys);
	return 0;
}

/* mark_rows: behind the rows, that they are all in. */
static int mark_rows(struct load *load, struct load_table *table, struct err *e)
{
	bool mark = table->has_rows && !table->rows_done;

	table->has_rows = false;
	return mark ? load_put(load, table, JOB_MARK, "", 0, table->rows_at, e)
		    : 0;
}

int load_close_table(struct load *load, struct err *e)
{
	struct load_table *table = load->table;

	if (!table)
		return 0;
	load->table = NULL;
	if (load_flush(load, e) || mark_rows(load, table, e) ||
		load_add_keys(load, table, e))
		return -1;
	load->closed = grow_array(load->closed, load->closed_count,
		&load->closed_cap, sizeof(struct load_table *));
	load->closed[load->closed_count++] = table;
	return 0;
}

int load_drain(struct load *load, struct err *e)
{
	return load_close_table(load, e) ? -1 : load_wait(load, true, e);
}
