/* row_hash.c: see row_hash.h. */
#include "db/row_hash.h"

#include <string.h>
#include <strings.h>

#include "db/conn.h"

enum row_hash_way row_hash_way(const struct flavor *a, const struct flavor *b)
{
	return a->crc32c && b->crc32c ? ROW_HASH_CRC : ROW_HASH_MD5;
}

/* is_large: a type whose values may be too large to be put behind each other,
 * which max_allowed_packet limits. */
static bool is_large(const struct column *column)
{
	return (column->form == FORM_TEXT || column->form == FORM_BINARY) &&
		column->bound == BOUND_NONE;
}

/* is_ieee: FLOAT or DOUBLE. */
static bool is_ieee(const struct column *column)
{
	return column->form == FORM_FLOAT ||
		(column->form == FORM_NUMBER && column->bound == BOUND_NONE);
}

/* add_number: a server takes a microsecond to write a DOUBLE as text, and
 * writes not all of a FLOAT; as the coordinate of a point they are copied. */
static void add_number(const struct column *column, struct strbuf *sql)
{
	if (!column->not_null) {
		strbuf_addstr(sql, ",ISNULL(");
		sql_ident(sql, column->name);
		strbuf_addch(sql, ')');
	}
	strbuf_addstr(sql, is_ieee(column) ? ",ST_AsBinary(POINT(" : ",");
	sql_ident(sql, column->name);
	if (column->form == FORM_BIT)
		strbuf_addstr(sql, "+0");
	if (is_ieee(column))
		strbuf_addstr(sql, ",0))");
}

/* add_value: of a text, in Unicode where the other table has it in another
 * character set. */
static void add_value(
	const struct column *column, bool convert, struct strbuf *sql)
{
	if (convert)
		strbuf_addstr(sql, "CONVERT(");
	sql_ident(sql, column->name);
	if (convert)
		strbuf_addstr(sql, " USING utf8mb4)");
}

static void add_of(const char *function, const struct column *column,
	bool convert, struct strbuf *sql)
{
	strbuf_addf(sql, "%s(", function);
	add_value(column, convert, sql);
	strbuf_addch(sql, ')');
}

/* add_bytes: a length, which also tells NULL, then the value, or its hash. */
static void add_bytes(enum row_hash_way way, const struct column *column,
	bool convert, struct strbuf *sql)
{
	strbuf_addstr(sql, column->not_null ? "," : ",IFNULL(");
	add_of("LENGTH", column, convert, sql);
	strbuf_addstr(sql, column->not_null ? "," : ",'-'),");
	if (!is_large(column)) {
		/* Else the characters of one column would be the character set
		 * of all, and bytes that are none of its become `?`. */
		if (column->form == FORM_TEXT)
			strbuf_addstr(sql, "CAST(");
		add_value(column, convert, sql);
		if (column->form == FORM_TEXT)
			strbuf_addstr(sql, " AS BINARY)");
		return;
	}
	if (way == ROW_HASH_MD5) {
		add_of("MD5", column, convert, sql);
		return;
	}
	add_of("CRC32", column, convert, sql);
	strbuf_addch(sql, ',');
	add_of("CRC32C", column, convert, sql);
}

static void add_column(enum row_hash_way way, const struct column *column,
	const struct column *other, struct strbuf *sql)
{
	switch (column->form) {
	case FORM_TEXT:
	case FORM_BINARY:
		add_bytes(way, column,
			column->form == FORM_TEXT && other->form == FORM_TEXT &&
				strcasecmp(column->charset, other->charset),
			sql);
		return;
	default:
		add_number(column, sql);
	}
}

/* add_row: the values as one byte string: all of them are binary, or numbers.
 */
static void add_row(enum row_hash_way way, const struct columns *columns,
	const struct columns *other, const struct columns *order,
	struct strbuf *sql)
{
	strbuf_addstr(sql, "CONCAT_WS(_binary','");
	for (size_t i = 0; i < order->count; i++) {
		const char *name = order->item[i].name;
		const struct column *mine = columns_find(columns, name);
		const struct column *theirs = columns_find(other, name);

		if (mine && theirs && !mine->generated && !theirs->generated)
			add_column(way, mine, theirs, sql);
	}
	strbuf_addstr(sql, ",0)"); /* it wants at least one */
}

void row_hash_add(enum row_hash_way way, const struct columns *columns,
	const struct columns *other, const struct columns *order,
	struct strbuf *sql)
{
	if (way == ROW_HASH_MD5) {
		strbuf_addstr(sql, "CAST(CONV(LEFT(MD5(");
		add_row(way, columns, other, order, sql);
		strbuf_addstr(sql, "),16),16,10) AS UNSIGNED)");
		return;
	}
	/* The row is put together once. */
	strbuf_addstr(sql, "CRC32(@dbpipes_row:=");
	add_row(way, columns, other, order, sql);
	strbuf_addstr(sql, ")*CRC32C(@dbpipes_row)");
}
