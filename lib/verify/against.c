/* against.c: see against.h. The story: meet, match the catalogues, compare all
 * tables over several connections at once, and look again at what differs. */
#include "verify/against.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/prog.h"
#include "base/sig.h"
#include "base/workers.h"
#include "db/grants.h"
#include "verify/against_internal.h"

enum {
	TRIES = 12,       /* to find both sides the same in a range */
	PAUSE_US = 50000, /* before a try, that much more each time */
	LOCK_WAIT_MS = 60000
};

#define AT(member) offsetof(struct against_options, member)

/* clang-format off */
const struct opt_def against_option_defs[] = {
	{OPT_HEADING, .help = "Comparing with another server"},
	{OPT_STRING, 0, "against", "FILE", .offset = AT(file),
		.help = "compare the backup, or without one the server that "
			"the connection options name, with the server that "
			"this option file names"},
	{OPT_DURATION, 0, "wait", "TIME", .offset = AT(wait_ms),
		.help = "with --against: how long a replica may take to catch "
			"up (default: 60)"},
	{OPT_LIST, 0, "ignore-table", "DB.TABLE", .offset = AT(ignore_table),
		.help = "with --against: leave it out; % stands for any text"},
	{OPT_LIST, 0, "ignore-database", "DB", .offset = AT(ignore_database),
		.help = "with --against: leave it out; % stands for any text"},
	{0}
};
/* clang-format on */

void against_result_release(struct against_result *r)
{
	free(r->server);
	free(r->log_file);
	free(r->gtid);
	*r = (struct against_result){0};
}

void against_to_json(const struct against_result *r, struct json *j)
{
	json_string_or_null(j, "server", r->server);
	json_bool(j, "exact", r->exact);
	json_uint(j, "tables", r->tables);
	json_uint(j, "rows", r->rows);
	json_uint(j, "ranges", r->ranges);
	json_uint(j, "again", r->again);
	json_string_or_null(j, "log_file", r->log_file);
	json_uint(j, "log_pos", r->log_pos);
	json_string_or_null(j, "gtid", r->gtid);
}

/* name_there: what a database here is called on the other server. */
static const char *name_there(const struct against *a, const char *db)
{
	const struct against_plan *plan = a->plan;

	return plan->stands_for && !strcmp(db, plan->into) ? plan->stands_for
							   : db;
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

static int tell_missing(struct against *a, const struct catalog_table *t,
	const char *db, int side, struct err *e)
{
	return verdict_fault(a->verdict, kind_name(t), db, t->name,
		side == HERE ? "is not there on the other server"
			     : "is there on the other server only",
		e);
}

/* index_of: a table's place in its catalogue's list of tables, not before
 * `from`. */
static size_t index_of(const struct catalog *catalog,
	const struct catalog_table *table, size_t from)
{
	while (catalog->table[from].table != table)
		from++;
	return from;
}

static bool is_innodb(const struct catalog_table *t)
{
	return t->engine && !strcmp(t->engine, "InnoDB");
}

static void add_pair(struct against *a, const struct catalog_db *const db[2],
	const struct catalog_table *const table[2])
{
	struct pair *p;

	a->pair = grow_array(a->pair, a->count, &a->cap, sizeof(*a->pair));
	p = &a->pair[a->count++];
	*p = (struct pair){.table = xstrdup(table[HERE]->name),
		.clustered = is_innodb(table[HERE]) && is_innodb(table[THERE]),
		.rows = !table[HERE]->no_data && !table[THERE]->no_data};
	for (int i = HERE; i <= THERE; i++) {
		const struct snapshot *s = &a->snapshot[i];

		p->db[i] = xstrdup(db[i]->name);
		p->index[i] = index_of(&s->catalog, table[i],
			a->count > 1 ? p[-1].index[i] : 0);
		p->locked[i] = snapshot_locked(s, table[i]);
	}
}

/* match_two: tables of one name. */
static int match_two(struct against *a, const struct catalog_db *const db[2],
	const struct catalog_table *const table[2], struct err *e)
{
	char what[100];

	if (table[HERE]->kind == table[THERE]->kind) {
		if (table[HERE]->kind == TABLE_BASE)
			add_pair(a, db, table);
		return 0;
	}
	snprintf(what, sizeof(what), "is a %s, on the other server a %s",
		kind_name(table[HERE]), kind_name(table[THERE]));
	return verdict_fault(a->verdict, kind_name(table[HERE]),
		db[THERE]->name, table[HERE]->name, what, e);
}

/* match_tables: both lists are in order of their names. */
static int match_tables(
	struct against *a, const struct catalog_db *const db[2], struct err *e)
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
		rc = order
			? tell_missing(a, table[order < 0 ? HERE : THERE],
				  db[THERE]->name, order < 0 ? HERE : THERE, e)
			: match_two(a, db, table, e);
	}
	return rc;
}

static int tell_database(
	struct against *a, const char *name, int side, struct err *e)
{
	char what[200];

	snprintf(what, sizeof(what), "the database `%.64s` is %s", name,
		side == HERE ? "not there on the other server"
			     : "there on the other server only");
	return verdict_fault(a->verdict, "database", name, NULL, what, e);
}

/* is_empty_own: the restored backup's own database, which nothing went into. */
static bool is_empty_own(const struct against *a, const struct catalog_db *db)
{
	return a->plan->backup && !db->count &&
		!strcmp(db->name, a->plan->into);
}

static int match(struct against *a, struct err *e)
{
	const struct catalog *here = &a->snapshot[HERE].catalog;
	const struct catalog *there = &a->snapshot[THERE].catalog;
	int rc = 0;

	for (size_t i = 0; i < here->count && !rc; i++) {
		const char *name = name_there(a, here->db[i].name);
		const struct catalog_db *const db[2] = {
			&here->db[i], find_db(there, name)};

		if (is_empty_own(a, &here->db[i]))
			continue;
		rc = db[THERE] ? match_tables(a, db, e)
			       : tell_database(a, name, HERE, e);
	}
	for (size_t i = 0; i < there->count && !rc && !a->plan->backup; i++)
		if (!find_db(here, there->db[i].name))
			rc = tell_database(a, there->db[i].name, THERE, e);
	return rc;
}

/* The work that threads share. Each of these is called under the mutex. */

static void tell_others(struct against *a)
{
	pthread_cond_broadcast(&a->changed);
}

/* give_back: the locks of the tables that are done. */
static int give_back(struct against *a, struct err *e)
{
	size_t before = a->released;

	while (a->released < a->next) {
		const struct pair *p = &a->pair[a->released];

		if (p->state != PAIR_CUT || p->at_work)
			break;
		a->released++;
	}
	for (int i = HERE; i <= THERE && a->released > before; i++) {
		struct snapshot *s = &a->snapshot[i];
		size_t tables = a->pair[a->released - 1].index[i] + 1;

		if (snapshot_unlock(s, tables, e) ||
			snapshot_written(s, tables, e))
			return -1;
	}
	return 0;
}

/* find_work: a table to cut a range off, or else to open; NULL: there is none
 * now. *later: there may be some. */
static struct pair *find_work(struct against *a, bool *later)
{
	*later = false;
	for (size_t i = a->released; i < a->next; i++) {
		struct pair *p = &a->pair[i];

		if (p->state == PAIR_CUTTING && !p->cut_now)
			return p;
		*later = *later || p->state == PAIR_OPENING || p->cut_now;
	}
	return a->next < a->count ? &a->pair[a->next++] : NULL;
}

static struct pair *take_work(struct against *a)
{
	struct pair *p = NULL;
	bool later = true;

	while (!a->stopped && !p && later) {
		p = find_work(a, &later);
		if (!p && later)
			pthread_cond_wait(&a->changed, &a->mutex);
	}
	if (p && p->state == PAIR_WAITING)
		p->state = PAIR_OPENING;
	else if (p)
		p->cut_now = true;
	return p;
}

static int done_with_range(struct against *a, struct pair *p,
	const struct part *part, const struct range_sum sum[2], struct err *e)
{
	p->at_work--;
	a->result->ranges++;
	a->result->rows += sum[HERE].rows;
	a->progress.rows += sum[HERE].rows;
	progress_show(&a->progress);
	if (!range_sum_same(&sum[HERE], &sum[THERE]))
		pair_suspect(p, part, sum);
	return give_back(a, e);
}

/* compare_range: of a pair at_work is counted for. Not under the mutex. */
static int compare_range(struct comparer *c, struct pair *p,
	const struct part *part, struct err *e)
{
	struct against *a = c->all;
	struct range_sum sum[2];
	int rc = pair_sums(c, p, part->where, sum, e);

	pthread_mutex_lock(&a->mutex);
	if (!rc)
		rc = done_with_range(a, p, part, sum, e);
	pthread_mutex_unlock(&a->mutex);
	return rc;
}

/* is_wanted: the range that was cut: of each table at least one. */
static bool is_wanted(const struct against *a, const struct pair *p, bool last)
{
	return sample_takes(a->plan->sample, p->table, p->seen) ||
		(last && !p->taken);
}

/* cut_and_compare: the next range of an open table. */
static int cut_and_compare(struct comparer *c, struct pair *p, struct err *e)
{
	struct against *a = c->all;
	struct chunk_range range = {.where = STRBUF_INIT};
	int rc = pair_next(c, p, &range, e);
	struct part part;
	bool wanted;

	pthread_mutex_lock(&a->mutex);
	wanted = !rc && is_wanted(a, p, range.last);
	p->taken = p->taken || wanted;
	part = (struct part){range.where.buf, p->seen++};
	p->cut_now = false;
	if (range.last)
		p->state = PAIR_CUT;
	p->at_work += wanted;
	if (!rc && !wanted)
		rc = give_back(a, e);
	tell_others(a);
	pthread_mutex_unlock(&a->mutex);
	if (wanted)
		rc = compare_range(c, p, &part, e);
	strbuf_release(&range.where);
	return rc;
}

/* open_and_compare: of what is not cut: its only range, too. */
static int open_and_compare(struct comparer *c, struct pair *p, struct err *e)
{
	const struct part all = {.where = ""};
	struct against *a = c->all;
	int rc = pair_open(c, p, e);
	bool whole = !rc && p->rows && !p->chunker;

	pthread_mutex_lock(&a->mutex);
	a->result->tables++;
	p->state = p->chunker ? PAIR_CUTTING : PAIR_CUT;
	p->at_work += whole;
	if (!rc && !whole)
		rc = give_back(a, e);
	tell_others(a);
	pthread_mutex_unlock(&a->mutex);
	return whole ? compare_range(c, p, &all, e) : rc;
}

static int work(void *ctx, size_t i, struct err *e)
{
	struct against *a = ctx;
	struct comparer c = {.all = a,
		.db = {a->snapshot[HERE].reader[i],
			a->snapshot[THERE].reader[i]}};
	struct pair *p;
	int rc = 0;

	while (!rc) {
		pthread_mutex_lock(&a->mutex);
		p = take_work(a);
		pthread_mutex_unlock(&a->mutex);
		if (!p)
			return 0;
		rc = p->state == PAIR_OPENING ? open_and_compare(&c, p, e)
					      : cut_and_compare(&c, p, e);
		if (!rc && sig_pending())
			rc = err_set(e, ERR_SIGNAL, "interrupted");
	}
	pthread_mutex_lock(&a->mutex);
	a->stopped = true;
	tell_others(a);
	pthread_mutex_unlock(&a->mutex);
	return -1;
}

static int compare_all(struct against *a, struct err *e)
{
	size_t here = a->snapshot[HERE].readers;
	size_t there = a->snapshot[THERE].readers;
	int rc;

	progress_begin(&a->progress, (enum progress_when)a->plan->progress);
	rc = workers_run(here < there ? here : there, work, a, e);
	progress_end(&a->progress);
	return rc;
}

/* look_at: the suspects of a table; those that turned out the same go. `most`
 * of them. *left: some do not. */
static int look_at(struct comparer *c, struct pair *p, uint64_t most,
	bool *left, struct err *e)
{
	struct suspect **at = &p->suspect;

	for (uint64_t i = 0; *at && i < most; i++) {
		struct suspect *s = *at;
		bool differs;

		if (sig_pending())
			return err_set(e, ERR_SIGNAL, "interrupted");
		if (suspect_search(c, p, s, &differs, e))
			return -1;
		if (differs) {
			*left = true;
			at = &s->next;
			continue;
		}
		*at = s->next;
		suspect_free(s);
		p->different--;
	}
	return 0;
}

static int look_at_all(
	struct against *a, uint64_t most, bool *left, struct err *e)
{
	struct comparer c = {.all = a,
		.db = {a->snapshot[HERE].reader[0],
			a->snapshot[THERE].reader[0]}};
	int rc = 0;

	*left = false;
	for (size_t i = 0; i < a->count && !rc; i++)
		rc = look_at(&c, &a->pair[i], most, left, e);
	return rc;
}

/* look_again: at later positions, at what differed at this one. */
static int look_again(struct against *a, struct err *e)
{
	bool left = false;

	for (size_t i = 0; i < a->count; i++) {
		left = left || a->pair[i].suspect;
		if (!a->result->exact)
			a->result->again += a->pair[i].different;
	}
	/* At one position the rows say it all; these are to be named. */
	if (a->result->exact)
		return left ? look_at_all(a, RANGES_NAMED, &left, e) : 0;
	for (unsigned i = 1; left && i <= TRIES; i++) {
		log_debug("looking again at what differs, try %u", i);
		usleep(PAUSE_US * i);
		if (meet(a, true, e) || look_at_all(a, UINT64_MAX, &left, e))
			return -1;
		if (a->result->exact)
			break;
	}
	return 0;
}

static int tell_rows(struct against *a, struct err *e)
{
	const uint64_t before = a->verdict->faults;
	int rc = 0;

	for (size_t i = 0; i < a->count && !rc; i++)
		if (a->pair[i].suspect)
			rc = pair_tell(a, &a->pair[i], e);
	if (!rc && a->verdict->faults == before)
		rc = verdict_passed(a->verdict, "against", e);
	return rc;
}

static int set_options(struct against *a, struct err *e)
{
	for (int i = HERE; i <= THERE; i++) {
		struct dump_options *o = &a->options[i];

		*o = (struct dump_options)DUMP_OPTIONS_INIT;
		o->all_databases = true;
		o->jobs = a->plan->jobs;
		o->lock_wait_ms = LOCK_WAIT_MS;
		o->ignore_table = a->plan->options->ignore_table;
		o->ignore_database = a->plan->options->ignore_database;
		if (dump_options_finish(o, 0, NULL, e))
			return -1;
	}
	return db_options_read(&a->there, a->plan->options->file, e);
}

/* note: what the other server is, and at which position it is compared. */
static void note(struct against *a)
{
	const struct snapshot *s = &a->snapshot[THERE];
	struct against_result *r = a->result;

	r->server = xstrdup(db_server_version(s->control));
	r->log_file = s->moment.log_file ? xstrdup(s->moment.log_file) : NULL;
	r->log_pos = s->moment.log_pos;
	r->gtid = s->moment.gtid ? xstrdup(s->moment.gtid) : NULL;
	a->way = row_hash_way(&a->snapshot[HERE].flavor, &s->flavor);
}

/* check_server: that what is compared of it is all that there is. */
static int check_server(struct against *a, int side,
	const struct strlist *databases, struct err *e)
{
	if (!grants_check_tables(a->snapshot[side].control, databases, e))
		return 0;
	return against_prefix(a, side, e);
}

/* check_grants: a server tells nobody that there is more than he may see. */
static int check_grants(struct against *a, struct err *e)
{
	const struct catalog *here = &a->snapshot[HERE].catalog;
	struct strlist databases = STRLIST_INIT;
	int rc;

	if (!a->plan->backup)
		return check_server(a, HERE, NULL, e) ||
				check_server(a, THERE, NULL, e)
			? -1
			: 0;
	for (size_t i = 0; i < here->count; i++)
		if (!is_empty_own(a, &here->db[i]))
			strlist_add(
				&databases, name_there(a, here->db[i].name));
	rc = check_server(a, THERE, &databases, e);
	strlist_release(&databases);
	return rc;
}

static int run(struct against *a, struct err *e)
{
	if (set_options(a, e) || meet(a, false, e) || check_grants(a, e))
		return -1;
	note(a);
	if (match(a, e) || compare_all(a, e) || look_again(a, e))
		return -1;
	return tell_rows(a, e);
}

int against_run(const struct against_plan *plan, struct verdict *v,
	struct against_result *result, struct err *e)
{
	struct against a = {.plan = plan, .verdict = v, .result = result};
	int rc;

	*result = (struct against_result){0};
	pthread_mutex_init(&a.mutex, NULL);
	pthread_cond_init(&a.changed, NULL);
	rc = run(&a, e);
	/* Cleaning up may talk to the servers, so the signal is put by. */
	if (rc && sig_clear())
		e->code = ERR_SIGNAL;
	for (size_t i = 0; i < a.count; i++)
		pair_release(&a.pair[i]);
	free(a.pair);
	snapshot_close(&a.snapshot[HERE]);
	snapshot_close(&a.snapshot[THERE]);
	db_options_release(&a.there);
	pthread_cond_destroy(&a.changed);
	pthread_mutex_destroy(&a.mutex);
	return rc;
}
