/* statement.c: the few kinds of statement that are not simply sent. */
#include <strings.h>

#include "stream/lexer.h"
#include "stream/statement.h"
#include "stream/token.h"

bool statement_steers_replication(const char *sql, size_t len)
{
	static const char *const objects[] = {
		"SLAVE", "SLAVES", "REPLICA", "REPLICAS"};
	const char *end = sql + len;
	const char *p = sql_word(sql, end, "STOP");
	const char *all;

	if (!p)
		p = sql_word(sql, end, "START");
	if (!p)
		return false;
	all = sql_word(p, end, "ALL");
	for (size_t i = 0; i < sizeof(objects) / sizeof(*objects); i++)
		if (sql_word(all ? all : p, end, objects[i]))
			return true;
	return false;
}

bool statement_may_create_event(const char *sql, size_t len)
{
	const char *end = sql + len;
	const char *p = sql_word(sql, end, "CREATE");

	if (!p || sql_word(p, end, "TABLE"))
		return false;
	/* Between CREATE and EVENT stands a definer at most. */
	if (end - p > 512)
		end = p + 512;
	for (; end - p >= 5; p++)
		if (!strncasecmp(p, "EVENT", 5))
			return true;
	return false;
}

bool statement_locks_tables(const char *sql, size_t len)
{
	const char *end = sql + len;
	const char *p = sql_word(sql, end, "LOCK");

	if (!p)
		p = sql_word(sql, end, "UNLOCK");
	return p && (sql_word(p, end, "TABLES") || sql_word(p, end, "TABLE"));
}

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

bool statement_only_sets(const char *sql, size_t len)
{
	return sql_word(sql, sql + len, "SET") != NULL;
}
