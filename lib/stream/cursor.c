/* cursor.c: see cursor.h. */
#include "stream/cursor.h"

#include <string.h>

void cursor_begin(struct cursor *c, const char *sql, size_t len,
	const struct lexer_modes *modes, bool skip_mysql)
{
	*c = (struct cursor){
		.in = {.pos = sql,
			.end = sql + len,
			.no_backslash_escapes = modes->no_backslash_escapes,
			.ansi_quotes = modes->ansi_quotes,
			.skip_mysql = skip_mysql},
	};
	cursor_next(c);
}

void cursor_next(struct cursor *c)
{
	c->behind = c->in.pos;
	token_next(&c->in, &c->t);
}

bool cursor_word(struct cursor *c, const char *word)
{
	if (!token_word(&c->t, word))
		return false;
	cursor_next(c);
	return true;
}

bool cursor_any(struct cursor *c, const char *const *words)
{
	for (; *words; words++)
		if (cursor_word(c, *words))
			return true;
	return false;
}

bool cursor_mark(struct cursor *c, char mark)
{
	if (!token_mark(&c->t, mark))
		return false;
	cursor_next(c);
	return true;
}

bool cursor_at_name(const struct cursor *c)
{
	return c->t.kind == TOKEN_WORD || c->t.kind == TOKEN_NAME;
}

bool cursor_name(struct cursor *c, struct strbuf *name)
{
	strbuf_reset(name);
	if (!cursor_at_name(c))
		return false;
	token_value(&c->in, &c->t, name);
	cursor_next(c);
	if (memchr(name->buf, '\0', name->len))
		strbuf_reset(name);
	return name->len > 0;
}

bool cursor_qualified(struct cursor *c, struct strbuf *db, struct strbuf *table)
{
	struct strbuf first;

	strbuf_reset(db);
	if (!cursor_name(c, table))
		return false;
	if (!cursor_mark(c, '.'))
		return true;
	first = *table;
	*table = *db;
	*db = first;
	return cursor_name(c, table);
}

bool cursor_parentheses(struct cursor *c)
{
	int depth = 0;

	do {
		if (token_mark(&c->t, '('))
			depth++;
		else if (token_mark(&c->t, ')'))
			depth--;
		if (c->t.kind == TOKEN_END)
			return false;
		cursor_next(c);
	} while (depth);
	return true;
}
