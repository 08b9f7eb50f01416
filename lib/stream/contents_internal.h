/* contents_internal.h: what the parts of contents.c share. */
#ifndef DBPIPES_STREAM_CONTENTS_INTERNAL_H
#define DBPIPES_STREAM_CONTENTS_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"
#include "stream/contents.h"
#include "stream/contents_programs.h"
#include "stream/insert.h"
#include "stream/statement.h"

struct contents {
	struct contents_table **tables;
	size_t count, cap;
	void *by_name;       /* tsearch(3) */
	struct strbuf use;   /* the default database, "" before a USE */
	struct strbuf inner; /* see statement_inner */
	struct insert_head head;
	struct contents_table *current; /* that the head is of */
	struct contents_table *run;     /* that REPLACE or INSERT IGNORE fill
					 * just now, one behind the other */
	bool run_replaces;              /* by REPLACE */
	struct statement statement;
	struct programs programs;
	char *into;      /* see contents_into() */
	char *header_db; /* that the first line names; NULL: none */
	bool many_db;    /* another such line names another one */
	bool sealed;
	bool part; /* only some of it comes */
};

/* contents_database: that which is named, or else, if that is "", the one in
 * use; "": the one that the dump is loaded into. */
const char *contents_database(const struct contents *c, const char *named);

/* contents_table: the one of that name; a new one if `add`, else NULL. */
struct contents_table *contents_table(
	struct contents *c, const char *db, const char *table, bool add);

/* contents_change: what a statement that is no INSERT of rows makes of the
 * names and rows before it. */
void contents_change(struct contents *c, const struct piece *piece,
	const struct lexer_modes *modes);

#endif
