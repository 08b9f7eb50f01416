/* row_hash.c: see row_hash.h. */
#include "db/row_hash.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "db/conn.h"
#include "db/sql_text.h"

/* Values in one chain: each is a call within another, and a server of 292 KB of
 * stack, as is usual, gave up between 200 and 400. */
enum { CHAIN_MOST = 32 };

enum row_hash_way row_hash_way(const struct flavor *a, const struct flavor *b)
{
	return a->crc32c && b->crc32c ? ROW_HASH_CRC : ROW_HASH_SHA;
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

/* A value that goes into a hash. */
struct value {
	const struct column *column;
	bool convert; /* to Unicode: the other table has it in another
		       * character set */
};

static bool is_chars(const struct column *column)
{
	return column->form == FORM_TEXT || column->form == FORM_BINARY;
}

static void add_value(const struct value *v, struct strbuf *sql)
{
	if (v->convert)
		strbuf_addstr(sql, "CONVERT(");
	sql_ident(sql, v->column->name);
	if (v->convert)
		strbuf_addstr(sql, " USING utf8mb4)");
}

static void add_of(
	const char *function, const struct value *v, struct strbuf *sql)
{
	strbuf_addf(sql, "%s(", function);
	add_value(v, sql);
	strbuf_addch(sql, ')');
}

/* add_plain: a server takes a microsecond to write a DOUBLE as text, and
 * writes not all of a FLOAT; as the coordinate of a point they are copied. */
static void add_plain(const struct value *v, struct strbuf *sql)
{
	if (is_ieee(v->column))
		strbuf_addstr(sql, "POINT(");
	add_value(v, sql);
	if (v->column->form == FORM_BIT)
		strbuf_addstr(sql, "+0");
	if (is_ieee(v->column))
		strbuf_addstr(sql, ",0)");
}

/* add_link: one value of a chain. A CRC that goes on with a NULL would be NULL,
 * and without a number between them, '1' and '23' be '12' and '3'. */
static void add_link(const struct value *v, size_t i, struct strbuf *sql)
{
	const bool nullable = !v->column->not_null;
	const size_t number = 2 * (i + 1);

	strbuf_addstr(sql, i ? "^" : "");
	if (nullable && is_chars(v->column)) {
		strbuf_addf(sql, "(%zu+", number);
		add_of("ISNULL", v, sql);
		strbuf_addch(sql, ')');
	} else {
		strbuf_addf(sql, "%zu", number);
	}
	strbuf_addstr(sql, nullable ? ",CONCAT_WS(_binary''," : ",");
	add_plain(v, sql);
	strbuf_addstr(sql, nullable ? "))" : ")");
}

/* add_chain: a CRC of all values, each of which goes on from the one before. */
static void add_chain(const char *function, const struct value *value,
	size_t count, struct strbuf *sql)
{
	if (!count)
		strbuf_addch(sql, '0');
	for (size_t i = 0; i < count; i++)
		strbuf_addf(sql, "%s(", function);
	for (size_t i = 0; i < count; i++)
		add_link(&value[i], i, sql);
}

/* add_crc: in chains that are short enough for a server's stack. */
static void add_crc(const char *function, const struct value *value,
	size_t count, struct strbuf *sql)
{
	if (count <= CHAIN_MOST) {
		add_chain(function, value, count, sql);
		return;
	}
	strbuf_addf(sql, "%s(CONCAT_WS(','", function);
	for (size_t i = 0; i < count; i += CHAIN_MOST) {
		strbuf_addch(sql, ',');
		add_chain(function, value + i,
			count - i < CHAIN_MOST ? count - i : CHAIN_MOST, sql);
	}
	strbuf_addstr(sql, "))");
}

/* add_number: for SHA-2, where all values are put behind each other. */
static void add_number(const struct value *v, struct strbuf *sql)
{
	strbuf_addch(sql, ',');
	if (!v->column->not_null) {
		add_of("ISNULL", v, sql);
		strbuf_addch(sql, ',');
	}
	strbuf_addstr(sql, is_ieee(v->column) ? "ST_AsBinary(" : "");
	add_plain(v, sql);
	strbuf_addstr(sql, is_ieee(v->column) ? ")" : "");
}

/* add_bytes: a length, which also tells NULL, then the value, or its hash. */
static void add_bytes(const struct value *v, struct strbuf *sql)
{
	strbuf_addstr(sql, v->column->not_null ? "," : ",IFNULL(");
	add_of("LENGTH", v, sql);
	strbuf_addstr(sql, v->column->not_null ? "," : ",'-'),");
	if (is_large(v->column)) {
		strbuf_addstr(sql, "SHA2(");
		add_value(v, sql);
		strbuf_addstr(sql, ",256)");
		return;
	}
	/* Else the characters of one column would be the character set of all,
	 * and bytes that are none of its become `?`. */
	if (v->column->form == FORM_TEXT)
		strbuf_addstr(sql, "CAST(");
	add_value(v, sql);
	if (v->column->form == FORM_TEXT)
		strbuf_addstr(sql, " AS BINARY)");
}

/* add_sha: of the values as one byte string: all are binary, or numbers. */
static void add_sha(const struct value *value, size_t count, struct strbuf *sql)
{
	strbuf_addstr(sql, "CAST(CONV(LEFT(SHA2(CONCAT_WS(_binary','");
	for (size_t i = 0; i < count; i++)
		if (is_chars(value[i].column))
			add_bytes(&value[i], sql);
		else
			add_number(&value[i], sql);
	/* It wants at least one. */
	strbuf_addstr(sql, ",0),256),16),16,10) AS UNSIGNED)");
}

/* take: whether both tables have this column, filled in by clients. */
static bool take(struct value *v, const char *name,
	const struct columns *columns, const struct columns *other)
{
	const struct column *mine = columns_find(columns, name);
	const struct column *theirs = columns_find(other, name);

	if (!mine || !theirs || mine->generated || theirs->generated)
		return false;
	v->column = mine;
	v->convert = mine->form == FORM_TEXT && theirs->form == FORM_TEXT &&
		strcasecmp(mine->charset, theirs->charset) != 0;
	return true;
}

/* take_key: the primary key's. */
static size_t take_key(struct value *value, const struct columns *columns,
	const struct columns *other)
{
	size_t count = 0;

	for (size_t i = 0; i < columns->key_count; i++)
		count += take(&value[count],
			columns->item[columns->key[i].column].name, columns,
			other);
	return count;
}

void row_hash_add(enum row_hash_way way, const struct columns *columns,
	const struct columns *other, const struct columns *order, bool keyed,
	struct strbuf *sql)
{
	struct value *all = xcalloc(order->count + 1, sizeof(*all));
	struct value *key = xcalloc(columns->key_count + 1, sizeof(*key));
	size_t count = 0, parts = keyed ? take_key(key, columns, other) : 0;

	for (size_t i = 0; i < order->count; i++)
		count += take(&all[count], order->item[i].name, columns, other);
	if (way == ROW_HASH_SHA) {
		add_sha(all, count, sql);
	} else {
		add_crc("CRC32C", all, count, sql);
		strbuf_addstr(sql, "*(");
		add_crc("CRC32", parts ? key : all, parts ? parts : count, sql);
		strbuf_addstr(sql, "|1)");
	}
	free(all);
	free(key);
}
