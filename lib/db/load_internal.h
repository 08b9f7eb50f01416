/* load_internal.h: a load, for its parts alone: load.c begins and ends it,
 * load_dispatch.c decides what becomes of each statement. */
#ifndef DBPIPES_DB_LOAD_INTERNAL_H
#define DBPIPES_DB_LOAD_INTERNAL_H

#include "base/strbuf.h"
#include "db/load.h"
#include "db/load_queue.h"
#include "db/load_resume.h"
#include "db/load_session.h"
#include "db/load_work.h"

struct load {
	struct db *db; /* where all runs that is not left to the threads */
	const struct load_options *options;
	uint64_t statements, rows;
	uint64_t max_packet;
	bool log_bin;
	bool quiet; /* it is turned off for the sessions of the load */
	bool bulk;  /* the target takes bound rows */
	/* Rows were handed over while the dump had a transaction open. */
	bool open_rows;
	struct load_sessions *sessions;
	struct load_queue *queue;
	struct load_workers *workers;
	struct load_resume *resume; /* NULL: no progress is kept */
	uint64_t digest; /* of the dump up to here; 0: no progress is kept */
	enum resume_place place; /* of the statement at work */
	/* For --resume: what statements that were not run again had left in the
	 * session: user variables, LAST_INSERT_ID(). */
	bool lost_variables, lost_counts;
	struct load_job *job;       /* rows that are being gathered; or NULL */
	struct load_table *table;   /* the latest one that had rows */
	struct load_table **closed; /* whose record is still to be given */
	size_t closed_count, closed_cap;
};

/* load_begin_change: with --resume, before what changes something. */
int load_begin_change(struct load *load, struct err *e);

/* load_line.c. What returns an int returns -1 once something has failed. */

/* load_now: the state of the dump's session. */
const struct load_session *load_now(struct load *load);
/* load_table_of: the table that the statement is about; NULL: it names none. */
struct load_table *load_table_of(
	struct load *load, const struct load_statement *st);
/* load_put: a statement about a table into its line, unless an interrupted load
 * had done it. `offset`: where it counts as being in the dump. */
int load_put(struct load *load, struct load_table *table,
	enum load_job_kind kind, const char *sql, size_t len, uint64_t offset,
	struct err *e);
/* load_flush: the rows gathered so far are a job. */
int load_flush(struct load *load, struct err *e);
/* load_add_keys: the table's rows are in, as far as one can see: its keys may
 * be built. */
int load_add_keys(struct load *load, struct load_table *table, struct err *e);
/* load_close_table: no more rows come for the latest table, or so it seems. */
int load_close_table(struct load *load, struct err *e);
/* load_wait: for all structure that has been put, or for all there is. */
int load_wait(struct load *load, bool all, struct err *e);
/* load_drain: all that the threads have. Tables whose rows are still to come
 * keep waiting for their keys. */
int load_drain(struct load *load, struct err *e);

/* load_own.c, the same: statements on our own connection. */

/* load_run_sql: at once, and every time. */
int load_run_sql(
	struct load *load, const struct load_statement *st, struct err *e);
/* load_run_session: SET, USE and transactions, which concern rows that are
 * handed over in so far as they cannot be taken back. */
int load_run_session(
	struct load *load, const struct load_statement *st, struct err *e);
/* The others are not run again by a load that goes on. load_run_alone: when all
 * before it is done; load_run_referring: and keys are there; load_run_code: and
 * whatever it may look at is ready; load_run_object: rows may go on beside it.
 */
int load_run_alone(
	struct load *load, const struct load_statement *st, struct err *e);
int load_run_referring(
	struct load *load, const struct load_statement *st, struct err *e);
int load_run_code(
	struct load *load, const struct load_statement *st, struct err *e);
int load_run_object(
	struct load *load, const struct load_statement *st, struct err *e);

/* load_learn.c, the same. */

/* load_ask_table: of one that the dump does not make: is it there, and, in
 * table->hidden, is it something else than a table without triggers? */
int load_ask_table(struct load *load, struct load_table *table, bool *there,
	struct err *e);
/* load_learn: all there is to know of a table at `offset` in the dump. */
int load_learn(struct load *load, struct load_table *table, uint64_t offset,
	bool *there, struct err *e);
/* load_was_there: whether the table of the CREATE at `offset` was there before
 * the load. */
int load_was_there(struct load *load, struct load_table *table, uint64_t offset,
	bool *there, struct err *e);
/* load_find_numbers: of a table that is not, or not any more, what a CREATE of
 * the dump says: which column the server numbers. */
int load_find_numbers(
	struct load *load, struct load_table *table, struct err *e);

/* load_gather.c, the same: INSERT and REPLACE. */
int load_gather(
	struct load *load, const struct load_statement *st, struct err *e);

/* load_keys.c, the same. */

/* load_hand_over: before a job goes to the threads: what the dump's own
 * transaction holds would lock them out. `rows`: the job is not one that ends a
 * transaction, and so the dump may not take back what was before it. */
int load_hand_over(struct load *load, bool rows, struct err *e);
/* load_ready_table: put the keys of the table; load_ready_keys: of all tables;
 * load_ready_foreign: and when these are there, the foreign keys. */
int load_ready_table(
	struct load *load, struct load_table *table, struct err *e);
int load_ready_keys(struct load *load, struct err *e);
int load_ready_foreign(struct load *load, struct err *e);
/* load_owes_foreign: whether there are foreign keys to be added. */
bool load_owes_foreign(struct load *load);

#endif
