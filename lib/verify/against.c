/* against.c: see against.h. The story: meet, match the catalogues, compare all
 * tables over several connections at once, and look again at what differs. */
#include "verify/against.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/prog.h"
#include "base/sig.h"
#include "base/workers.h"
#include "db/grants.h"
#include "verify/against_internal.h"

enum { LOCK_WAIT_MS = 60000 };

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
	json_uint(j, "unsettled", r->unsettled);
	json_string_or_null(j, "log_file", r->log_file);
	json_uint(j, "log_pos", r->log_pos);
	json_string_or_null(j, "gtid", r->gtid);
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
		const struct pair *p = a->pair[a->released];

		if (p->state != PAIR_CUT || p->at_work)
			break;
		a->released++;
	}
	for (int i = HERE; i <= THERE && a->released > before; i++) {
		struct snapshot *s = &a->snapshot[i];
		size_t tables = a->pair[a->released - 1]->index[i] + 1;

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
		struct pair *p = a->pair[i];

		if (p->state == PAIR_CUTTING && !p->cut_now)
			return p;
		*later = *later || p->state == PAIR_OPENING || p->cut_now;
	}
	return a->next < a->count ? a->pair[a->next++] : NULL;
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

int compare_pairs(struct against *a, struct err *e)
{
	size_t here = a->snapshot[HERE].readers;
	size_t there = a->snapshot[THERE].readers;
	int rc;

	if (a->next == a->count)
		return 0;

	progress_begin(&a->progress, (enum progress_when)a->plan->progress);
	rc = workers_run(here < there ? here : there, work, a, e);
	progress_end(&a->progress);
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
		/* A restored backup may have its tables under another name:
		 * see match_wants(). */
		if (i == THERE || !a->plan->backup) {
			o->ignore_table = a->plan->options->ignore_table;
			o->ignore_database = a->plan->options->ignore_database;
		}
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
		if (match_wants(a, &here->db[i]))
			strlist_add(
				&databases, name_there(a, here->db[i].name));
	rc = check_server(a, THERE, &databases, e);
	strlist_release(&databases);
	return rc;
}

/* tell: what is left; and if that is nothing, that it was passed. */
static int tell(struct against *a, struct err *e)
{
	int rc = match_tell(a, e);

	for (size_t i = 0; i < a->count && !rc; i++)
		rc = pair_tell(a, a->pair[i], e);
	if (!rc && !a->verdict->faults)
		rc = verdict_passed(a->verdict, "against", e);
	return rc;
}

static int read_charsets(struct against *a, struct err *e)
{
	for (int i = HERE; i <= THERE; i++)
		if (charsets_read(&a->charsets[i], a->snapshot[i].control, e))
			return against_prefix(a, i, e);
	return 0;
}

static int run(struct against *a, struct err *e)
{
	if (set_options(a, e) || meet(a, false, e) || check_grants(a, e) ||
		read_charsets(a, e))
		return -1;
	note(a);
	if (match(a, false, e) || compare_pairs(a, e) || look_again(a, e))
		return -1;
	return tell(a, e);
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
	match_release(&a);
	for (size_t i = 0; i < a.count; i++)
		pair_free(a.pair[i]);
	free(a.pair);
	for (int i = HERE; i <= THERE; i++) {
		snapshot_close(&a.snapshot[i]);
		charsets_release(&a.charsets[i]);
	}
	db_options_release(&a.there);
	pthread_cond_destroy(&a.changed);
	pthread_mutex_destroy(&a.mutex);
	return rc;
}
