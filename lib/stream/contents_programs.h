/* contents_programs.h: the triggers, routines and events that a dump makes, by
 * name: one that is made again, or dropped, does not count twice. */
#ifndef DBPIPES_STREAM_CONTENTS_PROGRAMS_H
#define DBPIPES_STREAM_CONTENTS_PROGRAMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strmap.h"
#include "stream/contents.h"
#include "stream/statement.h"

struct program {
	enum statement_kind kind; /* TRIGGER, ROUTINE or EVENT */
	char *db;
	char *table;   /* of a trigger; else "" */
	bool there;    /* when the dump has been loaded */
	uint64_t next; /* of the same table: its number in item and 1; or 0 */
};

struct programs {
	struct program *item;
	size_t count, cap;
	struct strmap by_name;           /* its number in item */
	struct strmap by_table;          /* of the first one: as in next */
	struct contents_objects unnamed; /* whose names cannot be told */
};

void programs_release(struct programs *p);

/* programs_make: the statement creates it in this database; `counts`: it is
 * there then, until it is dropped. */
void programs_make(struct programs *p, const struct statement *st,
	const char *db, bool counts);
void programs_drop(
	struct programs *p, const struct statement *st, const char *db);

/* programs_drop_of: those of a table that is dropped. */
void programs_drop_of(struct programs *p, const char *db, const char *table);

/* programs_drop_all: those of a database. */
void programs_drop_all(struct programs *p, const char *db);

/* programs_move: the triggers of a table that gets another name. */
void programs_move(
	struct programs *p, const char *db, const char *from, const char *to);

void programs_count(const struct programs *p, struct contents_objects *count);

#endif
