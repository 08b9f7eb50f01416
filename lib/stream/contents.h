/* contents.h: what a dump holds, table by table, found while its statements go
 * by; and whether it holds what its manifest says.
 *
 * Works for the dumps of others, too: these have no manifest, and no digests
 * that could be compared, but their rows can be counted.
 */
#ifndef DBPIPES_STREAM_CONTENTS_H
#define DBPIPES_STREAM_CONTENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "data/row_digest.h"
#include "stream/lexer.h"

struct contents_table {
	char *db, *table; /* as the target sees them; db "" where the dump
			   * leaves it to the loader, or names the one that
			   * it is loaded into */
	bool created;     /* as a table, when the dump has been loaded */
	bool view;        /* as a view: dumps put tables or other views in their
			   * place at first */
	bool sequence;    /* as a sequence */
	bool temporary;   /* one of this name, which hides any other, is open */
	bool has_rows;    /* it gets some */
	bool uncounted;   /* by statements of which it cannot be told how many
			   * rows they make or leave */
	uint64_t rows;
	struct row_digest digest; /* of them, as the dump has their text */
	bool stated;              /* the manifest names it */
	char *stated_db;          /* as of this database, where db is ""; or
				   * NULL */
};

/* Objects of each kind that are there when the dump has been loaded, in
 * databases other than the system's; events that a server drops by itself when
 * they have ended, aside.
 */
struct contents_objects {
	uint64_t views, triggers, routines, events, sequences;
};

struct contents;

struct contents *contents_new(void);
void contents_free(struct contents *c);

/* contents_into: the database that the dump is loaded into where it names none;
 * where it names this one, that is the same. NULL: it has no name yet. */
void contents_into(struct contents *c, const char *db);

/* contents_part: the pieces that come are a part of the dump, so that what its
 * manifest states of all of it is not compared. */
void contents_part(struct contents *c);

/* contents_take: the next piece of the dump, as read with the lexer's modes.
 * Errors: ERR_DATA for a line of the manifest that makes no sense, or that
 * states another number of rows or another digest than went by; ERR_DATA for
 * rows that cannot be read. */
int contents_take(struct contents *c, const struct piece *piece,
	const struct lexer_modes *modes, struct err *e);

/* contents_end: all pieces were taken. Errors: ERR_DATA if some tables with
 * rows are named by the manifest and others are not. */
int contents_end(const struct contents *c, struct err *e);

/* contents_tables: in the order in which the dump first names them. */
const struct contents_table *const *contents_tables(
	const struct contents *c, size_t *count);
struct contents_objects contents_objects(const struct contents *c);

/* contents_only_db: of a dump that leaves its database to the loader: the one
 * that its manifest names, or else its header. Borrowed; NULL: none is named,
 * or several by several headers. */
const char *contents_only_db(const struct contents *c);

/* contents_home: the same, by the first bytes of the dump alone: NULL also if
 * another one stands there, or one that servers make themselves. Owns: the
 * caller frees. */
char *contents_home(const char *begin, size_t len);

/* contents_needs_db: there are tables in the one that is left to the loader. */
bool contents_needs_db(const struct contents *c);

/* contents_is_system: servers make this database themselves. */
bool contents_is_system(const char *db);

#endif
