/* range.c: see range.h. */
#include "db/range.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <mysqld_error.h>

#include "base/alloc.h"
#include "db/key.h"
#include "db/result.h"
#include "db/sql_text.h"

/* What a server says when a row was too large for it to be hashed. */
enum { TOO_LARGE = ER_WARN_ALLOWED_PACKET_OVERFLOWED };

static bool same_key(const struct columns *a, const struct columns *b)
{
	if (!a->key_count || a->key_count != b->key_count)
		return false;
	for (size_t i = 0; i < a->key_count; i++) {
		const struct column *x = key_column(a, i),
				    *y = key_column(b, i);

		if (strcasecmp(x->name, y->name) || x->bound != y->bound ||
			strcasecmp(x->charset, y->charset) ||
			a->key[i].descending != b->key[i].descending)
			return false;
	}
	return true;
}

void range_table_init(
	struct range_table *t, enum row_hash_way way, bool clustered)
{
	const struct columns *here = t->side[HERE].columns;

	t->parts = key_parts(here);
	t->keyed =
		clustered && t->parts && same_key(here, t->side[THERE].columns);
	for (int i = HERE; i <= THERE; i++) {
		struct range_side *side = &t->side[i];

		strbuf_init(&side->hash);
		row_hash_add(way, side->columns, t->side[!i].columns, here,
			t->keyed, &side->hash);
	}
}

void range_table_release(struct range_table *t)
{
	for (int i = HERE; i <= THERE; i++)
		strbuf_release(&t->side[i].hash);
}

bool range_whole_key(const struct range_table *t)
{
	return t->parts == t->side[HERE].columns->key_count;
}

bool range_sum_same(const struct range_sum *a, const struct range_sum *b)
{
	return a->rows == b->rows && a->mixed == b->mixed &&
		!strcmp(a->total, b->total);
}

static void add_from(const struct range_table *t, int i, const char *where,
	struct strbuf *sql)
{
	const struct range_side *side = &t->side[i];

	strbuf_addstr(sql, " FROM ");
	sql_ident(sql, side->db);
	strbuf_addch(sql, '.');
	sql_ident(sql, side->table);
	if (t->keyed)
		strbuf_addstr(sql, " FORCE INDEX (PRIMARY)");
	if (*where)
		strbuf_addf(sql, " WHERE %s", where);
}

/* blocked: put the error into our words; 1 if only a lock is in the way. */
static int blocked(const struct db *db, const struct range_side *side,
	const char *where, struct err *e)
{
	bool locked = db_errno(db) == ER_LOCK_WAIT_TIMEOUT;

	err_prefix(e, "table `%.64s`.`%.64s`%s%.200s: ", side->db, side->table,
		*where ? ", where " : "", where);
	return locked ? 1 : -1;
}

/* check_hashed: that no hash is NULL, which sums pass over. */
static int check_hashed(
	struct db *db, const struct range_side *side, struct err *e)
{
	struct strbuf text = STRBUF_INIT;
	int found = db_warned(db, TOO_LARGE, &text, e);

	strbuf_release(&text);
	if (found <= 0)
		return found;
	err_set(e, ERR_UNAVAILABLE,
		"table `%.64s`.`%.64s` has rows that are larger than the "
		"server's max_allowed_packet",
		side->db, side->table);
	return err_hint(e, "raise it there");
}

/* ask_both: Returns 0; 1 and -1 as above, and then nobody is asked. */
static int ask_both(struct db *const db[2], const struct range_table *t,
	const struct strbuf sql[2], const char *where, const char *shape,
	struct err *e)
{
	struct err later;

	if (db_ask(db[HERE], sql[HERE].buf, e))
		return blocked(db[HERE], &t->side[HERE], where, e);
	if (!db_ask(db[THERE], sql[THERE].buf, e))
		return 0;
	db_result_free(db_answer(db[HERE], shape, sql[HERE].buf, &later));
	return blocked(db[THERE], &t->side[THERE], where, e);
}

/* Both answers. */
struct answers {
	struct db_result *of[2];
};

static void answers_release(struct answers *a)
{
	for (int i = HERE; i <= THERE; i++)
		db_result_free(a->of[i]);
}

/* answers_get: both are waited for, also if the first one fails. */
static int answers_get(struct answers *a, struct db *const db[2],
	const struct range_table *t, const struct strbuf sql[2],
	const char *where, const char *shape, struct err *e)
{
	struct err later;
	int rc = ask_both(db, t, sql, where, shape, e);

	*a = (struct answers){{NULL, NULL}};
	if (rc)
		return rc;
	for (int i = HERE; i <= THERE; i++) {
		a->of[i] = db_answer(db[i], shape, sql[i].buf, rc ? &later : e);
		if (!a->of[i] && !rc)
			rc = blocked(db[i], &t->side[i], where, e);
	}
	for (int i = HERE; i <= THERE && !rc; i++)
		rc = check_hashed(db[i], &t->side[i], e);
	return rc;
}

static int take_sum(
	struct db_result *result, struct range_sum *sum, struct err *e)
{
	char **row = db_next(result);

	*sum = (struct range_sum){0};
	if (!row || (row[2] && strlen(row[2]) >= sizeof(sum->total)))
		return err_set(
			e, ERR_UNAVAILABLE, "the server's answer is malformed");
	sum->rows = strtoull(row[0], NULL, 10);
	sum->mixed = strtoull(row[1], NULL, 10);
	if (row[2])
		strcpy(sum->total, row[2]);
	return 0;
}

int range_sums(struct db *const db[2], const struct range_table *t,
	const char *where, struct range_sum sum[2], struct err *e)
{
	struct strbuf sql[2] = {STRBUF_INIT, STRBUF_INIT};
	struct answers answers;
	int rc;

	for (int i = HERE; i <= THERE; i++) {
		const char *hash = t->side[i].hash.buf;

		strbuf_addf(&sql[i], "SELECT COUNT(*),BIT_XOR(%s)", hash);
		if (t->keyed)
			strbuf_addstr(&sql[i], ",NULL");
		else
			strbuf_addf(&sql[i], ",SUM(%s)", hash);
		add_from(t, i, where, &sql[i]);
	}
	rc = answers_get(&answers, db, t, sql, where, "ss-", e);
	for (int i = HERE; i <= THERE && !rc; i++)
		rc = take_sum(answers.of[i], &sum[i], e);
	answers_release(&answers);
	strbuf_release(&sql[HERE]);
	strbuf_release(&sql[THERE]);
	return rc;
}

static void free_row(struct range_row *row)
{
	free(row->equal);
	free(row->shown);
}

void range_rows_release(struct range_rows *rows)
{
	for (size_t i = 0; i < rows->count; i++)
		free_row(&rows->item[i]);
	free(rows->item);
	strmap_release(&rows->by_key);
	*rows = (struct range_rows)RANGE_ROWS_INIT;
}

void range_rows_cut(struct range_rows *rows, size_t count)
{
	while (rows->count > count)
		free_row(&rows->item[--rows->count]);
}

/* row_of: the entry of a key. strmap's values count from 1. */
static struct range_row *row_of(struct range_rows *rows,
	const struct range_table *t, const struct strbuf *key)
{
	struct strbuf equal = STRBUF_INIT, shown = STRBUF_INIT;
	const struct columns *columns = t->side[HERE].columns;
	uint64_t *at;

	key_add_equal(columns, t->parts, key, &equal);
	at = strmap_add(&rows->by_key, equal.buf);
	if (*at) {
		strbuf_release(&equal);
		return &rows->item[*at - 1];
	}
	rows->item = grow_array(
		rows->item, rows->count, &rows->cap, sizeof(*rows->item));
	key_add_shown(columns, t->parts, key, &shown);
	rows->item[rows->count++] = (struct range_row){
		.equal = strbuf_detach(&equal), .shown = strbuf_detach(&shown)};
	*at = rows->count;
	return &rows->item[rows->count - 1];
}

/* take_rows: of one side. */
static void take_rows(struct range_rows *rows, const struct range_table *t,
	int i, struct db_result *result)
{
	struct strbuf *key = xcalloc(t->parts, sizeof(*key));
	char **row;

	for (size_t part = 0; part < t->parts; part++)
		strbuf_init(&key[part]);
	while ((row = db_next(result))) {
		struct range_row *one;

		key_take(t->side[HERE].columns, t->parts, row, key);
		one = row_of(rows, t, key);
		one->rows[i]++;
		one->mixed[i] ^= strtoull(row[t->parts], NULL, 10);
	}
	for (size_t part = 0; part < t->parts; part++)
		strbuf_release(&key[part]);
	free(key);
}

/* keep_different: without the map, which has their old places. */
static void keep_different(struct range_rows *rows, size_t from)
{
	size_t kept = from;

	for (size_t i = from; i < rows->count; i++) {
		struct range_row *row = &rows->item[i];

		if (row->rows[HERE] == row->rows[THERE] &&
			row->mixed[HERE] == row->mixed[THERE])
			free_row(row);
		else
			rows->item[kept++] = *row;
	}
	rows->count = kept;
	strmap_release(&rows->by_key);
	rows->by_key = (struct strmap)STRMAP_INIT;
}

static bool stood(const struct range_row *now, const struct range_row *was)
{
	bool still = false;

	for (int i = HERE; i <= THERE; i++)
		still = still ||
			(now->rows[i] == was->rows[i] &&
				now->mixed[i] == was->mixed[i]);
	return still;
}

/* places: of the rows, by their keys. */
static struct strmap places(const struct range_rows *rows)
{
	struct strmap by_key = STRMAP_INIT;

	for (size_t i = 0; i < rows->count; i++)
		*strmap_add(&by_key, rows->item[i].equal) = i;
	return by_key;
}

bool range_rows_carry(struct range_rows *now, const struct range_rows *before)
{
	struct strmap by_key = places(before);
	bool all = true;

	for (size_t i = 0; i < now->count; i++) {
		struct range_row *row = &now->item[i];
		const uint64_t *at = strmap_find(&by_key, row->equal);

		all = all && at;
		if (at)
			row->lasting = before->item[*at].lasting;
	}
	strmap_release(&by_key);
	return all;
}

void range_rows_follow(struct range_rows *now, const struct range_rows *before)
{
	struct strmap by_key = places(before);

	for (size_t i = 0; i < now->count; i++) {
		struct range_row *row = &now->item[i];
		const uint64_t *at = strmap_find(&by_key, row->equal);

		if (at)
			row->lasting = before->item[*at].lasting ||
				stood(row, &before->item[*at]);
	}
	strmap_release(&by_key);
}

int range_rows_read(struct db *const db[2], const struct range_table *t,
	const char *where, uint64_t most, struct range_rows *rows,
	struct err *e)
{
	struct strbuf sql[2] = {STRBUF_INIT, STRBUF_INIT};
	struct strbuf shape = STRBUF_INIT;
	const size_t before = rows->count;
	struct answers answers;
	int rc;

	for (size_t i = 0; i <= t->parts; i++)
		strbuf_addch(&shape, 's');
	for (int i = HERE; i <= THERE; i++) {
		strbuf_addstr(&sql[i], "SELECT ");
		key_add_values(t->side[i].columns, t->parts, &sql[i]);
		strbuf_addf(&sql[i], ",%s", t->side[i].hash.buf);
		add_from(t, i, where, &sql[i]);
		strbuf_addstr(&sql[i], " ORDER BY ");
		columns_add_order(t->side[i].columns, &sql[i]);
		strbuf_addf(&sql[i], " LIMIT %" PRIu64, most);
	}
	rc = answers_get(&answers, db, t, sql, where, shape.buf, e);
	for (int i = HERE; i <= THERE && !rc; i++) {
		rows->cut |= db_result_count(answers.of[i]) >= most;
		take_rows(rows, t, i, answers.of[i]);
	}
	keep_different(rows, before);
	answers_release(&answers);
	strbuf_release(&shape);
	strbuf_release(&sql[HERE]);
	strbuf_release(&sql[THERE]);
	return rc;
}
