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
	FORM_FLOAT,  /* as FORM_NUMBER; the text protocol rounds FLOAT to six
		      * digits, so it is selected as a double, which holds
		      * every FLOAT exactly */
	FORM_PLAIN,  /* quoted, nothing to escape: dates, UUIDs, addresses */
	FORM_TEXT,   /* quoted and escaped */
	FORM_BINARY, /* _binary, quoted and escaped; or hex */
	FORM_BIT     /* b'0101' */
};

struct column {
	char *name;
	enum value_form form;
	bool generated; /* virtual or stored, also row start and row end: the
			 * server fills them in */
	bool invisible;
	bool lossy; /* text in a character set of which some codes do not come
		     * back from Unicode: see `charset` */
	char charset[32]; /* of CHAR, VARCHAR and TEXT; "": the table's */
};

struct columns {
	struct column *item;
	size_t count, cap;
	/* What to ORDER BY for the rows in the order of the primary key:
	 * "`a`,`b` DESC"; empty where there is none, or where the key holds
	 * prefixes or periods, whose order cannot be asked for. */
	struct strbuf primary_key;
	bool versioned;            /* WITH SYSTEM VERSIONING */
	bool by_transaction;       /* versioned by transaction numbers, which
				    * mean nothing on another server */
	char *row_start, *row_end; /* of a versioned table */
	char charset[32];          /* of columns that state none */
};

#define COLUMNS_INIT                                                           \
	{                                                                      \
		.primary_key = STRBUF_INIT                                     \
	}

/* columns_parse: read a definition as SHOW CREATE TABLE gives it with
 * sql_quote_show_create=1 and without ANSI_QUOTES. Errors: ERR_BUG where the
 * text is not understood, with the place. */
int columns_parse(struct columns *columns, const char *create, struct err *e);
void columns_release(struct columns *columns);

/* columns_need_list: whether INSERT has to name its columns. */
bool columns_need_list(const struct columns *columns);

#endif
