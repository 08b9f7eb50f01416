/* columns.c: see columns.h. */
#include "db/columns.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "db/conn.h"
#include "db/ddl_text.h"
#include "db/sql_text.h"

/* How each type is written. Source: MariaDB manual, "Data Types". A type that
 * is not here (a plugin's) is written as text, if its character set is one: see
 * string_kind in value_plan.c. */
static const struct column_type {
	const char *name;
	enum value_form form;
	enum bound_form bound;
} types[] = {
	{"tinyint", FORM_NUMBER, BOUND_INTEGER},
	{"smallint", FORM_NUMBER, BOUND_INTEGER},
	{"mediumint", FORM_NUMBER, BOUND_INTEGER},
	{"int", FORM_NUMBER, BOUND_INTEGER},
	{"bigint", FORM_NUMBER, BOUND_INTEGER},
	{"decimal", FORM_NUMBER, BOUND_NUMBER},
	{"double", FORM_NUMBER, BOUND_NONE},
	{"year", FORM_NUMBER, BOUND_NUMBER},
	{"float", FORM_FLOAT, BOUND_NONE},
	{"date", FORM_PLAIN, BOUND_QUOTED},
	{"time", FORM_PLAIN, BOUND_QUOTED},
	{"datetime", FORM_PLAIN, BOUND_QUOTED},
	{"timestamp", FORM_PLAIN, BOUND_QUOTED},
	/* Where numbers of all kinds are mixed (hashes), a range of the index
	 * and its rest have not all rows of MariaDB 10.11 together. */
	{"uuid", FORM_PLAIN, BOUND_NONE},
	{"inet4", FORM_PLAIN, BOUND_QUOTED},
	{"inet6", FORM_PLAIN, BOUND_QUOTED},
	{"bit", FORM_BIT, BOUND_NONE},
	{"binary", FORM_BINARY, BOUND_HEX},
	{"varbinary", FORM_BINARY, BOUND_HEX},
	{"tinyblob", FORM_BINARY, BOUND_NONE},
	{"blob", FORM_BINARY, BOUND_NONE},
	{"mediumblob", FORM_BINARY, BOUND_NONE},
	{"longblob", FORM_BINARY, BOUND_NONE},
	{"vector", FORM_BINARY, BOUND_NONE},
	{"geometry", FORM_BINARY, BOUND_NONE},
	{"point", FORM_BINARY, BOUND_NONE},
	{"linestring", FORM_BINARY, BOUND_NONE},
	{"polygon", FORM_BINARY, BOUND_NONE},
	{"multipoint", FORM_BINARY, BOUND_NONE},
	{"multilinestring", FORM_BINARY, BOUND_NONE},
	{"multipolygon", FORM_BINARY, BOUND_NONE},
	{"geometrycollection", FORM_BINARY, BOUND_NONE},
	{"geomcollection", FORM_BINARY, BOUND_NONE},
	{"char", FORM_TEXT, BOUND_HEX},
	{"varchar", FORM_TEXT, BOUND_HEX},
};

static const struct column_type *find_type(const char *name, size_t len)
{
	static const struct column_type other = {"", FORM_TEXT, BOUND_NONE};

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (strlen(types[i].name) == len &&
			!strncasecmp(types[i].name, name, len))
			return &types[i];
	return &other;
}

static const char *const text_types[] = {
	"char", "varchar", "tinytext", "text", "mediumtext", "longtext", NULL};

/* Character sets of which each code comes back from UTF-8 as it was. Of the
 * others some do not, for two codes stand for one character (cp932, gbk) or a
 * code for none (0x98 of cp1251). Source: measured with MariaDB 10.11, all
 * codes of one and two bytes. */
static const char *const exact_charsets[] = {"utf8mb4", "utf8mb3", "utf8",
	"latin1", "binary", "cp850", "cp852", "cp866", "keybcs2", "koi8r",
	"koi8u", "latin2", "latin5", "latin7", "macce", "macroman", "ucs2",
	"utf16", "utf16le", "utf32", NULL};

static bool in_names(const char *const *names, const char *name, size_t len)
{
	for (; *names; names++)
		if (strlen(*names) == len && !strncasecmp(*names, name, len))
			return true;
	return false;
}

/* copy_word: the word at s, if it is no longer than any character set's name.
 */
static void copy_word(char *to, size_t size, const char *s)
{
	size_t len = (size_t)(ddl_word_end(s) - s);

	if (len >= size)
		len = 0;
	memcpy(to, s, len);
	to[len] = '\0';
}

/* unquote: the name between backticks. Owns: the caller frees it. */
static char *unquote(const char *begin, const char *end)
{
	struct strbuf name = STRBUF_INIT;

	for (const char *s = begin + 1; s < end - 1; s++) {
		if (*s == '`')
			s++;
		strbuf_addch(&name, *s);
	}
	return strbuf_detach(&name);
}

/* scan_attributes: read one definition's words from behind its type to the
 * comma or parenthesis that ends it, on its own level of parentheses. Returns
 * that place. */
static const char *scan_attributes(
	struct columns *columns, struct column *column, const char *s)
{
	unsigned depth = 0;

	for (s = ddl_next(s, NULL); *s; s = ddl_after(s, NULL)) {
		if (*s == '(')
			depth++;
		else if (*s == ')' && depth)
			depth--;
		else if (depth)
			continue;
		else if (*s == ',' || *s == ')')
			break;
		else if (ddl_is(s, "INVISIBLE"))
			column->invisible = true;
		else if (ddl_is(s, "GENERATED"))
			column->generated = true;
		else if (ddl_is(s, "NOT"))
			column->not_null = ddl_is(ddl_after(s, NULL), "NULL");
		else if (ddl_is(s, "unsigned"))
			column->is_unsigned = true;
		else if (ddl_is(s, "CHARACTER"))
			/* CHARACTER SET name */
			copy_word(column->charset, sizeof(column->charset),
				ddl_after(ddl_after(s, NULL), NULL));
		else if (ddl_is(s, "ROW") && column->generated) {
			const char *which = ddl_after(s, NULL);

			if (ddl_is(which, "START"))
				columns->row_start = xstrdup(column->name);
			if (ddl_is(which, "END"))
				columns->row_end = xstrdup(column->name);
		}
	}
	return s;
}

static const char *parse_column(struct columns *columns, const char *s)
{
	const char *end = ddl_skip(s, NULL);
	struct column column = {.name = unquote(s, end)};
	const char *type = ddl_next(end, NULL);
	const struct column_type *known;

	end = ddl_skip(type, NULL);
	known = find_type(type, (size_t)(end - type));
	column.form = known->form;
	column.bound = known->bound;
	column.lossy = in_names(text_types, type, (size_t)(end - type));
	columns->item = grow_array(columns->item, columns->count, &columns->cap,
		sizeof(*columns->item));
	s = scan_attributes(columns, &column, end);
	columns->item[columns->count++] = column;
	return s;
}

/* key_part: a name of the key at s, with the direction behind it. Returns what
 * follows, or NULL where it is no column as a whole. */
static const char *key_part(struct columns *columns, const char *s)
{
	const char *end = ddl_skip(s, NULL);
	struct key_part part = {0};
	char *name;

	if (*s != '`')
		return NULL;
	name = unquote(s, end);
	while (part.column < columns->count &&
		strcmp(columns->item[part.column].name, name) != 0)
		part.column++;
	free(name);
	end = ddl_next(end, NULL);
	part.descending = ddl_is(end, "DESC");
	if (part.descending || ddl_is(end, "ASC"))
		end = ddl_after(end, NULL);
	if (part.column == columns->count || (*end != ',' && *end != ')'))
		return NULL;
	columns->key = grow_array(columns->key, columns->key_count,
		&columns->key_cap, sizeof(*columns->key));
	columns->key[columns->key_count++] = part;
	return end;
}

/* parse_key: take the list of PRIMARY KEY (`a`,`b` DESC) over, if it is made
 * of names and directions alone. */
static void parse_key(struct columns *columns, const char *s)
{
	while (*s && *s != '(')
		s = ddl_after(s, NULL);
	while (s && *s && *s != ')')
		s = key_part(columns, ddl_next(s + 1, NULL));
	if (!s)
		columns->key_count = 0;
}

const struct column *columns_find(
	const struct columns *columns, const char *name)
{
	for (size_t i = 0; i < columns->count; i++)
		if (!strcasecmp(columns->item[i].name, name))
			return &columns->item[i];
	return NULL;
}

void columns_add_order(const struct columns *columns, struct strbuf *sql)
{
	for (size_t i = 0; i < columns->key_count; i++) {
		const struct key_part *part = &columns->key[i];

		if (i)
			strbuf_addch(sql, ',');
		sql_ident(sql, columns->item[part->column].name);
		if (part->descending)
			strbuf_addstr(sql, " DESC");
	}
}

/* table_options: what stands behind the list of columns. */
static void table_options(struct columns *columns, const char *s)
{
	for (; *s; s = ddl_after(s, NULL)) {
		const char *next = ddl_after(s, NULL);

		if (ddl_is(s, "SYSTEM") && ddl_is(next, "VERSIONING"))
			columns->versioned = true;
		if (ddl_is(s, "CHARSET") && *next == '=')
			copy_word(columns->charset, sizeof(columns->charset),
				ddl_next(next + 1, NULL));
	}
	for (size_t i = 0; i < columns->count; i++) {
		struct column *column = &columns->item[i];

		if (!*column->charset)
			memcpy(column->charset, columns->charset,
				sizeof(column->charset));
		if (!*column->charset ||
			in_names(exact_charsets, column->charset,
				strlen(column->charset)))
			column->lossy = false;
	}
}

int columns_parse(struct columns *columns, const char *create, struct err *e)
{
	struct column other = {0}; /* for the words of keys and constraints */
	const char *s = create;

	while (*s && *s != '(')
		s = ddl_after(s, NULL);
	if (!*s)
		return err_set(e, ERR_BUG, "no columns in: %.200s", create);
	do {
		s = ddl_next(s + 1, NULL);
		if (*s == '`') {
			s = parse_column(columns, s);
			continue;
		}
		if (ddl_is(s, "PRIMARY"))
			parse_key(columns, s);
		s = scan_attributes(columns, &other, s);
	} while (*s == ',');
	if (*s != ')')
		return err_set(e, ERR_BUG, "not understood, at '%.40s': %.200s",
			s, create);
	table_options(columns, s + 1);
	if (columns->versioned && !columns->row_start) {
		columns->row_start = xstrdup("row_start");
		columns->row_end = xstrdup("row_end");
	}
	return 0;
}

void columns_release(struct columns *columns)
{
	for (size_t i = 0; i < columns->count; i++)
		free(columns->item[i].name);
	free(columns->item);
	free(columns->row_start);
	free(columns->row_end);
	free(columns->key);
	*columns = (struct columns){0};
}

bool columns_need_list(const struct columns *columns)
{
	for (size_t i = 0; i < columns->count; i++)
		if (columns->item[i].generated || columns->item[i].invisible)
			return true;
	return false;
}
