/* libFuzzer target: what a loader reads of one statement: its kind, the rows of
 * an INSERT, a CREATE TABLE, collations. The first byte chooses how it is read.
 * Rows are converted to lines that a reader of LOAD DATA, written here to its
 * manual, cuts into as many rows of as many values, whatever the sizes in which
 * they are asked for; cut parts hold all rows; and a CREATE TABLE without its
 * keys is one, of the same columns. */
#include <stdint.h>
#include <stdlib.h>

#include "base/prog.h"
#include "stream/create_table.h"
#include "stream/dialect.h"
#include "stream/insert.h"
#include "stream/statement.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { COLUMNS = 8 };

static void check(bool good)
{
	if (!good)
		abort();
}

/* field_end: behind the field at p, at its comma or newline, or NULL. */
static const char *field_end(const char *p, const char *end)
{
	bool enclosed = p < end && *p == '\'';

	for (p += enclosed; p < end; p++) {
		if (*p == '\\') {
			if (++p == end)
				return NULL;
		} else if (!enclosed && (*p == ',' || *p == '\n')) {
			return p;
		} else if (enclosed && *p == '\'') {
			if (end - p < 2)
				return NULL;
			if (p[1] != '\'')
				return p[1] == ',' || p[1] == '\n' ? p + 1
								   : NULL;
			p++;
		}
	}
	return NULL;
}

static void check_lines(
	const struct strbuf *lines, uint64_t rows, size_t columns)
{
	const char *p = lines->buf, *end = p + lines->len;
	size_t n = 0;

	while (p < end) {
		p = field_end(p, end);
		check(p != NULL);
		n++;
		if (*p++ == ',')
			continue;
		check(n == columns);
		n = 0;
		rows--;
	}
	check(!rows && !n);
}

static uint64_t convert(const struct insert_head *head, const char *sql,
	size_t len, const enum column_kind *kinds, size_t columns, size_t step,
	struct strbuf *out, int *rc)
{
	struct insert_rows rows;

	insert_rows_begin(&rows, head, sql, len, kinds, kinds ? columns : 0);
	do {
		*rc = insert_convert(&rows, out->len + step, out);
	} while (*rc > 0);
	check(*rc < 0 || rows.pos == rows.end);
	if (rows.count)
		check_lines(out, rows.count, rows.columns);
	else
		check(!out->len);
	return rows.count;
}

static void try_convert(const struct insert_head *head, const char *sql,
	size_t len, unsigned seed)
{
	struct strbuf all = STRBUF_INIT, some = STRBUF_INIT;
	size_t columns = 1 + seed % COLUMNS;
	enum column_kind kinds[COLUMNS];
	int rc[2];

	for (size_t i = 0; i < COLUMNS; i++)
		kinds[i] = (enum column_kind)((seed + i) % (COLUMN_OTHER + 1));
	check(convert(head, sql, len, seed & 1 ? kinds : NULL, columns,
		      SIZE_MAX / 2, &all, &rc[0]) ==
		convert(head, sql, len, seed & 1 ? kinds : NULL, columns, 1,
			&some, &rc[1]));
	check(rc[0] == rc[1] && all.len == some.len &&
		!memcmp(all.buf, some.buf, all.len));
	strbuf_release(&all);
	strbuf_release(&some);
}

static void try_cut(const struct insert_head *head, const char *sql, size_t len)
{
	struct insert_rows rows;
	const char *part, *behind = sql + head->rows;
	uint64_t count;
	size_t size, longest;
	bool can;

	insert_rows_begin(&rows, head, sql, len, NULL, 0);
	can = insert_can_cut(&rows, &longest);
	check(!can || longest <= len);
	while (insert_cut(&rows, 40, &part, &size) > 0) {
		check(part >= behind && size && *part == '(' &&
			part[size - 1] == ')' && part + size <= rows.pos);
		check(!can || size <= 40 || size <= longest);
		behind = part + size;
	}
	check(can == (rows.pos == rows.end));
	count = rows.count;
	insert_rows_begin(&rows, head, sql, len, NULL, 0);
	if (can)
		check(insert_cut(&rows, len, &part, &size) == 1 &&
			rows.count == count);
}

static void try_insert(const char *sql, size_t len,
	const struct lexer_modes *modes, unsigned seed)
{
	struct insert_head head = INSERT_HEAD_INIT;
	struct strbuf load = STRBUF_INIT;
	bool same;

	if (insert_head_read(&head, sql, len, modes, &same)) {
		check(!same && sql[head.rows] == '(' && head.table.len);
		check(insert_head_read(&head, sql, len, modes, &same) && same);
		try_convert(&head, sql, len, seed);
		try_cut(&head, sql, len);
		insert_load_data(&head, "x", "utf8mb4", NULL, &load);
	}
	insert_head_release(&head);
	strbuf_release(&load);
}

static void try_create(
	const char *sql, size_t len, const struct lexer_modes *modes)
{
	struct create_table t = CREATE_TABLE_INIT, again = CREATE_TABLE_INIT;

	if (create_table_read(&t, sql, len, modes) && t.create.len) {
		check(t.keys.count || t.foreign_keys.len);
		check(create_table_read(
			&again, t.create.buf, t.create.len, modes));
		check(again.columns.count == t.columns.count &&
			again.visible.count == t.visible.count &&
			again.primary_key == t.primary_key &&
			again.auto_increment == t.auto_increment &&
			again.partitioned == t.partitioned);
		check(!again.create.len);
	}
	create_table_release(&t);
	create_table_release(&again);
}

static void try_dialect(
	const char *sql, size_t len, const struct lexer_modes *modes)
{
	static const struct collation_map map[] = {{"a", "b"}};
	struct strlist collations = STRLIST_INIT, charsets = STRLIST_INIT;
	struct strbuf out = STRBUF_INIT;
	struct dialect_finding found[3];
	size_t n;

	dialect_collations(sql, len, modes, &collations, &charsets);
	n = dialect_map_collations(sql, len, modes, map, 1, &out);
	check(!n == !out.len && (!n || strlist_has(&collations, "a")));
	n = dialect_foreign_clauses(sql, len, modes, found, 3);
	for (size_t i = 0; i < n; i++)
		check(found[i].offset < len);
	strlist_release(&collations);
	strlist_release(&charsets);
	strbuf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct statement st = STATEMENT_INIT;
	struct lexer_modes modes;
	char *sql;

	if (!len)
		return 0;
	modes = (struct lexer_modes){
		.no_backslash_escapes = data[0] & 1,
		.ansi_quotes = data[0] & 2,
		.wide_charset = !(data[0] & 0xf0),
	};
	/* A copy without a byte behind it. */
	len--;
	sql = malloc(len ? len : 1);
	memcpy(sql, data + 1, len);
	statement_read(&st, sql, len, &modes);
	try_insert(sql, len, &modes, data[0] >> 2);
	try_create(sql, len, &modes);
	try_dialect(sql, len, &modes);
	statement_release(&st);
	free(sql);
	return 0;
}
