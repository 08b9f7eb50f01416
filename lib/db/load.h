/* load.h: statements of a dump into a server, rows over several connections at
 * once, and what must hold before.
 *
 * The order of the dump is kept as far as it can be told from the outcome. SET
 * and USE act on all connections. What concerns one table alone waits for that
 * table: its rows go in side by side, then come its keys, then whatever the
 * dump says of it later. Everything else waits for all that stands before it.
 * Foreign keys come last.
 */
#ifndef DBPIPES_DB_LOAD_H
#define DBPIPES_DB_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "base/strlist.h"
#include "db/conn.h"
#include "db/load_options.h"

enum load_kind {
	LOAD_SESSION,   /* SET, USE, and transactions: at once */
	LOAD_ROWS,      /* INSERT or REPLACE ... VALUES into a table */
	LOAD_CREATE,    /* a table */
	LOAD_DROP,      /* a table */
	LOAD_TRIGGER,   /* of a table */
	LOAD_SWITCH,    /* DISABLE KEYS, ENABLE KEYS: nothing to InnoDB */
	LOAD_TABLE,     /* anything else that concerns one table alone */
	LOAD_OBJECT,    /* what needs tables, but not their rows: a view */
	LOAD_REFERRING, /* what needs tables with their keys: a foreign key,
			 * a view that names a key */
	LOAD_CODE,      /* what may look at any table, or change it: a CALL */
	LOAD_DATABASE,  /* CREATE, ALTER or DROP of one */
	LOAD_OTHER
};

/* A statement of the dump. All is borrowed. */
struct load_statement {
	enum load_kind kind;
	const char *sql;
	size_t len;
	uint64_t offset; /* in the dump */
	bool ours;       /* not in the dump: put before what is there */
	/* LOAD_SESSION: it may look at tables, or change them; it is a COMMIT;
	 * a ROLLBACK */
	bool asks, commits, rolls_back;
	/* What it takes from those before it, in the same session: user
	 * variables, which it may also set; LAST_INSERT_ID(); how many rows the
	 * last one had, which is refused. */
	bool recalls_variables, recalls_counts, recalls_rows;
	/* LOAD_DATABASE: with all in it, which is gone then; names db */
	bool drops;
	bool once;    /* the second time it would do another thing: a RENAME */
	bool account; /* it makes, drops or changes accounts */
	/* From LOAD_ROWS to LOAD_TABLE: */
	const char *db, *table; /* unquoted; db "": the default one */
	/* LOAD_ROWS: */
	size_t head; /* bytes before the first row; 0: not understood */
	const struct strlist *columns; /* listed, unquoted */
	bool in_order; /* REPLACE, IGNORE: the later row must come later */
	bool alone;    /* they need what stands before them, and its session */
	bool by_hand;  /* LAST_INSERT_ID() may be asked for behind it */
	bool escapes, double_quotes; /* as load_literal.h */
	bool temporary; /* LOAD_CREATE, LOAD_REFERRING, LOAD_DROP: only this
			 * session's */
	/* LOAD_CREATE: */
	bool if_exists; /* IF NOT EXISTS; LOAD_REFERRING, too */
	bool innodb;
	const char *create;         /* without what waits; "": the statement */
	const struct strlist *keys; /* ALTER TABLEs for after the rows */
	const char *foreign_keys;   /* one for the end, or "" */
	const char *numbered;       /* the AUTO_INCREMENT column, or "" */
	int numbered_at; /* visible columns before it; -1: it is none */
};

/* A table whose rows are all in, and its keys. */
struct load_done {
	const char *db, *table;
	uint64_t rows, bytes, milliseconds;
};

struct load;
struct resume_touch; /* load_resume.h */

/* load_begin: set the session up, and connect the threads that load; whether
 * the target may be loaded into is known by now (target.h). tick(ctx) is called
 * a few times a second while a call below waits. Owns: ended by load_end; db,
 * to and options are borrowed. Errors: ERR_DENIED for a binary log that may not
 * be turned off. */
struct load *load_begin(struct db *db, const struct db_options *to,
	const struct load_options *options, struct err *e);
void load_tick(struct load *load, void (*tick)(void *ctx), void *ctx);

/* load_statement: run it, or leave it to be run. Errors: those of it or of an
 * earlier one: they name its place in the dump, its first words, and the
 * server's message. */
int load_statement(
	struct load *load, const struct load_statement *st, struct err *e);

/* load_at: with --resume, before each statement: a digest, not 0, of all text
 * of the dump up to its end, comments too: it is how the dump is known again.
 */
void load_at(struct load *load, uint64_t digest);

/* load_touch: with --resume, before the first statement about a table: what
 * load_resume_touched says of it when the load is gone on with. */
int load_touch(struct load *load, const char *db, const char *table,
	const struct resume_touch *touch, struct err *e);

/* load_finish: wait for all of it, and add the foreign keys. Errors: those of
 * load_statement. */
int load_finish(struct load *load, struct err *e);

/* load_check_complete: behind that: with skip_table ERR_UNAVAILABLE if tables
 * were left out. */
int load_check_complete(const struct load *load, struct err *e);

/* load_forget: behind that, when the load has been told of: with --resume,
 * there is nothing to go on with from here on. Errors: those of db_exec. */
int load_forget(struct load *load, struct err *e);

/* load_settle: after an error of load_statement, or of whoever reads the dump:
 * let what stands before it come to its end. *e becomes an error of that, if
 * there is any, for it comes first. Nothing can be loaded any more. */
void load_settle(struct load *load, struct err *e);

/* load_next_done: the next table that is done, and not left out; false: none
 * for now. */
bool load_next_done(struct load *load, struct load_done *done);

uint64_t load_statements(const struct load *load);
uint64_t load_rows(const struct load *load); /* as the server counted them */
bool load_log_bin(const struct load *load);  /* the binary log has the load */
uint64_t load_jobs(const struct load *load); /* connections that load rows */
/* load_way: "bulk": rows as bound values; "text": as they are in the dump */
const char *load_way(const struct load *load);
/* load_at_work: append the name of the table that is loaded now, of several the
 * one that takes longest. Returns false if none is. */
bool load_at_work(const struct load *load, struct strbuf *name);
/* load_failed: tables that were left out. */
uint64_t load_failed(const struct load *load);

/* load_in_transaction: the statements so far have left one open; it is rolled
 * back when the session ends. */
bool load_in_transaction(const struct load *load);

/* load_end: forget the load, and let the threads end. What it set ends with
 * its sessions. NULL is fine. */
void load_end(struct load *load);

#endif
