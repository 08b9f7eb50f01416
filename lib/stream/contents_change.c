/* contents_change.c: see contents_internal.h: names that are given, taken and
 * passed on, and rows of which there are more or fewer than were written. */
#include <string.h>

#include "base/strlist.h"
#include "base/text.h"
#include "stream/contents_internal.h"
#include "stream/cursor.h"
#include "stream/name_utf8.h"

/* A statement on its way. */
struct change {
	struct contents *c;
	const struct statement *st;
	const struct lexer_modes *modes;
	const char *sql, *end;
};

/* What a name stands for. */
enum named { TABLE, VIEW, SEQUENCE };

static bool verb(const struct change *ch, const char *word)
{
	return sql_word(ch->sql, ch->end, word);
}

static struct cursor words(const struct change *ch)
{
	struct cursor cursor;

	cursor_begin(&cursor, ch->sql, (size_t)(ch->end - ch->sql), ch->modes,
		false);
	return cursor;
}

static struct contents_table *subject(const struct change *ch, bool add)
{
	return contents_table(ch->c, ch->st->db.buf, ch->st->table.buf, add);
}

static void forget_rows(struct contents_table *t)
{
	t->has_rows = t->uncounted = false;
	t->rows = 0;
	t->digest = (struct row_digest){0};
}

static void forget(struct contents_table *t)
{
	t->created = t->view = t->sequence = false;
	forget_rows(t);
}

/* lose_count: of a table that only the session had nothing is left anyway. */
static void lose_count(struct contents_table *t)
{
	if (!t->temporary)
		t->has_rows = t->uncounted = true;
}

/* take_name: [db.]table, in UTF-8. */
static bool take_name(const struct change *ch, struct cursor *at,
	struct strbuf *db, struct strbuf *table)
{
	const bool found = cursor_qualified(at, db, table);

	name_utf8(db, ch->modes->charset);
	name_utf8(table, ch->modes->charset);
	return found;
}

/* lose_named: of each table that the statement names: also those that it only
 * reads, for words alone do not tell them apart. */
static void lose_named(const struct change *ch)
{
	struct strbuf db = STRBUF_INIT, table = STRBUF_INIT;
	struct cursor at = words(ch);
	struct contents_table *t;

	while (at.t.kind != TOKEN_END) {
		if (!cursor_at_name(&at)) {
			cursor_next(&at);
			continue;
		}
		if (!take_name(ch, &at, &db, &table))
			continue;
		t = contents_table(ch->c, db.buf, table.buf, false);
		if (t && (t->created || t->has_rows))
			lose_count(t);
	}
	strbuf_release(&db);
	strbuf_release(&table);
}

/* name_it: what the name stands for from now on. */
static void name_it(struct contents_table *t, enum named named)
{
	t->created = named == TABLE;
	t->view = named == VIEW;
	t->sequence = named == SEQUENCE;
}

/* has_query: CREATE TABLE ... SELECT, or AS VALUES. */
static bool has_query(const struct change *ch)
{
	struct cursor at = words(ch);

	while (at.t.kind != TOKEN_END) {
		if (token_word(&at.t, "SELECT"))
			return true;
		if (!cursor_word(&at, "AS"))
			cursor_next(&at);
		else if (token_word(&at.t, "VALUES"))
			return true;
	}
	return false;
}

/* is_sequence: by an option of the table, as dumpers state one that know of no
 * sequences. */
static bool is_sequence(const struct change *ch)
{
	struct cursor at = words(ch);
	int depth = 0;

	for (; at.t.kind != TOKEN_END; cursor_next(&at)) {
		depth += token_mark(&at.t, '(') - token_mark(&at.t, ')');
		if (depth || !cursor_word(&at, "SEQUENCE"))
			continue;
		cursor_mark(&at, '=');
		if (token_word(&at.t, "1"))
			return true;
		depth += token_mark(&at.t, '(');
	}
	return false;
}

/* drop_programs: the triggers of a table that goes. One whose name cannot be
 * read has that of no table, as routines and events do. */
static void drop_programs(const struct change *ch, struct contents_table *t)
{
	if (t->created && *t->table)
		programs_drop_of(&ch->c->programs, t->db, t->table);
}

/* create_table: without the rows that one of this name had before, as where two
 * dumps of it stand behind each other. Only IF NOT EXISTS can leave a table in
 * its place; else a server takes no other one. */
static void create_table(const struct change *ch)
{
	struct contents_table *t = subject(ch, true);

	if (ch->st->temporary) {
		t->temporary = true;
		return;
	}
	/* What is there stays, or is replaced: another one the server refuses.
	 */
	if (ch->st->if_exists && (t->view || t->sequence))
		return;
	if (!ch->st->if_exists) {
		drop_programs(ch, t);
		forget_rows(t);
	}
	name_it(t, is_sequence(ch) ? SEQUENCE : TABLE);
	if (has_query(ch))
		t->has_rows = t->uncounted = true;
}

/* drop_one: nothing is dropped as what it is not. */
static void drop_one(const struct change *ch, enum named named, const char *db,
	const char *table)
{
	struct contents_table *t = contents_table(ch->c, db, table, false);

	if (!t)
		return;
	if (named != VIEW && (t->temporary || ch->st->temporary)) {
		t->temporary = false;
		return;
	}
	if ((t->created && named != TABLE) || (t->view && named != VIEW) ||
		(t->sequence && named == VIEW))
		return;
	drop_programs(ch, t);
	forget(t);
}

/* in_utf8: *name, of a list, as UTF-8. */
static const char *in_utf8(
	const struct change *ch, const char *text, struct strbuf *name)
{
	strbuf_reset(name);
	strbuf_addstr(name, text);
	name_utf8(name, ch->modes->charset);
	return name->buf;
}

/* drop: one, or several. */
static void drop(const struct change *ch, enum named named)
{
	struct strlist databases = STRLIST_INIT, tables = STRLIST_INIT;
	struct strbuf db = STRBUF_INIT, table = STRBUF_INIT;

	statement_dropped(ch->sql, (size_t)(ch->end - ch->sql), ch->modes,
		&databases, &tables);
	for (size_t i = 0; i < tables.count; i++)
		drop_one(ch, named, in_utf8(ch, databases.item[i], &db),
			in_utf8(ch, tables.item[i], &table));
	strlist_release(&databases);
	strlist_release(&tables);
	strbuf_release(&db);
	strbuf_release(&table);
}

/* stands: there is anything of this name. */
static bool stands(const struct contents_table *t)
{
	return t->created || t->view || t->sequence || t->temporary ||
		t->has_rows;
}

/* move: the table and its triggers get another name. */
static void move(const struct change *ch, const struct strbuf *db,
	const struct strbuf *table, const struct strbuf *to_db,
	const struct strbuf *to_table)
{
	struct contents_table *to,
		*from = contents_table(ch->c, db->buf, table->buf, false);

	if (!from || !stands(from))
		return;
	to = contents_table(ch->c, to_db->buf, to_table->buf, true);
	if (to == from)
		return;
	if (from->temporary) {
		from->temporary = false;
		to->temporary = true;
		return;
	}
	to->created = from->created;
	to->view = from->view;
	to->sequence = from->sequence;
	to->has_rows = from->has_rows;
	to->uncounted = from->uncounted;
	to->rows = from->rows;
	to->digest = from->digest;
	forget(from);
	if (*from->table)
		programs_move(
			&ch->c->programs, from->db, from->table, to->table);
}

/* rename_tables: RENAME TABLE [IF EXISTS] a [WAIT n | NOWAIT] TO b, c TO d */
static void rename_tables(const struct change *ch)
{
	struct strbuf name[4] = {
		STRBUF_INIT, STRBUF_INIT, STRBUF_INIT, STRBUF_INIT};
	static const char *const before[] = {
		"RENAME", "TABLE", "TABLES", "IF", "EXISTS", NULL};
	struct cursor at = words(ch);

	while (cursor_any(&at, before))
		;
	do {
		if (!take_name(ch, &at, &name[0], &name[1]))
			break;
		while (at.t.kind != TOKEN_END && !cursor_word(&at, "TO"))
			cursor_next(&at);
		if (take_name(ch, &at, &name[2], &name[3]))
			move(ch, &name[0], &name[1], &name[2], &name[3]);
	} while (cursor_mark(&at, ','));
	for (size_t i = 0; i < sizeof(name) / sizeof(*name); i++)
		strbuf_release(&name[i]);
}

static void alter_rename(const struct change *ch)
{
	struct strbuf db = STRBUF_INIT, table = STRBUF_INIT;

	if (statement_new_name(ch->sql, (size_t)(ch->end - ch->sql), ch->modes,
		    &db, &table)) {
		name_utf8(&db, ch->modes->charset);
		name_utf8(&table, ch->modes->charset);
		move(ch, &ch->st->db, &ch->st->table, &db, &table);
	}
	strbuf_release(&db);
	strbuf_release(&table);
}

/* alter_table: another name, or rows that go or come with partitions, or that
 * a key of ALTER IGNORE passes over. */
static void alter_table(const struct change *ch)
{
	static const char *const before[] = {"ALTER", "ONLINE", NULL};
	static const char *const moves[] = {
		"DROP", "TRUNCATE", "EXCHANGE", "CONVERT", NULL};
	static const char *const what[] = {"PARTITION", "TABLE", NULL};
	struct cursor at = words(ch);

	while (cursor_any(&at, before))
		;
	if (cursor_word(&at, "IGNORE"))
		lose_count(subject(ch, true));
	while (at.t.kind != TOKEN_END) {
		if (!cursor_any(&at, moves))
			cursor_next(&at);
		else if (cursor_any(&at, what)) {
			lose_named(ch);
			break;
		}
	}
	alter_rename(ch);
}

/* change_rows: an UPDATE leaves as many as there were, but for PORTION OF,
 * which splits them. */
static void change_rows(const struct change *ch)
{
	struct contents_table *t;

	if (verb(ch, "RENAME")) {
		rename_tables(ch);
	} else if (verb(ch, "TRUNCATE")) {
		t = subject(ch, false);
		if (t && !t->temporary)
			forget_rows(t);
	} else if (verb(ch, "LOAD")) {
		lose_count(subject(ch, true));
	} else if (!verb(ch, "UPDATE") ||
		text_contains(
			ch->sql, (size_t)(ch->end - ch->sql), "PORTION")) {
		lose_named(ch);
	}
}

/* drop_database: also by CREATE OR REPLACE. */
static void drop_database(const struct change *ch)
{
	struct contents *c = ch->c;
	const char *behind = sql_word(ch->sql, ch->end, "CREATE");
	const char *db = contents_database(c, ch->st->db.buf);

	if (!ch->st->db.len)
		return; /* its name cannot be read */
	if (behind ? !sql_word(behind, ch->end, "OR") : !verb(ch, "DROP"))
		return;
	for (size_t i = 0; i < c->count; i++)
		if (!strcmp(c->tables[i]->db, db))
			forget(c->tables[i]);
	programs_drop_all(&c->programs, db);
}

/* may_pass: an event that ends, which a server drops by itself then, and does
 * not keep any more when it is created later: AT or ENDS, without ON COMPLETION
 * PRESERVE. */
static bool may_pass(const struct change *ch)
{
	struct cursor c = words(ch);
	bool ends = false, negated = false;

	while (c.t.kind != TOKEN_END && !cursor_word(&c, "SCHEDULE"))
		cursor_next(&c);
	while (c.t.kind != TOKEN_END && !token_word(&c.t, "DO")) {
		if (!negated && token_word(&c.t, "PRESERVE"))
			return false;
		ends = ends || token_word(&c.t, "AT") ||
			token_word(&c.t, "ENDS");
		negated = token_word(&c.t, "NOT");
		cursor_next(&c);
	}
	return ends;
}

/* is_loaded: a function of a shared library, CREATE FUNCTION a RETURNS b SONAME
 * c, which has no parentheses and is no object of a database. */
static bool is_loaded(const struct change *ch)
{
	struct cursor at = words(ch);

	while (at.t.kind != TOKEN_END && !token_mark(&at.t, '('))
		if (cursor_word(&at, "SONAME"))
			return true;
		else
			cursor_next(&at);
	return false;
}

static void take_program(const struct change *ch)
{
	struct programs *programs = &ch->c->programs;
	const struct strbuf *named =
		ch->st->kind == STATEMENT_TRIGGER && !ch->st->program_db.len
		? &ch->st->db
		: &ch->st->program_db;
	const char *db = contents_database(ch->c, named->buf);

	if (verb(ch, "DROP"))
		programs_drop(programs, ch->st, db);
	else if (verb(ch, "CREATE") && !contents_is_system(db) &&
		!(ch->st->kind == STATEMENT_ROUTINE && is_loaded(ch)))
		programs_make(programs, ch->st, db,
			ch->st->kind != STATEMENT_EVENT || !may_pass(ch));
}

/* run_program: it may put rows into any table that is there. */
static void run_program(const struct change *ch)
{
	static const char *const runs[] = {"CALL", "BEGIN", "DECLARE", NULL};
	struct contents *c = ch->c;
	struct cursor at = words(ch);
	const bool prepared =
		cursor_word(&at, "EXECUTE") && !token_word(&at.t, "IMMEDIATE");

	if (!prepared && !cursor_any(&at, runs))
		return;
	for (size_t i = 0; i < c->count; i++)
		if (c->tables[i]->created)
			lose_count(c->tables[i]);
}

static void take_named(const struct change *ch, enum named named)
{
	if (verb(ch, "DROP"))
		drop(ch, named);
	else if (verb(ch, "CREATE") && !ch->st->temporary &&
		!contents_is_system(contents_database(ch->c, ch->st->db.buf)))
		name_it(subject(ch, true), named);
}

/* read_statement: with its names in UTF-8. */
static void read_statement(const struct change *ch, struct statement *st)
{
	statement_read(st, ch->sql, (size_t)(ch->end - ch->sql), ch->modes);
	name_utf8(&st->db, ch->modes->charset);
	name_utf8(&st->table, ch->modes->charset);
	name_utf8(&st->program_db, ch->modes->charset);
	name_utf8(&st->program, ch->modes->charset);
}

void contents_change(struct contents *c, const struct piece *piece,
	const struct lexer_modes *modes)
{
	bool inner = statement_inner(piece->text, piece->len, modes, &c->inner);
	const char *sql = inner ? c->inner.buf : piece->text;
	const struct change ch = {.c = c,
		.st = &c->statement,
		.modes = modes,
		.sql = sql,
		.end = sql + (inner ? c->inner.len : piece->len)};

	read_statement(&ch, &c->statement);
	/* Between the rows of a table, dumpers set variables, and commit. */
	if (c->statement.kind != STATEMENT_SET &&
		c->statement.kind != STATEMENT_TRANSACTION)
		c->run = NULL;
	switch (c->statement.kind) {
	case STATEMENT_USE:
		strbuf_reset(&c->use);
		/* No name, where it cannot be read: what is in there is not
		 * compared. */
		strbuf_addstr(&c->use,
			c->statement.db.len ? c->statement.db.buf : "\xff");
		break;
	case STATEMENT_DATABASE:
		drop_database(&ch);
		break;
	case STATEMENT_INSERT:
		lose_count(subject(&ch, true));
		break;
	case STATEMENT_CHANGE:
		change_rows(&ch);
		break;
	case STATEMENT_CREATE_TABLE:
		create_table(&ch);
		break;
	case STATEMENT_DROP_TABLE:
		drop(&ch, TABLE);
		break;
	case STATEMENT_ALTER_TABLE:
		alter_table(&ch);
		break;
	case STATEMENT_VIEW:
		take_named(&ch, VIEW);
		break;
	case STATEMENT_SEQUENCE:
		take_named(&ch, SEQUENCE);
		break;
	case STATEMENT_TRIGGER:
	case STATEMENT_ROUTINE:
	case STATEMENT_EVENT:
		take_program(&ch);
		break;
	case STATEMENT_OTHER:
		run_program(&ch);
		break;
	default:
		break;
	}
}
