/* feed.c: see feed.h. */
#include "seed/feed.h"

#include <string.h>

#include "base/text.h"
#include "stream/token.h"

/* A statement that somebody puts into a dumper's work is no longer than this;
 * longer ones are the dumper's own, which are not read twice. */
enum { ADDED_MOST = 16 * 1024 };

void feed_release(struct feed *feed)
{
	create_table_release(&feed->create);
	insert_head_release(&feed->insert);
}

/* take_apart_insert: rows that can go in beside others, if it holds any: in
 * another session, and while other tables are loaded. */
static void take_apart_insert(struct feed *feed, const struct gate_out *out,
	struct load_statement *st)
{
	const bool by_hand =
		feed->by_hand || (!feed->sealed && out->len <= ADDED_MOST);
	enum insert_rows_kind kind = INSERT_ROWS_PLAIN;

	st->kind = LOAD_CODE;
	if (!insert_head_read(
		    &feed->insert, out->sql, out->len, out->modes, NULL))
		return;
	/* Rows without a value have nothing to be bound. */
	if (feed->insert.bare)
		return;
	/* The known dumpers write values, and nothing behind them. */
	if (by_hand)
		kind = insert_rows_kind(&feed->insert, out->sql, out->len);
	st->kind = LOAD_ROWS;
	st->alone = kind == INSERT_ROWS_OTHER;
	st->head = feed->insert.rows;
	st->columns = &feed->insert.columns;
	st->in_order = feed->insert.replace || feed->insert.ignore ||
		kind == INSERT_ROWS_CLAUSE;
	st->by_hand = by_hand;
	st->escapes = !out->modes->no_backslash_escapes;
	st->double_quotes = !out->modes->ansi_quotes;
}

/* refers: a foreign key stays in it, and the table that it is to must have its
 * keys. Text that only looks like it does no harm. */
static bool refers(const char *sql, size_t len)
{
	return text_contains(sql, len, "REFERENCES");
}

/* is_merge: its rows go into other tables, which must be there. */
static bool is_merge(const struct strbuf *engine)
{
	return bytes_equal_nocase(engine->buf, engine->len, "MERGE") ||
		bytes_equal_nocase(engine->buf, engine->len, "MRG_MyISAM");
}

/* take_apart_create: a table, and those of its keys that can wait. */
static void take_apart_create(struct feed *feed, const struct gate_out *out,
	struct load_statement *st)
{
	const struct create_table *t = &feed->create;
	bool read = create_table_read(
		&feed->create, out->sql, out->len, out->modes);

	/* Of what is not understood, LIKE copies another table's keys, and
	 * SELECT its rows. */
	st->kind = LOAD_REFERRING;
	st->if_exists = out->st->if_exists;
	if (!read)
		return;
	if (t->create.len ? refers(t->create.buf, t->create.len)
			  : refers(out->sql, out->len))
		return;
	/* The known dumpers write no rows for it. */
	if (feed->by_hand && is_merge(&t->engine))
		return;
	st->kind = LOAD_CREATE;
	st->innodb = bytes_equal_nocase(t->engine.buf, t->engine.len, "InnoDB");
	st->create = t->create.buf;
	st->keys = &t->keys;
	st->foreign_keys = t->foreign_keys.buf;
	st->numbered = t->numbered.buf;
	st->numbered_at = t->numbered_at;
}

/* drops_database: DROP, or CREATE OR REPLACE. */
static bool drops_database(const char *sql, size_t len)
{
	const char *behind = sql_word(sql, sql + len, "CREATE");

	return behind ? sql_word(behind, sql + len, "OR") != NULL
		      : sql_word(sql, sql + len, "DROP") != NULL;
}

/* kind_of: what a statement waits for. */
static enum load_kind kind_of(const struct statement *st)
{
	switch (st->kind) {
	case STATEMENT_SET:
	case STATEMENT_USE:
	case STATEMENT_TRANSACTION:
		return LOAD_SESSION;
	case STATEMENT_DROP_TABLE:
		return LOAD_DROP;
	case STATEMENT_KEYS_OFF:
	case STATEMENT_KEYS_ON:
		return LOAD_SWITCH;
	case STATEMENT_TRIGGER:
		return st->table.len ? LOAD_TRIGGER : LOAD_OTHER;
	case STATEMENT_DATABASE:
		return LOAD_DATABASE;
	case STATEMENT_ALTER_TABLE:
	case STATEMENT_INDEX:
		return LOAD_TABLE;
	case STATEMENT_VIEW:
	case STATEMENT_ROUTINE:
	case STATEMENT_SEQUENCE:
	case STATEMENT_ACCOUNT:
		return LOAD_OBJECT;
	case STATEMENT_CHANGE:
	case STATEMENT_OTHER:
		return LOAD_CODE;
	default:
		return LOAD_OTHER;
	}
}

/* recall: rows of the known dumpers and what only defines something take
 * nothing from the session. */
static void recall(const struct feed *feed, const struct gate_out *out,
	struct load_statement *st)
{
	struct statement_recalls found;

	if (st->kind != LOAD_SESSION && st->kind != LOAD_CODE &&
		st->kind != LOAD_REFERRING &&
		out->st->kind != STATEMENT_SEQUENCE &&
		!(st->kind == LOAD_ROWS && st->alone))
		return;
	found = statement_recalls(
		out->sql, out->len, out->modes, feed->mariadb);
	st->recalls_variables = found.variables;
	st->recalls_counts = found.counts;
	st->recalls_rows = found.rows;
}

void feed_format(struct feed *feed, const char *format)
{
	feed->by_hand = !format || !strcmp(format, "sql");
	feed->sealed = format && !strcmp(format, "dbdump");
}

static void take_apart_transaction(
	const struct gate_out *out, struct load_statement *st)
{
	const char *end = out->sql + out->len;

	st->commits = sql_word(out->sql, end, "COMMIT") != NULL;
	st->rolls_back = sql_word(out->sql, end, "ROLLBACK") != NULL;
}

int feed_statement(struct feed *feed, struct load *load,
	const struct gate_out *out, struct err *e)
{
	const struct statement *st = out->st;
	struct load_statement part = {.kind = kind_of(st),
		.sql = out->sql,
		.len = out->len,
		.offset = out->offset,
		.ours = out->ours,
		.temporary = st->temporary,
		.db = st->db.buf,
		.table = st->table.buf};

	if (st->kind == STATEMENT_INSERT)
		take_apart_insert(feed, out, &part);
	else if (st->kind == STATEMENT_CREATE_TABLE)
		take_apart_create(feed, out, &part);
	else if (st->kind == STATEMENT_DATABASE)
		part.drops = drops_database(out->sql, out->len);
	else if (st->kind == STATEMENT_VIEW &&
		statement_hints(out->sql, out->len, out->modes))
		part.kind = LOAD_REFERRING;
	else if (st->kind == STATEMENT_SET)
		part.asks = statement_asks(out->sql, out->len, out->modes);
	else if (st->kind == STATEMENT_TRANSACTION)
		take_apart_transaction(out, &part);
	part.once = (st->kind == STATEMENT_ALTER_TABLE ||
			    st->kind == STATEMENT_CHANGE) &&
		statement_moves(out->sql, out->len, out->modes);
	part.account = st->kind == STATEMENT_ACCOUNT;
	recall(feed, out, &part);
	return load_statement(load, &part, e);
}
