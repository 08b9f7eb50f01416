/* insert.c: the head of an INSERT, its rows as they are, and LOAD DATA.
 * insert_convert is insert_fields.c. */
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
	const char *sql, size_t len, const enum column_kind *kinds,
	size_t columns)
{
	*rows = (struct insert_rows){
		.pos = sql + head->rows,
		.end = sql + len,
		.modes = head->modes,
		.kinds = kinds,
		.columns = kinds ? columns : head->columns.count,
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

/* next_row: the row at *from, and in *from what comes behind it: the next row,
 * or `end`. Returns NULL where there is neither. */
static const char *next_row(const struct insert_rows *rows, const char **from)
{
	const char *end = rows->end, *p, *to;

	if (*from == end || **from != '(')
		return NULL;
	to = row_end(rows, *from);
	if (!to)
		return NULL;
	p = token_skip_space(to, end);
	if (p < end && *p == ',') {
		p = token_skip_space(p + 1, end);
		if (p == end)
			return NULL;
	} else if (p < end) {
		return NULL;
	}
	*from = p;
	return to;
}

int insert_cut(
	struct insert_rows *rows, size_t limit, const char **part, size_t *len)
{
	const char *from = rows->pos, *to;

	if (from == rows->end)
		return 0;
	*part = from;
	*len = 0;
	while (from < rows->end) {
		to = next_row(rows, &from);
		if (!to)
			return *len ? 1 : -1;
		if (*len && (size_t)(to - *part) > limit)
			break;
		*len = (size_t)(to - *part);
		rows->pos = from;
		rows->count++;
	}
	return 1;
}

bool insert_can_cut(const struct insert_rows *rows, size_t *longest)
{
	const char *from = rows->pos, *begin, *to;

	if (longest)
		*longest = 0;
	while (from < rows->end) {
		begin = from;
		to = next_row(rows, &from);
		if (!to)
			return false;
		if (longest && (size_t)(to - begin) > *longest)
			*longest = (size_t)(to - begin);
	}
	return true;
}

static void add_name(struct strbuf *out, const char *name)
{
	strbuf_addch(out, '`');
	for (; *name; name++) {
		if (*name == '`')
			strbuf_addch(out, '`');
		strbuf_addch(out, *name);
	}
	strbuf_addch(out, '`');
}

static void add_columns(struct strbuf *out, const struct strlist *columns)
{
	for (size_t i = 0; i < columns->count; i++) {
		strbuf_addstr(out, i ? "," : " (");
		add_name(out, columns->item[i]);
	}
	if (columns->count)
		strbuf_addch(out, ')');
}

/* The quote and the backslash are written so that they are the same in all
 * modes. */
void insert_load_data(const struct insert_head *head, const char *name,
	const char *charset, const struct strlist *columns, struct strbuf *out)
{
	strbuf_addf(out, "LOAD DATA LOCAL INFILE '%s'%s INTO TABLE ", name,
		head->replace          ? " REPLACE"
			: head->ignore ? " IGNORE"
				       : "");
	if (head->db.len) {
		add_name(out, head->db.buf);
		strbuf_addch(out, '.');
	}
	add_name(out, head->table.buf);
	strbuf_addf(out,
		" CHARACTER SET %s FIELDS TERMINATED BY ',' OPTIONALLY "
		"ENCLOSED BY 0x27 ESCAPED BY 0x5C LINES TERMINATED BY 0x0A",
		charset);
	if (head->columns.count)
		columns = &head->columns;
	if (columns)
		add_columns(out, columns);
}
