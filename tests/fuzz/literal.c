/* libFuzzer target: the rows of an INSERT, value by value, and as what they are
 * bound.
 *
 * link: lib/db/load_literal.c lib/db/load_bind.c lib/db/float_parse.c
 *
 * The first byte chooses how strings are read, the second how many columns
 * there are. */
#include <stdint.h>
#include <stdlib.h>

#include "db/load_bind.h"
#include "db/load_literal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { COLUMNS_MOST = 16 };

static void check(bool good)
{
	if (!good)
		abort();
}

static void try_bind(const struct literal *v, const char *text)
{
	static const enum enum_field_types types[] = {MYSQL_TYPE_LONGLONG,
		MYSQL_TYPE_DOUBLE, MYSQL_TYPE_NEWDECIMAL, MYSQL_TYPE_DATE,
		MYSQL_TYPE_DATETIME, MYSQL_TYPE_VAR_STRING, MYSQL_TYPE_BIT};

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		const MYSQL_FIELD field = {.type = types[i], .decimals = 3};
		struct bind_column column;
		struct bound bound;

		bind_describe(&column, &field);
		column.utf8 = types[i] == MYSQL_TYPE_VAR_STRING;
		if (!bind_value(&column, v, text, &bound))
			continue;
		if (bound.type == MYSQL_TYPE_DOUBLE)
			check(bound.number.real == strtod(text, NULL));
	}
}

static void try_row(const struct literal *row, size_t columns,
	const struct literals *in, const char *begin, const struct strbuf *made)
{
	for (size_t i = 0; i < columns; i++) {
		const struct literal *v = &row[i];

		if (v->kind == LITERAL_NULL || v->kind == LITERAL_DEFAULT)
			continue;
		if (v->text)
			check(v->text >= begin && v->text + v->len <= in->pos);
		else
			check(v->start + v->len <= made->len);
		try_bind(v, v->text ? v->text : made->buf + v->start);
	}
}

static void try_rows(struct literals *in, size_t columns)
{
	struct strbuf made = STRBUF_INIT;
	struct literal row[COLUMNS_MOST];
	const char *begin = in->pos;

	for (;;) {
		literals_numbered(in, columns - 1, columns > 2);
		if (literals_next(in, row, columns, &made) != LITERAL_ROW)
			break;
		check(in->pos > begin && in->pos <= in->end);
		try_row(row, columns, in, begin, &made);
		begin = in->pos;
	}
	check(in->pos <= in->end);
	strbuf_release(&made);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct literals in;
	char *sql;

	if (len < 2)
		return 0;
	/* A copy with the one byte behind it that a statement has. */
	len -= 2;
	sql = malloc(len + 1);
	memcpy(sql, data + 2, len);
	sql[len] = '\0';
	in = (struct literals){sql, sql + len, data[0] & 1, data[0] & 2};
	try_rows(&in, 1 + data[1] % COLUMNS_MOST);
	free(sql);
	return 0;
}
