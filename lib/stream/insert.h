/* insert.h: INSERT and REPLACE statements of a dump, made into the input of
 * LOAD DATA, or cut into smaller ones.
 *
 * The literals of SQL are nearly the fields of LOAD DATA ... FIELDS TERMINATED
 * BY ',' OPTIONALLY ENCLOSED BY '\'' ESCAPED BY '\\' LINES TERMINATED BY '\n':
 * strings can stay in their quotes, with their escapes; a bare NULL is one. So
 * most of the work is to find where values end. Where a literal means another
 * thing to LOAD DATA, it is written anew (`\%`, `\N`, "...", hexadecimal
 * digits, backslashes under NO_BACKSLASH_ESCAPES), and where only the server
 * can know what a value is (a function, DEFAULT, an introducer, a number in a
 * column of text), the row is refused: its INSERT must be sent as it is.
 *
 * LOAD DATA LOCAL makes warnings of errors, as INSERT IGNORE does: rows that
 * break a key or a CHECK are left out, bad values put right. So whoever sends
 * what this module makes must look at the warnings of LOAD DATA, and if there
 * is any, take it back and send the INSERT.
 *
 * Source: MariaDB manual, "LOAD DATA INFILE", "String Literals", "Hexadecimal
 * Literals"; READ_INFO in the server's sql/sql_load.cc.
 */
#ifndef DBPIPES_STREAM_INSERT_H
#define DBPIPES_STREAM_INSERT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "base/strlist.h"
#include "stream/column.h"
#include "stream/lexer.h"

/* What stands before the rows. */
struct insert_head {
	bool replace;           /* REPLACE, not INSERT */
	bool ignore;            /* INSERT IGNORE */
	struct strbuf db;       /* unquoted; empty: as USE has it */
	struct strbuf table;    /* unquoted */
	struct strlist columns; /* unquoted, as listed; none: all visible */
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

/* The rows of one statement, taken from front to end, by insert_convert and
 * insert_cut in any order. */
struct insert_rows {
	const char *pos, *end; /* pos: the next row's parenthesis; behind the
				* last one: end */
	uint64_t count;        /* rows taken so far */

	struct lexer_modes modes;
	const enum column_kind *kinds; /* [columns], borrowed, or NULL */
	size_t columns;                /* values of a row; 0: not known yet */
};

/* insert_rows_begin: `kinds` is one a column, as the head lists them, or NULL
 * where nothing is known of the table (`columns` is then 0): only strings,
 * and NULL, can be converted then. sql and kinds must stay. */
void insert_rows_begin(struct insert_rows *rows, const struct insert_head *head,
	const char *sql, size_t len, const enum column_kind *kinds,
	size_t columns);

/* insert_convert: append rows as lines for LOAD DATA, until `limit` bytes or
 * more are in `out` or all rows are taken. Returns 1 if rows are left, 0 if
 * none is, -1 if the row at rows->pos is not literal; those before it are in
 * `out`. An error in the SQL is as little literal as a function. */
int insert_convert(struct insert_rows *rows, size_t limit, struct strbuf *out);

/* insert_load_data: the statement that loads the lines. `name`: of the file
 * that the client is asked for. `charset`: what character_set_client is while
 * the INSERT would be sent: LOAD DATA has to take the strings for the same.
 * `columns`: where the head lists none, or NULL to leave it out there, too.
 */
void insert_load_data(const struct insert_head *head, const char *name,
	const char *charset, const struct strlist *columns, struct strbuf *out);

/* insert_cut: the next rows of at most `limit` bytes in all, but one at least:
 * *part and *len get their text within the statement, "(...),(...)". The head
 * of the statement in front makes it one of its own. Rows may hold any
 * expression. Returns 1, 0 if no row is left, or -1 if what comes is no row: a
 * clause behind the last one (ON DUPLICATE KEY UPDATE, RETURNING), or bad SQL.
 * Look with insert_can_cut before the first part is sent. */
int insert_cut(
	struct insert_rows *rows, size_t limit, const char **part, size_t *len);

/* insert_can_cut: whether all that is left are rows; *longest (or NULL) gets
 * the bytes of the longest one. */
bool insert_can_cut(const struct insert_rows *rows, size_t *longest);

#endif
