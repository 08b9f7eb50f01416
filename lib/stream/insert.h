/* insert.h: INSERT and REPLACE statements of a dump: their head, and their rows
 * one by one, as they are written.
 */
#ifndef DBPIPES_STREAM_INSERT_H
#define DBPIPES_STREAM_INSERT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "base/strlist.h"
#include "stream/lexer.h"

/* What stands before the rows. */
struct insert_head {
	bool replace;           /* REPLACE, not INSERT */
	bool ignore;            /* INSERT IGNORE */
	struct strbuf db;       /* unquoted; empty: as USE has it */
	struct strbuf table;    /* unquoted */
	struct strlist columns; /* unquoted, as listed; none: all visible */
	bool bare;              /* none is listed, by "()": each row is that */
	size_t rows;            /* offset of the first row's parenthesis */

	/* The head as it was written, to know it again: most statements of a
	 * table have the same. */
	struct strbuf text;
	struct lexer_modes modes;
};

#define INSERT_HEAD_INIT                                                       \
	{                                                                      \
		.db = STRBUF_INIT, .table = STRBUF_INIT,                       \
		.columns = STRLIST_INIT, .text = STRBUF_INIT                   \
	}

/* insert_head_read: INSERT or REPLACE [LOW_PRIORITY|DELAYED|HIGH_PRIORITY]
 * [IGNORE] [INTO] table [(columns)] VALUES (... Returns false for every other
 * statement, also for INSERT ... SELECT and SET, with PARTITION, and in a wide
 * character set (lexer_modes).
 * The head of the statement before may be in *head: if this one has the same,
 * nothing is done; *same (or NULL) tells.
 * Owns: the caller releases *head. */
bool insert_head_read(struct insert_head *head, const char *sql, size_t len,
	const struct lexer_modes *modes, bool *same);
void insert_head_release(struct insert_head *head);

enum insert_rows_kind {
	INSERT_ROWS_PLAIN,  /* values that any session makes the same of, at
			     * any time, and nothing behind them */
	INSERT_ROWS_CLAUSE, /* such values, and a clause behind them */
	INSERT_ROWS_OTHER   /* anything else: variables, subqueries, functions
			     * that may look at the session or at tables */
};

/* insert_rows_kind: of the statement that has this head. */
enum insert_rows_kind insert_rows_kind(
	const struct insert_head *head, const char *sql, size_t len);

/* The rows of one statement, taken from front to end. */
struct insert_rows {
	const char *pos, *end; /* pos: the next row's parenthesis; behind the
				* last one: end */
	uint64_t count;        /* rows taken so far */
	struct lexer_modes modes;
};

/* insert_rows_begin: of the statement that has this head; sql must stay. */
void insert_rows_begin(struct insert_rows *rows, const struct insert_head *head,
	const char *sql, size_t len);

/* insert_next_row: *row and *len get the text of the next row, "(...)". Rows
 * may hold any expression. Returns 1, 0 if no row is left, or -1 if what comes
 * is no row: a clause behind the last one (ON DUPLICATE KEY UPDATE, RETURNING),
 * which is told at that last one, or bad SQL. */
int insert_next_row(struct insert_rows *rows, const char **row, size_t *len);

/* insert_rows_end: after that -1: such a clause is what comes behind the row at
 * rows->pos, which is the last one. */
bool insert_rows_end(const struct insert_rows *rows);

#endif
