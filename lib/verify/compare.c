/* compare.c: see compare.h. */
#include "verify/compare.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/prog.h"
#include "base/progress.h"
#include "base/text.h"
#include "db/check.h"
#include "db/dump.h"

enum { LEFT_OUT_MOST = 10 /* tables that are named in warnings */ };

/* How rows may stand in a dump. */
struct form {
	bool hex_blob, history;
};

static const struct form forms[] = {
	{false, true}, {true, true}, {false, false}, {true, false}};

/* What the server holds of a table. */
struct found {
	bool there;
	bool equal; /* in one of the forms */
	uint64_t rows;
};

struct comparison {
	const struct contents_table *const *tables;
	struct found *found; /* one a table */
	size_t count;
	bool unnamed; /* rows go into a table whose name cannot be read */
	size_t next;  /* where to begin to look for the next table */
	const char *into;
	size_t current;
};

static int begin(void *ctx, const struct dump_head *head, struct err *e)
{
	(void)ctx, (void)head, (void)e;
	return 0;
}

static int drop_piece(void *ctx, const struct dump_piece *piece, struct err *e)
{
	(void)ctx, (void)piece, (void)e;
	return 0;
}

static int trailer(void *ctx, const char *completed, struct err *e)
{
	(void)ctx, (void)completed, (void)e;
	return 0;
}

static bool is_table(
	const struct comparison *c, size_t i, const char *db, const char *table)
{
	const struct contents_table *t = c->tables[i];

	return !strcmp(t->table, table) &&
		!strcmp(*t->db ? t->db : c->into, db);
}

/* find: dumps name tables in much the same order, so the next one is mostly
 * the one behind the last. Returns count for none. */
static size_t find(struct comparison *c, const char *db, const char *table)
{
	for (size_t i = 0; i < c->count; i++) {
		size_t at = (c->next + i) % c->count;

		if (is_table(c, at, db, table)) {
			c->next = at + 1;
			return at;
		}
	}
	return c->count;
}

static int table_begin(
	void *ctx, const char *db, const char *table, struct err *e)
{
	struct comparison *c = ctx;

	(void)e;
	c->current = find(c, db, table);
	return 0;
}

/* is_named: whether the dump's name of it is the server's, too: not where the
 * dump is in another character set, in which bytes of a quote can be within a
 * character, so that the name was left empty. */
static bool is_named(const struct contents_table *t)
{
	return *t->table && utf8_valid(t->table, strlen(t->table)) &&
		utf8_valid(t->db, strlen(t->db));
}

/* is_counted: its rows have been, if it has any. */
static bool is_counted(
	const struct comparison *c, const struct contents_table *t)
{
	return !t->uncounted &&
		(t->has_rows ||
			(t->created && !c->unnamed &&
				!contents_is_system(t->db)));
}

static int table_end(void *ctx, uint64_t rows, const struct row_digest *digest,
	struct err *e)
{
	struct comparison *c = ctx;
	const struct contents_table *t;
	struct found *found;

	(void)e;
	if (c->current == c->count)
		return 0;
	t = c->tables[c->current];
	found = &c->found[c->current];
	found->there = true;
	found->rows = rows;
	found->equal = found->equal || !is_counted(c, t) ||
		(rows == t->rows &&
			(!t->stated ||
				(digest &&
					row_digest_same(digest, &t->digest))));
	return 0;
}

static int dump(struct comparison *c, const struct db_options *login,
	uint64_t jobs, const struct form *form, uint64_t *rows, struct err *e)
{
	struct dump_options options = DUMP_OPTIONS_INIT;
	struct progress progress = {0};
	const struct dump_output output = {.begin = begin,
		.piece = drop_piece,
		.table_begin = table_begin,
		.table_end = table_end,
		.trailer = trailer,
		.ctx = c,
		.progress = &progress};
	struct dump_result result = {0};
	int rc;

	options.all_databases = true;
	options.alone = true;
	options.jobs = jobs;
	options.hex_blob = form->hex_blob;
	options.dump_history = form->history;
	options.on_broken = DUMP_BROKEN_COMMENT;
	progress_begin(&progress, PROGRESS_NEVER);
	rc = dump_options_finish(&options, 0, NULL, e);
	if (!rc)
		rc = dump_run(login, &options, &output, &result, e);
	*rows = result.rows;
	dump_result_release(&result);
	strlist_release(&options.names);
	return rc;
}

static bool all_equal(const struct comparison *c)
{
	for (size_t i = 0; i < c->count; i++)
		if (c->found[i].there && !c->found[i].equal)
			return false;
	return true;
}

static int tell(
	const struct comparison *c, size_t i, struct verdict *v, struct err *e)
{
	const struct contents_table *t = c->tables[i];
	const struct found *found = &c->found[i];
	char what[160];

	if (!found->there)
		snprintf(what, sizeof(what), "is not there after the restore");
	else if (found->rows != t->rows)
		snprintf(what, sizeof(what),
			"has %" PRIu64 " rows after the restore, the dump "
			"has %" PRIu64,
			found->rows, t->rows);
	else
		snprintf(what, sizeof(what),
			"has other rows after the restore than the dump "
			"(by their digest)");
	return verdict_fault(
		v, "rows", *t->db ? t->db : c->into, t->table, what, e);
}

/* tell_left_out: of the first ones; a dump in a character set in which no row
 * can be told has as many as there are tables. */
static void tell_left_out(const struct contents_table *t, size_t before)
{
	if (before > LEFT_OUT_MOST)
		return;
	if (before == LEFT_OUT_MOST)
		log_warn("nor are those of more tables");
	else if (!is_named(t))
		log_warn("the rows of table '%.64s' are not compared: its name "
			 "is not in UTF-8",
			t->table);
	else
		log_warn("the rows of `%.64s` are not compared: it cannot be "
			 "told how many a statement of the dump makes or "
			 "leaves",
			t->table);
}

static int tell_all(
	const struct comparison *c, struct verdict *v, struct err *e)
{
	const uint64_t before = v->faults;
	size_t left_out = 0;

	for (size_t i = 0; i < c->count; i++) {
		const struct contents_table *t = c->tables[i];

		if (contents_is_system(t->db) || !(t->created || t->has_rows))
			continue;
		if (!is_named(t) || t->uncounted)
			tell_left_out(t, left_out++);
		if (!is_named(t))
			continue;
		if ((!c->found[i].there || !c->found[i].equal) &&
			tell(c, i, v, e))
			return -1;
	}
	return v->faults == before ? verdict_passed(v, "rows", e) : 0;
}

int compare_rows(const struct db_options *login, uint64_t jobs,
	const struct contents *contents, const char *into, struct verdict *v,
	uint64_t *rows, struct err *e)
{
	struct comparison c = {.into = into};
	int rc = 0;

	c.tables = contents_tables(contents, &c.count);
	c.found = xcalloc(c.count + 1, sizeof(*c.found));
	for (size_t i = 0; i < c.count; i++)
		c.unnamed |= c.tables[i]->has_rows && !is_named(c.tables[i]);
	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms) && !rc; i++)
		if (!i || !all_equal(&c))
			rc = dump(&c, login, jobs, &forms[i], rows, e);
	if (!rc)
		rc = tell_all(&c, v, e);
	free(c.found);
	return rc;
}

int compare_read(const struct db_options *login, uint64_t jobs,
	uint64_t *tables, uint64_t *rows, struct err *e)
{
	struct comparison none = {.into = ""};
	struct db *db = db_open(login, e);
	struct check_counts counts;
	int rc = db ? check_count(db, &counts, e) : -1;

	db_close(db);
	if (rc)
		return -1;
	*tables = counts.tables;
	return dump(&none, login, jobs, &forms[0], rows, e);
}

int compare_objects(const struct db_options *login,
	const struct contents *contents, struct verdict *v, struct err *e)
{
	const struct contents_objects said = contents_objects(contents);
	struct check_counts there;
	struct db *db = db_open(login, e);
	int rc = db ? check_count(db, &there, e) : -1;
	const struct {
		const char *kind;
		uint64_t said, there;
	} kinds[] = {{"views", said.views, there.views},
		{"triggers", said.triggers, there.triggers},
		{"routines", said.routines, there.routines},
		{"events", said.events, there.events},
		{"sequences", said.sequences, there.sequences}};
	const uint64_t before = v->faults;
	char what[160];

	db_close(db);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds) && !rc; i++) {
		if (kinds[i].there >= kinds[i].said)
			continue;
		snprintf(what, sizeof(what),
			"%" PRIu64 " %s are there after the restore, the "
			"dump has %" PRIu64,
			kinds[i].there, kinds[i].kind, kinds[i].said);
		rc = verdict_fault(v, kinds[i].kind, NULL, NULL, what, e);
	}
	if (!rc && v->faults == before)
		rc = verdict_passed(v, "objects", e);
	return rc;
}
