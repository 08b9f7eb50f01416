/* load_dispatch.c: what becomes of each statement of a dump: it runs on our own
 * connection (load_own.c), or waits in its table's line, or for everything.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "db/load_internal.h"

static void copy_list(struct strlist *to, const struct strlist *from)
{
	strlist_release(to);
	for (size_t i = 0; i < from->count; i++)
		strlist_add(to, from->item[i]);
}

/* create: the table without what can wait. */
static int create(struct load *load, struct load_table *table,
	const struct load_statement *st, struct err *e)
{
	bool defer = load->options->defer_indexes && *st->create;
	const char *sql = defer ? st->create : st->sql;
	size_t len = defer ? strlen(st->create) : st->len;
	bool there = false;

	load->statements++;
	if (st->if_exists &&
		((!load_queue_idle(load->queue, table) &&
			 load_wait(load, false, e)) ||
			load_was_there(load, table, st->offset, &there, e)))
		return -1;
	if (there)
		return load_put(load, table, JOB_STRUCTURE, st->sql, st->len,
			st->offset, e);
	table->known = true;
	table->hidden = false;
	table->created = true;
	table->innodb = st->innodb;
	free(table->makes_numbers);
	table->makes_numbers = *st->numbered ? xstrdup(st->numbered) : NULL;
	table->numbers_at = st->numbered_at;
	table->numbers_unknown = false;
	table->from_sequence = text_contains(sql, len, "NEXTVAL") ||
		text_contains(sql, len, "NEXT VALUE");
	table->session = load_now(load);
	table->keys_begin = st->offset;
	strlist_release(&table->foreign_keys);
	if (defer) {
		copy_list(&table->keys, st->keys);
		table->keys_end = table->keys_begin + st->keys->count;
		if (*st->foreign_keys)
			strlist_add(&table->foreign_keys, st->foreign_keys);
	}
	table->refers = text_contains(sql, len, "REFERENCES");
	return load_put(load, table, JOB_STRUCTURE, sql, len, st->offset, e);
}

/* gives_names: a table gets another one's name, or one that was a partition's;
 * or it becomes one. CONVERT alone is for character sets, too. */
static bool gives_names(const struct load_statement *st)
{
	return text_contains(st->sql, st->len, "RENAME") ||
		(text_contains(st->sql, st->len, "CONVERT") &&
			text_contains(st->sql, st->len, "PARTITION"));
}

/* names_another: an ALTER TABLE that another table must be ready for, with its
 * keys. A word that only looks like it costs some time. */
static bool names_another(const struct load_statement *st)
{
	return text_contains(st->sql, st->len, "REFERENCES") ||
		text_contains(st->sql, st->len, "EXCHANGE") || gives_names(st);
}

/* alters_foreign_keys: an ALTER TABLE that takes a foreign key away, or gives
 * what it is about another name. */
static bool alters_foreign_keys(const struct load_statement *st)
{
	return text_contains(st->sql, st->len, "DROP") ||
		text_contains(st->sql, st->len, "CHANGE") ||
		text_contains(st->sql, st->len, "RENAME");
}

/* forget: what is known of the tables that such a statement names may be of
 * another one behind it. */
static void forget(struct load *load, const struct load_statement *st)
{
	if (!gives_names(st))
		return;
	for (struct load_table *t = load_queue_tables(load->queue); t;
		t = t->next)
		if (!t->temporary && text_contains(st->sql, st->len, t->name)) {
			t->known = t->triggered = t->innodb = false;
			t->numbers_unknown = true;
		}
}

/* forget_dropped: the table is gone, and with it what it was still to get. */
static void forget_dropped(struct load_table *table)
{
	strlist_release(&table->keys);
	strlist_release(&table->foreign_keys);
	table->known = table->hidden = table->triggered = false;
	table->created = false;
}

/* run_referring, run_code: where it renames, too. */
static int run_referring(
	struct load *load, const struct load_statement *st, struct err *e)
{
	if (load_run_referring(load, st, e))
		return -1;
	forget(load, st);
	return 0;
}

static int run_code(
	struct load *load, const struct load_statement *st, struct err *e)
{
	if (load_run_code(load, st, e))
		return -1;
	forget(load, st);
	return 0;
}

/* make_referring: where it has made the table, there was none, or it is gone.
 */
static int make_referring(
	struct load *load, const struct load_statement *st, struct err *e)
{
	struct load_table *table = load_table_of(load, st);

	if (run_referring(load, st, e))
		return -1;
	if (table && !st->if_exists)
		forget_dropped(table);
	if (table)
		table->numbers_unknown = true;
	return 0;
}

static int run_database(
	struct load *load, const struct load_statement *st, struct err *e)
{
	load_sessions_renew(load->sessions);
	if (load_run_alone(load, st, e))
		return -1;
	for (struct load_table *t = load_queue_tables(load->queue);
		t && st->drops; t = t->next)
		if (!t->temporary && !strcmp(t->db, st->db))
			forget_dropped(t);
	return 0;
}

/* change_temporary: only our own connection sees it. One that it hides is asked
 * about anew behind it, and has its keys by then. */
static int change_temporary(struct load *load, struct load_table *table,
	const struct load_statement *st, struct err *e)
{
	if (load_run_referring(load, st, e))
		return -1;
	table->temporary = st->kind != LOAD_DROP;
	table->lost = table->lost && table->temporary;
	table->known = table->hidden = table->temporary;
	return 0;
}

/* drops_in_turn: a table that others may refer to. Where foreign keys are
 * checked it must stay then, unless those others went before it; where they are
 * not, the server gives up when it finds one of the dump's at work. */
static int drops_in_turn(struct load *load, struct load_table *table,
	const struct load_statement *st, bool *in_turn, struct err *e)
{
	bool checks = load_now(load)->checks_keys;

	*in_turn = false;
	if (st->kind != LOAD_DROP || !table)
		return 0;
	if (!table->created)
		return checks ? load_ask_table(load, table, in_turn, e) : 0;
	*in_turn = checks;
	for (struct load_table *t = load_queue_tables(load->queue);
		t && !*in_turn; t = t->next)
		*in_turn = t->refers;
	return 0;
}

/* get_ready: for what is about foreign keys. */
static int get_ready(struct load *load, const struct load_statement *st,
	bool in_turn, struct err *e)
{
	bool foreign = in_turn
		? load_now(load)->checks_keys
		: st->kind == LOAD_TABLE && alters_foreign_keys(st);

	if (foreign && load_owes_foreign(load) && load_ready_foreign(load, e))
		return -1;
	return in_turn ? load_drain(load, e) : 0;
}

/* change: anything about one table alone. */
static int change(
	struct load *load, const struct load_statement *st, struct err *e)
{
	struct load_table *table = load_table_of(load, st);
	bool in_turn;

	if (st->kind == LOAD_DROP && st->temporary && table &&
		!table->temporary)
		return load_run_alone(load, st, e); /* of none that is there */
	if (drops_in_turn(load, table, st, &in_turn, e) ||
		get_ready(load, st, in_turn, e))
		return -1;
	if (table && st->kind == LOAD_TABLE)
		table->numbers_unknown = true;
	if (st->kind == LOAD_TABLE && names_another(st)) {
		if (table)
			table->refers = true;
		return run_referring(load, st, e);
	}
	if (!table)
		return load_run_alone(load, st, e);
	if (st->temporary || table->temporary)
		return change_temporary(load, table, st, e);
	if (st->kind == LOAD_SWITCH && table->known && table->innodb) {
		load->statements++;
		return 0;
	}
	if (load_close_table(load, e))
		return -1;
	if (st->kind == LOAD_DROP)
		forget_dropped(table);
	if (load_add_keys(load, table, e) || load_hand_over(load, false, e))
		return -1;
	if (st->kind == LOAD_CREATE)
		return create(load, table, st, e);
	table->triggered = table->triggered || st->kind == LOAD_TRIGGER;
	load->statements++;
	if (load_put(load, table, JOB_STRUCTURE, st->sql, st->len, st->offset,
		    e))
		return -1;
	return in_turn ? load_wait(load, true, e) : 0;
}

/* check_rows: the statement before it ran in another session, or something was
 * written down for --resume behind it. */
static int check_rows(const struct load_statement *st, struct err *e)
{
	if (!st->recalls_rows)
		return 0;
	err_set(e, ERR_DATA,
		"the statement at byte %llu keeps what ROW_COUNT() or "
		"FOUND_ROWS() says, which is lost between several connections",
		(unsigned long long)st->offset);
	return err_hint(e, "load it with the stock client");
}

int load_statement(
	struct load *load, const struct load_statement *st, struct err *e)
{
	if (!load->sessions)
		return load_run_sql(load, st, e);
	if (check_rows(st, e))
		return -1;
	load->place = st->ours ? PLACE_OURS : PLACE_STATEMENT;
	if (st->kind != LOAD_SESSION && load_begin_change(load, e))
		return -1;
	switch (st->kind) {
	case LOAD_SESSION:
		return load_run_session(load, st, e);
	case LOAD_ROWS:
		return load_gather(load, st, e);
	case LOAD_CREATE:
	case LOAD_DROP:
	case LOAD_TRIGGER:
	case LOAD_SWITCH:
	case LOAD_TABLE:
		return change(load, st, e);
	case LOAD_OBJECT:
		return load_run_object(load, st, e);
	case LOAD_REFERRING:
		return st->temporary ? change(load, st, e)
				     : make_referring(load, st, e);
	case LOAD_CODE:
		return run_code(load, st, e);
	case LOAD_DATABASE:
		return run_database(load, st, e);
	case LOAD_OTHER:
		break;
	}
	return load_run_alone(load, st, e);
}

void load_at(struct load *load, uint64_t digest)
{
	load->digest = digest;
}

int load_finish(struct load *load, struct err *e)
{
	if (!load->sessions)
		return 0;
	if (load_close_table(load, e))
		return -1;
	if (load->resume && load_resume_passed(load->resume, e))
		return -1;
	return load_ready_foreign(load, e);
}

int load_forget(struct load *load, struct err *e)
{
	return load->sessions && load->resume && !load_failed(load)
		? load_resume_finish(load->resume, load->db, e)
		: 0;
}

int load_check_complete(const struct load *load, struct err *e)
{
	if (!load_failed(load))
		return 0;
	err_set(e, ERR_UNAVAILABLE,
		"%llu tables were left out or are not complete: the "
		"target refused something of each",
		(unsigned long long)load_failed(load));
	return err_hint(e, "the warnings above name them");
}

void load_settle(struct load *load, struct err *e)
{
	struct err earlier;

	if (!load->sessions)
		return;
	/* A load that goes on must cut the rows into the same jobs. */
	if (e->code != ERR_SIGNAL && !load->resume)
		load_flush(load, &earlier);
	load_queue_end(load->queue, e->code == ERR_SIGNAL);
	load_workers_stop(load->workers);
	load->workers = NULL;
	load_queue_error(load->queue, &earlier);
	if (earlier.code && e->code != ERR_SIGNAL)
		*e = earlier;
}

bool load_next_done(struct load *load, struct load_done *done)
{
	for (size_t i = 0; i < load->closed_count;) {
		struct load_table *t = load->closed[i];

		if (!load_queue_idle(load->queue, t)) {
			i++;
			continue;
		}
		load->closed[i] = load->closed[--load->closed_count];
		if (t->failed)
			continue;
		*done = (struct load_done){t->db, t->name, t->rows, t->bytes,
			t->ended_ms - t->began_ms};
		return true;
	}
	return false;
}
