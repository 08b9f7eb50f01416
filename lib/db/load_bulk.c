/* load_bulk.c: see load_bulk.h.
 *
 * All values of a batch have one type in a column: where it changes, the batch
 * ends, and where the text of both means the same, the column's next ones go as
 * their text.
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
#include "db/load_packet.h"
#include "db/result.h"
#include "db/sql_text.h"

enum {
	/* Larger batches were no faster, neither over a network, for several
	 * are under way. */
	BATCH_BYTES = 256 * 1024,
	/* Whose answers are still to be read: a few bytes each, so that the
	 * server is never kept from writing them. */
	UNDER_WAY_MAX = 64,
	/* A larger batch may be more than one packet; its answer has the next
	 * number behind theirs, which the library must know to read it. */
	ALONE_BYTES = 8 * 1024 * 1024,
	/* What a value takes beside its text, at most: see load_packet_add. */
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
	bool as_text; /* what has a type of its own, too: it changed before */
};

struct load_bulk {
	struct db *db;
	MYSQL_STMT *stmt; /* prepared for these three: */
	const struct load_table *table;
	const struct load_session *session;
	struct strbuf head;
	unsigned alterations; /* of the table by then */
	struct column *column;
	size_t columns;
	struct literal *row;
	struct bound *bound;       /* as what that row is bound */
	struct strbuf made;        /* bytes of values of that row */
	struct strbuf packet;      /* the batch */
	size_t rows;               /* of the batch */
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
	strbuf_init(&b->packet);
	return b;
}

static void forget(struct load_bulk *b)
{
	if (b->stmt)
		mysql_stmt_close(b->stmt);
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
	strbuf_release(&b->packet);
	free(b);
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
	b->column = xcalloc(count, sizeof(*b->column));
	b->row = xcalloc(count, sizeof(*b->row));
	b->bound = xcalloc(count, sizeof(*b->bound));
	for (unsigned i = 0; i < count; i++) {
		bind_describe(
			&b->column[i].is, mysql_fetch_field_direct(res, i));
		b->column[i].type = MYSQL_TYPE_NULL;
	}
	b->columns = count;
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
	b->rows = 0;
	b->batches = b->loaded = 0;
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

/* fits_column: whether the value goes into the batch's column; if not, into
 * the next batch's. */
static bool fits_column(struct column *c, struct bound *bound)
{
	const bool text = bind_as_text(&c->is, bound->type, c->type);

	if (bound->type == MYSQL_TYPE_NULL)
		return true;
	if (text && (c->as_text || c->type == MYSQL_TYPE_STRING))
		bound->type = MYSQL_TYPE_STRING;
	if (c->type == MYSQL_TYPE_NULL || c->type == bound->type)
		return true;
	c->as_text |= text;
	return false;
}

/* fits: whether the row can stand in the batch; -1: in none. */
static int fits(struct load_bulk *b)
{
	int rc = 1;

	for (size_t i = 0; i < b->columns; i++) {
		struct column *c = &b->column[i];
		const struct literal *v = &b->row[i];

		if (v->len > VALUE_MAX ||
			!bind_value(&c->is, v, text_of(b, v), &b->bound[i]))
			return -1;
		if (!fits_column(c, &b->bound[i]))
			rc = 0;
	}
	return rc;
}

static void add_row(struct load_bulk *b)
{
	if (!b->rows++)
		load_packet_begin(&b->packet, b->stmt->stmt_id, b->columns);
	for (size_t i = 0; i < b->columns; i++) {
		const struct literal *v = &b->row[i];
		struct column *c = &b->column[i];

		load_packet_add(&b->packet, v, text_of(b, v), &b->bound[i]);
		if (c->type == MYSQL_TYPE_NULL)
			c->type = b->bound[i].type;
	}
}

/* end_packet: say what types the columns turned out to have; and the next
 * batch's have none yet. */
static void end_packet(struct load_bulk *b)
{
	for (size_t i = 0; i < b->columns; i++) {
		struct column *c = &b->column[i];

		load_packet_type(&b->packet, i,
			c->type == MYSQL_TYPE_NULL ? MYSQL_TYPE_STRING
						   : c->type);
		c->type = MYSQL_TYPE_NULL;
	}
}

/* settle: read what the server says of batches, until `left` are under way;
 * behind an error, until none is. */
static int settle(struct load_bulk *b, size_t left, struct err *e)
{
	int rc = 0;

	/* A connection that is lost has no more to say. */
	for (; b->under_way > left && b->db->my->net.pvio; b->under_way--) {
		if (!mysql_read_query_result(b->db->my) || rc)
			continue;
		rc = db_fail(b->db, NULL, e);
		left = 0;
	}
	return rc;
}

static int send_batch(struct load_bulk *b, struct err *e)
{
	MYSQL *my = b->db->my;
	const bool alone = b->packet.len > ALONE_BYTES || my->net.compress;

	if (!b->rows)
		return 0;
	end_packet(b);
	if (alone && settle(b, 0, e))
		return -1;
	if (my->methods->db_command(my, COM_STMT_BULK_EXECUTE, b->packet.buf,
		    b->packet.len, true, NULL))
		return db_fail(b->db, NULL, e);
	b->under_way++;
	b->loaded += b->rows;
	b->batches++;
	b->rows = 0;
	strbuf_reset(&b->packet);
	strbuf_shrink(&b->packet, 4UL * BATCH_BYTES);
	return settle(b, alone ? 0 : UNDER_WAY_MAX, e);
}

/* take_row: into the batch, or into the next one. Returns 1, 0 for one that
 * has to go as text, -1. */
static int take_row(struct load_bulk *b, struct err *e)
{
	int found = row_bytes(b) > b->row_max ? -1 : fits(b);

	if (found < 0)
		return 0;
	if (!found && send_batch(b, e))
		return -1;
	add_row(b);
	if (b->packet.len >= b->bytes_max && send_batch(b, e))
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

	for (; rc == 1; rc = take_row(b, e)) {
		strbuf_reset(&b->made);
		found = literals_next(&in, b->row, b->columns, &b->made);
		if (found != LITERAL_ROW)
			break;
	}
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
	strbuf_shrink(&b->made, 4UL * BATCH_BYTES);
	return rc;
}
