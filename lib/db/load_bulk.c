/* load_bulk.c: see load_bulk.h.
 *
 * A bound value must mean to its column what the literal means. A number for
 * a column of numbers is the same as its text. For any other column (a BIT, an
 * ENUM, a YEAR, a text take a number for something else than its digits) it is
 * bound as a number. All rows of a batch have one type in a column: where it
 * changes, the batch ends.
 */
#include "db/load_bulk.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "db/conn_internal.h"
#include "db/load_literal.h"

enum {
	/* What is bound at once. Larger batches were no faster. */
	BATCH_ROWS = 1024,
	BATCH_CELLS = 65536,
	BATCH_BYTES = 256 * 1024,
	/* A value that is copied so often costs less as text. */
	VALUE_MAX = 4 * 1024 * 1024,
	/* Rows in a batch, on average, below which text is faster, and after
	 * how many batches that is looked at. */
	ROWS_LEAST = 8,
	BATCHES_TRIED = 64
};

struct column {
	bool numbered; /* AUTO_INCREMENT: NULL is for the server to fill */
	bool number;   /* of integers, decimals or floats */
	bool bytes;    /* takes the bytes of 0x... as what they are */
	enum enum_field_types type; /* of the batch; NULL: none yet */
	void **value;
	unsigned long *length;
	long long *integer;
	char *indicator;
	size_t *start; /* in `made`, where value is NULL */
};

struct load_bulk {
	struct db *db;
	MYSQL_STMT *stmt; /* prepared for these three: */
	const struct load_table *table;
	const struct load_session *session;
	struct strbuf head;
	struct column *column;
	size_t columns, rows_max;
	struct literal *row;
	struct strbuf made;       /* bytes of values of the batch */
	size_t rows, bytes;       /* of the batch */
	uint64_t batches, loaded; /* of the job */
};

struct load_bulk *load_bulk_new(struct db *db)
{
	struct load_bulk *b;
	unsigned long capabilities = 0; /* those that only MariaDB has */

	if (mariadb_get_infov(db->my,
		    MARIADB_CONNECTION_EXTENDED_SERVER_CAPABILITIES,
		    &capabilities) ||
		!(capabilities & (MARIADB_CLIENT_STMT_BULK_OPERATIONS >> 32)))
		return NULL;
	b = xcalloc(1, sizeof(*b));
	b->db = db;
	strbuf_init(&b->head);
	strbuf_init(&b->made);
	return b;
}

static void forget(struct load_bulk *b)
{
	if (b->stmt)
		mysql_stmt_close(b->stmt);
	for (size_t i = 0; i < b->columns; i++) {
		free(b->column[i].value);
		free(b->column[i].length);
		free(b->column[i].integer);
		free(b->column[i].indicator);
		free(b->column[i].start);
	}
	free(b->column);
	free(b->row);
	b->stmt = NULL;
	b->column = NULL;
	b->row = NULL;
	b->table = NULL;
	b->columns = 0;
}

void load_bulk_free(struct load_bulk *b)
{
	if (!b)
		return;
	forget(b);
	strbuf_release(&b->head);
	strbuf_release(&b->made);
	free(b);
}

static void describe(struct column *column, const MYSQL_FIELD *field)
{
	switch (field->type) {
	case MYSQL_TYPE_TINY:
	case MYSQL_TYPE_SHORT:
	case MYSQL_TYPE_INT24:
	case MYSQL_TYPE_LONG:
	case MYSQL_TYPE_LONGLONG:
	case MYSQL_TYPE_FLOAT:
	case MYSQL_TYPE_DOUBLE:
	case MYSQL_TYPE_DECIMAL:
	case MYSQL_TYPE_NEWDECIMAL:
		column->number = true;
		break;
	case MYSQL_TYPE_STRING:
	case MYSQL_TYPE_VAR_STRING:
	case MYSQL_TYPE_VARCHAR:
		column->bytes = !(field->flags & (ENUM_FLAG | SET_FLAG));
		break;
	case MYSQL_TYPE_BIT:
	case MYSQL_TYPE_TINY_BLOB:
	case MYSQL_TYPE_MEDIUM_BLOB:
	case MYSQL_TYPE_LONG_BLOB:
	case MYSQL_TYPE_BLOB:
	case MYSQL_TYPE_GEOMETRY:
		column->bytes = true;
		break;
	default:
		break;
	}
}

static void add_column(struct load_bulk *b, const MYSQL_FIELD *field)
{
	struct column *c = &b->column[b->columns++];
	size_t n = b->rows_max;

	describe(c, field);
	c->numbered = field->flags & AUTO_INCREMENT_FLAG;
	c->type = MYSQL_TYPE_NULL;
	c->value = xcalloc(n, sizeof(*c->value));
	c->length = xcalloc(n, sizeof(*c->length));
	c->integer = xcalloc(n, sizeof(*c->integer));
	c->indicator = xcalloc(n, sizeof(*c->indicator));
	c->start = xcalloc(n, sizeof(*c->start));
}

/* find_columns: what the listed columns are. */
static int find_columns(
	struct load_bulk *b, const struct load_job *job, struct err *e)
{
	struct strbuf sql = STRBUF_INIT;
	MYSQL_RES *res = NULL;
	unsigned count;

	strbuf_addf(&sql, "SELECT %s FROM ",
		job->columns.len ? job->columns.buf : "*");
	sql_ident(&sql, job->table->db);
	strbuf_addch(&sql, '.');
	sql_ident(&sql, job->table->name);
	strbuf_addstr(&sql, " LIMIT 0");
	if (!mysql_real_query(b->db->my, sql.buf, sql.len))
		res = mysql_store_result(b->db->my);
	strbuf_release(&sql);
	if (!res)
		return db_fail(b->db, NULL, e);
	count = mysql_num_fields(res);
	b->rows_max = BATCH_CELLS / count;
	if (b->rows_max > BATCH_ROWS)
		b->rows_max = BATCH_ROWS;
	b->column = xcalloc(count, sizeof(*b->column));
	b->row = xcalloc(count, sizeof(*b->row));
	for (unsigned i = 0; i < count; i++)
		add_column(b, mysql_fetch_field_direct(res, i));
	mysql_free_result(res);
	return 0;
}

/* prepare: the job's INSERT, with a question mark for each value. */
static int prepare(
	struct load_bulk *b, const struct load_job *job, struct err *e)
{
	struct strbuf sql = STRBUF_INIT;
	int rc;

	strbuf_add(&sql, job->head.buf, job->head.len);
	for (size_t i = 0; i < b->columns; i++)
		strbuf_addstr(&sql, i ? ",?" : "(?");
	strbuf_addch(&sql, ')');
	b->stmt = mysql_stmt_init(b->db->my);
	rc = mysql_stmt_prepare(b->stmt, sql.buf, sql.len) ? -1 : 0;
	if (rc)
		db_fail(b->db, NULL, e);
	strbuf_release(&sql);
	return rc;
}

/* begin: be prepared for the job, by what the last one left if it can be. */
static int begin(struct load_bulk *b, const struct load_job *job, struct err *e)
{
	b->rows = b->bytes = 0;
	b->batches = b->loaded = 0;
	strbuf_reset(&b->made);
	if (b->table == job->table && b->session == job->session &&
		b->head.len == job->head.len &&
		!memcmp(b->head.buf, job->head.buf, job->head.len))
		return 0;
	forget(b);
	if (find_columns(b, job, e) || prepare(b, job, e))
		return -1;
	b->table = job->table;
	b->session = job->session;
	strbuf_reset(&b->head);
	strbuf_add(&b->head, job->head.buf, job->head.len);
	return 0;
}

/* parse_integer: digits that fit; others go as text. */
static bool parse_integer(const struct literal *v, long long *value)
{
	const char *p = v->text, *end = p + v->len;
	bool minus = *p == '-';
	long long n = 0;

	p += minus;
	if (end - p > 18)
		return false;
	for (; p < end; p++)
		n = n * 10 + (*p - '0');
	*value = minus ? -n : n;
	return true;
}

/* type_of: as what a value is to be bound. MYSQL_TYPE_NULL: as anything.
 * MYSQL_TYPE_ENUM: not at all. */
static enum enum_field_types type_of(
	const struct column *c, const struct literal *v, long long *integer)
{
	switch (v->kind) {
	case LITERAL_NULL:
	case LITERAL_DEFAULT:
		return c->numbered ? MYSQL_TYPE_ENUM : MYSQL_TYPE_NULL;
	case LITERAL_INTEGER:
		if (parse_integer(v, integer))
			return MYSQL_TYPE_LONGLONG;
		return c->number ? MYSQL_TYPE_STRING : MYSQL_TYPE_ENUM;
	case LITERAL_DECIMAL:
		return c->number ? MYSQL_TYPE_STRING : MYSQL_TYPE_ENUM;
	case LITERAL_FLOAT:
		return c->number ? MYSQL_TYPE_STRING : MYSQL_TYPE_ENUM;
	case LITERAL_STRING:
		return MYSQL_TYPE_STRING;
	case LITERAL_BINARY:
		return MYSQL_TYPE_BLOB;
	case LITERAL_HEX:
		return c->bytes ? MYSQL_TYPE_BLOB : MYSQL_TYPE_ENUM;
	}
	return MYSQL_TYPE_ENUM;
}

/* widen: make the column's integers of the batch text again, in place of
 * which they were read; their text is still there. */
static void widen(struct column *c)
{
	c->type = MYSQL_TYPE_STRING;
}

/* fits: whether the row can stand in the batch; -1: in none. */
static int fits(
	struct load_bulk *b, enum enum_field_types *type, long long *integer)
{
	int rc = 1;

	for (size_t i = 0; i < b->columns; i++) {
		struct column *c = &b->column[i];

		type[i] = type_of(c, &b->row[i], &integer[i]);
		if (type[i] == MYSQL_TYPE_ENUM || b->row[i].len > VALUE_MAX)
			return -1;
		if (type[i] == MYSQL_TYPE_NULL || c->type == MYSQL_TYPE_NULL ||
			type[i] == c->type)
			continue;
		if (!c->number || type[i] == MYSQL_TYPE_BLOB ||
			c->type == MYSQL_TYPE_BLOB)
			rc = 0;
	}
	return rc;
}

static void add_row(struct load_bulk *b, const enum enum_field_types *type,
	const long long *integer)
{
	size_t n = b->rows++;

	for (size_t i = 0; i < b->columns; i++) {
		struct column *c = &b->column[i];
		const struct literal *v = &b->row[i];

		c->indicator[n] = v->kind == LITERAL_NULL ? STMT_INDICATOR_NULL
			: v->kind == LITERAL_DEFAULT ? STMT_INDICATOR_DEFAULT
						     : STMT_INDICATOR_NONE;
		c->integer[n] = integer[i];
		/* The library does not write to it. */
		c->value[n] = (void *)(uintptr_t)v->text;
		c->start[n] = v->start;
		c->length[n] = v->len;
		b->bytes += v->len + 8;
		if (type[i] == MYSQL_TYPE_NULL || type[i] == c->type)
			continue;
		if (c->type == MYSQL_TYPE_NULL)
			c->type = type[i];
		else
			widen(c);
	}
}

/* bind: the batch's columns; values made anew have found their places now. */
static void bind(struct load_bulk *b, MYSQL_BIND *bind)
{
	for (size_t i = 0; i < b->columns; i++) {
		struct column *c = &b->column[i];
		bool integers = c->type == MYSQL_TYPE_LONGLONG;

		for (size_t n = 0; n < b->rows; n++)
			if (!c->value[n])
				c->value[n] = b->made.buf + c->start[n];
		bind[i].buffer_type = c->type == MYSQL_TYPE_NULL
			? MYSQL_TYPE_STRING
			: c->type;
		bind[i].buffer =
			integers ? (void *)c->integer : (void *)c->value;
		bind[i].length = integers ? NULL : c->length;
		bind[i].u.indicator = c->indicator;
		c->type = MYSQL_TYPE_NULL;
	}
}

static int send_batch(struct load_bulk *b, struct err *e)
{
	MYSQL_BIND *binds;
	unsigned rows = (unsigned)b->rows;
	int rc = 0;

	if (!b->rows)
		return 0;
	binds = xcalloc(b->columns, sizeof(*binds));
	bind(b, binds);
	if (mysql_stmt_attr_set(b->stmt, STMT_ATTR_ARRAY_SIZE, &rows) ||
		mysql_stmt_bind_param(b->stmt, binds) ||
		mysql_stmt_execute(b->stmt)) {
		rc = err_set(e, db_err_code(mysql_stmt_errno(b->stmt)),
			"%s says: %s (%u)", b->db->where.buf,
			mysql_stmt_error(b->stmt), mysql_stmt_errno(b->stmt));
	} else {
		b->loaded += b->rows;
		b->batches++;
	}
	free(binds);
	b->rows = b->bytes = 0;
	strbuf_reset(&b->made);
	strbuf_shrink(&b->made, 4UL * BATCH_BYTES);
	return rc;
}

static bool full(const struct load_bulk *b)
{
	return b->rows == b->rows_max || b->bytes >= BATCH_BYTES;
}

/* take_row: into the batch, or into the next one. Returns 1, 0 for one that
 * has to go as text, -1. */
static int take_row(struct load_bulk *b, enum enum_field_types *type,
	long long *integer, struct err *e)
{
	int found = fits(b, type, integer);

	if (found < 0)
		return 0;
	if (!found) {
		/* What was made of this row goes with the batch. */
		struct strbuf kept = STRBUF_INIT;
		bool again = b->made.len > 0;

		if (again)
			strbuf_add(&kept, b->made.buf, b->made.len);
		if (send_batch(b, e)) {
			strbuf_release(&kept);
			return -1;
		}
		if (again)
			strbuf_add(&b->made, kept.buf, kept.len);
		strbuf_release(&kept);
	}
	add_row(b, type, integer);
	if (full(b) && send_batch(b, e))
		return -1;
	return b->batches < BATCHES_TRIED ||
		b->loaded / b->batches >= ROWS_LEAST;
}

static int part_rows(struct load_bulk *b, const struct load_job *job,
	const struct load_part *part, struct err *e)
{
	const char *text = job->text.buf + part->start;
	struct literals in = {text + job->head.len, text + part->len,
		job->escapes, job->double_quotes};
	enum enum_field_types *type = xcalloc(b->columns, sizeof(*type));
	long long *integer = xcalloc(b->columns, sizeof(*integer));
	enum literal_found found = LITERAL_END;
	int rc = 1;

	while (rc == 1 &&
		(found = literals_next(&in, b->row, b->columns, &b->made)) ==
			LITERAL_ROW)
		rc = take_row(b, type, integer, e);
	free(type);
	free(integer);
	if (rc == 1 && found != LITERAL_END)
		rc = 0;
	return rc;
}

int load_bulk_rows(struct load_bulk *b, const struct load_job *job,
	uint64_t *rows, struct err *e)
{
	int rc = 1;

	if (begin(b, job, e))
		return -1;
	for (size_t i = 0; rc == 1 && i < job->parts; i++)
		rc = part_rows(b, job, &job->part[i], e);
	if (rc == 1 && send_batch(b, e))
		rc = -1;
	*rows = b->loaded;
	for (size_t i = 0; i < b->columns; i++)
		b->column[i].type = MYSQL_TYPE_NULL;
	return rc;
}
