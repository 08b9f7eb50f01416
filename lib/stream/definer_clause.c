/* definer_clause.c: see definer_clause.h. */
#include "stream/definer_clause.h"

#include "stream/token.h"

/* More than can stand before DEFINER: CREATE OR REPLACE ALGORITHM = MERGE. */
enum { TOKENS_MOST = 16 };

/* at_object: from here on the name and the body come. */
static bool at_object(const struct token *t)
{
	static const char *const objects[] = {"VIEW", "PROCEDURE", "FUNCTION",
		"TRIGGER", "EVENT", "PACKAGE", "TABLE"};

	for (size_t i = 0; i < sizeof(objects) / sizeof(*objects); i++)
		if (token_word(t, objects[i]))
			return true;
	return false;
}

/* take_host: behind the user: "@host", or the brackets of CURRENT_USER(). */
static void take_host(struct definer_clause *clause, struct tokens *in)
{
	struct tokens ahead = *in;
	struct token t;

	token_next(&ahead, &t);
	if (t.kind == TOKEN_USERVAR) {
		strbuf_add(&clause->host, t.text, t.len);
		/* A space behind the mark: the name is a token of its own. */
		if (!t.len && token_next(&ahead, &t) != TOKEN_END)
			token_value(in, &t, &clause->host);
		*in = ahead;
	} else if (token_mark(&t, '(') && token_next(&ahead, &t) != TOKEN_END &&
		token_mark(&t, ')')) {
		*in = ahead;
	}
}

static bool take_account(struct definer_clause *clause, struct tokens *in)
{
	struct token t;

	switch (token_next(in, &t)) {
	case TOKEN_WORD:
	case TOKEN_STRING:
	case TOKEN_NAME:
		break;
	default:
		return false;
	}
	if (t.kind != TOKEN_WORD ||
		!(token_word(&t, "CURRENT_USER") ||
			token_word(&t, "CURRENT_ROLE")))
		token_value(in, &t, &clause->user);
	take_host(clause, in);
	return true;
}

bool definer_clause_find(struct definer_clause *clause, const char *sql,
	size_t len, const struct lexer_modes *modes)
{
	struct tokens in = {.pos = sql,
		.end = sql + len,
		.no_backslash_escapes = modes->no_backslash_escapes,
		.ansi_quotes = modes->ansi_quotes};
	struct token t;

	strbuf_reset(&clause->user);
	strbuf_reset(&clause->host);
	for (int i = 0; i < TOKENS_MOST; i++) {
		if (token_next(&in, &t) == TOKEN_END || at_object(&t))
			return false;
		if (!token_word(&t, "DEFINER"))
			continue;
		clause->offset = (size_t)(t.text - sql);
		if (token_next(&in, &t) == TOKEN_END || !token_mark(&t, '=') ||
			!take_account(clause, &in))
			return false;
		clause->len = (size_t)(in.pos - sql) - clause->offset;
		return true;
	}
	return false;
}

void definer_clause_release(struct definer_clause *clause)
{
	strbuf_release(&clause->user);
	strbuf_release(&clause->host);
}
