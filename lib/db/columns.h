/* columns.h: the columns of a table, read out of its CREATE TABLE text.
 *
 * SHOW CREATE TABLE has to be asked for anyway and tells all that is needed:
 * names, types, what is generated, what is invisible, the primary key. That
 * saves a query a table on servers with very many of them.
 */
#ifndef DBPIPES_DB_COLUMNS_H
#define DBPIPES_DB_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/strbuf.h"

/* How a value is written as SQL. */
enum value_form {
	FORM_NUMBER, /* as it is: integers, decimals, years, doubles */
	FORM_FLOAT,  /* the same of a FLOAT */
	FORM_PLAIN,  /* quoted, nothing to escape: dates, UUIDs, addresses */
	FORM_TEXT,   /* quoted and escaped */
	FORM_BINARY, /* _binary, quoted and escaped; or hex */
	FORM_BIT     /* b'0101' */
};

/* How a value of a key is written as the bound of a range, in a condition that
 * the server answers from the key. */
enum bound_form {
	BOUND_NONE, /* it cannot be: ENUM (its order is not its text's), … */
	BOUND_INTEGER, /* as it is, and the next one is one more */
	BOUND_NUMBER,  /* as it is */
	BOUND_QUOTED,  /* quoted, nothing to escape */
	BOUND_HEX      /* its bytes as hex digits, with its character set */
};

struct column {
	char *name;
	enum value_form form;
	enum bound_form bound;
	bool is_unsigned;
	bool generated; /* virtual or stored, also row start and row end: the
			 * server fills them in */
	bool invisible;
	bool not_null;
	bool lossy; /* text in a character set of which some codes do not come
		     * back from Unicode: see `charset` */
	char charset[32]; /* of CHAR, VARCHAR and TEXT; "": the table's */
};

struct key_part {
	size_t column; /* its index */
	bool descending;
};

struct columns {
	struct column *item;
	size_t count, cap;
	/* The primary key; empty where there is none, or where it holds
	 * prefixes or periods, whose order cannot be asked for. */
	struct key_part *key;
	size_t key_count, key_cap;
	bool versioned;            /* WITH SYSTEM VERSIONING */
	char *row_start, *row_end; /* of a versioned table */
	char charset[32];          /* of columns that state none */
};

/* columns_parse: read a definition as SHOW CREATE TABLE gives it with
 * sql_quote_show_create=1 and without ANSI_QUOTES. Errors: ERR_BUG where the
 * text is not understood, with the place. */
int columns_parse(struct columns *columns, const char *create, struct err *e);
void columns_release(struct columns *columns);

/* columns_find: by name, in any case; NULL: there is none. */
const struct column *columns_find(
	const struct columns *columns, const char *name);

/* columns_add_order: append what to ORDER BY for the rows in the order of the
 * primary key: "`a`,`b` DESC". */
void columns_add_order(const struct columns *columns, struct strbuf *sql);

/* columns_need_list: whether INSERT has to name its columns. */
bool columns_need_list(const struct columns *columns);

#endif
