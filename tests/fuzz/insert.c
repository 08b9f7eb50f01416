/* libFuzzer target: what a loader reads of one statement: its kind, the rows of
 * an INSERT, a CREATE TABLE, collations. The first byte chooses how it is read.
 * Rows follow each other; and a CREATE TABLE without its
 * keys is one, of the same columns. */
#include <stdint.h>
#include <stdlib.h>

#include "base/prog.h"
#include "stream/create_table.h"
#include "stream/database_names.h"
#include "stream/dialect.h"
#include "stream/insert.h"
#include "stream/statement.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check(bool good)
{
	if (!good)
		abort();
}

static void try_rows(
	const struct insert_head *head, const char *sql, size_t len)
{
	const char *row, *behind = sql + head->rows;
	struct insert_rows rows;
	size_t size;
	int more;

	insert_rows_begin(&rows, head, sql, len);
	while ((more = insert_next_row(&rows, &row, &size)) > 0) {
		check(row >= behind && size >= 2 && *row == '(' &&
			row[size - 1] == ')' && row + size <= rows.pos);
		behind = row + size;
	}
	check((more == 0) == (rows.pos == rows.end));
}

static void try_insert(
	const char *sql, size_t len, const struct lexer_modes *modes)
{
	struct insert_head head = INSERT_HEAD_INIT;
	bool same;

	if (insert_head_read(&head, sql, len, modes, &same)) {
		check(!same && sql[head.rows] == '(' && head.table.len);
		check(insert_head_read(&head, sql, len, modes, &same) && same);
		try_rows(&head, sql, len);
	}
	insert_head_release(&head);
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
	static struct name_pair pairs[] = {{.from = "a", .to = "b"}};
	static const struct name_map map = {.pair = pairs, .count = 1};
	struct strlist collations = STRLIST_INIT, charsets = STRLIST_INIT;
	struct strbuf out = STRBUF_INIT;
	struct dialect_finding found[3];
	size_t n;

	dialect_collations(sql, len, modes, &collations, &charsets);
	n = dialect_map_collations(sql, len, modes, &map, &out);
	check(!n == !out.len && (!n || strlist_has(&collations, "a")));
	n = dialect_foreign_clauses(sql, len, modes, found, 3);
	for (size_t i = 0; i < n; i++)
		check(found[i].offset < len);
	strlist_release(&collations);
	strlist_release(&charsets);
	strbuf_release(&out);
}

/* try_names: what was put in the place of another is found by no second look.
 */
static void try_names(const char *sql, size_t len,
	const struct lexer_modes *modes, enum statement_kind kind)
{
	static struct name_pair pairs[] = {{.from = "a", .to = "`"}};
	static const struct name_map map = {.pair = pairs, .count = 1};
	const struct database_names names = {&map, true, kind};
	struct strbuf out = STRBUF_INIT, again = STRBUF_INIT;
	const char *doubt;
	size_t n = database_names_map(sql, len, modes, &names, &out, &doubt);

	check(!n == !out.len && (n || !doubt));
	if (n && !doubt)
		check(!database_names_map(
			out.buf, out.len, modes, &names, &again, &doubt));
	strbuf_release(&out);
	strbuf_release(&again);
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
	try_insert(sql, len, &modes);
	try_create(sql, len, &modes);
	try_dialect(sql, len, &modes);
	try_names(sql, len, &modes, st.kind);
	statement_release(&st);
	free(sql);
	return 0;
}
