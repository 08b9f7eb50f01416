/* statement.c: what a SET sets that must not be; kinds: statement_read.c. */
#include "stream/statement.h"
#include "stream/lexer.h"
#include "stream/token.h"

/* sets_it: the name at the token is sql_log_bin of any scope. */
static bool sets_it(const struct token *t)
{
	static const char name[] = "sql_log_bin";
	size_t len = sizeof(name) - 1;

	return (t->kind == TOKEN_WORD || t->kind == TOKEN_SYSVAR) &&
		t->len >= len &&
		bytes_equal_nocase(t->text + t->len - len, len, name);
}

bool statement_sets_log_bin(const char *sql, size_t len)
{
	struct tokens in = {.pos = sql, .end = sql + len};
	struct token t, before = {.kind = TOKEN_END};

	if (!sql_word(sql, sql + len, "SET"))
		return false;
	while (token_next(&in, &t) != TOKEN_END) {
		if (token_mark(&t, '=') && sets_it(&before))
			return true;
		if (!token_mark(&t, ':'))
			before = t;
	}
	return false;
}
