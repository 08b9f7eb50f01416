/* table_text.c: see table_text.h. */
#include "db/table_text.h"

#include <string.h>

#include <mysqld_error.h>

#include "base/prog.h"
#include "base/strlist.h"
#include "db/ddl_text.h"
#include "db/escape.h"
#include "db/result.h"
#include "db/sql_text.h"

struct table_text {
	struct db *db;
	const char *table;
	const struct column *column; /* the one at work */
	struct strbuf *out;
	const char *copied; /* of the text: up to here it is in `out` */
};

/* The character sets that have characters beyond U+FFFF. */
static const char *const wide_charsets[] = {
	"utf8mb4", "utf16", "utf16le", "utf32", NULL};

/* literals: the strings of a list in parentheses at s; how many, and whether a
 * question mark is among them. Returns what stands behind the list. */
static const char *literals(const char *s, unsigned *count, bool *doubt)
{
	*count = 0;
	*doubt = false;
	for (s = ddl_after(s, NULL); *s && *s != ')'; s = ddl_after(s, NULL)) {
		const char *end = ddl_skip(s, NULL);

		if (*s != '\'')
			continue;
		++*count;
		if (memchr(s, '?', (size_t)(end - s)))
			*doubt = true;
	}
	return ddl_after(s, NULL);
}

/* put: the value as a string in place of the text between begin and end. */
static void put(struct table_text *t, const char *begin, const char *end,
	const struct strbuf *value)
{
	strbuf_add(t->out, t->copied, (size_t)(begin - t->copied));
	strbuf_addch(t->out, '\'');
	escape_string(t->out, value->buf, value->len);
	strbuf_addch(t->out, '\'');
	t->copied = end;
}

static int put_default(
	struct table_text *t, const char *begin, const char *end, struct err *e)
{
	struct strbuf value = STRBUF_INIT;
	int rc = db_column_default(t->db, t->table, t->column->name, &value, e);

	if (rc > 0)
		put(t, begin, end, &value);
	strbuf_release(&value);
	return rc < 0 ? -1 : 0;
}

/* values_query: SQL that leaves all values of the column in a variable, as hex
 * digits behind commas. A variable of the column's type takes their numbers, or
 * their bits, and gives their texts; no row is read and none is written. */
static void values_query(const struct table_text *t, unsigned count, bool set,
	struct strbuf *sql)
{
	strbuf_addstr(sql, "BEGIN NOT ATOMIC DECLARE v TYPE OF ");
	sql_ident(sql, t->table);
	strbuf_addch(sql, '.');
	sql_ident(sql, t->column->name);
	strbuf_addf(sql,
		"; DECLARE i INT DEFAULT 0; "
		"DECLARE l LONGTEXT CHARACTER SET latin1 DEFAULT ''; "
		"WHILE i < %u DO SET v = %s; SET i = i + 1; SET l = CONCAT(l, "
		"',', HEX(CONVERT(v USING utf8mb4))); END WHILE; "
		"SET @dbdump_values = l; END",
		count, set ? "CAST(1 AS UNSIGNED) << i" : "i + 1");
}

static unsigned nibble(char c)
{
	return (unsigned)(c <= '9' ? c - '0' : c - 'A' + 10);
}

/* next_value: the value behind the comma at *hex. */
static void next_value(const char **hex, struct strbuf *value)
{
	const char *h = *hex;

	strbuf_reset(value);
	for (h += *h == ','; h[0] && h[0] != ',' && h[1]; h += 2)
		strbuf_addch(value, (char)(nibble(h[0]) << 4 | nibble(h[1])));
	*hex = h;
}

static void put_each(struct table_text *t, const char *s, const char *hex)
{
	struct strbuf value = STRBUF_INIT;

	for (s = ddl_after(s, NULL); *s && *s != ')'; s = ddl_after(s, NULL)) {
		if (*s != '\'')
			continue;
		next_value(&hex, &value);
		put(t, s, ddl_skip(s, NULL), &value);
	}
	strbuf_release(&value);
}

/* put_values: `list` is the parenthesis in front of them. */
static int put_values(struct table_text *t, const char *list, unsigned count,
	bool set, struct err *e)
{
	struct strbuf sql = STRBUF_INIT, hex = STRBUF_INIT;
	int rc;

	values_query(t, count, set, &sql);
	rc = db_exec(t->db, sql.buf, e);
	if (rc && db_errno(t->db) == ER_PARSE_ERROR) {
		log_warn("table `%s`: column `%s` has a value with a question "
			 "mark, which may stand for another character: this "
			 "server cannot say",
			t->table, t->column->name);
		rc = 0;
	} else if (!rc) {
		rc = db_query_value(t->db, "SELECT @dbdump_values", &hex, e);
		if (rc > 0)
			put_each(t, list, hex.buf);
	}
	strbuf_release(&sql);
	strbuf_release(&hex);
	return rc < 0 ? -1 : 0;
}

/* type: an ENUM or SET and its values. Returns what stands behind the type. */
static const char *type(struct table_text *t, const char *s, struct err *e)
{
	bool set = ddl_is(s, "set"), doubt;
	const char *list;
	unsigned count;

	if (!set && !ddl_is(s, "enum"))
		return ddl_after(s, NULL);
	list = ddl_after(s, NULL);
	s = literals(list, &count, &doubt);
	return doubt && put_values(t, list, count, set, e) ? NULL : s;
}

/* attributes: what stands behind a column's type, up to the comma or
 * parenthesis that ends the column. Returns that place. */
static const char *attributes(
	struct table_text *t, const char *s, struct err *e)
{
	unsigned depth = 0;

	for (; *s; s = ddl_after(s, NULL)) {
		const char *next = ddl_after(s, NULL);

		if (*s == '(')
			depth++;
		else if (*s == ')' && depth)
			depth--;
		else if (!depth && (*s == ',' || *s == ')'))
			return s;
		else if (!depth && t->column && ddl_is(s, "DEFAULT") &&
			*next == '\'') {
			const char *end = ddl_skip(next, NULL);

			if (memchr(next, '?', (size_t)(end - next)) &&
				put_default(t, next, end, e))
				return NULL;
		}
	}
	return s;
}

static int definitions(struct table_text *t, const struct columns *columns,
	const char *s, struct err *e)
{
	size_t count = 0;

	while (*s && *s != '(')
		s = ddl_after(s, NULL);
	do {
		s = ddl_next(s + (*s != '\0'), NULL);
		t->column = NULL;
		if (*s == '`' && count < columns->count) {
			const struct column *column = &columns->item[count++];

			s = ddl_after(s, NULL);
			if (column->form == FORM_TEXT &&
				name_in(wide_charsets, column->charset)) {
				t->column = column;
				s = type(t, s, e);
			}
		}
		s = s ? attributes(t, s, e) : NULL;
	} while (s && *s == ',');
	return s ? 0 : -1;
}

int table_text_write(struct db *db, const char *table,
	const struct columns *columns, const char *create, struct strbuf *out,
	struct err *e)
{
	struct table_text t = {
		.db = db, .table = table, .out = out, .copied = create};
	int rc = 0;

	if (strchr(create, '?'))
		rc = definitions(&t, columns, create, e);
	strbuf_addstr(out, t.copied);
	return rc;
}
