/* rows.c: see rows.h. */
#include "db/rows.h"

#include <stdlib.h>
#include <string.h>

#include <mysqld_error.h>

#include "base/alloc.h"
#include "db/conn_internal.h"
#include "db/escape.h"

/* No server takes a statement larger than this, however it is configured.
 * Source: MariaDB manual, max_allowed_packet. */
static const size_t statement_max = 1024UL * 1024 * 1024;

/* What a buffer may keep of the memory that one huge row made it take. */
static const size_t keep_bytes = 4UL * 1024 * 1024;

/* The statement being made: head, then the rows in text, then a semicolon. */
struct statement {
	const struct dump_options *options;
	const struct dump_output *output;
	struct strbuf head; /* INSERT INTO `t` (…) VALUES */
	struct strbuf text; /* whole rows, joined by a comma and a newline */
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
	const struct dump_options *options)
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
		if (column->form == FORM_FLOAT)
			strbuf_addstr(sql, "+0e0");
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
	if (table->clustered && columns->primary_key.len)
		strbuf_addf(sql, " FORCE INDEX (PRIMARY) ORDER BY %s",
			columns->primary_key.buf);
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

/* add_bits: a BIT value, big-endian bytes, as b'0101'. */
static void add_bits(struct strbuf *sql, const char *value, size_t len)
{
	bool started = false;

	strbuf_addstr(sql, "b'");
	for (size_t i = 0; i < 8 * len; i++) {
		bool set = (value[i / 8] >> (7 - i % 8)) & 1;

		started = started || set || i + 1 == 8 * len;
		if (started)
			strbuf_addch(sql, set ? '1' : '0');
	}
	strbuf_addch(sql, '\'');
}

static void add_value(struct strbuf *sql, enum value_form form, bool hex,
	const char *value, size_t len)
{
	switch (form) {
	case FORM_NUMBER:
	case FORM_FLOAT:
		strbuf_add(sql, value, len);
		return;
	case FORM_BIT:
		add_bits(sql, value, len);
		return;
	case FORM_PLAIN:
	case FORM_TEXT:
		strbuf_addch(sql, '\'');
		escape_string(sql, value, len);
		strbuf_addch(sql, '\'');
		return;
	case FORM_BINARY:
		if (hex && len) {
			strbuf_addstr(sql, "0x");
			escape_hex(sql, value, len);
			return;
		}
		strbuf_addstr(sql, "_binary '");
		escape_string(sql, value, len);
		strbuf_addch(sql, '\'');
	}
}

/* statement_write: write the first `len` bytes of the rows as a statement. */
static int statement_write(
	const struct statement *st, const char *rows, size_t len, struct err *e)
{
	const struct sink *sink = &st->output->sink;

	progress_show(st->output->progress);
	if (sink->write(sink->ctx, st->head.buf, st->head.len, e) ||
		sink->write(sink->ctx, rows, len, e))
		return -1;
	return sink->write(sink->ctx, ";\n", 2, e);
}

/* statement_row: a row has been added to the text, from `begin` on. When it
 * makes the statement too large, write what stands before it. */
static int statement_row(struct statement *st, size_t begin, struct err *e)
{
	size_t len = st->text.len - begin;
	size_t limit = st->options->extended_insert
		? (size_t)st->options->net_buffer_length
		: 0;

	st->output->row(st->output->ctx, st->text.buf + begin, len);
	if (st->head.len + len + 2 > statement_max)
		return err_set(e, ERR_DATA,
			"a row of %zu bytes as SQL is larger than any server's "
			"max_allowed_packet (1 GiB)",
			len);
	if (st->text.len <= limit)
		return 0;
	if (begin) {
		/* Without the comma and the newline before the row. */
		if (statement_write(st, st->text.buf, begin - 2, e))
			return -1;
		if (len <= limit) {
			strbuf_remove(&st->text, 0, begin);
			return 0;
		}
	}
	if (statement_write(st, st->text.buf + begin, len, e))
		return -1;
	strbuf_reset(&st->text);
	strbuf_shrink(&st->text, keep_bytes);
	return 0;
}

/* A value on its way from the result into a row. */
struct value {
	enum value_form form;
	unsigned raw;        /* result column of its bytes; 0: none */
	const char *charset; /* which those are in */
};

/* The form of each value: what the definition says, but text in the
 * character set `binary` (of an ENUM, or of an unknown type) is binary. */
static unsigned result_values(
	struct value *values, const struct rows_table *table, MYSQL_RES *res)
{
	const MYSQL_FIELD *field = mysql_fetch_fields(res);
	const unsigned binary = 63; /* MariaDB manual, SHOW COLLATION: binary */
	unsigned n = 0, raw = mysql_num_fields(res);

	for (size_t i = 0; i < table->columns->count; i++)
		raw -= !table->columns->item[i].generated &&
			table->columns->item[i].lossy;
	for (size_t i = 0; i < table->columns->count; i++) {
		const struct column *column = &table->columns->item[i];

		if (column->generated)
			continue;
		values[n] = (struct value){.form = column->form};
		if (column->form == FORM_TEXT && field[n].charsetnr == binary)
			values[n].form = FORM_BINARY;
		if (column->lossy) {
			values[n].raw = raw++;
			values[n].charset = column->charset;
		}
		n++;
	}
	for (unsigned i = 0; table->history && i < 2; i++)
		values[n++] = (struct value){.form = FORM_PLAIN};
	return n;
}

/* add_row: one row as "(1,'a',NULL)" behind the text. */
static void add_row(struct statement *st, const struct value *values,
	unsigned count, MYSQL_ROW row, const unsigned long *lengths)
{
	struct strbuf *text = &st->text;

	strbuf_addch(text, '(');
	for (unsigned i = 0; i < count; i++) {
		unsigned raw = values[i].raw;

		if (i)
			strbuf_addch(text, ',');
		if (raw && row[raw]) {
			strbuf_addf(text, "_%s 0x", values[i].charset);
			escape_hex(text, row[raw], lengths[raw]);
		} else if (!row[i]) {
			strbuf_add(text, "NULL", 4);
		} else {
			add_value(text, values[i].form, st->options->hex_blob,
				row[i], lengths[i]);
		}
	}
	strbuf_addch(text, ')');
}

/* fail: the server's error, with the table and how far we got. */
static int fail(struct db *reader, const struct rows_table *table,
	uint64_t rows, struct err *e)
{
	db_fail(reader, NULL, e);
	if (db_errno(reader) == ER_TABLE_DEF_CHANGED)
		err_hint(e,
			"the table was altered while it was being dumped; "
			"dump again");
	return err_prefix(e, "table `%s`.`%s`, after %llu rows: ", table->db,
		table->name, (unsigned long long)rows);
}

/* copy_rows: from the open result into statements. */
static int copy_rows(struct db *reader, struct statement *st,
	const struct rows_table *table, MYSQL_RES *res, uint64_t *rows,
	struct err *e)
{
	unsigned fields = mysql_num_fields(res);
	struct value *values = xcalloc(fields, sizeof(*values));
	unsigned count = result_values(values, table, res);
	MYSQL_ROW row;
	int rc = 0;

	while (!rc && (row = mysql_fetch_row(res))) {
		size_t begin;

		if (st->text.len)
			strbuf_add(&st->text, ",\n", 2);
		begin = st->text.len;
		add_row(st, values, count, row, mysql_fetch_lengths(res));
		rc = statement_row(st, begin, e);
		if (rc && e->code == ERR_DATA)
			err_prefix(e, "table `%s`.`%s`, row %llu: ", table->db,
				table->name, (unsigned long long)*rows + 1);
		++*rows;
		st->output->progress->rows++;
	}
	if (!rc && mysql_errno(reader->my))
		rc = fail(reader, table, *rows, e);
	if (!rc && st->text.len)
		rc = statement_write(st, st->text.buf, st->text.len, e);
	free(values);
	return rc;
}

int rows_write(struct db *reader, const struct rows_table *table,
	const struct dump_options *options, const struct dump_output *output,
	uint64_t *rows, struct err *e)
{
	struct statement st = {options, output, STRBUF_INIT, STRBUF_INIT};
	struct strbuf select = STRBUF_INIT;
	MYSQL_RES *res = NULL;
	int rc;

	*rows = 0;
	make_select(&select, table, options);
	make_head(&st.head, table, options);
	rc = mysql_real_query(reader->my, select.buf, select.len);
	if (!rc)
		res = mysql_use_result(reader->my);
	if (!res)
		rc = fail(reader, table, 0, e);
	else
		rc = copy_rows(reader, &st, table, res, rows, e);
	/* Or freeing the result would read the rest of the table first. */
	if (res && rc)
		db_abandon(reader);
	mysql_free_result(res);
	strbuf_release(&select);
	strbuf_release(&st.head);
	strbuf_release(&st.text);
	return rc;
}
