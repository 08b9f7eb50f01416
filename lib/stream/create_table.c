/* create_table.c: CREATE TABLE read clause by clause. What waits of it is
 * create_table_keys.c. */
#include "stream/create_table.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "stream/create_table_internal.h"
#include "stream/token.h"

/* The statement while it is read: `t` is the token to look at. */
struct reader {
	struct tokens in;
	struct token t;
	const char *behind; /* the token before it */
	struct table_text *text;
	struct create_table *table;
};

static void next(struct reader *r)
{
	r->behind = r->in.pos;
	token_next(&r->in, &r->t);
}

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

static bool is_name(const struct token *t)
{
	return t->kind == TOKEN_WORD || t->kind == TOKEN_NAME;
}

static bool take_name(struct reader *r, struct strbuf *name)
{
	strbuf_reset(name);
	if (!is_name(&r->t))
		return false;
	token_value(&r->in, &r->t, name);
	next(r);
	return name->len && !memchr(name->buf, '\0', name->len);
}

/* skip_parentheses: behind the one that closes the one at t. */
static bool skip_parentheses(struct reader *r)
{
	int depth = 0;

	do {
		if (token_mark(&r->t, '('))
			depth++;
		else if (token_mark(&r->t, ')'))
			depth--;
		if (r->t.kind == TOKEN_END)
			return false;
		next(r);
	} while (depth);
	return true;
}

static bool at_clause_end(const struct reader *r)
{
	return r->t.kind == TOKEN_END || token_mark(&r->t, ',') ||
		token_mark(&r->t, ')');
}

/* read_parts: (a, b(10) DESC, (expression)): the names, up to the first that
 * is an expression. */
static bool read_parts(struct reader *r, struct table_clause *c)
{
	struct strbuf name = STRBUF_INIT;
	bool plain = true;

	if (!take_mark(r, '('))
		return false;
	do {
		plain = plain && take_name(r, &name);
		if (plain)
			strlist_add(&c->parts, name.buf);
		while (!at_clause_end(r)) {
			if (token_word(&r->t, "OVERLAPS"))
				c->keep = true;
			if (!token_mark(&r->t, '('))
				next(r);
			else if (!skip_parentheses(r))
				break;
		}
	} while (take_mark(r, ','));
	strbuf_release(&name);
	return take_mark(r, ')');
}

/* read_key: behind the words that say which kind of key it is. */
static bool read_key(struct reader *r, struct table_clause *c)
{
	struct strbuf name = STRBUF_INIT;
	bool good = true;

	if (!take_word(r, "KEY"))
		take_word(r, "INDEX");
	if (take_word(r, "IF")) { /* NOT EXISTS */
		next(r);
		next(r);
	}
	/* A key without a name gets one that depends on the keys before it. */
	if (!token_mark(&r->t, '(') && !token_word(&r->t, "USING"))
		good = take_name(r, &name);
	else if (c->kind != CLAUSE_PRIMARY && !c->named)
		r->text->keep_all = true;
	/* Full-text search finds this one by its name. */
	if (bytes_equal_nocase(name.buf, name.len, "FTS_DOC_ID_INDEX"))
		c->keep = true;
	strbuf_release(&name);
	if (good && take_word(r, "USING")) {
		c->keep = c->keep || token_word(&r->t, "HASH");
		next(r);
	}
	good = good && read_parts(r, c);
	while (good && !at_clause_end(r)) {
		if (token_word(&r->t, "HASH"))
			c->keep = true;
		next(r);
	}
	return good;
}

/* skip_clause: to the comma or parenthesis behind it. */
static bool skip_clause(struct reader *r)
{
	while (!at_clause_end(r)) {
		if (!token_mark(&r->t, '('))
			next(r);
		else if (!skip_parentheses(r))
			return false;
	}
	return true;
}

/* read_attributes: of a column, behind its type. */
static bool read_attributes(struct reader *r, struct table_clause *c)
{
	while (!at_clause_end(r)) {
		if (token_word(&r->t, "AUTO_INCREMENT"))
			r->table->auto_increment = c->auto_increment = true;
		if (token_word(&r->t, "UNIQUE"))
			c->kind = CLAUSE_COLUMN_UNIQUE;
		if (token_word(&r->t, "PRIMARY")) {
			r->table->primary_key = c->primary = true;
		} else if (token_word(&r->t, "VERSIONING")) {
			r->table->versioned = true;
		}
		if (!token_mark(&r->t, '('))
			next(r);
		else if (!skip_parentheses(r))
			return false;
	}
	return true;
}

static bool read_column(struct reader *r, struct table_clause *c)
{
	struct strbuf name = STRBUF_INIT;
	bool good;

	c->kind = CLAUSE_COLUMN;
	good = take_name(r, &name) && r->t.kind == TOKEN_WORD;
	if (good) {
		strlist_add(&c->parts, name.buf);
		strlist_add(&r->table->columns, name.buf);
		next(r);
		good = read_attributes(r, c);
	}
	strbuf_release(&name);
	return good;
}

static bool read_foreign_key(struct reader *r, struct table_clause *c)
{
	struct strbuf name = STRBUF_INIT;
	bool good = take_word(r, "KEY");

	c->kind = CLAUSE_FOREIGN;
	if (!token_mark(&r->t, '('))
		good = good && take_name(r, &name);
	strbuf_release(&name);
	return good && read_parts(r, c) && skip_clause(r);
}

/* read_constraint: CONSTRAINT [name], before what it is. */
static void read_constraint(struct reader *r, struct table_clause *c)
{
	static const char *const kinds[] = {
		"PRIMARY", "UNIQUE", "FOREIGN", "CHECK", NULL};

	if (!take_word(r, "CONSTRAINT"))
		return;
	for (const char *const *kind = kinds; *kind; kind++)
		if (token_word(&r->t, *kind))
			return;
	next(r);
	c->named = true;
}

static bool read_other(struct reader *r, struct table_clause *c)
{
	struct tokens ahead = r->in;
	struct token second;

	token_next(&ahead, &second);
	if (token_word(&r->t, "LIKE"))
		return false;
	if (token_word(&r->t, "CHECK") ||
		(token_word(&r->t, "PERIOD") && token_word(&second, "FOR"))) {
		if (token_word(&r->t, "PERIOD")) {
			next(r);
			next(r);
			if (token_word(&r->t, "SYSTEM_TIME"))
				r->table->versioned = true;
		}
		c->kind = CLAUSE_OTHER;
		return skip_clause(r);
	}
	if (token_word(&r->t, "VECTOR") &&
		(token_mark(&second, '(') || token_word(&second, "KEY") ||
			token_word(&second, "INDEX"))) {
		c->kind = CLAUSE_OTHER;
		r->text->keep_all = true;
		return skip_clause(r);
	}
	return read_column(r, c);
}

static bool read_clause(struct reader *r, struct table_clause *c)
{
	read_constraint(r, c);
	if (take_word(r, "PRIMARY")) {
		c->kind = CLAUSE_PRIMARY;
		r->table->primary_key = c->primary = true;
		return read_key(r, c);
	}
	if (take_word(r, "UNIQUE")) {
		c->kind = CLAUSE_UNIQUE;
		return read_key(r, c);
	}
	if (take_word(r, "FOREIGN"))
		return read_foreign_key(r, c);
	if (take_word(r, "FULLTEXT")) {
		c->kind = CLAUSE_FULLTEXT;
		return read_key(r, c);
	}
	if (take_word(r, "SPATIAL") || token_word(&r->t, "KEY") ||
		token_word(&r->t, "INDEX")) {
		c->kind = CLAUSE_KEY;
		return read_key(r, c);
	}
	return read_other(r, c);
}

static struct table_clause *add_clause(struct table_text *text)
{
	struct table_clause *c;

	text->clause = grow_array(
		text->clause, text->count, &text->cap, sizeof(*text->clause));
	c = &text->clause[text->count++];
	*c = (struct table_clause){.parts = STRLIST_INIT};
	return c;
}

/* read_clauses: t is the parenthesis that opens the list. */
static bool read_clauses(struct reader *r)
{
	struct table_clause *c;
	const char *from;

	do {
		from = r->in.pos;
		next(r);
		c = add_clause(r->text);
		c->from = from;
		if (!read_clause(r, c) || r->t.kind == TOKEN_END)
			return false;
		c->to = r->t.text;
	} while (token_mark(&r->t, ','));
	next(r);
	return true;
}

/* read_options: behind the list. */
static bool read_options(struct reader *r)
{
	struct create_table *t = r->table;

	while (r->t.kind != TOKEN_END) {
		if (take_word(r, "ENGINE") || take_word(r, "TYPE")) {
			take_mark(r, '=');
			strbuf_reset(&t->engine);
			if (is_name(&r->t) || r->t.kind == TOKEN_STRING)
				token_value(&r->in, &r->t, &t->engine);
		} else if (token_word(&r->t, "PARTITION")) {
			t->partitioned = true;
		} else if (token_word(&r->t, "VERSIONING")) {
			t->versioned = true;
		} else if (token_word(&r->t, "SELECT")) {
			r->text->keep_all = true;
		}
		next(r);
	}
	return true;
}

static bool read_head(struct reader *r)
{
	struct create_table *t = r->table;
	struct strbuf db;

	next(r);
	if (!take_word(r, "CREATE"))
		return false;
	if (take_word(r, "OR") && !take_word(r, "REPLACE"))
		return false;
	t->temporary = take_word(r, "TEMPORARY");
	if (!take_word(r, "TABLE"))
		return false;
	if (take_word(r, "IF") &&
		(!take_word(r, "NOT") || !take_word(r, "EXISTS")))
		return false;
	r->text->name = r->t.text;
	if (!take_name(r, &t->table))
		return false;
	if (take_mark(r, '.')) {
		db = t->db;
		t->db = t->table;
		t->table = db;
		if (!take_name(r, &t->table))
			return false;
	}
	r->text->name_end = r->behind;
	return token_mark(&r->t, '(');
}

static void clear(struct create_table *t)
{
	struct create_table empty = CREATE_TABLE_INIT;

	create_table_release(t);
	*t = empty;
}

bool create_table_read(struct create_table *t, const char *sql, size_t len,
	const struct lexer_modes *modes)
{
	struct table_text text = {.sql = sql, .end = sql + len};
	struct reader r = {
		.in = {.pos = sql,
			.end = sql + len,
			.no_backslash_escapes = modes->no_backslash_escapes,
			.ansi_quotes = modes->ansi_quotes,
			.skip_mysql = true},
		.text = &text,
		.table = t,
	};
	bool good;

	clear(t);
	text.rules = r.in;
	good = !modes->wide_charset && read_head(&r) && read_clauses(&r) &&
		read_options(&r) && t->columns.count;
	if (good)
		create_table_defer(t, &text);
	for (size_t i = 0; i < text.count; i++)
		strlist_release(&text.clause[i].parts);
	free(text.clause);
	return good;
}

void create_table_release(struct create_table *t)
{
	strbuf_release(&t->db);
	strbuf_release(&t->table);
	strbuf_release(&t->engine);
	strlist_release(&t->columns);
	strbuf_release(&t->create);
	strlist_release(&t->keys);
	strbuf_release(&t->foreign_keys);
}
