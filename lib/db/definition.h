/* definition.h: databases, sequences, tables and triggers as the SQL text that
 * makes them again. Each function appends to `out`; the connection is the
 * snapshot's control connection, for tables any, and its default database is
 * the object's.
 */
#ifndef DBPIPES_DB_DEFINITION_H
#define DBPIPES_DB_DEFINITION_H

#include "base/err.h"
#include "base/strbuf.h"
#include "db/catalog.h"
#include "db/columns.h"
#include "db/conn.h"
#include "db/dump.h"
#include "db/program_text.h"
#include "db/result.h"

/* definition_show: SHOW CREATE kind name, with its row, of that shape, in *row.
 * Owns: the caller frees the result. Errors: those of db_query_shape; ERR_TEMP
 * for no row. */
struct db_result *definition_show(struct db *db, const char *kind,
	const char *shape, const char *name, char ***row, struct err *e);

/* definition_database: CREATE DATABASE (unless options->no_create_db), USE. */
int definition_database(struct db *db, const char *name,
	const struct dump_options *options, struct strbuf *out, struct err *e);

/* definition_use: USE alone, for coming back to a database. */
void definition_use(const char *name, const struct dump_options *options,
	struct strbuf *out);

/* definition_sequence: CREATE SEQUENCE and its next value. The value is the
 * one behind what the server has reserved, so none is given out twice. */
int definition_sequence(struct db *db, const char *name,
	const struct dump_options *options, struct strbuf *out, struct err *e);

/* definition_table: CREATE TABLE (unless options->no_create_info), and what
 * it says of the columns. */
int definition_table(struct db *db, const struct table_ref *table,
	const struct dump_options *options, struct columns *columns,
	struct strbuf *out, struct err *e);

/* definition_triggers: the triggers of one table in the order in which they
 * fire. */
int definition_triggers(struct db *db, const struct table_ref *table,
	const struct dump_options *options, struct strbuf *out, struct err *e);

/* A stored program's text and the settings it was made under. Borrowed. */
struct program {
	struct program_text text;
	const char *drop;         /* DROP … IF EXISTS `name`, or NULL */
	const char *collation;    /* of the client then */
	const char *time_zone;    /* of an event, else NULL */
	const char *db_collation; /* of its database then */
	const char *db_now;       /* and now */
};

/* definition_program: the text between settings of its own and delimiters that
 * do not occur in it. Variables and parameters have the collation that the
 * database had, so it gets that for the moment if it has another one now.
 * Errors: those of program_text_write. */
int definition_program(struct db *db, const struct program *program,
	const struct dump_options *options, struct strbuf *out, struct err *e);

/* definition_delimited: a statement that holds semicolons, between delimiters
 * that do not occur in it. */
void definition_delimited(const char *statement, struct strbuf *out);

/* definition_immediate: a text that clients misread, as hex digits for EXECUTE
 * IMMEDIATE: the stock client refuses a NUL, and takes the second byte of a
 * character, unless it is UTF-8, for a backslash or a quote. Returns 1; 0: it
 * can stand as it is, or nothing better can be had of this server; -1. Errors:
 * ERR_DATA for a NUL there. */
int definition_immediate(struct db *db, const struct strbuf *create,
	const char *charset, struct strbuf *out, struct err *e);

/* definition_charset_begin, _end: the client's character set and collation as
 * they were when a text was written, and back. */
void definition_charset_begin(
	const char *charset, const char *collation, struct strbuf *out);
void definition_charset_end(struct strbuf *out);

/* definition_comment: a heading, "--", "-- TEXT `name`", "--", if comments
 * are wanted. Line ends in the name become spaces, lest they end the comment.
 */
void definition_comment(const struct dump_options *options, const char *text,
	const char *name, struct strbuf *out);

#endif
