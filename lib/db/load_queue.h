/* load_queue.h: what is to be loaded, handed out to several threads in an
 * order that comes to the same as the dump's.
 *
 * Each table has a line of jobs: rows of one table may go in at the same time,
 * anything else about it waits for what stands before it in its line and lets
 * nothing behind it pass. Tables do not wait for each other. What waits is
 * bounded in bytes and in number; who puts more, waits.
 *
 * No SQL here, and no thread is started: see load_work.h.
 */
#ifndef DBPIPES_DB_LOAD_QUEUE_H
#define DBPIPES_DB_LOAD_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "base/strlist.h"
#include "db/load_resume.h"
#include "db/load_session.h"

enum load_job_kind {
	JOB_ROWS,
	JOB_STRUCTURE, /* a statement of the dump about the table */
	JOB_KEYS,      /* one of its keys, put off until the rows are in */
	JOB_MARK       /* for --resume: the rows before it are all in */
};

/* One of the statements that a job consists of. */
struct load_part {
	size_t start, len; /* in the job's text */
	uint64_t offset;   /* in the dump */
};

struct load_job {
	enum load_job_kind kind;
	struct load_table *table;
	const struct load_session *session;
	struct strbuf text;
	struct load_part *part;
	size_t parts, parts_cap;
	enum resume_place place; /* of its first part */
	bool begins;             /* the first rows since the table was closed */
	uint64_t digest; /* of the dump up to its end; 0: none is kept */
	/* JOB_ROWS: what all its statements begin with, up to their rows, and
	 * the columns that they list, quoted; empty: none */
	struct strbuf head, columns;
	bool in_order; /* no other rows of the table beside it */
	bool numbered; /* by the server: what is taken back leaves a gap */
	bool given;    /* the numbers that AUTO_INCREMENT makes, by the dump */
	bool literal, escapes, double_quotes; /* see load_literal.h */
	struct load_job *next;                /* private */
};

/* A table of the dump. The first group is the main thread's. */
struct load_table {
	char *db, *name;
	bool known;     /* the dump has created it, or the target was asked */
	bool hidden;    /* it is a view, has triggers, or is temporary */
	bool temporary; /* our own connection has one of this name */
	bool lost;      /* that went with the load that --resume goes on with */
	bool innodb;    /* by the words of its CREATE */
	bool created;   /* the dump has */
	bool refers;    /* may have foreign keys from the beginning */
	bool triggered; /* the dump has given it a trigger */
	const struct load_session *session; /* of its CREATE */
	/* For --resume: whether its engine has transactions, and when that was
	 * asked: `alterations` and one more; 0: never. */
	bool rolls_back;
	unsigned asked;
	/* Of its CREATE's AUTO_INCREMENT column: the name, NULL for none, and
	 * how many visible ones stand before it; -1: it is not visible. */
	char *makes_numbers;
	int numbers_at;
	/* Both may be another's by now; a column's default is a sequence's next
	 * number. Only SQL that no dumper writes asks for it. */
	bool numbers_unknown, from_sequence;
	/* Where the keys and foreign keys that are put off count as being in
	 * the dump: inside the CREATE, which names each of them. */
	uint64_t keys_begin, keys_end;
	/* For --resume: whether it has had rows since it was closed, the offset
	 * of the first of them, and whether they are all in already. */
	bool has_rows, rows_done;
	uint64_t rows_at;
	struct strlist keys, foreign_keys; /* ALTER TABLEs still to be put */
	struct load_table *next, *same_hash;

	/* Set while no other job of the table is at work. */
	unsigned alterations; /* how often it may have become another one */
	bool opened;          /* those below are known, since the latest */
	char *numbered;       /* its AUTO_INCREMENT column, quoted; or NULL */
	bool ordered;         /* its rows' jobs one after the other */
	bool transactions;    /* its engine has them */

	/* guarded by the queue's mutex */
	bool as_text; /* its INSERTs are not literal */
	bool failed;  /* left out from here on */
	uint64_t rows, bytes, began_ms, ended_ms;
	/* private */
	struct load_job *first, *last;
	struct load_table *waiting_next;
	unsigned rows_at_work;
	bool waiting, alone_at_work;
};

struct load_queue;

/* load_queue_new: skip_failed: a table that the server refuses something of is
 * left out from there on, and the rest goes on. */
struct load_queue *load_queue_new(bool skip_failed);
void load_queue_free(struct load_queue *q);

/* load_queue_tick: tick(ctx) is called about five times a second by whoever
 * waits in put or wait. */
void load_queue_tick(struct load_queue *q, void (*tick)(void *ctx), void *ctx);

/* For the one that puts. Each returns -1 once something has failed. */

/* load_queue_table: by name, made where it is new; the same pointer each time.
 * load_queue_tables: all of them, the latest first. */
struct load_table *load_queue_table(
	struct load_queue *q, const char *db, const char *name);
struct load_table *load_queue_tables(struct load_queue *q);

struct load_job *load_job_new(void);
void load_job_free(struct load_job *job); /* NULL is fine */
void load_job_add(
	struct load_job *job, const char *sql, size_t len, uint64_t offset);

/* load_job_unnumbered: rows that the server numbers in the order in which they
 * come: they do not list the AUTO_INCREMENT column. */
bool load_job_unnumbered(const struct load_job *job);

/* load_queue_put: Owns: the job is given away. */
int load_queue_put(struct load_queue *q, struct load_job *job);
/* load_queue_wait: until all structure is done, or all there is. */
int load_queue_wait(struct load_queue *q, bool all);
/* load_queue_idle: whether nothing of the table is waiting or at work. */
bool load_queue_idle(struct load_queue *q, struct load_table *table);
/* load_queue_at_work: append the name of the table that a thread has been at
 * work on for longest now. Returns false if none is. */
bool load_queue_at_work(struct load_queue *q, struct strbuf *name);
/* load_table_altered: behind a statement that may have given it other columns
 * or another engine, and nothing of it is at work. load_queue_altered: all
 * tables, behind one of which it is not known what it alters. */
void load_table_altered(struct load_table *table);
void load_queue_altered(struct load_queue *q);
/* load_queue_end: no more will be put; once `now`, nothing that waits is
 * handed out either. */
void load_queue_end(struct load_queue *q, bool now);
/* load_queue_error: the failure that stands first in the dump; code 0: none. */
void load_queue_error(struct load_queue *q, struct err *e);
/* load_queue_count: rows and bytes of jobs that are done; failed tables. */
void load_queue_count(struct load_queue *q, uint64_t *rows, uint64_t *bytes,
	uint64_t *failed);

/* load_queue_leave_out: with skip_failed, warn and leave the table out from
 * here on, whose statement failed elsewhere; false: the error ends the load.
 * load_queue_is_failed: whether it is left out. */
bool load_queue_leave_out(
	struct load_queue *q, struct load_table *table, const struct err *e);
bool load_queue_is_failed(struct load_queue *q, struct load_table *table);

/* For the threads. */

/* load_queue_take: the next job that may begin; NULL: there will be none. */
struct load_job *load_queue_take(struct load_queue *q);
/* load_queue_as_text: the table's rows are not literal. load_queue_is_text:
 * whether that has been found. */
void load_queue_as_text(struct load_queue *q, struct load_table *table);
bool load_queue_is_text(struct load_queue *q, struct load_table *table);
/* load_queue_done: Owns: the job is given back. e: it has failed, NULL: it has
 * not: with skip_failed its table may be left out, with a warning. */
void load_queue_done(struct load_queue *q, struct load_job *job, uint64_t rows,
	const struct err *e);

#endif
