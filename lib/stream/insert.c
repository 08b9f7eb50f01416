/* insert.c: see insert.h. */
#include "stream/insert.h"

#include <string.h>

#include "stream/cursor.h"

static bool take_verb(struct cursor *c, struct insert_head *head)
{
	head->replace = cursor_word(c, "REPLACE");
	if (!head->replace && !cursor_word(c, "INSERT"))
		return false;
	if (!cursor_word(c, "LOW_PRIORITY") && !cursor_word(c, "HIGH_PRIORITY"))
		cursor_word(c, "DELAYED");
	head->ignore = cursor_word(c, "IGNORE");
	cursor_word(c, "INTO");
	return true;
}

static bool take_columns(struct cursor *c, struct insert_head *head)
{
	struct strbuf name = STRBUF_INIT;
	bool good;

	head->bare = false;
	if (!cursor_mark(c, '('))
		return true;
	head->bare = cursor_mark(c, ')');
	if (head->bare)
		return true;
	do {
		good = cursor_name(c, &name);
		if (good)
			strlist_add(&head->columns, name.buf);
	} while (good && cursor_mark(c, ','));
	strbuf_release(&name);
	return good && cursor_mark(c, ')');
}

static bool same_modes(const struct lexer_modes *a, const struct lexer_modes *b)
{
	return a->no_backslash_escapes == b->no_backslash_escapes &&
		a->ansi_quotes == b->ansi_quotes &&
		a->wide_charset == b->wide_charset;
}

static bool is_same(const struct insert_head *head, const char *sql, size_t len,
	const struct lexer_modes *modes)
{
	size_t n = head->text.len;

	return n && len > n && sql[n] == '(' &&
		!memcmp(sql, head->text.buf, n) &&
		same_modes(&head->modes, modes);
}

/* has_comment: between its tokens: a name may hold the mark of one. */
static bool has_comment(const struct insert_head *head, const char *sql)
{
	struct tokens in = {
		.pos = sql,
		.end = sql + head->rows,
		.no_backslash_escapes = head->modes.no_backslash_escapes,
		.ansi_quotes = head->modes.ansi_quotes,
	};
	const char *behind = sql;
	bool more = true, found = false;
	struct token t;

	while (more && !found) {
		more = token_next(&in, &t) != TOKEN_END;
		found = memmem(behind, (size_t)(t.text - behind), "/*", 2);
		behind = in.pos;
	}
	return found;
}

/* read_head: a comment in it makes it none, for comments can hold what only
 * some servers execute. */
static bool read_head(struct insert_head *head, const char *sql, size_t len)
{
	struct cursor c;

	cursor_begin(&c, sql, len, &head->modes, false);
	if (!take_verb(&c, head) ||
		!cursor_qualified(&c, &head->db, &head->table) ||
		!take_columns(&c, head))
		return false;
	if (!cursor_word(&c, "VALUES") && !cursor_word(&c, "VALUE"))
		return false;
	if (!token_mark(&c.t, '('))
		return false;
	head->rows = (size_t)(c.t.text - sql);
	return !has_comment(head, sql);
}

bool insert_head_read(struct insert_head *head, const char *sql, size_t len,
	const struct lexer_modes *modes, bool *same)
{
	bool known = is_same(head, sql, len, modes);

	if (same)
		*same = known;
	if (known)
		return true;
	insert_head_release(head);
	head->modes = *modes;
	if (modes->wide_charset || !read_head(head, sql, len))
		return false;
	strbuf_add(&head->text, sql, head->rows);
	return true;
}

void insert_head_release(struct insert_head *head)
{
	strbuf_release(&head->db);
	strbuf_release(&head->table);
	strbuf_release(&head->text);
	strlist_release(&head->columns);
}

void insert_rows_begin(struct insert_rows *rows, const struct insert_head *head,
	const char *sql, size_t len)
{
	*rows = (struct insert_rows){
		.pos = sql + head->rows,
		.end = sql + len,
		.modes = head->modes,
	};
}

/* row_end: behind the parenthesis that closes the row at p, or NULL. */
static const char *row_end(const struct insert_rows *rows, const char *p)
{
	const char *end = rows->end;
	const struct tokens in = {
		.end = end,
		.no_backslash_escapes = rows->modes.no_backslash_escapes,
		.ansi_quotes = rows->modes.ansi_quotes,
	};
	int depth = 0;

	while (p && p < end) {
		switch (*p) {
		case '(':
			depth++;
			p++;
			break;
		case ')':
			p++;
			if (!--depth)
				return p;
			break;
		case '\'':
		case '"':
		case '`':
			p = token_quoted_end(&in, p);
			break;
		case '/':
		case '-':
		case '#':
			if (token_skip_space(p, end) > p)
				p = token_skip_space(p, end);
			else
				p++;
			break;
		default:
			p++;
		}
	}
	return NULL;
}

/* next_row: what comes behind the row that ends at `to`: the next one, or the
 * end of the statement; NULL where there is neither. */
static const char *next_row(const struct insert_rows *rows, const char *to)
{
	const char *end = rows->end, *p = token_skip_space(to, end);

	if (p == end)
		return end;
	if (*p != ',')
		return NULL;
	p = token_skip_space(p + 1, end);
	return p < end && *p == '(' ? p : NULL;
}

int insert_next_row(struct insert_rows *rows, const char **row, size_t *len)
{
	const char *to, *behind;

	if (rows->pos == rows->end)
		return 0;
	to = row_end(rows, rows->pos);
	behind = to ? next_row(rows, to) : NULL;
	if (!behind)
		return -1;
	*row = rows->pos;
	*len = (size_t)(to - rows->pos);
	rows->pos = behind;
	rows->count++;
	return 1;
}

bool insert_rows_end(const struct insert_rows *rows)
{
	/* Source: MariaDB manual, "INSERT"; MySQL's, from 8.0.19 on: AS. */
	static const char *const clauses[] = {"ON", "RETURNING", "AS"};
	const char *to =
		rows->pos < rows->end ? row_end(rows, rows->pos) : NULL;

	for (size_t i = 0; to && i < sizeof(clauses) / sizeof(*clauses); i++)
		if (sql_word(to, rows->end, clauses[i]))
			return true;
	return false;
}
