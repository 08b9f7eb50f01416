/* create_table_keys.c: which keys of a table can wait until its rows are in,
 * and the statements that come of it. */
#include "stream/create_table_internal.h"

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* trim: white space off a clause. */
static void trim(struct table_clause *c)
{
	while (c->from < c->to && is_space(*c->from))
		c->from++;
	while (c->to > c->from && is_space(c->to[-1]))
		c->to--;
}

/* gap_closes: takes in the white space and comments between two tokens. Returns
 * false where what is cut out or added there would be torn from a comment. */
static bool gap_closes(const char *p, const char *end, int *open)
{
	for (; p < end; p++) {
		if (*p == '#' || *p == '-')
			return false; /* to the end of the line */
		if (end - p < 2)
			continue;
		if (p[0] == '/' && p[1] == '*') {
			++*open;
			p++;
		} else if (p[0] == '*' && p[1] == '/') {
			if (--*open < 0)
				return false;
			p++;
		}
	}
	return true;
}

/* stands_alone: can the clause be moved? Not if a comment begins or ends in it
 * that does not do both. */
static bool stands_alone(const struct table_text *text, struct table_clause *c)
{
	struct tokens in = text->rules;
	struct token t;
	const char *behind;
	int open = 0;

	/* The ALTERs are kept as C strings. */
	if (memchr(c->from, '\0', (size_t)(c->to - c->from)))
		return false;
	in.skip_mysql = false;
	in.pos = c->from;
	in.end = c->to;
	do {
		behind = in.pos;
		token_next(&in, &t);
		if (!gap_closes(behind, t.text, &open))
			return false;
	} while (t.kind != TOKEN_END);
	return !open;
}

static bool begins_with(const struct strlist *list, const struct strlist *head)
{
	if (list->count < head->count)
		return false;
	for (size_t i = 0; i < head->count; i++)
		if (!bytes_equal_nocase(list->item[i], strlen(list->item[i]),
			    head->item[i]))
			return false;
	return true;
}

static bool is_key(const struct table_clause *c)
{
	return c->kind >= CLAUSE_PRIMARY && c->kind <= CLAUSE_FULLTEXT;
}

/* is_supported: has the table a key for the foreign key? Without one, the
 * server makes it. */
static bool is_supported(
	const struct table_text *text, const struct table_clause *foreign)
{
	for (size_t i = 0; i < text->count; i++) {
		const struct table_clause *c = &text->clause[i];

		if (is_key(c) && c->kind != CLAUSE_FULLTEXT &&
			begins_with(&c->parts, &foreign->parts))
			return true;
	}
	return false;
}

/* keep_auto_increment: its column has to be the first of a key. */
static void keep_auto_increment(struct table_text *text)
{
	const struct strlist *column = NULL;

	for (size_t i = 0; i < text->count; i++) {
		const struct table_clause *c = &text->clause[i];

		if (!c->auto_increment)
			continue;
		if (c->primary || c->kind == CLAUSE_COLUMN_UNIQUE)
			return;
		column = &c->parts;
	}
	for (size_t i = 0; column && i < text->count; i++) {
		struct table_clause *c = &text->clause[i];

		if (is_key(c) && begins_with(&c->parts, column)) {
			c->keep = true;
			return;
		}
	}
}

/* keep_before: one that stays in CREATE comes before those that are added, so
 * those of its kind that are written before it stay, too. */
static void keep_before(struct table_text *text, size_t last)
{
	enum clause_kind kind = text->clause[last].kind;

	if (kind == CLAUSE_COLUMN_UNIQUE)
		kind = CLAUSE_UNIQUE;
	for (size_t i = 0; i < last; i++)
		if (text->clause[i].kind == kind)
			text->clause[i].keep = true;
}

static void choose(const struct create_table *t, struct table_text *text)
{
	for (size_t i = 0; i < text->count; i++) {
		struct table_clause *c = &text->clause[i];

		if (c->kind == CLAUSE_UNIQUE && !t->primary_key)
			c->keep = true;
		if (!stands_alone(text, c) ||
			(c->kind == CLAUSE_FOREIGN && !is_supported(text, c)))
			text->keep_all = true;
	}
	keep_auto_increment(text);
	for (size_t i = 0; i < text->count; i++)
		if (text->clause[i].keep ||
			text->clause[i].kind == CLAUSE_COLUMN_UNIQUE)
			keep_before(text, i);
}

static bool waits(const struct table_clause *c)
{
	return !c->keep && c->kind >= CLAUSE_UNIQUE &&
		c->kind <= CLAUSE_FOREIGN;
}

/* write_create: the clauses that stay, in the text as it was written. */
static void write_create(struct create_table *t, const struct table_text *text)
{
	const struct table_clause *last = &text->clause[text->count - 1];
	const char *from = text->sql;
	bool first = true;

	for (size_t i = 0; i < text->count; i++) {
		const struct table_clause *c = &text->clause[i];

		if (waits(c))
			continue;
		if (first)
			strbuf_add(&t->create, from,
				(size_t)(text->clause[0].from - from));
		else
			strbuf_addstr(&t->create, ",\n  ");
		strbuf_add(&t->create, c->from, (size_t)(c->to - c->from));
		first = false;
	}
	strbuf_add(&t->create, last->to, (size_t)(text->end - last->to));
}

/* add_clause: to an ALTER that is not bound by the server's alter_algorithm, as
 * CREATE TABLE is not. */
static void add_clause(const struct table_text *text,
	const struct table_clause *c, struct strbuf *alter)
{
	if (alter->len) {
		strbuf_addstr(alter, ", ADD ");
	} else {
		strbuf_addstr(alter, "ALTER TABLE ");
		strbuf_add(alter, text->name,
			(size_t)(text->name_end - text->name));
		strbuf_addstr(alter, " ALGORITHM=DEFAULT, ADD ");
	}
	strbuf_add(alter, c->from, (size_t)(c->to - c->from));
}

/* write_keys: in one statement, which reads the rows once; but InnoDB adds one
 * full-text key at a time. */
static void write_keys(struct create_table *t, const struct table_text *text)
{
	struct strbuf alter = STRBUF_INIT;
	size_t next = text->count;

	for (size_t i = 0; i < text->count; i++) {
		const struct table_clause *c = &text->clause[i];

		if (!waits(c) || c->kind == CLAUSE_FOREIGN)
			continue;
		if (c->kind != CLAUSE_FULLTEXT)
			add_clause(text, c, &alter);
		else if (next == text->count)
			next = i;
	}
	for (size_t i = next; i < text->count; i++) {
		const struct table_clause *c = &text->clause[i];

		if (!waits(c) || c->kind != CLAUSE_FULLTEXT)
			continue;
		if (i > next) {
			strlist_add(&t->keys, alter.buf);
			strbuf_reset(&alter);
		}
		add_clause(text, c, &alter);
	}
	if (alter.len)
		strlist_add(&t->keys, alter.buf);
	strbuf_release(&alter);
}

void create_table_defer(struct create_table *t, struct table_text *text)
{
	bool any = false;

	if (text->keep_all || t->temporary || t->versioned ||
		(t->engine.len &&
			!bytes_equal_nocase(
				t->engine.buf, t->engine.len, "InnoDB")))
		return;
	for (size_t i = 0; i < text->count; i++)
		trim(&text->clause[i]);
	choose(t, text);
	if (text->keep_all)
		return;
	for (size_t i = 0; i < text->count; i++)
		any = any || waits(&text->clause[i]);
	if (!any)
		return;
	write_create(t, text);
	write_keys(t, text);
	for (size_t i = 0; i < text->count; i++)
		if (waits(&text->clause[i]) &&
			text->clause[i].kind == CLAUSE_FOREIGN)
			add_clause(text, &text->clause[i], &t->foreign_keys);
}
