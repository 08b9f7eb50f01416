/* statement.c: what a SET or a view asks for, what a SET must not set, a DROP
 * of several taken apart, what an EXECUTE IMMEDIATE holds, and all names in a
 * statement; kinds: statement_read.c. */
#include "stream/statement.h"

#include <string.h>

#include "stream/cursor.h"
#include "stream/token.h"

/* One of the assignments of a SET. */
struct assignment {
	const char *from, *to;
	bool plain;         /* of a variable by its bare name */
	struct token scope; /* GLOBAL or its like is before it, which counts for
			     * those behind it, too */
	bool steers;        /* of what steers or states replication */
};

static bool is_steering(const struct tokens *in, const struct token *t)
{
	static const char *const names[] = {"sql_log_bin", "gtid_slave_pos",
		"gtid_purged", "gtid_binlog_state"};
	struct strbuf text = STRBUF_INIT;
	const char *dot, *name;
	bool is = false;

	if (t->kind != TOKEN_USERVAR)
		token_value(in, t, &text);
	dot = strrchr(text.buf, '.');
	name = dot ? dot + 1 : text.buf;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		is |= bytes_equal_nocase(name, strlen(name), names[i]);
	strbuf_release(&text);
	return is;
}

/* pass_value: to behind the comma, which ends it, or to the end. Returns
 * whether there was one. */
static bool pass_value(struct cursor *c, const char **end)
{
	int depth = 0;

	while (c->t.kind != TOKEN_END && (depth || !token_mark(&c->t, ','))) {
		depth += token_mark(&c->t, '(') - token_mark(&c->t, ')');
		cursor_next(c);
	}
	*end = c->behind;
	return cursor_mark(c, ',');
}

/* next_assignment: returns whether another one is behind it. */
static bool next_assignment(struct cursor *c, struct assignment *a)
{
	static const char *const scopes[] = {
		"GLOBAL", "SESSION", "LOCAL", NULL};
	struct token name;

	*a = (struct assignment){.from = c->behind, .scope = c->t};
	if (!cursor_any(c, scopes))
		a->scope.len = 0;
	a->plain = cursor_at_name(c);
	do {
		name = c->t;
		cursor_next(c);
	} while (c->t.kind == TOKEN_WORD || c->t.kind == TOKEN_NAME ||
		token_mark(&c->t, '.'));
	if (token_mark(&c->t, '=') || token_mark(&c->t, ':'))
		a->steers = is_steering(&c->in, &name);
	else
		a->plain = false; /* NAMES and its like */
	return pass_value(c, &a->to);
}

bool statement_drop_steering(const char *sql, size_t len,
	const struct lexer_modes *modes, struct strbuf *rest)
{
	struct token scope = {.len = 0}; /* that is left out */
	struct assignment a;
	struct cursor c;
	size_t head;
	bool more, found = false;

	cursor_begin(&c, sql, len, modes, false);
	if (!cursor_word(&c, "SET"))
		return false;
	strbuf_reset(rest);
	strbuf_add(rest, sql, (size_t)(c.behind - sql));
	head = rest->len;
	do {
		more = next_assignment(&c, &a);
		found |= a.steers;
		if (a.scope.len)
			scope = a.scope;
		if (a.steers)
			continue;
		strbuf_addstr(rest, rest->len > head ? "," : "");
		if (scope.len && a.plain && !a.scope.len) {
			strbuf_addch(rest, ' ');
			strbuf_add(rest, scope.text, scope.len);
		}
		if (a.plain)
			scope.len = 0;
		strbuf_add(rest, a.from, (size_t)(a.to - a.from));
	} while (more);
	if (rest->len == head)
		strbuf_reset(rest);
	else
		strbuf_add(rest, c.behind, (size_t)(sql + len - c.behind));
	return found;
}

/* add_unhexed: false if what is between the two is not all pairs of digits. */
static bool add_unhexed(const char *s, const char *end, struct strbuf *out)
{
	static const char digits[16] = "0123456789abcdef";

	for (; s + 1 < end; s += 2) {
		const char *high = memchr(digits, s[0], sizeof(digits));
		const char *low = memchr(digits, s[1], sizeof(digits));

		if (!high || !low)
			return false;
		strbuf_addch(
			out, (char)((high - digits) << 4 | (low - digits)));
	}
	return s == end;
}

bool statement_inner(const char *sql, size_t len,
	const struct lexer_modes *modes, struct strbuf *inner)
{
	struct token charset, hex;
	struct cursor c;

	cursor_begin(&c, sql, len, modes, false);
	if (!cursor_word(&c, "EXECUTE") || !cursor_word(&c, "IMMEDIATE"))
		return false;
	charset = c.t;
	cursor_next(&c);
	hex = c.t;
	cursor_next(&c);
	if (c.t.kind != TOKEN_END || charset.kind != TOKEN_WORD ||
		*charset.text != '_' ||
		!bytes_equal_nocase(
			charset.text + 1, charset.len - 1, modes->charset) ||
		hex.kind != TOKEN_WORD || hex.len < 4 ||
		memcmp(hex.text, "0x", 2) != 0)
		return false;
	strbuf_reset(inner);
	return add_unhexed(hex.text + 2, hex.text + hex.len, inner);
}

bool statement_asks(
	const char *sql, size_t len, const struct lexer_modes *modes)
{
	/* SELECT; NEXT VALUE FOR, and what sql_mode ORACLE has for it. */
	static const char *const words[] = {
		"SELECT", "NEXT", "PREVIOUS", "NEXTVAL", "CURRVAL", NULL};
	struct cursor c;
	bool name;

	cursor_begin(&c, sql, len, modes, false);
	while (c.t.kind != TOKEN_END) {
		if (cursor_any(&c, words))
			return true;
		name = cursor_at_name(&c);
		cursor_next(&c);
		if (name && token_mark(&c.t, '('))
			return true;
	}
	return false;
}

/* calls: one of these functions at the token. */
static bool calls(const struct cursor *c, const char *const *functions)
{
	struct cursor behind = *c;

	return cursor_any(&behind, functions) && token_mark(&behind.t, '(');
}

struct statement_recalls statement_recalls(const char *sql, size_t len,
	const struct lexer_modes *modes, bool skip_mysql)
{
	/* A query only shows how many rows there were, and a block counts those
	 * of its own statements. */
	static const char *const writers[] = {
		"INSERT", "REPLACE", "UPDATE", "DELETE", "SET", NULL};
	static const char *const rows[] = {"ROW_COUNT", "FOUND_ROWS", NULL};
	static const char *const counts[] = {
		"LAST_INSERT_ID", "IDENTITY", NULL};
	struct statement_recalls found = {false, false, false};
	struct cursor c;
	bool keeps;

	cursor_begin(&c, sql, len, modes, skip_mysql);
	keeps = cursor_any(&c, writers);
	for (; c.t.kind != TOKEN_END; cursor_next(&c)) {
		keeps |= token_word(&c.t, "INTO");
		found.rows |= calls(&c, rows);
		found.variables |= c.t.kind == TOKEN_USERVAR;
		if (c.t.kind != TOKEN_WORD && c.t.kind != TOKEN_SYSVAR)
			continue;
		for (size_t i = 0; counts[i]; i++)
			found.counts |= bytes_equal_nocase(
				c.t.text, c.t.len, counts[i]);
	}
	found.rows &= keeps;
	return found;
}

bool statement_moves(
	const char *sql, size_t len, const struct lexer_modes *modes)
{
	struct cursor c;

	cursor_begin(&c, sql, len, modes, false);
	if (cursor_word(&c, "RENAME"))
		return true;
	if (!cursor_word(&c, "ALTER"))
		return false;
	while (c.t.kind != TOKEN_END && !token_word(&c.t, "RENAME") &&
		!(cursor_word(&c, "EXCHANGE") && token_word(&c.t, "PARTITION")))
		cursor_next(&c);
	return c.t.kind != TOKEN_END;
}

bool statement_new_name(const char *sql, size_t len,
	const struct lexer_modes *modes, struct strbuf *db,
	struct strbuf *table)
{
	static const char *const others[] = {"COLUMN", "INDEX", "KEY", NULL};
	static const char *const fillers[] = {"TO", "AS", NULL};
	struct cursor c;

	cursor_begin(&c, sql, len, modes, false);
	if (!cursor_word(&c, "ALTER"))
		return false;
	while (c.t.kind != TOKEN_END) {
		if (!cursor_word(&c, "RENAME")) {
			cursor_next(&c);
			continue;
		}
		if (cursor_any(&c, others))
			continue;
		if (!cursor_any(&c, fillers))
			cursor_mark(&c, '=');
		return cursor_qualified(&c, db, table);
	}
	return false;
}

bool statement_hints(
	const char *sql, size_t len, const struct lexer_modes *modes)
{
	static const char *const hints[] = {"FORCE", "USE", "IGNORE", NULL};
	struct cursor c;

	cursor_begin(&c, sql, len, modes, false);
	while (c.t.kind != TOKEN_END) {
		if (!cursor_any(&c, hints))
			cursor_next(&c);
		else if (token_word(&c.t, "INDEX") || token_word(&c.t, "KEY"))
			return true;
	}
	return false;
}

/* pass_to_names: DROP and what stands before the first name. */
static void pass_to_names(struct cursor *c)
{
	static const char *const kinds[] = {
		"TABLE", "TABLES", "VIEW", "SEQUENCE", NULL};

	cursor_word(c, "DROP");
	cursor_word(c, "TEMPORARY");
	cursor_any(c, kinds);
	if (cursor_word(c, "IF"))
		cursor_word(c, "EXISTS");
}

bool statement_split(const char *sql, size_t len,
	const struct lexer_modes *modes, size_t n, struct strbuf *one)
{
	struct strbuf db = STRBUF_INIT, table = STRBUF_INIT;
	const char *first, *from = NULL, *to = NULL;
	struct cursor c;
	size_t count = 0;
	bool good = true;

	cursor_begin(&c, sql, len, modes, false);
	pass_to_names(&c);
	first = c.t.text;
	do {
		const char *name = c.t.text;

		good = cursor_qualified(&c, &db, &table) && good;
		if (count++ == n) {
			from = name;
			to = c.behind;
		}
	} while (cursor_mark(&c, ','));
	strbuf_reset(one);
	if (good && from) {
		strbuf_add(one, sql, (size_t)(first - sql));
		strbuf_add(one, from, (size_t)(to - from));
		strbuf_addch(one, ' ');
		strbuf_add(one, c.behind, (size_t)(sql + len - c.behind));
	}
	strbuf_release(&db);
	strbuf_release(&table);
	return good && from;
}

void statement_names(const char *sql, size_t len,
	const struct lexer_modes *modes, struct strlist *databases,
	struct strlist *tables)
{
	struct strbuf db = STRBUF_INIT, table = STRBUF_INIT;
	struct cursor c;

	cursor_begin(&c, sql, len, modes, false);
	while (c.t.kind != TOKEN_END) {
		if (!cursor_at_name(&c)) {
			cursor_next(&c);
		} else if (cursor_qualified(&c, &db, &table)) {
			strlist_add(databases, db.buf);
			strlist_add(tables, table.buf);
		}
	}
	strbuf_release(&db);
	strbuf_release(&table);
}
