/* match.c: which databases, tables, views and sequences there are on either
 * side. Of a replica that was not found at the position of its source, what
 * only one of them has is in doubt: it may have come or gone in between. It is
 * told if it is so at all later moments, too. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/prog.h"
#include "verify/against_internal.h"

/* A difference that may pass. */
struct doubt {
	char *db, *name; /* NULL: of the database itself */
	const char *kind;
	char *what;
	bool seen; /* at the present moment */
	struct doubt *next;
};

const char *name_there(const struct against *a, const char *db)
{
	const struct against_plan *plan = a->plan;

	return plan->stands_for && !strcmp(db, plan->into) ? plan->stands_for
							   : db;
}

bool match_wants(const struct against *a, const struct catalog_db *db)
{
	/* The restored backup's own, which nothing went into. */
	if (a->plan->backup && !db->count && !strcmp(db->name, a->plan->into))
		return false;
	return !catalog_ignores(&a->snapshot[THERE].catalog, &a->options[THERE],
		name_there(a, db->name), NULL);
}

static bool same_name(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static struct doubt **find_doubt(
	struct against *a, const char *db, const char *name)
{
	struct doubt **at = &a->doubt;

	while (*at && (strcmp((*at)->db, db) || !same_name((*at)->name, name)))
		at = &(*at)->next;
	return at;
}

/* in_doubt: the table, or all of its database. */
static bool in_doubt(struct against *a, const char *db, const char *name)
{
	return *find_doubt(a, db, name) || *find_doubt(a, db, NULL);
}

static void doubt_free(struct doubt *d)
{
	free(d->db);
	free(d->name);
	free(d->what);
	free(d);
}

/* What is found; `again`: at a later moment, at which nothing new counts. */
struct finding {
	const char *kind, *db, *name, *what;
	bool again;
};

static int find(struct against *a, const struct finding *f, struct err *e)
{
	struct doubt **at = find_doubt(a, f->db, f->name);

	if (!f->again && a->result->exact)
		return verdict_fault(
			a->verdict, f->kind, f->db, f->name, f->what, e);
	if (f->again && !in_doubt(a, f->db, f->name))
		return 0;
	if (!*at) {
		*at = xcalloc(1, sizeof(**at));
		(*at)->db = xstrdup(f->db);
		(*at)->name = f->name ? xstrdup(f->name) : NULL;
	}
	free((*at)->what);
	(*at)->what = xstrdup(f->what);
	(*at)->kind = f->kind;
	(*at)->seen = true;
	return 0;
}

static const struct catalog_db *find_db(
	const struct catalog *catalog, const char *name)
{
	for (size_t i = 0; i < catalog->count; i++)
		if (!strcmp(catalog->db[i].name, name))
			return &catalog->db[i];
	return NULL;
}

static const char *kind_name(const struct catalog_table *t)
{
	return t->kind == TABLE_VIEW    ? "view"
		: t->kind == TABLE_BASE ? "table"
					: "sequence";
}

/* ref_of: the place of a table in its catalogue's list, looked for from `from`
 * on, for most come in its order. */
static const struct table_ref *ref_of(const struct catalog *catalog,
	const struct catalog_table *table, size_t from)
{
	while (catalog->table[from % catalog->tables].table != table)
		from++;
	return &catalog->table[from % catalog->tables];
}

static bool is_innodb(const struct catalog_table *t)
{
	return t->engine && !strcmp(t->engine, "InnoDB");
}

void match_add(struct against *a, const struct table_ref *const ref[2])
{
	const struct catalog_table *here = ref[HERE]->table,
				   *there = ref[THERE]->table;
	struct pair *p;

	a->pair = grow_array(a->pair, a->count, &a->cap, sizeof(*a->pair));
	p = xcalloc(1, sizeof(*p));
	a->pair[a->count++] = p;
	*p = (struct pair){.table = xstrdup(here->name),
		.clustered = is_innodb(here) && is_innodb(there),
		.rows = !here->no_data && !there->no_data};
	for (int i = HERE; i <= THERE; i++) {
		const struct snapshot *s = &a->snapshot[i];

		p->db[i] = xstrdup(ref[i]->db);
		p->index[i] = (size_t)(ref[i] - s->catalog.table);
		p->locked[i] = snapshot_locked(s, ref[i]->table);
	}
}

static void add_two(
	struct against *a, const struct catalog_table *const table[2])
{
	const struct pair *last = a->count ? a->pair[a->count - 1] : NULL;
	const struct table_ref *ref[2];

	for (int i = HERE; i <= THERE; i++)
		ref[i] = ref_of(&a->snapshot[i].catalog, table[i],
			last ? last->index[i] : 0);
	match_add(a, ref);
}

/* match_two: tables of one name. `f` has that. */
static int match_two(struct against *a,
	const struct catalog_table *const table[2], struct finding *f,
	struct err *e)
{
	char what[100];

	if (table[HERE]->kind == table[THERE]->kind) {
		if (table[HERE]->kind == TABLE_BASE &&
			(!f->again || in_doubt(a, f->db, f->name)))
			add_two(a, table);
		return 0;
	}
	snprintf(what, sizeof(what), "is a %s, on the other server a %s",
		kind_name(table[HERE]), kind_name(table[THERE]));
	f->what = what;
	return find(a, f, e);
}

/* match_names: of a table that one side has, or both. */
static int match_names(struct against *a, const char *db,
	const struct catalog_table *const table[2], bool again, struct err *e)
{
	const struct catalog_table *one = table[table[HERE] ? HERE : THERE];
	struct finding f = {.kind = kind_name(one),
		.db = db,
		.name = one->name,
		.again = again};

	if (table[HERE] && table[THERE])
		return match_two(a, table, &f, e);
	if (catalog_ignores(&a->snapshot[THERE].catalog, &a->options[THERE], db,
		    one->name))
		return 0;
	a->one_sided = true;
	f.what = table[HERE] ? "is not there on the other server"
			     : "is there on the other server only";
	return find(a, &f, e);
}

/* match_tables: both lists are in order of their names. */
static int match_tables(struct against *a, const struct catalog_db *const db[2],
	bool again, struct err *e)
{
	size_t at[2] = {0, 0};
	int rc = 0;

	while (!rc &&
		(at[HERE] < db[HERE]->count || at[THERE] < db[THERE]->count)) {
		const struct catalog_table *table[2] = {NULL, NULL};
		int order;

		for (int i = HERE; i <= THERE; i++)
			if (at[i] < db[i]->count)
				table[i] = &db[i]->table[at[i]];
		order = !table[HERE] ? 1
			: !table[THERE]
			? -1
			: strcmp(table[HERE]->name, table[THERE]->name);
		at[HERE] += order <= 0;
		at[THERE] += order >= 0;
		if (order)
			table[order < 0 ? THERE : HERE] = NULL;
		rc = match_names(a, db[THERE]->name, table, again, e);
	}
	return rc;
}

static int lacks_database(struct against *a, const char *name, int side,
	bool again, struct err *e)
{
	char what[200];
	const struct finding f = {
		.kind = "database", .db = name, .what = what, .again = again};

	a->one_sided = true;
	snprintf(what, sizeof(what), "the database `%.64s` is %s", name,
		side == HERE ? "not there on the other server"
			     : "there on the other server only");
	return find(a, &f, e);
}

static int match_all(struct against *a, bool again, struct err *e)
{
	const struct catalog *here = &a->snapshot[HERE].catalog;
	const struct catalog *there = &a->snapshot[THERE].catalog;
	int rc = 0;

	for (size_t i = 0; i < here->count && !rc; i++) {
		const char *name = name_there(a, here->db[i].name);
		const struct catalog_db *const db[2] = {
			&here->db[i], find_db(there, name)};

		if (!match_wants(a, &here->db[i]))
			continue;
		rc = db[THERE] ? match_tables(a, db, again, e)
			       : lacks_database(a, name, HERE, again, e);
	}
	for (size_t i = 0; i < there->count && !rc && !a->plan->backup; i++)
		if (!find_db(here, there->db[i].name))
			rc = lacks_database(
				a, there->db[i].name, THERE, again, e);
	return rc;
}

/* keep_seen: what differed before and does no more is no difference. */
static void keep_seen(struct against *a)
{
	struct doubt **at = &a->doubt;

	while (*at) {
		struct doubt *d = *at;

		if (d->seen) {
			d->seen = false;
			at = &d->next;
			continue;
		}
		*at = d->next;
		doubt_free(d);
	}
}

/* warn_case: names that are one to one of the servers may be two here. */
static void warn_case(const struct against *a)
{
	if (a->one_sided &&
		a->snapshot[HERE].catalog.lower_case_names !=
			a->snapshot[THERE].catalog.lower_case_names)
		log_warn("lower_case_table_names differs between the servers, "
			 "and names are compared as they are written");
}

int match(struct against *a, bool again, struct err *e)
{
	if (match_all(a, again, e))
		return -1;
	if (!again)
		warn_case(a);
	keep_seen(a);
	return 0;
}

int match_tell(struct against *a, struct err *e)
{
	int rc = 0;

	for (const struct doubt *d = a->doubt; d && !rc; d = d->next)
		rc = verdict_fault(
			a->verdict, d->kind, d->db, d->name, d->what, e);
	return rc;
}

void match_release(struct against *a)
{
	while (a->doubt) {
		struct doubt *d = a->doubt;

		a->doubt = d->next;
		doubt_free(d);
	}
}
