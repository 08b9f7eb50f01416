/* pair.c: a table that both sides have, and its ranges. */
#include <stdlib.h>
#include <string.h>

#include "db/result.h"
#include "db/sql_text.h"
#include "verify/against_internal.h"

/* Of a range: so many that a server answers in a fraction of a second, and few
 * enough to be searched. */
enum {
	RANGE_ROWS_MOST = 50000,
	RANGE_ROWS_LEAST = 100,
	RANGE_BYTES = 64 * 1024 * 1024
};

const struct table_ref *pair_ref(
	const struct snapshot *s, const struct pair *p, int side)
{
	const struct catalog *catalog = &s->catalog;

	for (size_t i = 0; i < catalog->tables; i++) {
		size_t at = (p->index[side] + i) % catalog->tables;
		const struct table_ref *ref = &catalog->table[at];

		if (!strcmp(ref->table->name, p->table) &&
			!strcmp(ref->db, p->db[side]))
			return ref;
	}
	return NULL;
}

int comparer_release(struct comparer *c, struct err *e)
{
	for (int i = HERE; i <= THERE; i++)
		if (snapshot_release(&c->all->snapshot[i], c->db[i], e))
			return -1;
	return 0;
}

/* rows_of: how many rows of this size make a range. */
static uint64_t rows_of(uint64_t bytes)
{
	const uint64_t rows = RANGE_BYTES / (bytes + 1);

	return rows > RANGE_ROWS_MOST     ? RANGE_ROWS_MOST
		: rows < RANGE_ROWS_LEAST ? RANGE_ROWS_LEAST
					  : rows;
}

/* choose_rows: of a range, by how large the server says that rows are. */
static int choose_rows(struct comparer *c, struct pair *p, struct err *e)
{
	struct strbuf sql = STRBUF_INIT, value = STRBUF_INIT;
	int found;

	strbuf_addstr(&sql,
		"SELECT AVG_ROW_LENGTH FROM information_schema.TABLES WHERE ");
	sql_of_table(&sql, p->db[HERE], p->table);
	found = db_query_value(c->db[HERE], sql.buf, &value, e);
	p->chunk_rows = rows_of(found > 0 ? strtoull(value.buf, NULL, 10) : 0);
	strbuf_release(&sql);
	strbuf_release(&value);
	return found < 0 ? -1 : 0;
}

int pair_open(struct comparer *c, struct pair *p, struct err *e)
{
	int rc = pair_define(c, p, e);

	if (rc)
		return rc;
	for (int i = HERE; i <= THERE; i++) {
		struct range_side *side = &p->range.side[i];

		side->db = p->db[i];
		side->table = p->table;
		side->columns = &p->columns[i];
	}
	range_table_init(&p->range, c->all->way, p->clustered);
	p->open = true;
	if (!p->range.keyed || !p->rows)
		return 0;
	p->chunker =
		chunker_new(p->db[HERE], p->table, &p->columns[HERE], false);
	chunker_by_keys(p->chunker, NULL);
	return choose_rows(c, p, e);
}

bool pair_differs(const struct pair *p)
{
	return p->suspect || p->differing;
}

void pair_forget(struct pair *p)
{
	while (p->suspect) {
		struct suspect *next = p->suspect->next;

		suspect_free(p->suspect);
		p->suspect = next;
	}
	p->different = 0;
	free(p->differing);
	p->differing = NULL;
}

void pair_free(struct pair *p)
{
	pair_forget(p);
	if (p->open)
		range_table_release(&p->range);
	chunker_free(p->chunker);
	for (int i = HERE; i <= THERE; i++) {
		columns_release(&p->columns[i]);
		free(p->create[i]);
		free(p->db[i]);
	}
	free(p->table);
	free(p);
}

/* read_alone: over connections that all threads share: those that have the
 * table's lock. */
static int read_alone(struct comparer *c, const struct pair *p,
	struct db *db[2], struct err *e)
{
	for (int i = HERE; i <= THERE; i++) {
		const struct snapshot *s = &c->all->snapshot[i];
		const struct table_ref *ref = pair_ref(s, p, i);

		if (!ref)
			return err_set(e, ERR_TEMP,
				"table `%.64s`.`%.64s` is gone", p->db[i],
				p->table);
		db[i] = p->locked[i] ? s->locker : snapshot_keeper(s, ref);
	}
	return 0;
}

/* What is asked of both sides. */
struct question {
	const char *where;
	struct range_sum *sum;   /* sums into these; or NULL */
	struct range_rows *rows; /* rows into these, at most so many */
	size_t most;
};

static int put(struct db *const db[2], const struct pair *p,
	const struct question *q, struct err *e)
{
	return q->sum
		? range_sums(db, &p->range, q->where, q->sum, e)
		: range_rows_read(db, &p->range, q->where, q->most, q->rows, e);
}

/* ask: over our own connections, or if these are kept out, as they are where
 * DDL waits for the table, over those that are not. */
static int ask(struct comparer *c, const struct pair *p,
	const struct question *q, struct err *e)
{
	struct db *alone[2];
	int rc = 1;

	if (!p->locked[HERE] && !p->locked[THERE])
		rc = put(c->db, p, q, e);
	if (rc <= 0)
		return rc || comparer_release(c, e) ? -1 : 0;
	pthread_mutex_lock(&c->all->mutex);
	rc = read_alone(c, p, alone, e);
	if (!rc)
		rc = put(alone, p, q, e);
	pthread_mutex_unlock(&c->all->mutex);
	return rc ? -1 : 0;
}

int pair_sums(struct comparer *c, const struct pair *p, const char *where,
	struct range_sum sum[2], struct err *e)
{
	const struct question q = {.where = where, .sum = sum};

	return ask(c, p, &q, e);
}

int pair_rows(struct comparer *c, const struct pair *p, const char *where,
	size_t most, struct range_rows *rows, struct err *e)
{
	const struct question q = {.where = where, .rows = rows, .most = most};

	return ask(c, p, &q, e);
}

int pair_next(struct comparer *c, struct pair *p, struct chunk_range *range,
	struct err *e)
{
	struct db *alone[2];
	int rc = chunker_next(p->chunker, c->db[HERE], p->chunk_rows, range, e);

	/* As with ask(). */
	if (rc && e->code == ERR_TEMP) {
		pthread_mutex_lock(&c->all->mutex);
		rc = read_alone(c, p, alone, e);
		if (!rc)
			rc = chunker_next(p->chunker, alone[HERE],
				p->chunk_rows, range, e);
		pthread_mutex_unlock(&c->all->mutex);
	}
	if (rc)
		err_prefix(e, "table `%.64s`.`%.64s`: ", p->db[HERE], p->table);
	return rc;
}
