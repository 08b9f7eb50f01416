/* load_own.c: statements on our own connection, and when it is their turn; with
 * --resume, whether they are run again, and what of the session is lost by
 * that.
 */
#include <mysqld_error.h>

#include "base/text.h"
#include "db/conn_internal.h"
#include "db/load_error.h"
#include "db/load_internal.h"
#include "db/result.h"

int load_run_sql(
	struct load *load, const struct load_statement *st, struct err *e)
{
	const struct load_session *now = load->sessions ? load_now(load) : NULL;
	const struct load_place place = {
		st->sql, st->len, st->offset, now ? now->database : NULL};
	const bool ours = st->ours && now;
	bool fresh = false;

	if (load_check_size(&place, load->max_packet, e))
		return -1;
	if (ours && load_session_names(load->db, now, st->sql, "", e))
		return -1;
	if (db_execn(load->db, st->sql, st->len, e))
		return load_explain(&place, db_errno(load->db), e);
	load->statements++;
	if (st->kind == LOAD_ROWS)
		load->rows += load->db->affected;
	if (!now)
		return 0;
	if (load_sessions_note(load->sessions, st->sql, st->len, &fresh, e))
		return -1;
	if (ours && load_session_again(load->db, now, st->sql, "", 0, e))
		return -1;
	/* What waits does not know what this variable was before. */
	return fresh ? load_drain(load, e) : 0;
}

/* ready_all: for what may look at any table, or change it: which rows stay is
 * for unique keys to say, and for foreign keys where they are checked. They
 * follow a table to its new name, too. */
static int ready_all(
	struct load *load, const struct load_statement *st, struct err *e)
{
	if (load_now(load)->checks_keys ||
		text_contains(st->sql, st->len, "foreign_key_checks") ||
		text_contains(st->sql, st->len, "RENAME"))
		return load_ready_foreign(load, e);
	return load_ready_keys(load, e) ? -1 : load_wait(load, true, e);
}

static const char begin_anew[] =
	"empty the target, DROP DATABASE " LOAD_RESUME_DATABASE
	" there, and begin anew";

/* lose: what a statement that is not run again had left in the session. */
static void lose(struct load *load, const struct load_statement *st)
{
	const bool makes =
		st->kind == LOAD_CREATE || st->kind == LOAD_REFERRING;
	struct load_table *table =
		makes && st->temporary ? load_table_of(load, st) : NULL;

	if (st->recalls_variables)
		load->lost_variables = true;
	if (st->kind == LOAD_ROWS || st->kind == LOAD_CODE ||
		st->kind == LOAD_REFERRING)
		load->lost_counts = true;
	if (table)
		table->lost = true;
}

/* find_counts: a number that this session has given is the latest one. */
static int find_counts(struct load *load, struct err *e)
{
	struct strbuf value = STRBUF_INIT;
	int rc = db_query_value(
		load->db, "SELECT LAST_INSERT_ID() <> 0", &value, e);

	if (rc > 0)
		load->lost_counts = *value.buf == '0';
	strbuf_release(&value);
	return rc < 0 ? -1 : 0;
}

/* check_lost: it must not take another table for a temporary one that is lost.
 */
static int check_lost(
	struct load *load, const struct load_statement *st, struct err *e)
{
	for (struct load_table *t = load_queue_tables(load->queue); t;
		t = t->next) {
		if (!t->lost ||
			(text_is_ascii(t->name) &&
				!text_contains(st->sql, st->len, t->name)))
			continue;
		err_set(e, ERR_DATA,
			"the load cannot go on: the statement at byte %llu "
			"needs the temporary table %.200s of the session that "
			"was interrupted",
			(unsigned long long)st->offset, t->name);
		return err_hint(e, begin_anew);
	}
	return 0;
}

/* drops_lost: there is none any more, but for one that it hid. */
static bool drops_lost(struct load *load, const struct load_statement *st)
{
	const struct load_table *table =
		st->kind == LOAD_DROP ? load_table_of(load, st) : NULL;

	return table && table->lost;
}

/* check_recalls: it must not take what is lost for what is there. */
static int check_recalls(
	struct load *load, const struct load_statement *st, struct err *e)
{
	if (st->recalls_counts && load->lost_counts && find_counts(load, e))
		return -1;
	if (!(st->recalls_counts && load->lost_counts) &&
		!(st->recalls_variables && load->lost_variables))
		return 0;
	err_set(e, ERR_DATA,
		"the load cannot go on: the statement at byte %llu needs a "
		"variable or LAST_INSERT_ID() of the session that was "
		"interrupted",
		(unsigned long long)st->offset);
	return err_hint(e, begin_anew);
}

int load_run_session(
	struct load *load, const struct load_statement *st, struct err *e)
{
	if (load->open_rows && st->rolls_back) {
		err_set(e, ERR_DATA,
			"the dump takes rows back by a ROLLBACK at byte %llu",
			(unsigned long long)st->offset);
		return err_hint(e,
			"load it with the stock client, or without its "
			"ROLLBACK");
	}
	if (st->asks && (check_lost(load, st, e) || ready_all(load, st, e)))
		return -1;
	if (st->recalls_counts && load->lost_counts) {
		if (find_counts(load, e))
			return -1;
		load->lost_variables |= load->lost_counts;
	}
	if (load_run_sql(load, st, e))
		return -1;
	if (load->db->my->server_status & SERVER_STATUS_AUTOCOMMIT &&
		!(load->db->my->server_status & SERVER_STATUS_IN_TRANS))
		load->open_rows = false;
	if (st->commits)
		load->open_rows = false;
	return 0;
}

/* only_table: the one table, view or sequence that the statement is about. */
static struct load_table *only_table(
	struct load *load, const struct load_statement *st)
{
	switch (st->kind) {
	case LOAD_ROWS:
	case LOAD_CODE:
	case LOAD_TABLE:
	case LOAD_OBJECT:
	case LOAD_REFERRING:
		return load_table_of(load, st);
	default:
		return NULL;
	}
}

static bool is_left_out(struct load *load, const struct load_statement *st)
{
	struct load_table *table = load->options->on_error == LOAD_SKIP_TABLE
		? only_table(load, st)
		: NULL;

	return table && load_queue_is_failed(load->queue, table);
}

/* leave_out: what the error is about, where the load goes on without that. */
static int leave_out(
	struct load *load, const struct load_statement *st, const struct err *e)
{
	struct load_table *table = only_table(load, st);

	return table && load_queue_leave_out(load->queue, table, e) ? 0 : -1;
}

/* keeps_parts: whether rows of a statement that is broken off stay in its
 * table. Nothing else is at work then. */
static int keeps_parts(struct load *load, const struct load_statement *st,
	bool *keeps, struct err *e)
{
	const struct load_session *now = load_now(load);
	struct load_table *table = NULL;
	int rc;

	*keeps = false;
	if (st->kind == LOAD_ROWS || st->kind == LOAD_CODE)
		table = load_table_of(load, st);
	if (!table)
		return 0;
	if (table->asked != table->alterations + 1) {
		rc = load_session_names(
			load->db, now, table->db, table->name, e);
		if (!rc)
			rc = load_ask_engine(
				load->db, table, &table->rolls_back, e);
		if (load_session_again(
			    load->db, now, table->db, table->name, rc, e))
			return -1;
		table->asked = table->alterations + 1;
	}
	*keeps = !table->rolls_back;
	return 0;
}

/* write_begun: before what may not be run twice, if it is not undone with the
 * session. */
static int write_begun(
	struct load *load, const struct load_statement *st, struct err *e)
{
	bool keeps = false;

	if (!st->once && !st->account && keeps_parts(load, st, &keeps, e))
		return -1;
	if (!st->once && !st->account && !keeps)
		return 0;
	/* Of a transaction of the dump, the line would go with the session, and
	 * what the statement does would stay. */
	if (!load_resume_has(load->resume, PLACE_BEGUN, st->offset)) {
		if (load_resume_note(load->resume, load->db, PLACE_BEGUN,
			    st->offset, 0, e))
			return -1;
		return keeps ? load_hand_over(load, true, e) : 0;
	}
	if (st->account)
		return 0;
	err_set(e, ERR_UNAVAILABLE,
		"the load was interrupted at the statement at byte %llu, which "
		"may not be run twice: nobody knows what it has done",
		(unsigned long long)st->offset);
	return err_hint(e, begin_anew);
}

/* tolerates: see load_resume_tolerates; and of accounts that this statement had
 * made or dropped. */
static bool tolerates(struct load *load, const struct load_statement *st)
{
	unsigned number = db_errno(load->db);

	if (number == ER_CANNOT_USER)
		return st->account &&
			load_resume_has(load->resume, PLACE_BEGUN, st->offset);
	if (st->kind == LOAD_TABLE &&
		text_contains(st->sql, st->len, "REFERENCES") &&
		load_resume_has_foreign(load->resume, load->db))
		return true;
	return load_resume_tolerates(load->resume, number, st->db, st->table);
}

/* fail: a statement of which nothing is done; `own`: in a transaction of ours,
 * which takes nothing back that is written down behind it. */
static int fail(struct load *load, const struct load_statement *st, bool own,
	struct err *e)
{
	struct err later;
	int rc = leave_out(load, st, e);

	if (own && db_exec(load->db, "ROLLBACK", rc ? &later : e))
		rc = -1;
	if (st->once)
		load_resume_unnote(load->resume, load->db, PLACE_BEGUN,
			st->offset, &later);
	return rc;
}

/* run_noted: on our own connection, and write it down, in one transaction if it
 * changes rows. What was done before is not done again. */
static int run_noted(
	struct load *load, const struct load_statement *st, struct err *e)
{
	const unsigned *status = &load->db->my->server_status;
	uint64_t digest = load->digest;
	int done;
	bool own, open;

	if (is_left_out(load, st))
		return 0;
	if (!load->resume)
		return load_run_sql(load, st, e) ? leave_out(load, st, e) : 0;
	done = load_resume_done(
		load->resume, load->place, st->offset, digest, e);
	if (done > 0)
		lose(load, st);
	if (done)
		return done < 0 ? -1 : 0;
	if (drops_lost(load, st))
		return 0;
	if (check_recalls(load, st, e) || check_lost(load, st, e) ||
		write_begun(load, st, e))
		return -1;
	own = *status & SERVER_STATUS_AUTOCOMMIT &&
		!(*status & SERVER_STATUS_IN_TRANS);
	/* In sql_mode ORACLE, BEGIN would be that of a program. */
	if (own && db_exec(load->db, "START TRANSACTION", e))
		return -1;
	if (load_run_sql(load, st, e) && !tolerates(load, st))
		return fail(load, st, own, e);
	/* What commits itself leaves none open, also where autocommit is off.
	 */
	open = *status & SERVER_STATUS_IN_TRANS;
	if (load_resume_note(
		    load->resume, load->db, load->place, st->offset, digest, e))
		return -1;
	return own || !open ? db_exec(load->db, "COMMIT", e) : 0;
}

/* run_last: when all before it is done. Rows are no structure. */
static int run_last(
	struct load *load, const struct load_statement *st, struct err *e)
{
	if (run_noted(load, st, e))
		return -1;
	if (st->kind != LOAD_ROWS)
		load_queue_altered(load->queue);
	return 0;
}

int load_run_alone(
	struct load *load, const struct load_statement *st, struct err *e)
{
	return load_drain(load, e) ? -1 : run_last(load, st, e);
}

int load_run_referring(
	struct load *load, const struct load_statement *st, struct err *e)
{
	return load_ready_keys(load, e) ? -1 : load_run_alone(load, st, e);
}

int load_run_code(
	struct load *load, const struct load_statement *st, struct err *e)
{
	return ready_all(load, st, e) ? -1 : run_last(load, st, e);
}

int load_run_object(
	struct load *load, const struct load_statement *st, struct err *e)
{
	if (load_flush(load, e) || load_wait(load, false, e))
		return -1;
	return run_noted(load, st, e);
}
