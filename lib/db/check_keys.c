/* check_keys.c: see check_keys.h. */
#include "db/check_keys.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "db/result.h"
#include "db/row_hash.h"
#include "db/sql_text.h"

static void add_column(struct columns *order, const struct column *column)
{
	order->item = grow_array(
		order->item, order->count, &order->cap, sizeof(*order->item));
	order->item[order->count++] = *column;
}

/* is: a value of a row is this word. */
static bool is(struct db_result *result, char **row, const char *name,
	const char *word)
{
	const char *value = db_value(result, row, name);

	return value && !strcasecmp(value, word);
}

/* take_part: one column of one index. Returns whether it can be compared. */
static bool take_part(
	struct check_keys *keys, struct db_result *result, char **row)
{
	const char *name = db_value(result, row, "Key_name");
	const char *of = db_value(result, row, "Column_name");
	const struct column *column =
		of ? columns_find(&keys->columns, of) : NULL;
	struct check_key *key;

	if (!name || !strcmp(name, "PRIMARY"))
		return name != NULL;
	if (!column || column->generated || db_value(result, row, "Sub_part") ||
		!is(result, row, "Index_type", "BTREE") ||
		is(result, row, "Ignored", "YES"))
		return false;
	if (!keys->count ||
		strcmp(keys->key[keys->count - 1].name, name) != 0) {
		keys->key = grow_array(
			keys->key, keys->count, &keys->cap, sizeof(*keys->key));
		key = &keys->key[keys->count++];
		*key = (struct check_key){.name = xstrdup(name)};
	}
	add_column(&keys->key[keys->count - 1].order, column);
	return true;
}

static int read_keys(struct check_keys *keys, struct db *db, struct err *e)
{
	struct strbuf sql = STRBUF_INIT;
	struct db_result *result;
	bool can = true;
	char **row;

	strbuf_addf(&sql, "SHOW INDEX FROM %s", keys->table.buf);
	result = db_query(db, sql.buf, e);
	strbuf_release(&sql);
	if (!result)
		return -1;
	while (can && (row = db_next(result)))
		can = take_part(keys, result, row);
	db_result_free(result);
	for (size_t i = 0; i < keys->count; i++)
		for (size_t k = 0; k < keys->columns.key_count; k++)
			add_column(&keys->key[i].order,
				&keys->columns
					 .item[keys->columns.key[k].column]);
	return can;
}

/* read_columns: 0: of a table whose text is not understood, or has no key by
 * which its rows and an index's entries can be told apart. */
static int read_columns(struct check_keys *keys, struct db *db, struct err *e)
{
	struct strbuf sql = STRBUF_INIT;
	struct db_result *result;
	struct err unclear;
	char **row;
	int rc = 0;

	strbuf_addf(&sql, "SHOW CREATE TABLE %s", keys->table.buf);
	result = db_query_shape(db, "-s", sql.buf, e);
	strbuf_release(&sql);
	if (!result)
		return -1;
	row = db_next(result);
	if (row && !columns_parse(&keys->columns, row[1], &unclear))
		rc = keys->columns.key_count && !keys->columns.versioned;
	db_result_free(result);
	return rc;
}

static void add_select(const struct check_keys *keys,
	const struct check_key *key, struct strbuf *sql)
{
	strbuf_addstr(sql, ",BIT_XOR(");
	row_hash_add(ROW_HASH_CRC, &keys->columns, &keys->columns, &key->order,
		true, sql);
	strbuf_addch(sql, ')');
}

static void add_from(
	const struct check_keys *keys, const char *name, struct strbuf *sql)
{
	strbuf_addf(sql, " FROM %s FORCE INDEX (", keys->table.buf);
	sql_ident(sql, name);
	strbuf_addch(sql, ')');
}

static void of_rows(const struct check_keys *keys, struct strbuf *sql)
{
	strbuf_addstr(sql, "SELECT COUNT(*)");
	for (size_t i = 0; i < keys->count; i++)
		add_select(keys, &keys->key[i], sql);
	add_from(keys, "PRIMARY", sql);
}

static void of_key(const struct check_keys *keys, const struct check_key *key,
	struct strbuf *sql)
{
	strbuf_addstr(sql, "SELECT COUNT(*)");
	add_select(keys, key, sql);
	add_from(keys, key->name, sql);
}

/* is_read_alone: whether the server would answer from this index only; NULL:
 * from the rows. What it reads instead is not what is to be checked. */
static int is_read_alone(struct db *db, const struct strbuf *select,
	const char *name, struct err *e)
{
	struct strbuf sql = STRBUF_INIT;
	struct db_result *result;
	const char *key, *extra;
	char **row;
	int rc = 0;

	strbuf_addf(&sql, "EXPLAIN %s", select->buf);
	result = db_query(db, sql.buf, e);
	strbuf_release(&sql);
	row = result ? db_next(result) : NULL;
	if (row) {
		key = db_value(result, row, "key");
		extra = db_value(result, row, "Extra");
		rc = name ? key && !strcmp(key, name) && extra &&
				strstr(extra, "Using index") != NULL
			  : !key || !strcmp(key, "PRIMARY");
	}
	db_result_free(result);
	return result ? rc : -1;
}

/* all_read_alone: asked while the table is not at work. */
static int all_read_alone(
	const struct check_keys *keys, struct db *db, struct err *e)
{
	struct strbuf sql = STRBUF_INIT;
	int alone;

	of_rows(keys, &sql);
	alone = is_read_alone(db, &sql, NULL, e);
	for (size_t i = 0; i < keys->count && alone > 0; i++) {
		strbuf_reset(&sql);
		of_key(keys, &keys->key[i], &sql);
		alone = is_read_alone(db, &sql, keys->key[i].name, e);
	}
	strbuf_release(&sql);
	return alone;
}

int check_keys_find(struct check_keys *keys, struct db *db,
	const struct flavor *flavor, const char *schema, const char *table,
	struct err *e)
{
	int can;

	*keys = (struct check_keys){.table = STRBUF_INIT};
	if (!flavor->crc32c)
		return 0;
	sql_ident(&keys->table, schema);
	strbuf_addch(&keys->table, '.');
	sql_ident(&keys->table, table);
	can = read_columns(keys, db, e);
	if (can > 0)
		can = read_keys(keys, db, e);
	return can > 0 && keys->count ? all_read_alone(keys, db, e) : can;
}

void check_keys_release(struct check_keys *keys)
{
	for (size_t i = 0; i < keys->count; i++) {
		free(keys->key[i].name);
		free(keys->key[i].order.item);
	}
	free(keys->key);
	columns_release(&keys->columns);
	strbuf_release(&keys->table);
}

/* The number of entries, and the sum of their hashes. */
struct sum {
	char rows[24], hash[24];
};

static void take_sum(struct sum *sum, char **row, size_t column)
{
	snprintf(sum->rows, sizeof(sum->rows), "%s", row[0]);
	snprintf(sum->hash, sizeof(sum->hash), "%s", row[column]);
}

static int sum_key(struct sum *sum, const struct check_keys *keys, size_t i,
	struct db *db, struct err *e)
{
	struct strbuf sql = STRBUF_INIT;
	struct db_result *result;
	char **row;

	of_key(keys, &keys->key[i], &sql);
	result = db_query_shape(db, "ss", sql.buf, e);
	strbuf_release(&sql);
	row = result ? db_next(result) : NULL;
	if (row)
		take_sum(sum, row, 1);
	db_result_free(result);
	return result ? 0 : -1;
}

/* compare: the rows' sums, which are in a row of the answer. */
static int compare(const struct check_keys *keys, const struct sum *sums,
	char **row, struct strbuf *fault)
{
	for (size_t i = 0; i < keys->count; i++) {
		struct sum sum;

		take_sum(&sum, row, i + 1);
		if (!strcmp(sum.rows, sums[i].rows) &&
			!strcmp(sum.hash, sums[i].hash))
			continue;
		strbuf_addf(fault, "index '%s' does not hold what the rows do",
			keys->key[i].name);
		return 0;
	}
	return 1;
}

int check_keys_compare(const struct check_keys *keys, struct db *const db[2],
	struct strbuf *fault, struct err *e)
{
	struct strbuf sql = STRBUF_INIT, shape = STRBUF_INIT;
	struct sum *sums = xcalloc(keys->count + 1, sizeof(*sums));
	struct db_result *result;
	char **row;
	int rc = 0;

	of_rows(keys, &sql);
	for (size_t i = 0; i <= keys->count; i++)
		strbuf_addch(&shape, 's');
	rc = keys->count ? db_ask(db[0], sql.buf, e) : 1;
	for (size_t i = 0; i < keys->count && !rc; i++)
		rc = sum_key(&sums[i], keys, i, db[1], e);
	if (!rc) {
		result = db_answer(db[0], shape.buf, sql.buf, e);
		row = result ? db_next(result) : NULL;
		rc = row ? compare(keys, sums, row, fault) : -1;
		db_result_free(result);
	}
	strbuf_release(&sql);
	strbuf_release(&shape);
	free(sums);
	return rc;
}
