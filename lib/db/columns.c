/* columns.c: see columns.h. */
#include "db/columns.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "db/ddl_text.h"

/* How each type is written. Source: MariaDB manual, "Data Types". A type that
 * is not here (a plugin's) is written as text; rows.c looks at its character
 * set, too. */
static const struct {
	const char *type;
	enum value_form form;
} forms[] = {
	{"tinyint", FORM_NUMBER},
	{"smallint", FORM_NUMBER},
	{"mediumint", FORM_NUMBER},
	{"int", FORM_NUMBER},
	{"bigint", FORM_NUMBER},
	{"decimal", FORM_NUMBER},
	{"double", FORM_NUMBER},
	{"year", FORM_NUMBER},
	{"float", FORM_FLOAT},
	{"date", FORM_PLAIN},
	{"time", FORM_PLAIN},
	{"datetime", FORM_PLAIN},
	{"timestamp", FORM_PLAIN},
	{"uuid", FORM_PLAIN},
	{"inet4", FORM_PLAIN},
	{"inet6", FORM_PLAIN},
	{"bit", FORM_BIT},
	{"binary", FORM_BINARY},
	{"varbinary", FORM_BINARY},
	{"tinyblob", FORM_BINARY},
	{"blob", FORM_BINARY},
	{"mediumblob", FORM_BINARY},
	{"longblob", FORM_BINARY},
	{"vector", FORM_BINARY},
	{"geometry", FORM_BINARY},
	{"point", FORM_BINARY},
	{"linestring", FORM_BINARY},
	{"polygon", FORM_BINARY},
	{"multipoint", FORM_BINARY},
	{"multilinestring", FORM_BINARY},
	{"multipolygon", FORM_BINARY},
	{"geometrycollection", FORM_BINARY},
	{"geomcollection", FORM_BINARY},
};

static enum value_form form_of(const char *type, size_t len)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++)
		if (strlen(forms[i].type) == len &&
			!strncasecmp(forms[i].type, type, len))
			return forms[i].form;
	return FORM_TEXT;
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
		else if (ddl_is(s, "CHARACTER"))
			/* CHARACTER SET name */
			copy_word(column->charset, sizeof(column->charset),
				ddl_after(ddl_after(s, NULL), NULL));
		else if (ddl_is(s, "ROW") && column->generated) {
			const char *which = ddl_after(s, NULL);

			if (ddl_is(which, "START")) {
				columns->row_start = xstrdup(column->name);
				columns->by_transaction =
					column->form == FORM_NUMBER;
			}
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

	end = ddl_skip(type, NULL);
	column.form = form_of(type, (size_t)(end - type));
	column.lossy = in_names(text_types, type, (size_t)(end - type));
	columns->item = grow_array(columns->item, columns->count, &columns->cap,
		sizeof(*columns->item));
	s = scan_attributes(columns, &column, end);
	columns->item[columns->count++] = column;
	return s;
}

/* key_order: take the list of PRIMARY KEY (`a`,`b` DESC) over, if it is made
 * of names and directions alone. */
static void key_order(struct strbuf *key, const char *s)
{
	const char *end;

	while (*s && *s != '(')
		s = ddl_after(s, NULL);
	for (s = ddl_next(s + (*s == '('), NULL); *s && *s != ')';
		s = ddl_next(end, NULL)) {
		end = ddl_skip(s, NULL);
		if (*s != '`' && *s != ',' && !ddl_is(s, "ASC") &&
			!ddl_is(s, "DESC")) {
			strbuf_reset(key);
			return;
		}
		if (isalpha((unsigned char)*s))
			strbuf_addch(key, ' ');
		strbuf_add(key, s, (size_t)(end - s));
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
			key_order(&columns->primary_key, s);
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
	strbuf_release(&columns->primary_key);
	*columns = (struct columns)COLUMNS_INIT;
}

bool columns_need_list(const struct columns *columns)
{
	for (size_t i = 0; i < columns->count; i++)
		if (columns->item[i].generated || columns->item[i].invisible)
			return true;
	return false;
}
