/* load_bulk.c: see load_bulk.h.
 *
 * All rows of a batch have one type in a column: where it changes, the batch
 * ends, unless the text of all of them means the same.
 *
 * Batches of a job are sent one behind the other, without waiting for what the
 * server says of each: over a network that would take longer than the batch.
 */
#include "db/load_bulk.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "db/conn_internal.h"
#include "db/load_bind.h"
#include "db/load_literal.h"
#include "db/result.h"
#include "db/sql_text.h"

enum {
	/* What is bound at once. Larger batches were no faster, neither over a
	 * network, for several are under way. */
	BATCH_ROWS = 1024,
	BATCH_CELLS = 65536,
	BATCH_BYTES = 256 * 1024,
	/* Whose answers are still to be read: a few bytes each, so that the
	 * server is never kept from writing them. */
	UNDER_WAY_MAX = 64,
	/* A larger batch may be more than one packet; its answer has the next
	 * number behind theirs, which the library must know to read it. */
	ALONE_BYTES = 8 * 1024 * 1024,
	/* What a value takes beside its text, at most: an indicator and a
	 * length, or a date instead of it. */
	VALUE_BYTES = 12,
	/* A value that is copied so often costs less as text. */
	VALUE_MAX = 4 * 1024 * 1024,
	/* A row, and the batch that it joins, take a third of a packet each at
	 * most: what else is in one takes less. */
	PACKET_SHARE = 3,
	/* Rows in a batch, on average, below which text is faster, and after
	 * how many batches that is looked at. */
	ROWS_LEAST = 8,
	BATCHES_TRIED = 64
};

struct column {
	struct bind_column is;
	enum enum_field_types type; /* of the batch; NULL: none yet */
	/* Of each row. Its text is there whatever its type is. */
	void **value;
	unsigned long *length;
	long long *number; /* the 8 bytes of an integer or a double */
	MYSQL_TIME *time;  /* NULL: the column has none */
	void **time_at;    /* the places of these */
	char *indicator;
	size_t *start; /* in `made`, where value is NULL */
};

struct load_bulk {
	struct db *db;
	MYSQL_STMT *stmt; /* prepared for these three: */
	const struct load_table *table;
	const struct load_session *session;
	struct strbuf head;
	unsigned alterations; /* of the table by then */
	struct column *column;
	size_t columns, rows_max;
	struct literal *row;
	struct bound *bound;       /* as what that row is bound */
	struct strbuf made;        /* bytes of values of the batch */
	size_t rows, bytes;        /* of the batch */
	size_t row_max, bytes_max; /* of a row; of a batch without its last */
	uint64_t batches, loaded;  /* of the job */
	size_t under_way;          /* sent, and not yet answered */
};

bool load_bulk_is_known(const struct db *db)
{
	unsigned long capabilities = 0; /* those that only MariaDB has */

	return !mariadb_get_infov(db->my,
		       MARIADB_CONNECTION_EXTENDED_SERVER_CAPABILITIES,
		       &capabilities) &&
		capabilities & (MARIADB_CLIENT_STMT_BULK_OPERATIONS >> 32);
}

struct load_bulk *load_bulk_new(struct db *db, uint64_t max_packet)
{
	struct load_bulk *b = xcalloc(1, sizeof(*b));

	b->db = db;
	b->row_max = (size_t)(max_packet / PACKET_SHARE);
	b->bytes_max = b->row_max < BATCH_BYTES ? b->row_max : BATCH_BYTES;
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
		free(b->column[i].number);
		free(b->column[i].time);
		free(b->column[i].time_at);
		free(b->column[i].indicator);
		free(b->column[i].start);
	}
	free(b->column);
	free(b->row);
	free(b->bound);
	b->stmt = NULL;
	b->column = NULL;
	b->row = NULL;
	b->bound = NULL;
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

static void add_column(struct load_bulk *b, const MYSQL_FIELD *field)
{
	struct column *c = &b->column[b->columns++];
	size_t n = b->rows_max;

	bind_describe(&c->is, field);
	c->type = MYSQL_TYPE_NULL;
	c->value = xcalloc(n, sizeof(*c->value));
	c->length = xcalloc(n, sizeof(*c->length));
	c->number = xcalloc(n, sizeof(*c->number));
	c->indicator = xcalloc(n, sizeof(*c->indicator));
	c->start = xcalloc(n, sizeof(*c->start));
	if (!c->is.moment)
		return;
	c->time = xcalloc(n, sizeof(*c->time));
	c->time_at = xcalloc(n, sizeof(*c->time_at));
	for (size_t i = 0; i < n; i++)
		c->time_at[i] = &c->time[i];
}

/* find_plain: the columns whose bytes are what a session in UTF-8 sends. */
static int find_plain(struct load_bulk *b, const struct load_table *table,
	const MYSQL_FIELD *field, struct err *e)
{
	struct strbuf sql = STRBUF_INIT;
	struct db_result *found;
	char **row;

	strbuf_addstr(&sql,
		"SELECT COLUMN_NAME, CHARACTER_SET_NAME IS NULL "
		"FROM information_schema.COLUMNS "
		"WHERE (CHARACTER_SET_NAME = 'utf8mb4' "
		"AND DATA_TYPE NOT IN ('enum', 'set') OR DATA_TYPE IN "
		"('binary', 'varbinary', 'tinyblob', 'blob', 'mediumblob', "
		"'longblob')) AND ");
	sql_of_table(&sql, table->db, table->name);
	found = db_query_shape(b->db, "ss", sql.buf, e);
	strbuf_release(&sql);
	if (!found)
		return -1;
	while ((row = db_next(found)))
		for (size_t i = 0; i < b->columns; i++)
			if (!strcmp(field[i].org_name, row[0])) {
				b->column[i].is.binary = *row[1] == '1';
				b->column[i].is.utf8 = *row[1] == '0';
			}
	db_result_free(found);
	return 0;
}

/* ask_columns: what the listed columns are. */
static int ask_columns(
	struct load_bulk *b, const struct load_job *job, struct err *e)
{
	struct strbuf sql = STRBUF_INIT;
	MYSQL_RES *res = NULL;
	unsigned count;
	int rc = 0;

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
	b->bound = xcalloc(count, sizeof(*b->bound));
	for (unsigned i = 0; i < count; i++)
		add_column(b, mysql_fetch_field_direct(res, i));
	if (job->session->utf8)
		rc = find_plain(b, job->table, mysql_fetch_fields(res), e);
	mysql_free_result(res);
	return rc;
}

static int find_columns(
	struct load_bulk *b, const struct load_job *job, struct err *e)
{
	const struct load_table *t = job->table;
	int rc = load_session_names(b->db, job->session, t->db, t->name, e);

	if (!rc)
		rc = ask_columns(b, job, e);
	return load_session_again(b->db, job->session, t->db, t->name, rc, e);
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
		b->alterations == job->table->alterations &&
		b->head.len == job->head.len &&
		!memcmp(b->head.buf, job->head.buf, job->head.len))
		return 0;
	forget(b);
	if (find_columns(b, job, e) || prepare(b, job, e))
		return -1;
	b->table = job->table;
	b->session = job->session;
	b->alterations = job->table->alterations;
	strbuf_reset(&b->head);
	strbuf_add(&b->head, job->head.buf, job->head.len);
	return 0;
}

static const char *text_of(const struct load_bulk *b, const struct literal *v)
{
	return v->text ? v->text : b->made.buf + v->start;
}

/* row_bytes: about what it takes in a packet, and never less. */
static size_t row_bytes(const struct load_bulk *b)
{
	size_t bytes = 0;

	for (size_t i = 0; i < b->columns; i++)
		bytes += b->row[i].len + VALUE_BYTES;
	return bytes;
}

/* fits: whether the row can stand in the batch; -1: in none. */
static int fits(struct load_bulk *b)
{
	int rc = 1;

	for (size_t i = 0; i < b->columns; i++) {
		const struct column *c = &b->column[i];
		const struct literal *v = &b->row[i];
		enum enum_field_types type;

		if (v->len > VALUE_MAX ||
			!bind_value(&c->is, v, text_of(b, v), &b->bound[i]))
			return -1;
		type = b->bound[i].type;
		if (type != MYSQL_TYPE_NULL && c->type != MYSQL_TYPE_NULL &&
			type != c->type && !bind_as_text(&c->is, type, c->type))
			rc = 0;
	}
	return rc;
}

/* set_value: in row n, whatever the type will be in the end. */
static void set_value(struct column *c, size_t n, const struct literal *v,
	const struct bound *bound)
{
	c->indicator[n] = v->kind == LITERAL_NULL ? STMT_INDICATOR_NULL
		: v->kind == LITERAL_DEFAULT      ? STMT_INDICATOR_DEFAULT
						  : STMT_INDICATOR_NONE;
	/* The library does not write to it. */
	c->value[n] = (void *)(uintptr_t)v->text;
	c->start[n] = v->start;
	c->length[n] = v->len;
	memcpy(&c->number[n], &bound->number, sizeof(c->number[n]));
	if (bound->type == MYSQL_TYPE_DATETIME)
		c->time[n] = bound->time;
	if (bound->type == MYSQL_TYPE_NULL)
		return;
	if (c->type == MYSQL_TYPE_NULL)
		c->type = bound->type;
	else if (c->type != bound->type)
		c->type = MYSQL_TYPE_STRING;
}

static void add_row(struct load_bulk *b, size_t bytes)
{
	for (size_t i = 0; i < b->columns; i++)
		set_value(&b->column[i], b->rows, &b->row[i], &b->bound[i]);
	b->bytes += bytes;
	b->rows++;
}

/* buffer_of: where the library finds the values of the batch. */
static void *buffer_of(const struct column *c)
{
	switch (c->type) {
	case MYSQL_TYPE_LONGLONG:
	case MYSQL_TYPE_DOUBLE:
		return c->number;
	case MYSQL_TYPE_DATETIME:
		return c->time_at;
	default:
		return c->value;
	}
}

/* bind: the batch's columns; values made anew have found their places now. */
static void bind(struct load_bulk *b, MYSQL_BIND *bind)
{
	for (size_t i = 0; i < b->columns; i++) {
		struct column *c = &b->column[i];

		for (size_t n = 0; n < b->rows; n++)
			if (!c->value[n])
				c->value[n] = b->made.buf + c->start[n];
		bind[i].buffer_type = c->type == MYSQL_TYPE_NULL
			? MYSQL_TYPE_STRING
			: c->type;
		bind[i].buffer = buffer_of(c);
		bind[i].length = c->length;
		bind[i].u.indicator = c->indicator;
		c->type = MYSQL_TYPE_NULL;
	}
}

static int refused(const struct load_bulk *b, struct err *e)
{
	return err_set(e, db_err_code(mysql_stmt_errno(b->stmt)),
		"%s says: %s (%u)", b->db->where.buf, mysql_stmt_error(b->stmt),
		mysql_stmt_errno(b->stmt));
}

/* settle: read what the server says of batches, until `left` are under way;
 * behind an error, until none is. */
static int settle(struct load_bulk *b, size_t left, struct err *e)
{
	MYSQL *my = b->db->my;
	int rc = 0;

	/* A connection that is lost has no more to say. */
	for (; b->under_way > left && my->net.pvio; b->under_way--) {
		if (!my->methods->db_read_execute_response(b->stmt) || rc)
			continue;
		rc = refused(b, e);
		left = 0;
	}
	return rc;
}

/* execute: the batch, and leave it to the server. */
static int execute(struct load_bulk *b, MYSQL_BIND *binds, struct err *e)
{
	const my_bool leave = 1, wait = 0;
	const bool alone = b->bytes > ALONE_BYTES || b->db->my->net.compress;
	unsigned rows = (unsigned)b->rows;
	int rc;

	if (alone && settle(b, 0, e))
		return -1;
	mysql_optionsv(b->db->my, MARIADB_OPT_SKIP_READ_RESPONSE, &leave);
	rc = mysql_stmt_attr_set(b->stmt, STMT_ATTR_ARRAY_SIZE, &rows) ||
			mysql_stmt_bind_param(b->stmt, binds) ||
			mysql_stmt_execute(b->stmt)
		? refused(b, e)
		: 0;
	mysql_optionsv(b->db->my, MARIADB_OPT_SKIP_READ_RESPONSE, &wait);
	if (rc)
		return -1;
	b->under_way++;
	return settle(b, alone ? 0 : UNDER_WAY_MAX, e);
}

static int send_batch(struct load_bulk *b, struct err *e)
{
	MYSQL_BIND *binds;
	int rc;

	if (!b->rows)
		return 0;
	binds = xcalloc(b->columns, sizeof(*binds));
	bind(b, binds);
	rc = execute(b, binds, e);
	free(binds);
	b->loaded += b->rows;
	b->batches++;
	b->rows = b->bytes = 0;
	strbuf_reset(&b->made);
	strbuf_shrink(&b->made, 4UL * BATCH_BYTES);
	return rc;
}

static bool full(const struct load_bulk *b)
{
	return b->rows == b->rows_max || b->bytes >= b->bytes_max;
}

/* take_row: into the batch, or into the next one. Returns 1, 0 for one that
 * has to go as text, -1. */
static int take_row(struct load_bulk *b, struct err *e)
{
	const size_t bytes = row_bytes(b);
	int found = bytes > b->row_max ? -1 : fits(b);

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
	add_row(b, bytes);
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
	enum literal_found found = LITERAL_END;
	int rc = 1;

	while (rc == 1 &&
		(found = literals_next(&in, b->row, b->columns, &b->made)) ==
			LITERAL_ROW)
		rc = take_row(b, e);
	if (rc == 1 && found != LITERAL_END)
		rc = 0;
	return rc;
}

int load_bulk_rows(struct load_bulk *b, const struct load_job *job,
	uint64_t *rows, struct err *e)
{
	struct err ignored;
	int rc = 1;

	if (begin(b, job, e))
		return -1;
	for (size_t i = 0; rc == 1 && i < job->parts; i++)
		rc = part_rows(b, job, &job->part[i], e);
	if (rc == 1 && (send_batch(b, e) || settle(b, 0, e)))
		rc = -1;
	settle(b, 0, &ignored);
	b->under_way = 0;
	*rows = b->loaded;
	for (size_t i = 0; i < b->columns; i++)
		b->column[i].type = MYSQL_TYPE_NULL;
	return rc;
}
