/* chunk.c: see chunk.h. */
#include "db/chunk.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "db/key.h"
#include "db/result.h"
#include "db/sql_text.h"

enum {
	/* How many chunks in a row may end at extrapolated keys before the pace
	 * is measured again. */
	EXTRAPOLATED_MAX = 32,
	/* How many rows behind such a key tell whether the pace is still the
	 * same there. */
	PROBE = 64,
	PROBE_WORTH = 8 /* so many times fewer than those of the chunk */
};

struct chunker {
	const char *db, *table;
	const struct columns *columns;
	bool history;
	bool by_keys;
	const char *within; /* the condition of all that is cut; NULL: none */
	bool begun;
	uint64_t first; /* rows of a first chunk whose end is not known yet */
	size_t parts;   /* of the key that bounds are made of */
	struct strbuf *low; /* the bound so far, a literal a part; empty at
			     * first: no rows lie before it */
	struct strbuf *high;
	/* Of a key that is one integer, in the order of uint64_t: */
	bool integer;
	uint64_t at, max;      /* the bound so far; the last row's key */
	double pace;           /* keys a row; 0: not measured yet */
	unsigned even;         /* how many chunks the pace is good for */
	unsigned extrapolated; /* since it was measured */
};

/* One integer key, as a number in the order of its values. */
static uint64_t ordered(const struct chunker *c, const char *text)
{
	const struct column *column = key_column(c->columns, 0);

	if (column->is_unsigned)
		return strtoull(text, NULL, 10);
	return (uint64_t)strtoll(text, NULL, 10) ^ (UINT64_C(1) << 63);
}

static void literal(const struct chunker *c, uint64_t key, struct strbuf *to)
{
	const struct column *column = key_column(c->columns, 0);

	strbuf_reset(to);
	if (column->is_unsigned)
		strbuf_addf(to, "%llu", (unsigned long long)key);
	else
		strbuf_addf(to, "%lld", (long long)(key ^ (UINT64_C(1) << 63)));
}

struct chunker *chunker_new(const char *db, const char *table,
	const struct columns *columns, bool history)
{
	size_t parts = key_parts(columns);
	struct chunker *c;

	if (!parts)
		return NULL;
	c = xcalloc(1, sizeof(*c));
	c->db = db;
	c->table = table;
	c->columns = columns;
	c->history = history;
	c->parts = parts;
	c->low = xcalloc(parts, sizeof(*c->low));
	c->high = xcalloc(parts, sizeof(*c->high));
	for (size_t i = 0; i < parts; i++) {
		strbuf_init(&c->low[i]);
		strbuf_init(&c->high[i]);
	}
	c->integer = columns->key_count == 1 && !columns->key[0].descending &&
		!history && key_column(columns, 0)->bound == BOUND_INTEGER;
	return c;
}

void chunker_by_keys(struct chunker *c, const char *within)
{
	c->by_keys = true;
	c->within = within;
	c->integer = c->integer && !within;
}

void chunker_free(struct chunker *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->parts; i++) {
		strbuf_release(&c->low[i]);
		strbuf_release(&c->high[i]);
	}
	free(c->low);
	free(c->high);
	free(c);
}

static void add_from(const struct chunker *c, struct strbuf *sql)
{
	strbuf_addstr(sql, " FROM ");
	sql_ident(sql, c->db);
	strbuf_addch(sql, '.');
	sql_ident(sql, c->table);
	if (c->history)
		strbuf_addstr(sql, " FOR SYSTEM_TIME ALL");
	strbuf_addstr(sql, " FORCE INDEX (PRIMARY)");
}

/* look_up: the key of the row that lies `rows` rows behind a bound (the low
 * one; or high itself), into high. Returns 1, 0 where there are not so many,
 * -1. */
static int look_up(struct chunker *c, const struct strbuf *behind,
	struct db *reader, uint64_t rows, struct err *e)
{
	struct strbuf sql = STRBUF_INIT, shape = STRBUF_INIT;
	struct db_result *result;
	char **row;

	strbuf_addstr(&sql, "SELECT ");
	key_add_values(c->columns, c->parts, &sql);
	for (size_t i = 0; i < c->parts; i++)
		strbuf_addch(&shape, 's'); /* a primary key's are */
	add_from(c, &sql);
	if (c->within)
		strbuf_addf(&sql, " WHERE %s", c->within);
	if (behind[0].len) {
		strbuf_addstr(&sql, c->within ? " AND " : " WHERE ");
		key_add_side(c->columns, c->parts, behind, true, &sql);
	}
	strbuf_addstr(&sql, " ORDER BY ");
	columns_add_order(c->columns, &sql);
	strbuf_addf(&sql, " LIMIT 1 OFFSET %llu", (unsigned long long)rows - 1);
	result = db_query_shape(reader, shape.buf, sql.buf, e);
	strbuf_release(&sql);
	strbuf_release(&shape);
	if (!result)
		return -1;
	row = db_next(result);
	if (row)
		key_take(c->columns, c->parts, row, c->high);
	db_result_free(result);
	return row != NULL;
}

static int find_max(struct chunker *c, struct db *reader, struct err *e)
{
	struct strbuf sql = STRBUF_INIT, value = STRBUF_INIT;
	int found;

	strbuf_addstr(&sql, "SELECT MAX(");
	sql_ident(&sql, key_column(c->columns, 0)->name);
	strbuf_addch(&sql, ')');
	add_from(c, &sql);
	found = db_query_value(reader, sql.buf, &value, e);
	if (found > 0)
		c->max = ordered(c, value.buf);
	strbuf_release(&sql);
	strbuf_release(&value);
	return found < 0 ? -1 : 0;
}

/* about_same: one pace is neither twice the other nor half of it. */
static bool about_same(double one, double other)
{
	return one < 2 * other && 2 * one > other;
}

/* even_at: whether rows come at the pace measured behind this key as well: or
 * where thinly spread keys end, chunks would hold a thousand times their rows.
 * Returns 1, 0, -1. */
static int even_at(
	struct chunker *c, struct db *reader, uint64_t key, struct err *e)
{
	int found;

	literal(c, key, &c->high[0]);
	found = look_up(c, c->high, reader, PROBE, e);
	if (found <= 0)
		return found;
	return about_same(
		c->pace, (double)(ordered(c, c->high[0].buf) - key) / PROBE);
}

/* extrapolate: the next end by the pace measured, into high. Returns 1; 0: it
 * is to be looked up; -1. */
static int extrapolate(
	struct chunker *c, struct db *reader, uint64_t rows, struct err *e)
{
	double width = c->pace * (double)rows;
	uint64_t key;
	int even;

	if (c->extrapolated >= c->even || width < 1 ||
		width >= (double)(c->max - c->at) ||
		rows < (uint64_t)PROBE * PROBE_WORTH)
		return 0;
	key = c->at + (uint64_t)width;
	even = even_at(c, reader, key, e);
	if (even <= 0)
		return even;
	c->at = key;
	c->extrapolated++;
	literal(c, key, &c->high[0]);
	return 1;
}

/* measure: the pace of the chunk that a look-up has just ended. As long as it
 * stays about the same, twice as many chunks as before are taken on trust. */
static void measure(struct chunker *c, uint64_t rows)
{
	uint64_t end = ordered(c, c->high[0].buf);
	double pace = (double)(end - c->at) / (double)rows;

	if (about_same(pace, c->pace))
		c->even = c->even ? 2 * c->even : 1;
	else
		c->even = 0;
	if (c->even > EXTRAPOLATED_MAX)
		c->even = EXTRAPOLATED_MAX;
	c->pace = pace;
	c->extrapolated = 0;
	c->at = end;
}

/* move_on: what was the end of a chunk is where the next one begins. */
static void move_on(struct chunker *c)
{
	struct strbuf *swap = c->low;

	c->low = c->high;
	c->high = swap;
}

/* find_first_end: of the chunk that was read by the number of its rows. What
 * fails may be asked for again, over another connection. */
static int find_first_end(struct chunker *c, struct db *reader, struct err *e)
{
	int found = look_up(c, c->low, reader, c->first, e);

	if (found < 0)
		return -1;
	if (!found)
		return err_set(e, ERR_BUG, "rows read before are gone");
	if (c->integer) {
		if (find_max(c, reader, e))
			return -1;
		c->at = ordered(c, c->high[0].buf);
	}
	c->first = 0;
	move_on(c);
	return 0;
}

/* find_first_high: the end of a first chunk that is cut by keys. */
static int find_first_high(
	struct chunker *c, struct db *reader, uint64_t rows, struct err *e)
{
	int found = look_up(c, c->low, reader, rows, e);

	if (found > 0 && c->integer) {
		if (find_max(c, reader, e))
			return -1;
		c->at = ordered(c, c->high[0].buf);
	}
	return found;
}

/* find_high: the end of the next chunk. Returns 1; 0: it has none, for it is
 * the last one; -1. */
static int find_high(
	struct chunker *c, struct db *reader, uint64_t rows, struct err *e)
{
	int found = c->integer ? extrapolate(c, reader, rows, e) : 0;

	if (found)
		return found;
	found = look_up(c, c->low, reader, rows, e);
	if (found > 0 && c->integer)
		measure(c, rows);
	return found;
}

/* add_bound: one more condition of a range. */
static void add_bound(const struct chunker *c, const struct strbuf *bound,
	bool behind, struct strbuf *where)
{
	if (where->len)
		strbuf_addstr(where, " AND ");
	key_add_side(c->columns, c->parts, bound, behind, where);
}

int chunker_next(struct chunker *c, struct db *reader, uint64_t rows,
	struct chunk_range *range, struct err *e)
{
	bool first = !c->begun;
	bool by_number = first && !c->history && !c->by_keys &&
		c->parts == c->columns->key_count;
	int found;

	strbuf_reset(&range->where);
	range->limit = by_number ? rows : 0;
	range->last = false;
	c->begun = true;
	if (by_number) {
		c->first = rows;
		return 0;
	}
	if (c->first && find_first_end(c, reader, e))
		return -1;
	found = first && c->by_keys ? find_first_high(c, reader, rows, e)
				    : find_high(c, reader, rows, e);
	if (found < 0)
		return -1;
	range->last = !found;
	if (c->within)
		strbuf_addstr(&range->where, c->within);
	if (c->low[0].len)
		add_bound(c, c->low, true, &range->where);
	if (!found)
		return 0;
	add_bound(c, c->high, false, &range->where);
	move_on(c);
	return 0;
}
