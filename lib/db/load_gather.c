/* load_gather.c: rows of a dump: which of them make a job, and which must run
 * on our own connection.
 */
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "db/load_internal.h"
#include "db/load_literal.h"
#include "db/sql_text.h"

/* Text of one job, and so of one transaction. The cut depends on nothing but
 * the dump, for --resume. */
static const size_t job_bytes = 2UL * 1024 * 1024;

/* takes_default: of any column. */
static bool takes_default(const struct load_statement *st)
{
	return st->columns->count || text_contains(st->sql, st->len, "DEFAULT");
}

/* are_numbered: whether the server makes up numbers for the rows: a dumper's
 * are all like the first of them. They must come in order then, or they would
 * get other ones. */
static bool are_numbered(
	const struct load_table *table, const struct load_statement *st)
{
	const struct literals rows = {st->sql + st->head, st->sql + st->len,
		st->escapes, st->double_quotes};
	int at = st->columns->count ? -1 : table->numbers_at;

	if (st->by_hand &&
		(table->numbers_unknown ||
			(table->from_sequence && takes_default(st))))
		return true;
	if (!table->makes_numbers)
		return false;
	for (size_t i = 0; i < st->columns->count; i++)
		if (!strcasecmp(st->columns->item[i], table->makes_numbers))
			at = (int)i;
	return !st->head || at < 0 ||
		literals_numbered(&rows, (size_t)at, st->by_hand);
}

/* goes_on: whether the rows can be a part of the job that is gathered. */
static bool goes_on(const struct load_job *job, const struct load_table *table,
	const struct load_session *session, const struct load_statement *st,
	bool numbered)
{
	return job->table == table && job->session == session &&
		job->numbered == numbered &&
		job->in_order == (st->in_order || numbered) &&
		job->escapes == st->escapes &&
		job->double_quotes == st->double_quotes &&
		job->head.len == st->head &&
		!memcmp(job->head.buf, st->sql, st->head) &&
		job->text.len + st->len <= job_bytes;
}

static struct load_job *begin_job(struct load *load, struct load_table *table,
	const struct load_statement *st, bool numbered)
{
	struct load_job *job = load_job_new();

	job->kind = JOB_ROWS;
	job->table = table;
	job->session = load_now(load);
	job->numbered = numbered;
	job->given = table->makes_numbers && !numbered;
	job->in_order = st->in_order || numbered;
	job->literal = st->head && job->session->literal;
	job->escapes = st->escapes;
	job->double_quotes = st->double_quotes;
	strbuf_add(&job->head, st->sql, st->head);
	for (size_t i = 0; i < st->columns->count; i++) {
		strbuf_addstr(&job->columns, i ? "," : "");
		sql_ident(&job->columns, st->columns->item[i]);
	}
	return job;
}

/* are_code: rows that do more than to go into their table: by what stands in
 * them, by triggers, or by way of a view. */
static bool are_code(
	const struct load_table *table, const struct load_statement *st)
{
	return st->alone || table->hidden || table->triggered;
}

/* has_unique: among the keys that are put off. */
static bool has_unique(const struct load_table *table)
{
	bool found = false;

	for (size_t i = 0; i < table->keys.count && !found; i++)
		found = text_contains(table->keys.item[i],
			strlen(table->keys.item[i]), "UNIQUE");
	return found;
}

/* ready: the keys that say which of the rows stay, and which go with them. */
static int ready(struct load *load, struct load_table *table,
	const struct load_statement *st, struct err *e)
{
	if (!st->in_order)
		return 0;
	if (load_now(load)->checks_keys && load_owes_foreign(load))
		return load_ready_foreign(load, e);
	return has_unique(table) ? load_ready_table(load, table, e) : 0;
}

int load_gather(
	struct load *load, const struct load_statement *st, struct err *e)
{
	struct load_table *table = load_table_of(load, st);
	const struct load_session *session = load_now(load);
	bool numbered, there;

	if (!table)
		return load_run_alone(load, st, e);
	if (!table->known &&
		(load_wait(load, false, e) ||
			load_learn(load, table, st->offset, &there, e)))
		return -1;
	if (are_code(table, st))
		return load_run_code(load, st, e);
	if (ready(load, table, st, e))
		return -1;
	if (session->checks_keys && table->refers)
		return load_run_alone(load, st, e);
	if (st->by_hand && load_find_numbers(load, table, e))
		return -1;
	numbered = are_numbered(table, st);
	if (numbered && st->by_hand)
		return load_run_alone(load, st, e);
	if (load->table != table) {
		if (load_close_table(load, e))
			return -1;
		load->table = table;
	}
	if (load->job && !goes_on(load->job, table, session, st, numbered) &&
		load_flush(load, e))
		return -1;
	if (load_hand_over(load, true, e))
		return -1;
	if (!load->job)
		load->job = begin_job(load, table, st, numbered);
	load->job->digest = load->digest;
	load->statements++;
	load_job_add(load->job, st->sql, st->len, st->offset);
	return 0;
}
