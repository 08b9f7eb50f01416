/* result.h: what a server answers to a query, stored as a whole. */
#ifndef DBPIPES_DB_RESULT_H
#define DBPIPES_DB_RESULT_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "db/conn.h"

/* A stored result. Values are byte strings; NULL is SQL NULL. */
struct db_result;

/* db_query: run a statement and store its result, for small ones. Owns: ended
 * by db_result_free (NULL is fine). */
struct db_result *db_query(struct db *db, const char *sql, struct err *e);
/* db_query_shape: the same, for rows that are read by column number. `shape`
 * has a letter for each: 's' is never NULL, '-' may be. A server that answers
 * with fewer columns, or with NULL there, is refused: ERR_UNAVAILABLE. */
struct db_result *db_query_shape(
	struct db *db, const char *shape, const char *sql, struct err *e);
/* The same in two steps, so that several servers can be at work: db_ask sends
 * it, db_answer waits for the result; to be called if db_ask returned 0. */
int db_ask(struct db *db, const char *sql, struct err *e);
struct db_result *db_answer(
	struct db *db, const char *shape, const char *sql, struct err *e);
void db_result_free(struct db_result *result);
/* db_next: the next row, one pointer a column, each ended by a NUL; NULL
 * behind the last one. db_lengths: the byte lengths of that row's values. */
char **db_next(struct db_result *result);
const unsigned long *db_lengths(struct db_result *result);
/* db_column: the index of a column by name, any case; -1: none such. */
int db_column(struct db_result *result, const char *name);
/* db_value: the row's value in the column of that name, any case; NULL for SQL
 * NULL and for a column that this server does not have. */
const char *db_value(struct db_result *result, char **row, const char *name);
/* db_value_uint: the same as a number, 0 for none. */
uint64_t db_value_uint(struct db_result *result, char **row, const char *name);
size_t db_result_count(struct db_result *result); /* rows */

/* db_query_value: the first column of the first row into `value` (reset
 * first). Returns 1, 0 for no row or NULL, -1. */
int db_query_value(
	struct db *db, const char *sql, struct strbuf *value, struct err *e);

/* db_server_variable: the global value of a system variable; NULL for none, an
 * empty one, one that this server does not know, and, with *e set, a failure.
 * Owns: the caller frees it. */
char *db_server_variable(struct db *db, const char *name, struct err *e);

/* db_warned: whether the last statement, whose result has been read, was
 * answered with this warning or note as well, and its text. Costs a query only
 * where there was any. Returns 1, 0, -1. */
int db_warned(
	struct db *db, unsigned number, struct strbuf *text, struct err *e);

/* db_column_default: what a column of a table of the default database gets
 * where nothing is said, as bytes of the connection's character set for
 * results, up to the first NUL. `value` is reset first. Waits for no lock but
 * that of a statement that is changing the table this instant. Returns 1, 0 for
 * NULL or no such column, -1. Errors: those of db_query. */
int db_column_default(struct db *db, const char *table, const char *column,
	struct strbuf *value, struct err *e);

#endif
