/* insert.c: see insert.h. */
#include "stream/insert.h"

#include <string.h>

#include "stream/token.h"

/* The head while it is read: `t` is the token to look at. */
struct reader {
	struct tokens in;
	struct token t;
};

static void next(struct reader *r)
{
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

static bool take_name(struct reader *r, struct strbuf *name)
{
	if (r->t.kind != TOKEN_WORD && r->t.kind != TOKEN_NAME)
		return false;
	token_value(&r->in, &r->t, name);
	next(r);
	return name->len && !memchr(name->buf, '\0', name->len);
}

static bool take_verb(struct reader *r, struct insert_head *head)
{
	head->replace = take_word(r, "REPLACE");
	if (!head->replace && !take_word(r, "INSERT"))
		return false;
	if (!take_word(r, "LOW_PRIORITY") && !take_word(r, "HIGH_PRIORITY"))
		take_word(r, "DELAYED");
	head->ignore = take_word(r, "IGNORE");
	take_word(r, "INTO");
	return true;
}

static bool take_table(struct reader *r, struct insert_head *head)
{
	struct strbuf db;

	if (!take_name(r, &head->table))
		return false;
	if (!take_mark(r, '.'))
		return true;
	db = head->db;
	head->db = head->table;
	head->table = db;
	return take_name(r, &head->table);
}

static bool take_columns(struct reader *r, struct insert_head *head)
{
	struct strbuf name = STRBUF_INIT;
	bool good;

	if (!take_mark(r, '('))
		return true;
	do {
		strbuf_reset(&name);
		good = take_name(r, &name);
		if (good)
			strlist_add(&head->columns, name.buf);
	} while (good && take_mark(r, ','));
	strbuf_release(&name);
	return good && take_mark(r, ')');
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

/* read_head: a comment in it makes it none, for comments can hold what only
 * some servers execute. */
static bool read_head(struct insert_head *head, const char *sql, size_t len)
{
	struct reader r = {
		.in = {.pos = sql,
			.end = sql + len,
			.no_backslash_escapes =
				head->modes.no_backslash_escapes,
			.ansi_quotes = head->modes.ansi_quotes},
	};

	next(&r);
	if (!take_verb(&r, head) || !take_table(&r, head) ||
		!take_columns(&r, head))
		return false;
	if (!take_word(&r, "VALUES") && !take_word(&r, "VALUE"))
		return false;
	if (!token_mark(&r.t, '('))
		return false;
	head->rows = (size_t)(r.t.text - sql);
	return !memmem(sql, head->rows, "/*", 2);
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
