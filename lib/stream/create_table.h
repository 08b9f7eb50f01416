/* create_table.h: CREATE TABLE, taken apart as far as a loader wants it: what
 * its columns are, and which keys can wait until the rows are in.
 *
 * Keys that are built from all rows at once, by sorting, cost a fraction of
 * those that grow row by row. What CREATE and the ALTERs make in the end is the
 * same SHOW CREATE TABLE as the whole CREATE makes, in the order of its keys,
 * too.
 *
 * Source: MariaDB manual, "CREATE TABLE"; sort_keys in the server's
 * sql/sql_table.cc for the order of keys.
 */
#ifndef DBPIPES_STREAM_CREATE_TABLE_H
#define DBPIPES_STREAM_CREATE_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"
#include "base/strlist.h"
#include "stream/lexer.h"

struct create_table {
	struct strbuf db, table; /* unquoted; db empty: as USE has it */
	struct strbuf engine;    /* as written, empty: none named */
	bool temporary;
	bool partitioned;
	bool versioned;      /* WITH SYSTEM VERSIONING */
	bool auto_increment; /* a column has it */
	bool primary_key;

	struct strlist columns; /* their names, unquoted */
	/* Of the AUTO_INCREMENT column: its name, empty if there is none, and
	 * how many visible ones stand before it; -1: it is not visible. */
	struct strbuf numbered;
	int numbered_at;

	/* What to send in place of the statement, and afterwards. */
	struct strbuf create;       /* without what waits; empty: nothing does,
				     * send the statement as it is */
	struct strlist keys;        /* ALTER TABLEs, in this order */
	struct strbuf foreign_keys; /* one ALTER TABLE, or empty: for when the
				     * keys of all tables are there, with
				     * foreign_key_checks off */
};

#define CREATE_TABLE_INIT                                                      \
	{                                                                      \
		.db = STRBUF_INIT, .table = STRBUF_INIT,                       \
		.engine = STRBUF_INIT, .columns = STRLIST_INIT,                \
		.numbered = STRBUF_INIT, .create = STRBUF_INIT,                \
		.keys = STRLIST_INIT, .foreign_keys = STRBUF_INIT              \
	}

/* create_table_read: returns false for what is no CREATE TABLE with a list of
 * columns, and for one that is not understood (LIKE, one that takes its rows
 * from a query, a wide character set): send it as it is, and nothing is known
 * of its columns.
 *
 * What stays in CREATE: the primary key; the key that an AUTO_INCREMENT column
 * needs; UNIQUE keys if there is no primary key; UNIQUE ... USING HASH;
 * WITHOUT OVERLAPS; keys before one that has to stay, for their order. And all
 * of it, if the table is TEMPORARY, of another engine than InnoDB, or
 * system-versioned (which ALTER refuses), if it has a VECTOR key, a key without
 * a name, a foreign key that no key of the table supports (the server makes up
 * names and keys by what is there), or a comment that begins in one clause and
 * ends in another.
 *
 * The ALTERs have the table's name and the clauses as they are written: send
 * them with the same database in use, sql_mode and character set.
 *
 * Owns: the caller releases *t, which can be read into any number of times. */
bool create_table_read(struct create_table *t, const char *sql, size_t len,
	const struct lexer_modes *modes);
void create_table_release(struct create_table *t);

#endif
