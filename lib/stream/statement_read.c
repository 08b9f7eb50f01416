/* statement_read.c: what a statement is and which table it is about, by its
 * first words. */
#include "stream/statement.h"
#include "stream/token.h"

/* A statement while it is read: `t` is the token to look at. */
struct reader {
	struct tokens in;
	struct token t;
	bool wide;
	struct statement *st;
};

static void next(struct reader *r)
{
	token_next(&r->in, &r->t);
}

/* take_word: is the token this word? It is passed, then. */
static bool take_word(struct reader *r, const char *word)
{
	if (!token_word(&r->t, word))
		return false;
	next(r);
	return true;
}

static bool take_mark(struct reader *r, char mark)
{
	if (!token_mark(&r->t, mark))
		return false;
	next(r);
	return true;
}

/* take_any: one of these words, which NULL ends. */
static bool take_any(struct reader *r, const char *const *words)
{
	for (; *words; words++)
		if (take_word(r, *words))
			return true;
	return false;
}

static void skip_if_exists(struct reader *r)
{
	if (!take_word(r, "IF"))
		return;
	take_word(r, "NOT");
	take_word(r, "EXISTS");
}

/* take_part: one part of a name; empty where its quotes cannot be told. */
static bool take_part(struct reader *r, struct strbuf *name)
{
	if (r->t.kind != TOKEN_WORD && r->t.kind != TOKEN_NAME)
		return false;
	token_value(&r->in, &r->t, name);
	for (size_t i = 0; r->wide && i < name->len; i++)
		if ((unsigned char)name->buf[i] >= 0x80)
			strbuf_reset(name);
	next(r);
	return true;
}

/* take_name: [db.]table */
static void take_name(struct reader *r)
{
	struct statement *st = r->st;
	struct strbuf db = st->db;

	take_mark(r, '.'); /* of ODBC: the database in use */
	if (!take_part(r, &st->table) || !take_mark(r, '.'))
		return;
	st->db = st->table;
	st->table = db;
	take_part(r, &st->table);
}

static enum statement_kind of_table(struct reader *r, enum statement_kind kind)
{
	skip_if_exists(r);
	take_name(r);
	r->st->several = token_mark(&r->t, ',');
	return kind;
}

static enum statement_kind of_database(struct reader *r)
{
	skip_if_exists(r);
	take_part(r, &r->st->db);
	return STATEMENT_DATABASE;
}

/* skip_to_on: CREATE TRIGGER name BEFORE INSERT ON, CREATE INDEX name ON. */
static bool skip_to_on(struct reader *r)
{
	for (int i = 0; i < 32 && r->t.kind != TOKEN_END; i++) {
		if (take_word(r, "ON"))
			return true;
		next(r);
	}
	return false;
}

static enum statement_kind after_on(struct reader *r, enum statement_kind kind)
{
	if (skip_to_on(r))
		take_name(r);
	return kind;
}

/* skip_value: what stands behind a '=': a word or a string, and what belongs
 * to an account's name: `a`@`b`, current_user(). */
static void skip_value(struct reader *r)
{
	take_mark(r, '=');
	next(r);
	while (r->t.kind == TOKEN_USERVAR || token_mark(&r->t, '(') ||
		token_mark(&r->t, ')'))
		next(r);
}

/* skip_manner: what can stand between CREATE and the kind of thing. */
static void skip_manner(struct reader *r)
{
	static const char *const words[] = {"OR", "REPLACE", "TEMPORARY", "SQL",
		"SECURITY", "INVOKER", "AGGREGATE", "ONLINE", "OFFLINE",
		"UNIQUE", "FULLTEXT", "SPATIAL", "VECTOR", "UNDO", "IGNORE",
		"EXTERNAL", NULL};

	while (r->t.kind != TOKEN_END) {
		if (token_word(&r->t, "DEFINER") ||
			token_word(&r->t, "ALGORITHM")) {
			/* DEFINER also ends SQL SECURITY DEFINER. */
			next(r);
			if (token_mark(&r->t, '='))
				skip_value(r);
		} else if (!take_any(r, words)) {
			break;
		}
	}
}

static enum statement_kind of_alter_table(struct reader *r)
{
	of_table(r, STATEMENT_ALTER_TABLE);
	if (take_word(r, "DISABLE") && take_word(r, "KEYS"))
		return STATEMENT_KEYS_OFF;
	if (take_word(r, "ENABLE") && take_word(r, "KEYS"))
		return STATEMENT_KEYS_ON;
	return STATEMENT_ALTER_TABLE;
}

/* of_definition: CREATE, ALTER or DROP, which is passed. */
static enum statement_kind of_definition(struct reader *r, const char *verb)
{
	static const char *const databases[] = {"DATABASE", "SCHEMA", NULL};
	static const char *const routines[] = {
		"PROCEDURE", "FUNCTION", "PACKAGE", NULL};
	static const char *const accounts[] = {"USER", "ROLE", NULL};
	static const char *const tables[] = {"TABLE", "TABLES", NULL};

	skip_manner(r);
	if (take_any(r, tables))
		return *verb == 'A'    ? of_alter_table(r)
			: *verb == 'C' ? of_table(r, STATEMENT_CREATE_TABLE)
				       : of_table(r, STATEMENT_DROP_TABLE);
	if (take_any(r, databases))
		return of_database(r);
	if (take_word(r, "VIEW"))
		return of_table(r, STATEMENT_VIEW);
	if (take_word(r, "SEQUENCE"))
		return of_table(r, STATEMENT_SEQUENCE);
	if (take_word(r, "TRIGGER"))
		return *verb == 'C' ? after_on(r, STATEMENT_TRIGGER)
				    : STATEMENT_TRIGGER;
	if (take_word(r, "INDEX"))
		return after_on(r, STATEMENT_INDEX);
	if (take_any(r, routines))
		return STATEMENT_ROUTINE;
	if (take_word(r, "EVENT"))
		return STATEMENT_EVENT;
	if (take_any(r, accounts))
		return STATEMENT_ACCOUNT;
	return STATEMENT_OTHER;
}

static enum statement_kind of_insert(struct reader *r)
{
	static const char *const manner[] = {"LOW_PRIORITY", "HIGH_PRIORITY",
		"DELAYED", "IGNORE", "INTO", NULL};

	while (take_any(r, manner))
		;
	take_name(r);
	return STATEMENT_INSERT;
}

/* of_setval: SELECT or DO of SETVAL(sequence, ...). */
static enum statement_kind of_setval(struct reader *r)
{
	if (!take_word(r, "SETVAL") || !take_mark(r, '('))
		return STATEMENT_OTHER;
	take_name(r);
	return STATEMENT_SEQUENCE;
}

static enum statement_kind of_start(struct reader *r)
{
	return token_word(&r->t, "TRANSACTION") ? STATEMENT_TRANSACTION
						: STATEMENT_REPLICATION;
}

static enum statement_kind of_change(struct reader *r)
{
	return token_word(&r->t, "MASTER") || token_word(&r->t, "REPLICATION")
		? STATEMENT_REPLICATION
		: STATEMENT_OTHER;
}

/* of_set: SET variable, but for what makes it another thing than that. */
static enum statement_kind of_set(struct reader *r)
{
	static const char *const accounts[] = {
		"PASSWORD", "ROLE", "DEFAULT", NULL};

	return take_any(r, accounts) ? STATEMENT_ACCOUNT : STATEMENT_SET;
}

static enum statement_kind of_lock(struct reader *r)
{
	static const char *const tables[] = {"TABLE", "TABLES", NULL};

	return take_any(r, tables) ? STATEMENT_LOCK : STATEMENT_OTHER;
}

static enum statement_kind of_reset(struct reader *r)
{
	static const char *const what[] = {
		"MASTER", "SLAVE", "REPLICA", "BINARY", NULL};

	return take_any(r, what) ? STATEMENT_REPLICATION : STATEMENT_OTHER;
}

static enum statement_kind of_verb(struct reader *r)
{
	static const char *const inserts[] = {"INSERT", "REPLACE", NULL};
	static const char *const locks[] = {"LOCK", "UNLOCK", NULL};
	static const char *const ends[] = {
		"BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", NULL};
	static const char *const setvals[] = {"DO", "SELECT", NULL};
	static const char *const accounts[] = {"GRANT", "REVOKE", NULL};
	static const char *const steers[] = {"START", "STOP", NULL};

	if (take_any(r, inserts))
		return of_insert(r);
	if (take_word(r, "SET"))
		return of_set(r);
	if (take_word(r, "USE")) {
		take_part(r, &r->st->db);
		return STATEMENT_USE;
	}
	if (take_word(r, "CREATE"))
		return of_definition(r, "CREATE");
	if (take_word(r, "DROP"))
		return of_definition(r, "DROP");
	if (take_word(r, "ALTER"))
		return of_definition(r, "ALTER");
	if (take_any(r, locks))
		return of_lock(r);
	if (take_any(r, ends))
		return STATEMENT_TRANSACTION;
	if (take_any(r, steers))
		return of_start(r);
	if (take_word(r, "CHANGE"))
		return of_change(r);
	if (take_word(r, "RESET"))
		return of_reset(r);
	if (take_any(r, setvals))
		return of_setval(r);
	if (take_any(r, accounts))
		return STATEMENT_ACCOUNT;
	return STATEMENT_OTHER;
}

void statement_read(struct statement *st, const char *sql, size_t len,
	const struct lexer_modes *modes)
{
	struct reader r = {
		.in = {.pos = sql,
			.end = sql + len,
			.no_backslash_escapes = modes->no_backslash_escapes,
			.ansi_quotes = modes->ansi_quotes},
		.wide = modes->wide_charset,
		.st = st,
	};

	strbuf_reset(&st->db);
	strbuf_reset(&st->table);
	st->several = false;
	next(&r);
	st->kind = of_verb(&r);
}

void statement_release(struct statement *st)
{
	strbuf_release(&st->db);
	strbuf_release(&st->table);
}
