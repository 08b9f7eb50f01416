/* create_table.c: CREATE TABLE read clause by clause. What waits of it is
 * create_table_keys.c. */
#include "stream/create_table.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "stream/create_table_internal.h"
#include "stream/cursor.h"

/* The statement while it is read. */
struct reader {
	struct cursor c;
	struct table_text *text;
	struct create_table *table;
	int visible; /* columns so far */
};

static bool at_clause_end(const struct reader *r)
{
	return r->c.t.kind == TOKEN_END || token_mark(&r->c.t, ',') ||
		token_mark(&r->c.t, ')');
}

/* read_parts: (a, b(10) DESC, (expression)): the names, up to the first that
 * is an expression. */
static bool read_parts(struct reader *r, struct table_clause *c)
{
	struct strbuf name = STRBUF_INIT;
	bool plain = true;

	if (!cursor_mark(&r->c, '('))
		return false;
	do {
		plain = plain && cursor_name(&r->c, &name);
		if (plain)
			strlist_add(&c->parts, name.buf);
		while (!at_clause_end(r)) {
			if (token_word(&r->c.t, "OVERLAPS"))
				c->keep = true;
			if (!token_mark(&r->c.t, '('))
				cursor_next(&r->c);
			else if (!cursor_parentheses(&r->c))
				break;
		}
	} while (cursor_mark(&r->c, ','));
	strbuf_release(&name);
	return cursor_mark(&r->c, ')');
}

/* read_key: behind the words that say which kind of key it is. */
static bool read_key(struct reader *r, struct table_clause *c)
{
	struct strbuf name = STRBUF_INIT;
	bool good = true;

	if (!cursor_word(&r->c, "KEY"))
		cursor_word(&r->c, "INDEX");
	if (cursor_word(&r->c, "IF")) { /* NOT EXISTS */
		cursor_next(&r->c);
		cursor_next(&r->c);
	}
	/* A key without a name gets one that depends on the keys before it. */
	if (!token_mark(&r->c.t, '(') && !token_word(&r->c.t, "USING"))
		good = cursor_name(&r->c, &name);
	else if (c->kind != CLAUSE_PRIMARY && !c->named)
		r->text->keep_all = true;
	/* Full-text search finds this one by its name. */
	if (bytes_equal_nocase(name.buf, name.len, "FTS_DOC_ID_INDEX"))
		c->keep = true;
	strbuf_release(&name);
	if (good && cursor_word(&r->c, "USING")) {
		c->keep = c->keep || token_word(&r->c.t, "HASH");
		cursor_next(&r->c);
	}
	good = good && read_parts(r, c);
	while (good && !at_clause_end(r)) {
		if (token_word(&r->c.t, "HASH"))
			c->keep = true;
		cursor_next(&r->c);
	}
	return good;
}

/* skip_clause: to the comma or parenthesis behind it. */
static bool skip_clause(struct reader *r)
{
	while (!at_clause_end(r)) {
		if (!token_mark(&r->c.t, '('))
			cursor_next(&r->c);
		else if (!cursor_parentheses(&r->c))
			return false;
	}
	return true;
}

/* note_column: one whose attributes are known now. */
static void note_column(
	struct reader *r, const struct table_clause *c, bool visible)
{
	if (c->auto_increment) {
		strbuf_reset(&r->table->numbered);
		strbuf_addstr(&r->table->numbered, c->parts.item[0]);
		r->table->numbered_at = visible ? r->visible : -1;
	}
	r->visible += visible;
}

/* read_attributes: of a column, behind its type. */
static bool read_attributes(struct reader *r, struct table_clause *c)
{
	bool visible = true;

	while (!at_clause_end(r)) {
		if (token_word(&r->c.t, "AUTO_INCREMENT"))
			r->table->auto_increment = c->auto_increment = true;
		if (token_word(&r->c.t, "UNIQUE"))
			c->kind = CLAUSE_COLUMN_UNIQUE;
		if (token_word(&r->c.t, "PRIMARY")) {
			r->table->primary_key = c->primary = true;
		} else if (token_word(&r->c.t, "VERSIONING")) {
			r->table->versioned = true;
		} else if (token_word(&r->c.t, "INVISIBLE")) {
			visible = false;
		}
		if (!token_mark(&r->c.t, '('))
			cursor_next(&r->c);
		else if (!cursor_parentheses(&r->c))
			return false;
	}
	note_column(r, c, visible);
	return true;
}

static bool read_column(struct reader *r, struct table_clause *c)
{
	struct strbuf name = STRBUF_INIT;
	bool good;

	c->kind = CLAUSE_COLUMN;
	good = cursor_name(&r->c, &name) && r->c.t.kind == TOKEN_WORD;
	if (good) {
		strlist_add(&c->parts, name.buf);
		strlist_add(&r->table->columns, name.buf);
		cursor_next(&r->c);
		good = read_attributes(r, c);
	}
	strbuf_release(&name);
	return good;
}

static bool read_foreign_key(struct reader *r, struct table_clause *c)
{
	struct strbuf name = STRBUF_INIT;
	bool good = cursor_word(&r->c, "KEY");

	c->kind = CLAUSE_FOREIGN;
	if (!token_mark(&r->c.t, '('))
		good = good && cursor_name(&r->c, &name);
	strbuf_release(&name);
	return good && read_parts(r, c) && skip_clause(r);
}

/* read_constraint: CONSTRAINT [name], before what it is. */
static void read_constraint(struct reader *r, struct table_clause *c)
{
	static const char *const kinds[] = {
		"PRIMARY", "UNIQUE", "FOREIGN", "CHECK", NULL};

	if (!cursor_word(&r->c, "CONSTRAINT"))
		return;
	for (const char *const *kind = kinds; *kind; kind++)
		if (token_word(&r->c.t, *kind))
			return;
	cursor_next(&r->c);
	c->named = true;
}

static bool read_other(struct reader *r, struct table_clause *c)
{
	struct tokens ahead = r->c.in;
	struct token second;

	token_next(&ahead, &second);
	if (token_word(&r->c.t, "LIKE"))
		return false;
	if (token_word(&r->c.t, "CHECK") ||
		(token_word(&r->c.t, "PERIOD") && token_word(&second, "FOR"))) {
		if (token_word(&r->c.t, "PERIOD")) {
			cursor_next(&r->c);
			cursor_next(&r->c);
			if (token_word(&r->c.t, "SYSTEM_TIME"))
				r->table->versioned = true;
		}
		c->kind = CLAUSE_OTHER;
		return skip_clause(r);
	}
	if (token_word(&r->c.t, "VECTOR") &&
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
	if (cursor_word(&r->c, "PRIMARY")) {
		c->kind = CLAUSE_PRIMARY;
		r->table->primary_key = c->primary = true;
		return read_key(r, c);
	}
	if (cursor_word(&r->c, "UNIQUE")) {
		c->kind = CLAUSE_UNIQUE;
		return read_key(r, c);
	}
	if (cursor_word(&r->c, "FOREIGN"))
		return read_foreign_key(r, c);
	if (cursor_word(&r->c, "FULLTEXT")) {
		c->kind = CLAUSE_FULLTEXT;
		return read_key(r, c);
	}
	if (cursor_word(&r->c, "SPATIAL") || token_word(&r->c.t, "KEY") ||
		token_word(&r->c.t, "INDEX")) {
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
		from = r->c.in.pos;
		cursor_next(&r->c);
		c = add_clause(r->text);
		c->from = from;
		if (!read_clause(r, c) || r->c.t.kind == TOKEN_END)
			return false;
		c->to = r->c.t.text;
	} while (token_mark(&r->c.t, ','));
	cursor_next(&r->c);
	return true;
}

/* at_query: rows for the table, in any of the ways to write them. What is no
 * query: WITH SYSTEM VERSIONING, and a partition's VALUES LESS THAN and IN. */
static bool at_query(const struct reader *r)
{
	struct tokens ahead = r->c.in;
	struct token second;

	if (token_word(&r->c.t, "SELECT") || token_word(&r->c.t, "TABLE"))
		return true;
	token_next(&ahead, &second);
	if (token_word(&r->c.t, "WITH"))
		return !token_word(&second, "SYSTEM");
	return token_word(&r->c.t, "VALUES") && !token_word(&second, "LESS") &&
		!token_word(&second, "IN");
}

/* read_options: behind the list. */
static bool read_options(struct reader *r)
{
	struct create_table *t = r->table;

	while (r->c.t.kind != TOKEN_END) {
		if (cursor_word(&r->c, "ENGINE") ||
			cursor_word(&r->c, "TYPE")) {
			cursor_mark(&r->c, '=');
			strbuf_reset(&t->engine);
			if (cursor_at_name(&r->c) ||
				r->c.t.kind == TOKEN_STRING)
				token_value(&r->c.in, &r->c.t, &t->engine);
		} else if (token_word(&r->c.t, "PARTITION")) {
			t->partitioned = true;
		} else if (token_word(&r->c.t, "VERSIONING")) {
			t->versioned = true;
		} else if (at_query(r)) {
			return false;
		}
		cursor_next(&r->c);
	}
	return true;
}

static bool read_head(struct reader *r)
{
	struct create_table *t = r->table;

	if (!cursor_word(&r->c, "CREATE"))
		return false;
	if (cursor_word(&r->c, "OR") && !cursor_word(&r->c, "REPLACE"))
		return false;
	t->temporary = cursor_word(&r->c, "TEMPORARY");
	if (!cursor_word(&r->c, "TABLE"))
		return false;
	if (cursor_word(&r->c, "IF") &&
		(!cursor_word(&r->c, "NOT") || !cursor_word(&r->c, "EXISTS")))
		return false;
	r->text->name = r->c.t.text;
	if (!cursor_qualified(&r->c, &t->db, &t->table))
		return false;
	r->text->name_end = r->c.behind;
	return token_mark(&r->c.t, '(');
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
	struct reader r = {.text = &text, .table = t};
	bool good;

	clear(t);
	cursor_begin(&r.c, sql, len, modes, true);
	text.rules = r.c.in;
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
	strbuf_release(&t->numbered);
	strbuf_release(&t->create);
	strlist_release(&t->keys);
	strbuf_release(&t->foreign_keys);
}
