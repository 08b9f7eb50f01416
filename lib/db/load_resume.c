/* load_resume.c: see load_resume.h. */
#include "db/load_resume.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <mysqld_error.h>

#include "base/alloc.h"
#include "base/strbuf.h"
#include "data/row_digest.h"
#include "db/conn_internal.h"
#include "db/load_options.h"
#include "db/result.h"
#include "db/sql_text.h"

struct place {
	uint64_t number; /* see number_of */
	uint64_t digest;
};

struct load_resume {
	struct strbuf into;  /* see add_into */
	struct place *place; /* that the load before has reached, in order */
	size_t count, cap;
	size_t next; /* the first of them that the dump has not passed */
	bool begun;  /* the line `begun` has its digest, which is ours */
};

/* The number of the line that a load is begun with: no dump is so long. Its
 * digest is 0 until something may have been changed. */
static const uint64_t begun = UINT64_MAX;

/* What the digest of a table's name says of it. */
enum {
	TOUCH_KIND = 3, /* the bits of in_the_way */
	TOUCH_STAYS = 4,
	TOUCH_BITS = TOUCH_KIND | TOUCH_STAYS
};

static uint64_t number_of(enum resume_place place, uint64_t offset)
{
	return offset * PLACES + place;
}

static const char create_database[] =
	"CREATE DATABASE IF NOT EXISTS " LOAD_RESUME_DATABASE
	" CHARACTER SET utf8mb4";
static const char create_table[] =
	"CREATE TABLE IF NOT EXISTS " LOAD_RESUME_DATABASE ".progress ("
	"target VARCHAR(64) COLLATE utf8mb4_bin NOT NULL, "
	"place BIGINT UNSIGNED NOT NULL, digest BIGINT UNSIGNED NOT NULL, "
	"PRIMARY KEY (target, place)) ENGINE=InnoDB";

/* add_into: the database of --into as a literal. None is no literal: an empty
 * one is NULL in a sql_mode that a dump, or the server, may have set
 * (EMPTY_STRING_IS_NULL). */
static void add_into(struct strbuf *sql, const char *into)
{
	if (into && *into)
		sql_value_str(sql, into);
	else
		strbuf_addstr(sql, "LEFT('-', 0)");
}

enum { WAIT_S = 600 /* seconds: a large key may still be being built */ };

/* call: GET_LOCK or RELEASE_LOCK of a session's number. Returns whether it was
 * granted, -1. */
static int call(struct db *db, const char *function, const char *into,
	unsigned number, struct err *e)
{
	struct strbuf sql = STRBUF_INIT, granted = STRBUF_INIT;
	bool get = *function == 'G';
	int rc;

	strbuf_addf(&sql, "SELECT %s(CONCAT('" LOAD_RESUME_DATABASE "/', ",
		function);
	add_into(&sql, into);
	strbuf_addf(&sql, ", '/%u')", number);
	if (get)
		strbuf_addf(&sql, ", %d", WAIT_S);
	strbuf_addch(&sql, ')');
	rc = db_query_value(db, sql.buf, &granted, e);
	if (rc == 1)
		rc = granted.buf[0] == '1';
	strbuf_release(&sql);
	strbuf_release(&granted);
	return rc;
}

int load_resume_enter(
	struct db *db, const char *into, unsigned number, struct err *e)
{
	unsigned last = number ? number : JOBS_MAX;
	int rc = 1;

	for (unsigned i = number; rc == 1 && i <= last; i++) {
		rc = call(db, "GET_LOCK", into, i, e);
		if (rc == 1 && i != number)
			rc = call(db, "RELEASE_LOCK", into, i, e);
	}
	if (rc)
		return rc < 0 ? -1 : 0;
	err_set(e, ERR_TEMP,
		"sessions of another load with --resume are still at work");
	return err_hint(e, "see SHOW PROCESSLIST on the target, and try again");
}

static int read_places(struct load_resume *r, struct db *db, struct err *e)
{
	struct strbuf sql = STRBUF_INIT;
	struct db_result *result;
	char **row;

	strbuf_addf(&sql,
		"SELECT place, digest FROM " LOAD_RESUME_DATABASE
		".progress WHERE target = %s ORDER BY place",
		r->into.buf);
	result = db_query_shape(db, "ss", sql.buf, e);
	strbuf_release(&sql);
	if (!result)
		return -1;
	while ((row = db_next(result))) {
		r->place = grow_array(
			r->place, r->count, &r->cap, sizeof(*r->place));
		r->place[r->count++] = (struct place){
			strtoull(row[0], NULL, 10), strtoull(row[1], NULL, 10)};
	}
	db_result_free(result);
	return 0;
}

struct load_resume *load_resume_open(
	struct db *db, const char *into, struct err *e)
{
	struct load_resume *r = xcalloc(1, sizeof(*r));
	struct strbuf found = STRBUF_INIT;
	int rc;

	strbuf_init(&r->into);
	add_into(&r->into, into);
	rc = db_query_value(db,
		"SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = "
		"'" LOAD_RESUME_DATABASE "' AND TABLE_NAME = 'progress'",
		&found, e);
	strbuf_release(&found);
	if (rc > 0)
		rc = read_places(r, db, e);
	if (!rc)
		return r;
	load_resume_free(r);
	return NULL;
}

static int write_down(const struct load_resume *r, struct db *db,
	uint64_t number, uint64_t digest, struct err *e)
{
	struct strbuf sql = STRBUF_INIT;
	int rc;

	/* A touch that the server had been sent last may be in by now, though
	 * it was not when we read. */
	strbuf_addf(&sql,
		"INSERT %sINTO " LOAD_RESUME_DATABASE
		".progress VALUES (%s, %" PRIu64 ", %" PRIu64 ")",
		number % PLACES == PLACE_TOUCHED ? "IGNORE " : "", r->into.buf,
		number, digest);
	rc = db_execn(db, sql.buf, sql.len, e);
	strbuf_release(&sql);
	return rc;
}

int load_resume_prepare(struct load_resume *r, struct db *db, struct err *e)
{
	if (r->count)
		return 0;
	if (!db_exec(db, create_database, e) && !db_exec(db, create_table, e) &&
		!write_down(r, db, begun, 0, e))
		return 0;
	err_prefix(e, "cannot keep the progress of the load there: ");
	return err_hint(e,
		"grant the target's user ALL ON " LOAD_RESUME_DATABASE
		".*, or load without --resume");
}

static int hint_same(struct err *e)
{
	return err_hint(e,
		"load the same file with the same options again; or empty the "
		"target, DROP DATABASE " LOAD_RESUME_DATABASE " there, and "
		"begin anew");
}

/* begin_again: is it the dump that the load was begun with? */
static int begin_again(struct load_resume *r, uint64_t digest, struct err *e)
{
	const uint64_t was = r->place[r->count - 1].digest;

	r->begun = true;
	if (!was || was == digest)
		return 0;
	err_set(e, ERR_DATA,
		"this is not the dump that the load was begun with: it begins "
		"otherwise");
	return hint_same(e);
}

int load_resume_begin(
	struct load_resume *r, struct db *db, uint64_t digest, struct err *e)
{
	struct strbuf sql = STRBUF_INIT;
	int rc;

	if (r->begun)
		return 0;
	if (load_resume_begun(r))
		return begin_again(r, digest, e);
	strbuf_addf(&sql,
		"UPDATE " LOAD_RESUME_DATABASE ".progress SET digest = %" PRIu64
		" WHERE target = %s AND place = %" PRIu64,
		digest, r->into.buf, begun);
	rc = db_execn(db, sql.buf, sql.len, e);
	strbuf_release(&sql);
	r->begun = !rc;
	return rc;
}

void load_resume_free(struct load_resume *r)
{
	if (!r)
		return;
	strbuf_release(&r->into);
	free(r->place);
	free(r);
}

bool load_resume_begun(const struct load_resume *r)
{
	/* When it was opened. That line is the last one. */
	return r->count > 1 || (r->count && r->place[0].digest);
}

/* find: the place, or the first one behind it. */
static size_t find(const struct load_resume *r, uint64_t number)
{
	size_t low = 0, high = r->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (r->place[middle].number < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool load_resume_has(
	const struct load_resume *r, enum resume_place place, uint64_t offset)
{
	const uint64_t number = number_of(place, offset);
	size_t i = find(r, number);

	return i < r->count && r->place[i].number == number;
}

/* name_place: the line of a table's name. Of a hash of it as much as the line
 * has room for: the three lowest bits of the digest are for what there is to
 * say. */
static struct place name_place(const char *database, const char *table)
{
	struct strbuf name = STRBUF_INIT;
	struct row_digest hash;

	strbuf_addstr(&name, database);
	strbuf_addch(&name, '\0');
	strbuf_addstr(&name, table);
	hash = row_digest_of(name.buf, name.len);
	strbuf_release(&name);
	return (struct place){number_of(PLACE_TOUCHED, hash.low >> 8),
		hash.high & ~(uint64_t)TOUCH_BITS};
}

int load_resume_touch(const struct load_resume *r, struct db *db,
	const char *database, const char *table,
	const struct resume_touch *touch, struct err *e)
{
	struct place place = name_place(database, table);

	place.digest |= touch->in_the_way | (touch->stays ? TOUCH_STAYS : 0U);
	return write_down(r, db, place.number, place.digest, e);
}

bool load_resume_touched(const struct load_resume *r, const char *database,
	const char *table, struct resume_touch *touch)
{
	const struct place place = name_place(database, table);
	size_t i = find(r, place.number);
	uint64_t digest;

	if (i == r->count || r->place[i].number != place.number)
		return false;
	digest = r->place[i].digest;
	touch->in_the_way = (enum target_kind)(digest & TOUCH_KIND);
	touch->stays = digest & TOUCH_STAYS;
	return (digest & ~(uint64_t)TOUCH_BITS) == place.digest;
}

bool load_resume_tolerates(const struct load_resume *r, unsigned number,
	const char *database, const char *table)
{
	struct resume_touch touch;

	if (!r || !load_resume_begun(r))
		return false;
	switch (number) {
	case ER_DB_CREATE_EXISTS:
	case ER_DB_DROP_EXISTS:
	case ER_BAD_TABLE_ERROR:
	case ER_DUP_FIELDNAME:
	case ER_DUP_KEYNAME:
	case ER_MULTIPLE_PRI_KEY:
	case ER_CANT_DROP_FIELD_OR_KEY:
	case ER_DUP_CONSTRAINT_NAME:
	case ER_SP_ALREADY_EXISTS:
	case ER_SP_DOES_NOT_EXIST:
	case ER_TRG_ALREADY_EXISTS:
	case ER_TRG_DOES_NOT_EXIST:
	case ER_EVENT_ALREADY_EXISTS:
	case ER_EVENT_DOES_NOT_EXIST:
	case ER_UNKNOWN_VIEW:
	case ER_PARTITION_DOES_NOT_EXIST:
	case ER_SAME_NAME_PARTITION:
		return true;
	case ER_TABLE_EXISTS_ERROR:
		return load_resume_touched(r, database, table, &touch) &&
			!touch.stays;
	default:
		return false;
	}
}

/* Where foreign keys are checked, the server makes a table anew for one, and
 * says no more than what the engine does: errno: 121, which it names in its own
 * language. */
bool load_resume_has_foreign(const struct load_resume *r, const struct db *db)
{
	return r && load_resume_begun(r) &&
		mysql_errno(db->my) == ER_CANT_CREATE_TABLE &&
		strstr(mysql_error(db->my), ": 121 ") != NULL;
}

/* differs: the dump does, from the one that the load was begun with. */
static int differs(uint64_t offset, struct err *e)
{
	err_set(e, ERR_DATA,
		"this is not the dump that the load was begun with: it differs "
		"at byte %" PRIu64 " or before",
		offset);
	return hint_same(e);
}

/* pass: all that stands before a statement is asked for by now. */
static int pass(struct load_resume *r, uint64_t number, struct err *e)
{
	for (; r->next < r->count && r->place[r->next].number < number;
		r->next++)
		if (r->place[r->next].number % PLACES == PLACE_STATEMENT)
			return differs(r->place[r->next].number / PLACES, e);
	return 0;
}

int load_resume_done(struct load_resume *r, enum resume_place place,
	uint64_t offset, uint64_t digest, struct err *e)
{
	const uint64_t number = number_of(place, offset);

	if (place == PLACE_STATEMENT && pass(r, number, e))
		return -1;
	if (!load_resume_has(r, place, offset))
		return 0;
	if (r->place[find(r, number)].digest != digest)
		return differs(offset, e);
	if (place == PLACE_STATEMENT)
		r->next++; /* pass has stopped at it */
	return 1;
}

int load_resume_passed(struct load_resume *r, struct err *e)
{
	return pass(r, begun, e);
}

int load_resume_note(const struct load_resume *r, struct db *db,
	enum resume_place place, uint64_t offset, uint64_t digest,
	struct err *e)
{
	return write_down(r, db, number_of(place, offset), digest, e);
}

int load_resume_unnote(const struct load_resume *r, struct db *db,
	enum resume_place place, uint64_t offset, struct err *e)
{
	struct strbuf sql = STRBUF_INIT;
	int rc;

	strbuf_addf(&sql,
		"DELETE FROM " LOAD_RESUME_DATABASE
		".progress WHERE target = %s AND place = %" PRIu64,
		r->into.buf, number_of(place, offset));
	rc = db_execn(db, sql.buf, sql.len, e);
	strbuf_release(&sql);
	return rc;
}

int load_resume_finish(struct load_resume *r, struct db *db, struct err *e)
{
	struct strbuf sql = STRBUF_INIT, found = STRBUF_INIT;
	int rc;

	/* Another load of the same server goes on with its own lines. */
	strbuf_addf(&sql,
		"SELECT 1 FROM " LOAD_RESUME_DATABASE
		".progress WHERE target <> %s LIMIT 1",
		r->into.buf);
	rc = db_query_value(db, sql.buf, &found, e);
	strbuf_reset(&sql);
	if (rc)
		strbuf_addf(&sql,
			"DELETE FROM " LOAD_RESUME_DATABASE
			".progress WHERE target = %s",
			r->into.buf);
	else
		strbuf_addstr(&sql, "DROP DATABASE " LOAD_RESUME_DATABASE);
	if (rc >= 0)
		rc = db_execn(db, sql.buf, sql.len, e);
	strbuf_release(&sql);
	strbuf_release(&found);
	return rc;
}
