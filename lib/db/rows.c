/* rows.c: see rows.h. */
#include "db/rows.h"

#include <stdlib.h>
#include <string.h>

#include <mysqld_error.h>

#include "base/alloc.h"
#include "db/fetch.h"
#include "db/sql_text.h"
#include "db/value.h"

/* No server takes a statement larger than this, however it is configured.
 * Source: MariaDB manual, max_allowed_packet. */
static const size_t statement_max = 1024UL * 1024 * 1024;

/* What the text grows to before it is passed on, where rows allow it: some
 * megabytes make a good frame, and few calls. */
static const size_t piece_bytes = 2UL * 1024 * 1024;

_Static_assert((int)PACKETS_SLACK >= (int)VALUE_SLACK, "row_add may read it");

/* The statement being made, at the end of the text. */
struct statement {
	const struct rows_out *out;
	struct strbuf head; /* INSERT INTO `t` (…) VALUES */
	size_t begin;       /* where it begins in the text */
	uint64_t rows;      /* in it; 0: there is none */
};

/* add_history: the two columns that SELECT and INSERT name in addition. */
static void add_history(
	struct strbuf *sql, const struct rows_table *table, const char *comma)
{
	if (!table->history)
		return;
	strbuf_addstr(sql, comma);
	sql_ident(sql, table->columns->row_start);
	strbuf_addch(sql, ',');
	sql_ident(sql, table->columns->row_end);
}

static void add_table(struct strbuf *sql, const struct rows_table *table)
{
	sql_ident(sql, table->db);
	strbuf_addch(sql, '.');
	sql_ident(sql, table->name);
}

/* add_raw: behind the values, of each column whose text may not survive the
 * way through UTF-8: its bytes if this text does not, else NULL. */
static void add_raw(struct strbuf *sql, const struct columns *columns)
{
	for (size_t i = 0; i < columns->count; i++) {
		const struct column *column = &columns->item[i];

		if (column->generated || !column->lossy)
			continue;
		strbuf_addstr(sql, ",IF(CAST(CONVERT(CONVERT(");
		sql_ident(sql, column->name);
		strbuf_addf(sql, " USING utf8mb4) USING %s) AS BINARY)<=>CAST(",
			column->charset);
		sql_ident(sql, column->name);
		strbuf_addstr(sql, " AS BINARY),NULL,CAST(");
		sql_ident(sql, column->name);
		strbuf_addstr(sql, " AS BINARY))");
	}
}

static void make_select(struct strbuf *sql, const struct rows_table *table,
	const struct chunk_range *range, const struct dump_options *options)
{
	const struct columns *columns = table->columns;
	const char *comma = "";

	strbuf_addstr(sql, "SELECT SQL_NO_CACHE ");
	for (size_t i = 0; i < columns->count; i++) {
		const struct column *column = &columns->item[i];

		if (column->generated)
			continue;
		strbuf_addstr(sql, comma);
		sql_ident(sql, column->name);
		comma = ",";
	}
	add_history(sql, table, comma);
	if (!*comma && !table->history)
		strbuf_addstr(sql, "1"); /* rows, but nothing to insert */
	add_raw(sql, columns);
	strbuf_addstr(sql, " FROM ");
	add_table(sql, table);
	if (table->history)
		strbuf_addstr(sql, " FOR SYSTEM_TIME ALL");
	/* With a condition the server chooses the index, and the condition may
	 * hold an ORDER BY or a LIMIT of its own. */
	if (options->where) {
		strbuf_addf(sql, " WHERE %s", options->where);
		return;
	}
	/* Only of the clustered index the order costs nothing; asked for, so
	 * that the server does not take a narrower index, in its order. */
	if (!table->clustered || !columns->key_count)
		return;
	strbuf_addstr(sql, " FORCE INDEX (PRIMARY)");
	if (range && range->where.len)
		strbuf_addf(sql, " WHERE %s", range->where.buf);
	strbuf_addstr(sql, " ORDER BY ");
	columns_add_order(columns, sql);
	if (range && range->limit)
		strbuf_addf(
			sql, " LIMIT %llu", (unsigned long long)range->limit);
}

static void make_head(struct strbuf *sql, const struct rows_table *table,
	const struct dump_options *options)
{
	const struct columns *columns = table->columns;
	const char *comma = "";

	strbuf_addstr(sql, options->replace ? "REPLACE" : "INSERT");
	strbuf_addstr(sql, options->insert_ignore ? " IGNORE INTO " : " INTO ");
	sql_ident(sql, table->name);
	if (options->complete_insert || table->history ||
		columns_need_list(columns)) {
		strbuf_addstr(sql, " (");
		for (size_t i = 0; i < columns->count; i++) {
			if (columns->item[i].generated)
				continue;
			strbuf_addstr(sql, comma);
			sql_ident(sql, columns->item[i].name);
			comma = ",";
		}
		add_history(sql, table, comma);
		strbuf_addch(sql, ')');
	}
	strbuf_addstr(sql, " VALUES\n");
}

/* end_statement: whatever stands in the text is whole statements now. */
static int end_statement(struct statement *st, struct err *e)
{
	struct strbuf *text = st->out->text;
	size_t next = (size_t)st->out->options->net_buffer_length;

	if (st->rows)
		strbuf_add(text, ";\n", 2);
	st->rows = 0;
	if (text->len + next <= piece_bytes)
		return 0;
	return st->out->flush(st->out->ctx, e);
}

/* begin_row: what stands in front of a row. */
static inline void begin_row(struct statement *st)
{
	struct strbuf *text = st->out->text;

	if (st->rows) {
		strbuf_grow(text, 2);
		memcpy(text->buf + text->len, ",\n", 2);
		strbuf_setlen(text, text->len + 2);
		return;
	}
	st->begin = text->len;
	strbuf_add(text, st->head.buf, st->head.len);
}

/* split: the row that begins at `row` has made the statement too large; it
 * begins one of its own. It is kept aside meanwhile, for what is before it may
 * be passed on. */
static int split(struct statement *st, size_t row, struct err *e)
{
	struct strbuf *text = st->out->text;
	struct strbuf kept = STRBUF_INIT;
	int rc;

	strbuf_add(&kept, text->buf + row, text->len - row);
	strbuf_setlen(text, row - 2); /* without the comma and the newline */
	rc = end_statement(st, e);
	if (!rc) {
		begin_row(st);
		strbuf_add(text, kept.buf, kept.len);
		st->rows = 1;
	}
	strbuf_release(&kept);
	return rc;
}

/* add_row: a row's packet behind the others. */
static int add_row(struct statement *st, const struct row_plan *plan,
	const unsigned char *packet, size_t len, struct err *e)
{
	const struct dump_options *options = st->out->options;
	struct strbuf *text = st->out->text;
	size_t limit = options->extended_insert
		? (size_t)options->net_buffer_length
		: 0;
	size_t row, size;

	/* Most rows are longer as text than as packets, so this already tells
	 * most that do not fit, and a huge one need not be moved. */
	if (st->rows && text->len - st->begin + len > limit &&
		end_statement(st, e))
		return -1;
	begin_row(st);
	row = text->len;
	if (row_add(text, plan, packet, len))
		return fetch_malformed(e);
	size = text->len - row;
	if (st->head.len + size + 2 > statement_max)
		return err_set(e, ERR_DATA,
			"a row of %zu bytes as SQL is larger than any server's "
			"max_allowed_packet (1 GiB)",
			size);
	st->rows++;
	if (st->rows > 1 && text->len - st->begin > limit && split(st, row, e))
		return -1;
	st->out->row(st->out->ctx, text->buf + text->len - size, size);
	return 0;
}

/* asked_for: how many columns make_select names: *raw of bytes among them. */
static unsigned asked_for(const struct rows_table *table, unsigned *raw)
{
	const struct columns *columns = table->columns;
	unsigned count = table->history ? 2 : 0;

	*raw = 0;
	for (size_t i = 0; i < columns->count; i++)
		if (!columns->item[i].generated) {
			count++;
			*raw += columns->item[i].lossy;
		}
	return (count ? count : 1) + *raw;
}

/* check_fields: whether the result has the columns that were asked for. */
static int check_fields(const struct rows_table *table,
	const struct fetch *fetch, struct err *e)
{
	unsigned raw, fields;

	fetch_fields(fetch, &fields);
	return fields == asked_for(table, &raw) ? 0 : fetch_malformed(e);
}

/* make_plan: how each column of the result is written. Owns: the caller frees
 * the result, which is the plan's values. */
static struct value_plan *make_plan(struct row_plan *plan,
	const struct rows_table *table, const struct fetch *fetch, bool hex)
{
	const struct columns *columns = table->columns;
	unsigned fields, n = 0, raw;
	const MYSQL_FIELD *field = fetch_fields(fetch, &fields);
	struct value_plan *values = xcalloc(fields, sizeof(*values));

	asked_for(table, &raw);
	raw = fields - raw;
	for (size_t i = 0; i < columns->count; i++) {
		const struct column *column = &columns->item[i];

		if (column->generated)
			continue;
		value_plan_make(&values[n], &field[n], column->form, hex);
		if (column->lossy)
			value_plan_raw(&values[n], raw++, column->charset);
		n++;
	}
	for (unsigned i = 0; table->history && i < 2; i++, n++)
		value_plan_make(&values[n], &field[n], FORM_PLAIN, hex);
	*plan = (struct row_plan){values, n, fields};
	return values;
}

/* fail: with the table, and how far we got in it, or in a range of it. */
static int fail(struct db *reader, const struct rows_table *table,
	const struct chunk_range *range, uint64_t rows, struct err *e)
{
	bool part = range && range->where.len;

	if (db_errno(reader) == ER_TABLE_DEF_CHANGED)
		err_hint(e,
			"the table was altered while it was being dumped; "
			"dump again, or use --block-ddl");
	return err_prefix(e,
		"table `%s`.`%s`%s%.200s, after %llu rows: ", table->db,
		table->name, part ? ", where " : "",
		part ? range->where.buf : "", (unsigned long long)rows);
}

/* copy_rows: from the open result into statements. */
static int copy_rows(struct fetch *fetch, struct statement *st,
	const struct row_plan *plan, uint64_t *rows, struct err *e)
{
	const unsigned char *packet;
	size_t len;
	int rc;

	while ((rc = fetch_next(fetch, &packet, &len, e)) > 0) {
		if (add_row(st, plan, packet, len, e))
			return -1;
		++*rows;
	}
	return rc ? rc : end_statement(st, e);
}

int rows_read(struct db *reader, const struct rows_table *table,
	const struct chunk_range *range, const struct rows_out *out,
	uint64_t *rows, struct err *e)
{
	struct statement st = {.out = out, .head = STRBUF_INIT};
	struct strbuf select = STRBUF_INIT;
	struct value_plan *values = NULL;
	struct row_plan plan;
	struct fetch fetch;
	bool blocked = false;
	int rc;

	*rows = 0;
	make_select(&select, table, range, out->options);
	make_head(&st.head, table, out->options);
	rc = fetch_open(&fetch, reader, &select, e);
	if (!rc)
		rc = check_fields(table, &fetch, e);
	if (!rc) {
		values =
			make_plan(&plan, table, &fetch, out->options->hex_blob);
		rc = copy_rows(&fetch, &st, &plan, rows, e);
	}
	if (rc && !*rows && db_errno(reader) == ER_LOCK_WAIT_TIMEOUT)
		blocked = true;
	if (rc)
		fail(reader, table, range, *rows, e);
	fetch_close(&fetch);
	free(values);
	strbuf_release(&select);
	strbuf_release(&st.head);
	return blocked ? 1 : rc;
}
