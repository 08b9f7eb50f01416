/* statement_read.c: what a statement is and which table it is about, by its
 * first words. */
#include "stream/cursor.h"
#include "stream/statement.h"

/* A statement while it is read. */
struct reader {
	struct cursor c;
	bool wide;
	struct statement *st;
};

static void skip_if_exists(struct reader *r)
{
	r->st->if_exists = cursor_word(&r->c, "IF");
	if (!r->st->if_exists)
		return;
	cursor_word(&r->c, "NOT");
	cursor_word(&r->c, "EXISTS");
}

/* forget_wide: a name whose quotes cannot be told. */
static void forget_wide(const struct reader *r, struct strbuf *name)
{
	for (size_t i = 0; r->wide && i < name->len; i++)
		if ((unsigned char)name->buf[i] >= 0x80)
			strbuf_reset(name);
}

static void take_database(struct reader *r)
{
	cursor_name(&r->c, &r->st->db);
	forget_wide(r, &r->st->db);
}

/* take_name: [db.]table */
static void take_name(struct reader *r)
{
	cursor_mark(&r->c, '.'); /* of ODBC: the database in use */
	cursor_qualified(&r->c, &r->st->db, &r->st->table);
	forget_wide(r, &r->st->db);
	forget_wide(r, &r->st->table);
}

/* take_program: [IF [NOT] EXISTS] [db.]name */
static void take_program(struct reader *r)
{
	skip_if_exists(r);
	cursor_qualified(&r->c, &r->st->program_db, &r->st->program);
	forget_wide(r, &r->st->program_db);
	forget_wide(r, &r->st->program);
}

static enum statement_kind of_table(struct reader *r, enum statement_kind kind)
{
	skip_if_exists(r);
	take_name(r);
	r->st->several = token_mark(&r->c.t, ',');
	return kind;
}

static enum statement_kind of_database(struct reader *r)
{
	skip_if_exists(r);
	take_database(r);
	return STATEMENT_DATABASE;
}

/* skip_to: CREATE TRIGGER name BEFORE INSERT ON, CREATE INDEX name ON. */
static bool skip_to(struct reader *r, const char *word)
{
	for (int i = 0; i < 32 && r->c.t.kind != TOKEN_END; i++) {
		if (cursor_word(&r->c, word))
			return true;
		cursor_next(&r->c);
	}
	return false;
}

static enum statement_kind after_on(struct reader *r, enum statement_kind kind)
{
	if (skip_to(r, "ON"))
		take_name(r);
	return kind;
}

/* skip_value: what stands behind a '=': a word or a string, and what belongs
 * to an account's name: `a`@`b`, current_user(). */
static void skip_value(struct reader *r)
{
	cursor_mark(&r->c, '=');
	cursor_next(&r->c);
	while (r->c.t.kind == TOKEN_USERVAR || token_mark(&r->c.t, '(') ||
		token_mark(&r->c.t, ')'))
		cursor_next(&r->c);
}

/* skip_manner: what can stand between CREATE and the kind of thing. */
static void skip_manner(struct reader *r)
{
	static const char *const words[] = {"OR", "REPLACE", "SQL", "SECURITY",
		"INVOKER", "AGGREGATE", "ONLINE", "OFFLINE", "UNIQUE",
		"FULLTEXT", "SPATIAL", "VECTOR", "UNDO", "IGNORE", "EXTERNAL",
		NULL};

	while (r->c.t.kind != TOKEN_END) {
		if (token_word(&r->c.t, "DEFINER") ||
			token_word(&r->c.t, "ALGORITHM")) {
			/* DEFINER also ends SQL SECURITY DEFINER. */
			cursor_next(&r->c);
			if (token_mark(&r->c.t, '='))
				skip_value(r);
		} else if (cursor_word(&r->c, "TEMPORARY")) {
			r->st->temporary = true;
		} else if (!cursor_any(&r->c, words)) {
			break;
		}
	}
}

static enum statement_kind of_alter_table(struct reader *r)
{
	of_table(r, STATEMENT_ALTER_TABLE);
	if (cursor_word(&r->c, "DISABLE") && cursor_word(&r->c, "KEYS"))
		return STATEMENT_KEYS_OFF;
	if (cursor_word(&r->c, "ENABLE") && cursor_word(&r->c, "KEYS"))
		return STATEMENT_KEYS_ON;
	return STATEMENT_ALTER_TABLE;
}

static enum statement_kind of_trigger(struct reader *r, const char *verb)
{
	take_program(r);
	return *verb == 'C' ? after_on(r, STATEMENT_TRIGGER)
			    : STATEMENT_TRIGGER;
}

static enum statement_kind of_event(struct reader *r)
{
	take_program(r);
	return STATEMENT_EVENT;
}

/* of_routine: each kind has names of its own. */
static bool of_routine(struct reader *r)
{
	static const char *const kinds[] = {
		"PROCEDURE", "FUNCTION", "PACKAGE", "LIBRARY"};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (!cursor_word(&r->c, kinds[i]))
			continue;
		r->st->routine = i == 2 && cursor_word(&r->c, "BODY")
			? "PACKAGE BODY"
			: kinds[i];
		take_program(r);
		return true;
	}
	return false;
}

/* of_definition: CREATE, ALTER or DROP, which is passed. */
static enum statement_kind of_definition(struct reader *r, const char *verb)
{
	static const char *const databases[] = {"DATABASE", "SCHEMA", NULL};
	static const char *const accounts[] = {"USER", "ROLE", NULL};
	static const char *const tables[] = {"TABLE", "TABLES", NULL};

	skip_manner(r);
	if (cursor_any(&r->c, tables))
		return *verb == 'A'    ? of_alter_table(r)
			: *verb == 'C' ? of_table(r, STATEMENT_CREATE_TABLE)
				       : of_table(r, STATEMENT_DROP_TABLE);
	if (cursor_any(&r->c, databases))
		return of_database(r);
	if (cursor_word(&r->c, "VIEW"))
		return of_table(r, STATEMENT_VIEW);
	if (cursor_word(&r->c, "SEQUENCE"))
		return of_table(r, STATEMENT_SEQUENCE);
	if (cursor_word(&r->c, "TRIGGER"))
		return of_trigger(r, verb);
	if (cursor_word(&r->c, "INDEX"))
		return after_on(r, STATEMENT_INDEX);
	if (of_routine(r))
		return STATEMENT_ROUTINE;
	if (cursor_word(&r->c, "EVENT"))
		return of_event(r);
	if (cursor_any(&r->c, accounts))
		return STATEMENT_ACCOUNT;
	return STATEMENT_OTHER;
}

static enum statement_kind of_insert(struct reader *r)
{
	static const char *const manner[] = {"LOW_PRIORITY", "HIGH_PRIORITY",
		"DELAYED", "IGNORE", "INTO", NULL};

	while (cursor_any(&r->c, manner))
		;
	take_name(r);
	return STATEMENT_INSERT;
}

/* not_one: the statement may change one of several tables, or what it changes
 * cannot be told. */
static void not_one(struct reader *r)
{
	strbuf_reset(&r->st->db);
	strbuf_reset(&r->st->table);
}

static enum statement_kind of_truncate(struct reader *r)
{
	cursor_word(&r->c, "TABLE");
	skip_if_exists(r);
	take_name(r);
	return STATEMENT_CHANGE;
}

static enum statement_kind of_delete(struct reader *r)
{
	static const char *const manner[] = {
		"LOW_PRIORITY", "QUICK", "IGNORE", "HISTORY", NULL};

	while (cursor_any(&r->c, manner))
		;
	if (!cursor_word(&r->c, "FROM"))
		return STATEMENT_CHANGE; /* DELETE a, b FROM ... */
	take_name(r);
	/* DELETE FROM a, b.* USING ...; what it names can be an alias. */
	if (token_mark(&r->c.t, ',') || token_mark(&r->c.t, '.') ||
		token_mark(&r->c.t, '*') || token_word(&r->c.t, "USING"))
		not_one(r);
	return STATEMENT_CHANGE;
}

static enum statement_kind of_update(struct reader *r)
{
	static const char *const manner[] = {"LOW_PRIORITY", "IGNORE", NULL};

	while (cursor_any(&r->c, manner))
		;
	take_name(r);
	while (!token_word(&r->c.t, "SET")) {
		if (r->c.t.kind == TOKEN_END || token_mark(&r->c.t, ',') ||
			token_mark(&r->c.t, '(') ||
			token_word(&r->c.t, "JOIN") ||
			token_word(&r->c.t, "STRAIGHT_JOIN")) {
			not_one(r);
			break;
		}
		cursor_next(&r->c);
	}
	return STATEMENT_CHANGE;
}

/* of_load: LOAD DATA or XML; an index only goes into the server's memory. */
static enum statement_kind of_load(struct reader *r)
{
	static const char *const what[] = {"DATA", "XML", NULL};

	if (!cursor_any(&r->c, what))
		return STATEMENT_OTHER;
	if (skip_to(r, "INTO") && cursor_word(&r->c, "TABLE"))
		take_name(r);
	return STATEMENT_CHANGE;
}

static enum statement_kind of_rename(const struct reader *r)
{
	return token_word(&r->c.t, "USER") ? STATEMENT_ACCOUNT
					   : STATEMENT_CHANGE;
}

/* of_setval: SELECT or DO of SETVAL(sequence, ...). */
static enum statement_kind of_setval(struct reader *r)
{
	if (!cursor_word(&r->c, "SETVAL") || !cursor_mark(&r->c, '('))
		return STATEMENT_OTHER;
	take_name(r);
	return STATEMENT_SEQUENCE;
}

static enum statement_kind of_start(struct reader *r)
{
	return token_word(&r->c.t, "TRANSACTION") ? STATEMENT_TRANSACTION
						  : STATEMENT_REPLICATION;
}

static enum statement_kind of_change(struct reader *r)
{
	return token_word(&r->c.t, "MASTER") ||
			token_word(&r->c.t, "REPLICATION")
		? STATEMENT_REPLICATION
		: STATEMENT_OTHER;
}

/* of_set: SET variable, but for what makes it another thing than that. SET
 * STATEMENT ... FOR has a statement of any kind in it. */
static enum statement_kind of_set(struct reader *r)
{
	static const char *const accounts[] = {
		"PASSWORD", "ROLE", "DEFAULT", NULL};

	if (token_word(&r->c.t, "STATEMENT"))
		return STATEMENT_OTHER;
	return cursor_any(&r->c, accounts) ? STATEMENT_ACCOUNT : STATEMENT_SET;
}

/* of_begin: a transaction; BEGIN NOT ATOMIC is a program, and in sql_mode
 * ORACLE any that goes on. */
static enum statement_kind of_begin(const struct reader *r)
{
	return r->c.t.kind == TOKEN_END || token_mark(&r->c.t, ';') ||
			token_word(&r->c.t, "WORK")
		? STATEMENT_TRANSACTION
		: STATEMENT_OTHER;
}

static enum statement_kind of_lock(struct reader *r)
{
	static const char *const tables[] = {"TABLE", "TABLES", NULL};

	return cursor_any(&r->c, tables) ? STATEMENT_LOCK : STATEMENT_OTHER;
}

/* of_flush: FLUSH TABLES ... WITH READ LOCK and FOR EXPORT lock them, too. */
static enum statement_kind of_flush(struct reader *r)
{
	static const char *const manner[] = {
		"LOCAL", "NO_WRITE_TO_BINLOG", NULL};

	cursor_any(&r->c, manner);
	if (of_lock(r) != STATEMENT_LOCK)
		return STATEMENT_OTHER;
	while (r->c.t.kind != TOKEN_END && !token_word(&r->c.t, "WITH") &&
		!token_word(&r->c.t, "FOR"))
		cursor_next(&r->c);
	return r->c.t.kind == TOKEN_END ? STATEMENT_OTHER : STATEMENT_LOCK;
}

static enum statement_kind of_reset(struct reader *r)
{
	static const char *const what[] = {
		"MASTER", "SLAVE", "REPLICA", "BINARY", NULL};

	return cursor_any(&r->c, what) ? STATEMENT_REPLICATION
				       : STATEMENT_OTHER;
}

static enum statement_kind of_verb(struct reader *r)
{
	static const char *const inserts[] = {"INSERT", "REPLACE", NULL};
	static const char *const locks[] = {"LOCK", "UNLOCK", NULL};
	static const char *const ends[] = {
		"COMMIT", "ROLLBACK", "SAVEPOINT", NULL};
	static const char *const setvals[] = {"DO", "SELECT", NULL};
	static const char *const accounts[] = {"GRANT", "REVOKE", NULL};
	static const char *const steers[] = {"START", "STOP", NULL};

	if (cursor_any(&r->c, inserts))
		return of_insert(r);
	if (cursor_word(&r->c, "TRUNCATE"))
		return of_truncate(r);
	if (cursor_word(&r->c, "DELETE"))
		return of_delete(r);
	if (cursor_word(&r->c, "UPDATE"))
		return of_update(r);
	if (cursor_word(&r->c, "LOAD"))
		return of_load(r);
	if (cursor_word(&r->c, "RENAME"))
		return of_rename(r);
	if (cursor_word(&r->c, "WITH"))
		return STATEMENT_CHANGE;
	if (cursor_word(&r->c, "SET"))
		return of_set(r);
	if (cursor_word(&r->c, "USE")) {
		take_database(r);
		return STATEMENT_USE;
	}
	if (cursor_word(&r->c, "CREATE"))
		return of_definition(r, "CREATE");
	if (cursor_word(&r->c, "DROP"))
		return of_definition(r, "DROP");
	if (cursor_word(&r->c, "ALTER"))
		return of_definition(r, "ALTER");
	if (cursor_any(&r->c, locks))
		return of_lock(r);
	if (cursor_word(&r->c, "FLUSH"))
		return of_flush(r);
	if (cursor_word(&r->c, "BEGIN"))
		return of_begin(r);
	if (cursor_any(&r->c, ends))
		return STATEMENT_TRANSACTION;
	if (cursor_any(&r->c, steers))
		return of_start(r);
	if (cursor_word(&r->c, "CHANGE"))
		return of_change(r);
	if (cursor_word(&r->c, "RESET"))
		return of_reset(r);
	if (cursor_any(&r->c, setvals))
		return of_setval(r);
	if (cursor_any(&r->c, accounts))
		return STATEMENT_ACCOUNT;
	return STATEMENT_OTHER;
}

void statement_read(struct statement *st, const char *sql, size_t len,
	const struct lexer_modes *modes)
{
	struct reader r = {.wide = modes->wide_charset, .st = st};

	strbuf_reset(&st->db);
	strbuf_reset(&st->table);
	strbuf_reset(&st->program_db);
	strbuf_reset(&st->program);
	st->routine = NULL;
	st->several = false;
	st->if_exists = false;
	st->temporary = false;
	cursor_begin(&r.c, sql, len, modes, false);
	st->kind = of_verb(&r);
}

void statement_dropped(const char *sql, size_t len,
	const struct lexer_modes *modes, struct strlist *databases,
	struct strlist *tables)
{
	struct statement st = STATEMENT_INIT;
	struct reader r = {.wide = modes->wide_charset, .st = &st};

	cursor_begin(&r.c, sql, len, modes, false);
	cursor_next(&r.c); /* DROP */
	skip_manner(&r);
	cursor_next(&r.c); /* TABLE, VIEW or SEQUENCE */
	skip_if_exists(&r);
	do {
		take_name(&r);
		strlist_add(databases, st.db.buf);
		strlist_add(tables, st.table.buf);
	} while (cursor_mark(&r.c, ','));
	statement_release(&st);
}

void statement_release(struct statement *st)
{
	strbuf_release(&st->db);
	strbuf_release(&st->table);
	strbuf_release(&st->program_db);
	strbuf_release(&st->program);
}
