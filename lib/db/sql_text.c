/* sql_text.c: see sql_text.h. */
#include "db/sql_text.h"

#include <stdbool.h>
#include <string.h>

void sql_ident(struct strbuf *sql, const char *name)
{
	strbuf_addch(sql, '`');
	for (; *name; name++) {
		if (*name == '`')
			strbuf_addch(sql, '`');
		strbuf_addch(sql, *name);
	}
	strbuf_addch(sql, '`');
}

static bool needs_hex(const char *value, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (value[i] == '\\' || (unsigned char)value[i] < ' ')
			return true;
	return false;
}

void sql_value(struct strbuf *sql, const char *value, size_t len)
{
	static const char digits[] = "0123456789ABCDEF";

	/* A backslash means one thing or another by sql_mode, a line's end
	 * ends a comment; hex does neither. */
	if (needs_hex(value, len)) {
		strbuf_addstr(sql, "_utf8mb4 X'");
		for (size_t i = 0; i < len; i++) {
			strbuf_addch(sql, digits[(unsigned char)value[i] >> 4]);
			strbuf_addch(sql, digits[(unsigned char)value[i] & 15]);
		}
		strbuf_addch(sql, '\'');
		return;
	}
	strbuf_addch(sql, '\'');
	for (size_t i = 0; i < len; i++) {
		if (value[i] == '\'')
			strbuf_addch(sql, '\'');
		strbuf_addch(sql, value[i]);
	}
	strbuf_addch(sql, '\'');
}

void sql_value_str(struct strbuf *sql, const char *value)
{
	sql_value(sql, value, strlen(value));
}

void sql_of_table(struct strbuf *sql, const char *db, const char *table)
{
	strbuf_addstr(sql, "TABLE_SCHEMA = ");
	sql_value_str(sql, db);
	strbuf_addstr(sql, " AND TABLE_NAME = ");
	sql_value_str(sql, table);
}
