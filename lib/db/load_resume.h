/* load_resume.h: how far a load has come, kept in the target itself, so that
 * what is written down and what is in the tables are always the same: the line
 * of a job's rows is written in their transaction.
 *
 * A place is the offset of a statement in the dump, and what it is a place of;
 * with it goes a digest of all of the dump up to its end, so that another dump
 * is told from the one that was begun. The database dbpipes_seed holds it, and
 * is dropped when the load is done.
 */
#ifndef DBPIPES_DB_LOAD_RESUME_H
#define DBPIPES_DB_LOAD_RESUME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "db/conn.h"
#include "db/target.h"

#define LOAD_RESUME_DATABASE "dbpipes_seed"

/* What counts as being at an offset. */
enum resume_place {
	PLACE_STATEMENT,
	PLACE_OURS,    /* a statement of ours, put before the dump's */
	PLACE_ROWS,    /* that all rows are in of which the first is there */
	PLACE_KEY,     /* a key that was taken out of the CREATE there */
	PLACE_THERE,   /* that the table of the CREATE there was there before */
	PLACE_PLAIN,   /* that what is asked for there was a table, and had no
			* triggers then */
	PLACE_EMPTY,   /* that the table of the rows which begin there has no
			* transactions, and was empty before them */
	PLACE_FILLED,  /* that it was not */
	PLACE_BEGUN,   /* that the statement there, of which the target does
			* not tell whether it was run, was about to be */
	PLACE_TOUCHED, /* for one that is of a name, and nowhere in the dump */
	PLACES
};

struct load_resume;

/* load_resume_enter: be session number `number` of this load, 0 being the one
 * that is asked first: it waits until all sessions of an interrupted one have
 * ended, for the server may still be at work on what these had sent. The lock
 * that this takes ends with the session. Errors: ERR_TEMP if they do not end:
 * another load may be at work. */
int load_resume_enter(
	struct db *db, const char *into, unsigned number, struct err *e);

/* load_resume_open: read how far a load has come, if there was one. `into`:
 * the option --into, or NULL: each has lines of its own. Owns: ended by _free.
 */
struct load_resume *load_resume_open(
	struct db *db, const char *into, struct err *e);
void load_resume_free(struct load_resume *r); /* NULL is fine */

/* load_resume_prepare: make the database, unless it is there. Errors:
 * ERR_DENIED if that may not be. */
int load_resume_prepare(struct load_resume *r, struct db *db, struct err *e);

/* load_resume_begin: before each statement that changes something: write down,
 * once, that a load has begun. `digest`: of the dump, that statement included.
 * Errors: ERR_DATA if a load was begun with another one. */
int load_resume_begin(
	struct load_resume *r, struct db *db, uint64_t digest, struct err *e);

/* load_resume_begun: whether a load that was not finished has been found, which
 * may have changed something. */
bool load_resume_begun(const struct load_resume *r);

/* What stood under a table's name when a load came to it first. */
struct resume_touch {
	enum target_kind in_the_way; /* what is dropped before its statement */
	bool stays;                  /* something is, and is not dropped */
};

/* load_resume_touch: write down that the load comes to this table, before it
 * does anything to it. Its name is as the dump spells it. */
int load_resume_touch(const struct load_resume *r, struct db *db,
	const char *database, const char *table,
	const struct resume_touch *touch, struct err *e);

/* load_resume_touched: whether the load that was found had come to it. */
bool load_resume_touched(const struct load_resume *r, const char *database,
	const char *table, struct resume_touch *touch);

/* load_resume_done: whether the place was reached. Returns 1, 0, or -1 with
 * ERR_DATA: by another dump, which goes on otherwise from here, or went by a
 * statement that was reached without having it. PLACE_STATEMENTs are asked for
 * in their order. For one thread. */
int load_resume_done(struct load_resume *r, enum resume_place place,
	uint64_t offset, uint64_t digest, struct err *e);

/* load_resume_passed: behind the dump's last statement. Errors: those of
 * load_resume_done. */
int load_resume_passed(struct load_resume *r, struct err *e);

/* load_resume_has: the same without a digest, for what is written down later
 * than it counts as being in the dump. */
bool load_resume_has(
	const struct load_resume *r, enum resume_place place, uint64_t offset);

/* load_resume_tolerates: an error of a statement that says no more than that
 * it had been run already, when the load before was interrupted. A table that
 * is there may be its own only if it had come to that, and found none. */
bool load_resume_tolerates(const struct load_resume *r, unsigned number,
	const char *database, const char *table);

/* load_resume_has_foreign: the same of an ALTER TABLE that adds foreign keys,
 * the latest statement of db. */
bool load_resume_has_foreign(const struct load_resume *r, const struct db *db);

/* load_resume_note: write down that the place is reached; on a connection that
 * is in a transaction, as a part of that. */
int load_resume_note(const struct load_resume *r, struct db *db,
	enum resume_place place, uint64_t offset, uint64_t digest,
	struct err *e);

/* load_resume_unnote: the place is not reached after all. */
int load_resume_unnote(const struct load_resume *r, struct db *db,
	enum resume_place place, uint64_t offset, struct err *e);

/* load_resume_finish: the load is done, there is nothing to go on with. */
int load_resume_finish(struct load_resume *r, struct db *db, struct err *e);

#endif
