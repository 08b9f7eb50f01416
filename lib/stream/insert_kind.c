/* insert_kind.c: see insert.h: whether rows can go in wherever and whenever. */
#include "stream/insert.h"

#include <strings.h>

#include "stream/token.h"

/* Of their arguments alone, or of the time: SET TIMESTAMP holds for all
 * sessions. And types, which CAST has. Those of geometry begin with ST_. */
static const char *const plain_functions[] = {"BINARY", "CAST", "CHAR",
	"COLUMN_CREATE", "COMPRESS", "CONCAT", "CONVERT", "CURDATE",
	"CURRENT_DATE", "CURRENT_TIME", "CURRENT_TIMESTAMP", "CURTIME", "DATE",
	"DATETIME", "DECIMAL", "FROM_BASE64", "FROM_UNIXTIME", "GEOMFROMTEXT",
	"GEOMFROMWKB", "HEX", "INET6_ATON", "INET_ATON", "JSON_ARRAY",
	"JSON_OBJECT", "NOW", "POINT", "POINTFROMTEXT", "POLYGONFROMTEXT",
	"RAND", "REPLACE", "SLEEP", "STR_TO_DATE", "TIME", "TIMESTAMP", "UNHEX",
	"UUID", "UUID_TO_BIN", "VARCHAR", "VEC_FROMTEXT", "YEAR", NULL};

static bool is_plain(const struct token *function)
{
	if (function->len > 3 && bytes_equal_nocase(function->text, 3, "ST_"))
		return true;
	for (size_t i = 0; plain_functions[i]; i++)
		if (token_word(function, plain_functions[i]))
			return true;
	return false;
}

/* is_session: a token that another session may take for something else. In
 * sql_mode ORACLE, NEXTVAL and CURRVAL stand behind a sequence and a dot. */
static bool is_session(const struct token *t)
{
	static const char *const words[] = {"SELECT", "NEXT", "PREVIOUS",
		"NEXTVAL", "CURRVAL", "CURRENT_ROLE", NULL};
	bool is = t->kind == TOKEN_USERVAR || t->kind == TOKEN_SYSVAR;

	for (size_t i = 0; words[i]; i++)
		is |= token_word(t, words[i]);
	return is;
}

/* goes_on: what may stand between two rows, or behind the last one. */
static bool goes_on(const struct token *t)
{
	return token_mark(t, '(') || token_mark(t, ',') || token_mark(t, ';');
}

enum insert_rows_kind insert_rows_kind(
	const struct insert_head *head, const char *sql, size_t len)
{
	struct tokens in = {.pos = sql + head->rows,
		.end = sql + len,
		.no_backslash_escapes = head->modes.no_backslash_escapes,
		.ansi_quotes = head->modes.ansi_quotes};
	enum insert_rows_kind kind = INSERT_ROWS_PLAIN;
	struct token t, before = {.kind = TOKEN_MARK};
	int depth = 0;

	for (; token_next(&in, &t) != TOKEN_END; before = t) {
		if (is_session(&t))
			return INSERT_ROWS_OTHER;
		if (!depth && !goes_on(&t))
			kind = INSERT_ROWS_CLAUSE;
		if (token_mark(&t, ')'))
			depth--;
		if (!token_mark(&t, '('))
			continue;
		if (depth++ &&
			(before.kind == TOKEN_NAME ||
				(before.kind == TOKEN_WORD &&
					!is_plain(&before))))
			return INSERT_ROWS_OTHER;
	}
	return kind;
}
