/* key.c: see key.h. */
#include "db/key.h"

#include <string.h>
#include <strings.h>

#include "db/conn.h"
#include "db/sql_text.h"

enum { SHOWN_MOST = 64 }; /* bytes of a value */

size_t key_parts(const struct columns *columns)
{
	size_t parts = 0;

	while (parts < columns->key_count &&
		key_column(columns, parts)->bound != BOUND_NONE)
		parts++;
	return parts;
}

const struct column *key_column(const struct columns *columns, size_t part)
{
	return &columns->item[columns->key[part].column];
}

/* add_value_of: what to select for a part of the key so that its value is a
 * literal once quoted as its kind wants. */
static void add_value_of(const struct column *column, struct strbuf *sql)
{
	if (column->bound == BOUND_HEX)
		strbuf_addstr(sql, "HEX(");
	sql_ident(sql, column->name);
	if (column->bound == BOUND_HEX)
		strbuf_addch(sql, ')');
}

void key_add_values(
	const struct columns *columns, size_t parts, struct strbuf *sql)
{
	for (size_t i = 0; i < parts; i++) {
		if (i)
			strbuf_addch(sql, ',');
		add_value_of(key_column(columns, i), sql);
	}
}

static void take_value(
	const struct column *column, const char *value, struct strbuf *to)
{
	strbuf_reset(to);
	switch (column->bound) {
	case BOUND_HEX:
		strbuf_addf(to, "_%s X'%s'",
			column->form == FORM_TEXT ? column->charset : "binary",
			value);
		return;
	case BOUND_QUOTED:
		sql_value_str(to, value);
		return;
	case BOUND_INTEGER:
	case BOUND_NUMBER:
	case BOUND_NONE:
		break;
	}
	strbuf_addstr(to, value);
}

void key_take(const struct columns *columns, size_t parts, char **row,
	struct strbuf *to)
{
	for (size_t i = 0; i < parts; i++)
		take_value(key_column(columns, i), row[i], &to[i]);
}

/* key_add_side: "a > 1 OR (a = 1 AND (b > 2 OR …))". Row comparisons would be
 * shorter, but MariaDB looks them up in no index. */
void key_add_side(const struct columns *columns, size_t parts,
	const struct strbuf *key, bool behind, struct strbuf *where)
{
	for (size_t i = 0; i < parts; i++) {
		const char *name = key_column(columns, i)->name;
		bool greater = behind != columns->key[i].descending;
		bool last = i + 1 == parts;

		strbuf_addch(where, '(');
		sql_ident(where, name);
		strbuf_addf(where, " %s%s %s", greater ? ">" : "<",
			last && !behind ? "=" : "", key[i].buf);
		if (last)
			break;
		strbuf_addstr(where, " OR (");
		sql_ident(where, name);
		strbuf_addf(where, " = %s AND ", key[i].buf);
	}
	for (size_t i = 0; i < 2 * parts - 1; i++)
		strbuf_addch(where, ')');
}

void key_add_equal(const struct columns *columns, size_t parts,
	const struct strbuf *key, struct strbuf *where)
{
	for (size_t i = 0; i < parts; i++) {
		if (i)
			strbuf_addstr(where, " AND ");
		sql_ident(where, key_column(columns, i)->name);
		strbuf_addf(where, " = %s", key[i].buf);
	}
}

static int digit(char c)
{
	return c <= '9' ? c - '0' : (c & ~0x20) - 'A' + 10;
}

/* add_unhexed: the text of a literal _charset X'…'. Returns false, with nothing
 * added, where its bytes are not those of its letters. */
static bool add_unhexed(const struct column *column,
	const struct strbuf *literal, struct strbuf *text)
{
	const bool unicode = !strncasecmp(column->charset, "utf8", 4);
	const char *hex = strchr(literal->buf, '\'');
	size_t before = text->len;

	if (column->form != FORM_TEXT || !hex)
		return false;
	strbuf_addch(text, '\'');
	for (hex++; hex[0] != '\'' && text->len - before <= SHOWN_MOST;
		hex += 2) {
		int byte = digit(hex[0]) << 4 | digit(hex[1]);

		if (byte < ' ' || (byte > '~' && !unicode)) {
			strbuf_setlen(text, before);
			return false;
		}
		strbuf_addch(text, (char)byte);
	}
	strbuf_addstr(text, hex[0] == '\'' ? "'" : "...");
	return true;
}

void key_add_shown(const struct columns *columns, size_t parts,
	const struct strbuf *key, struct strbuf *text)
{
	for (size_t i = 0; i < parts; i++) {
		const struct column *column = key_column(columns, i);

		strbuf_addf(text, "%s%s=", i ? ", " : "", column->name);
		if (column->bound == BOUND_HEX &&
			add_unhexed(column, &key[i], text))
			continue;
		strbuf_addf(text, "%.*s%s", SHOWN_MOST, key[i].buf,
			key[i].len > SHOWN_MOST ? "..." : "");
	}
}
