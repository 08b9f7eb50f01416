/* create_table_internal.h: between create_table.c, which reads, and
 * create_table_keys.c, which writes. */
#ifndef DBPIPES_STREAM_CREATE_TABLE_INTERNAL_H
#define DBPIPES_STREAM_CREATE_TABLE_INTERNAL_H

#include "stream/create_table.h"
#include "stream/token.h"

enum clause_kind {
	CLAUSE_COLUMN,
	CLAUSE_COLUMN_UNIQUE, /* with a key of its own */
	CLAUSE_PRIMARY,
	CLAUSE_UNIQUE,
	CLAUSE_KEY, /* SPATIAL, too */
	CLAUSE_FULLTEXT,
	CLAUSE_FOREIGN,
	CLAUSE_OTHER /* CHECK, PERIOD */
};

/* One of those between the parentheses of CREATE TABLE. */
struct table_clause {
	enum clause_kind kind;
	const char *from, *to; /* its text, with what is around it, between the
				* commas */
	struct strlist parts;  /* the columns of a key, or the column */
	bool primary;          /* is or has the primary key */
	bool auto_increment;
	bool named; /* by CONSTRAINT name */
	bool keep;  /* must stay in CREATE */
};

struct table_text {
	const char *sql, *end;
	const char *name, *name_end; /* of the table, as written */
	struct tokens rules;         /* how to read it */
	struct table_clause *clause;
	size_t count, cap;
	bool keep_all; /* nothing can wait */
};

/* create_table_defer: set create, keys and foreign_keys. */
void create_table_defer(struct create_table *t, struct table_text *text);

#endif
