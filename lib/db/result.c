/* result.c: see result.h. */
#include "db/result.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "db/conn_internal.h"
#include "db/sql_text.h"

struct db_result {
	MYSQL_RES *res;
};

/* store: what a statement that was answered has as its result. */
static struct db_result *store(struct db *db, const char *sql, struct err *e)
{
	struct db_result *result;
	MYSQL_RES *res = mysql_store_result(db->my);

	if (!res) {
		if (mysql_errno(db->my))
			db_fail(db, NULL, e);
		else
			err_set(e, ERR_BUG, "no result from: %.200s", sql);
		return NULL;
	}
	result = xmalloc(sizeof(*result));
	result->res = res;
	return result;
}

struct db_result *db_query(struct db *db, const char *sql, struct err *e)
{
	if (!mysql_real_query(db->my, sql, strlen(sql)))
		return store(db, sql, e);
	db_fail(db, NULL, e);
	return NULL;
}

/* has_shape: whether all rows do; then the first is the next one again. */
static bool has_shape(struct db_result *result, const char *shape)
{
	size_t columns = strlen(shape);
	char **row;

	if (mysql_num_fields(result->res) < columns)
		return false;
	while ((row = mysql_fetch_row(result->res)))
		for (size_t i = 0; i < columns; i++)
			if (shape[i] == 's' && !row[i])
				return false;
	mysql_data_seek(result->res, 0);
	return true;
}

/* of_shape: the result if it has this shape. */
static struct db_result *of_shape(struct db *db, struct db_result *result,
	const char *shape, const char *sql, struct err *e)
{
	if (!result || has_shape(result, shape))
		return result;
	db_result_free(result);
	err_set(e, ERR_UNAVAILABLE, "%s gives a malformed answer to: %.200s",
		db->where.buf, sql);
	return NULL;
}

struct db_result *db_query_shape(
	struct db *db, const char *shape, const char *sql, struct err *e)
{
	return of_shape(db, db_query(db, sql, e), shape, sql, e);
}

int db_ask(struct db *db, const char *sql, struct err *e)
{
	return mysql_send_query(db->my, sql, strlen(sql)) ? db_fail(db, NULL, e)
							  : 0;
}

struct db_result *db_answer(
	struct db *db, const char *shape, const char *sql, struct err *e)
{
	if (!mysql_read_query_result(db->my))
		return of_shape(db, store(db, sql, e), shape, sql, e);
	db_fail(db, NULL, e);
	return NULL;
}

void db_result_free(struct db_result *result)
{
	if (!result)
		return;
	mysql_free_result(result->res);
	free(result);
}

char **db_next(struct db_result *result)
{
	return mysql_fetch_row(result->res);
}

const unsigned long *db_lengths(struct db_result *result)
{
	return mysql_fetch_lengths(result->res);
}

int db_column(struct db_result *result, const char *name)
{
	unsigned count = mysql_num_fields(result->res);
	const MYSQL_FIELD *field = mysql_fetch_fields(result->res);

	for (unsigned i = 0; i < count; i++)
		if (!strcasecmp(field[i].name, name))
			return (int)i;
	return -1;
}

const char *db_value(struct db_result *result, char **row, const char *name)
{
	int i = db_column(result, name);

	return i >= 0 ? row[i] : NULL;
}

uint64_t db_value_uint(struct db_result *result, char **row, const char *name)
{
	const char *value = db_value(result, row, name);

	return value ? strtoull(value, NULL, 10) : 0;
}

size_t db_result_count(struct db_result *result)
{
	return (size_t)mysql_num_rows(result->res);
}

int db_query_value(
	struct db *db, const char *sql, struct strbuf *value, struct err *e)
{
	struct db_result *result = db_query(db, sql, e);
	char **row;
	int found = 0;

	strbuf_reset(value);
	if (!result)
		return -1;
	row = db_next(result);
	if (row && row[0]) {
		strbuf_add(value, row[0], db_lengths(result)[0]);
		found = 1;
	}
	db_result_free(result);
	return found;
}

int db_warned(
	struct db *db, unsigned number, struct strbuf *text, struct err *e)
{
	struct db_result *result;
	char **row;
	int found = 0;

	strbuf_reset(text);
	if (!mysql_warning_count(db->my))
		return 0;
	result = db_query_shape(db, "-ss", "SHOW WARNINGS", e);
	if (!result)
		return -1;
	/* Level, code, message */
	while (!found && (row = db_next(result)))
		if (strtoul(row[1], NULL, 10) == number) {
			strbuf_addstr(text, row[2]);
			found = 1;
		}
	db_result_free(result);
	return found;
}

char *db_server_variable(struct db *db, const char *name, struct err *e)
{
	struct strbuf sql = STRBUF_INIT;
	struct db_result *result;
	char **row, *value = NULL;

	strbuf_addstr(&sql, "SHOW GLOBAL VARIABLES WHERE Variable_name = ");
	sql_value_str(&sql, name);
	result = db_query_shape(db, "s-", sql.buf, e);
	row = result ? db_next(result) : NULL;
	if (row && row[1] && *row[1])
		value = xstrdup(row[1]);
	db_result_free(result);
	strbuf_release(&sql);
	return value;
}

int db_column_default(struct db *db, const char *table, const char *column,
	struct strbuf *value, struct err *e)
{
	MYSQL_RES *res = mysql_list_fields(db->my, table, NULL);
	int found = 0;

	strbuf_reset(value);
	if (!res)
		return db_fail(db, NULL, e);
	for (unsigned i = 0; i < mysql_num_fields(res); i++) {
		const MYSQL_FIELD *field = mysql_fetch_field_direct(res, i);

		if (strcmp(field->name, column) || !field->def)
			continue;
		strbuf_addstr(value, field->def);
		found = 1;
	}
	mysql_free_result(res);
	return found;
}
