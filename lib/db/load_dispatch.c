/* load_dispatch.c: what becomes of each statement of a dump: it runs on our own
 * connection (load_own.c), or waits in its table's line, or for everything.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/text.h"
#include "db/load_internal.h"
#include "db/load_literal.h"
#include "db/result.h"
#include "db/sql_text.h"

/* Text of one job, and so of one transaction. The cut depends on nothing but
 * the dump, for --resume. */
static const size_t job_bytes = 2UL * 1024 * 1024;

static void copy_list(struct strlist *to, const struct strlist *from)
{
	strlist_release(to);
	for (size_t i = 0; i < from->count; i++)
		strlist_add(to, from->item[i]);
}

/* ask: of a table that the dump does not make: is it there, and is it one,
 * without triggers? Its foreign keys are not looked for: it may have some. */
static int ask(
	struct load *load, struct load_table *table, bool *there, struct err *e)
{
	const struct load_session *now = load_now(load);
	struct strbuf sql = STRBUF_INIT, found = STRBUF_INIT;
	int rc;

	strbuf_addstr(&sql,
		"SELECT TABLE_TYPE = 'BASE TABLE' AND NOT EXISTS (SELECT 1 "
		"FROM "
		"information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = "
		"TABLE_SCHEMA AND EVENT_OBJECT_TABLE = TABLE_NAME) FROM "
		"information_schema.TABLES WHERE ");
	sql_of_table(&sql, table->db, table->name);
	rc = load_session_names(load->db, now, table->db, table->name, e);
	if (!rc)
		rc = db_query_value(load->db, sql.buf, &found, e);
	rc = load_session_again(load->db, now, table->db, table->name, rc, e);
	*there = rc == 1;
	table->hidden = strcmp(found.buf, "1") != 0;
	strbuf_release(&sql);
	strbuf_release(&found);
	return rc < 0 ? -1 : 0;
}

/* learn: what there is to know of a table at `offset` in the dump. A load that
 * goes on must find what the first one found: the table may have got the
 * dump's triggers since. */
static int learn(struct load *load, struct load_table *table, uint64_t offset,
	bool *there, struct err *e)
{
	table->known = table->refers = table->numbers_unknown = true;
	if (load->resume &&
		load_resume_has(load->resume, PLACE_PLAIN, offset)) {
		table->hidden = false;
		*there = true;
		return 0;
	}
	if (ask(load, table, there, e))
		return -1;
	return !load->resume || table->hidden
		? 0
		: load_resume_note(
			  load->resume, load->db, PLACE_PLAIN, offset, 0, e);
}

/* was_there: whether the table of the CREATE at `offset` was there before the
 * load. */
static int was_there(struct load *load, struct load_table *table,
	uint64_t offset, bool *there, struct err *e)
{
	struct resume_touch touch;
	bool touched = load->resume &&
		load_resume_touched(
			load->resume, table->db, table->name, &touch);

	if (learn(load, table, offset, there, e))
		return -1;
	if (touched)
		*there = touch.stays ||
			load_resume_has(load->resume, PLACE_THERE, offset);
	if (touched || !load->resume || !*there)
		return 0;
	return load_resume_note(
		load->resume, load->db, PLACE_THERE, offset, 0, e);
}

/* find_numbers: of a table that is not, or not any more, what a CREATE of the
 * dump says. An interrupted load may have altered it since: there it stays
 * unknown. */
static int find_numbers(
	struct load *load, struct load_table *table, struct err *e)
{
	const struct load_session *now = load_now(load);
	struct strbuf sql = STRBUF_INIT;
	struct db_result *result = NULL;
	char **column;
	int rc, visible = 0;

	if (!table->numbers_unknown || load->resume)
		return 0;
	strbuf_addstr(&sql,
		"SELECT COLUMN_NAME, EXTRA LIKE '%INVISIBLE%', EXTRA LIKE "
		"'%auto_increment%', COALESCE(COLUMN_DEFAULT LIKE "
		"'%nextval(%', 0) FROM information_schema.COLUMNS WHERE ");
	sql_of_table(&sql, table->db, table->name);
	strbuf_addstr(&sql, " ORDER BY ORDINAL_POSITION");
	rc = load_wait(load, false, e) ||
			load_session_names(
				load->db, now, table->db, table->name, e)
		? -1
		: 0;
	if (!rc)
		result = db_query_shape(load->db, "ssss", sql.buf, e);
	rc = load_session_again(
		load->db, now, table->db, table->name, result ? rc : -1, e);
	strbuf_release(&sql);
	free(table->makes_numbers);
	table->makes_numbers = NULL;
	table->numbers_unknown = table->from_sequence = false;
	while (!rc && (column = db_next(result))) {
		bool hidden = *column[1] == '1';

		if (*column[2] == '1') {
			table->makes_numbers = xstrdup(column[0]);
			table->numbers_at = hidden ? -1 : visible;
		}
		table->from_sequence |= *column[3] == '1';
		visible += !hidden;
	}
	db_result_free(result);
	return rc;
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
			was_there(load, table, st->offset, &there, e)))
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
	table->from_sequence = text_has_word(sql, len, "NEXTVAL") ||
		text_has_word(sql, len, "NEXT VALUE");
	table->session = load_now(load);
	table->keys_begin = st->offset;
	strlist_release(&table->foreign_keys);
	if (defer) {
		copy_list(&table->keys, st->keys);
		table->keys_end = table->keys_begin + st->keys->count;
		if (*st->foreign_keys)
			strlist_add(&table->foreign_keys, st->foreign_keys);
	}
	table->refers = text_has_word(sql, len, "REFERENCES");
	return load_put(load, table, JOB_STRUCTURE, sql, len, st->offset, e);
}

/* gives_names: a table gets another one's name, or one that was a partition's;
 * or it becomes one. CONVERT alone is for character sets, too. */
static bool gives_names(const struct load_statement *st)
{
	return text_has_word(st->sql, st->len, "RENAME") ||
		(text_has_word(st->sql, st->len, "CONVERT") &&
			text_has_word(st->sql, st->len, "PARTITION"));
}

/* names_another: an ALTER TABLE that another table must be ready for, with its
 * keys. A word that only looks like it costs some time. */
static bool names_another(const struct load_statement *st)
{
	return text_has_word(st->sql, st->len, "REFERENCES") ||
		text_has_word(st->sql, st->len, "EXCHANGE") || gives_names(st);
}

/* alters_foreign_keys: an ALTER TABLE that takes a foreign key away, or gives
 * what it is about another name. */
static bool alters_foreign_keys(const struct load_statement *st)
{
	return text_has_word(st->sql, st->len, "DROP") ||
		text_has_word(st->sql, st->len, "CHANGE") ||
		text_has_word(st->sql, st->len, "RENAME");
}

/* forget: what is known of the tables that such a statement names may be of
 * another one behind it. */
static void forget(struct load *load, const struct load_statement *st)
{
	if (!gives_names(st))
		return;
	for (struct load_table *t = load_queue_tables(load->queue); t;
		t = t->next)
		if (!t->temporary && text_has_word(st->sql, st->len, t->name)) {
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
		return checks ? ask(load, table, in_turn, e) : 0;
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

/* takes_default: of any column. */
static bool takes_default(const struct load_statement *st)
{
	return st->columns->count || text_has_word(st->sql, st->len, "DEFAULT");
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
		found = text_has_word(table->keys.item[i],
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

static int rows(
	struct load *load, const struct load_statement *st, struct err *e)
{
	struct load_table *table = load_table_of(load, st);
	const struct load_session *session = load_now(load);
	bool numbered, there;

	if (!table)
		return load_run_alone(load, st, e);
	if (!table->known &&
		(load_wait(load, false, e) ||
			learn(load, table, st->offset, &there, e)))
		return -1;
	if (are_code(table, st))
		return load_run_code(load, st, e);
	if (ready(load, table, st, e))
		return -1;
	if (session->checks_keys && table->refers)
		return load_run_alone(load, st, e);
	if (st->by_hand && find_numbers(load, table, e))
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
		return rows(load, st, e);
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
