/* check.c: see check.h. */
#include "db/check.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/sig.h"
#include "base/workers.h"
#include "db/check_keys.h"
#include "db/result.h"
#include "db/sql_text.h"

#define NOT_SYSTEM                                                             \
	" NOT IN ('mysql', 'information_schema', 'performance_schema', 'sys')"

#define NOT_FILES " NOT IN ('information_schema', 'performance_schema')"

struct checked {
	char *db, *name;
	bool view, innodb;
};

struct check {
	const struct db_options *login;
	struct flavor flavor;
	struct checked *list;
	size_t count, cap;
	enum check_scope scope;
	check_fault *fault;
	void *ctx;
	pthread_mutex_t mutex; /* over next, ended, and calls of fault */
	size_t next;
	bool ended; /* the server did */
};

static int count_of(
	struct db *db, const char *of, uint64_t *count, struct err *e)
{
	struct strbuf sql = STRBUF_INIT, text = STRBUF_INIT;
	int rc;

	strbuf_addf(&sql, "SELECT COUNT(*) FROM information_schema.%s%s", of,
		NOT_SYSTEM);
	rc = db_query_value(db, sql.buf, &text, e);
	if (rc == 1)
		rc = uint_parse(text.buf, "a count", count, e);
	strbuf_release(&text);
	strbuf_release(&sql);
	return rc;
}

int check_count(struct db *db, struct check_counts *counts, struct err *e)
{
	static const struct {
		const char *of; /* what is counted: FROM, WHERE */
		size_t at;
	} queries[] = {
		{"TABLES WHERE TABLE_TYPE IN ('BASE TABLE', "
		 "'SYSTEM VERSIONED') AND TABLE_SCHEMA",
			offsetof(struct check_counts, tables)},
		{"TABLES WHERE TABLE_TYPE = 'SEQUENCE' AND TABLE_SCHEMA",
			offsetof(struct check_counts, sequences)},
		{"VIEWS WHERE TABLE_SCHEMA",
			offsetof(struct check_counts, views)},
		{"TRIGGERS WHERE TRIGGER_SCHEMA",
			offsetof(struct check_counts, triggers)},
		{"ROUTINES WHERE ROUTINE_SCHEMA",
			offsetof(struct check_counts, routines)},
		{"EVENTS WHERE (ON_COMPLETION = 'PRESERVE' OR (EVENT_TYPE = "
		 "'RECURRING' AND ENDS IS NULL)) AND EVENT_SCHEMA",
			offsetof(struct check_counts, events)},
	};

	for (size_t i = 0; i < sizeof(queries) / sizeof(*queries); i++) {
		uint64_t *count =
			(uint64_t *)(void *)((char *)counts + queries[i].at);

		if (count_of(db, queries[i].of, count, e))
			return -1;
	}
	return 0;
}

/* list_all: the largest first, so that the last worker to end ends soon. */
static int list_all(struct check *c, struct db *db, struct err *e)
{
	struct strbuf sql = STRBUF_INIT;
	struct db_result *result;
	char **row;

	strbuf_addf(&sql,
		"SELECT TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE = 'VIEW', "
		"ENGINE = 'InnoDB' FROM information_schema.TABLES WHERE "
		"TABLE_TYPE <> 'SEQUENCE' AND "
		"TABLE_SCHEMA%s ORDER BY DATA_LENGTH + INDEX_LENGTH DESC",
		c->scope == CHECK_LOADED ? NOT_SYSTEM : NOT_FILES);
	result = db_query_shape(db, "ss--", sql.buf, e);
	strbuf_release(&sql);
	if (!result)
		return -1;
	while ((row = db_next(result))) {
		struct checked *one;

		c->list = grow_array(
			c->list, c->count, &c->cap, sizeof(*c->list));
		one = &c->list[c->count++];
		one->db = xstrdup(row[0]);
		one->name = xstrdup(row[1]);
		one->view = row[2] && row[2][0] == '1';
		one->innodb = row[3] && row[3][0] == '1';
	}
	db_result_free(result);
	return 0;
}

/* take_one: the next to be checked, or NULL. */
static const struct checked *take_one(struct check *c)
{
	const struct checked *one = NULL;

	pthread_mutex_lock(&c->mutex);
	if (c->next < c->count && !c->ended)
		one = &c->list[c->next++];
	pthread_mutex_unlock(&c->mutex);
	return one;
}

/* tell: returns 0, or -1. */
static int tell(struct check *c, const struct checked *one, const char *what,
	struct err *e)
{
	int rc;

	pthread_mutex_lock(&c->mutex);
	rc = c->fault(c->ctx, one->view ? "view" : "table", one->db, one->name,
		what, e);
	pthread_mutex_unlock(&c->mutex);
	return rc;
}

/* ended: the connection was lost while this was checked: what it was at can
 * be what ended the server. */
static int ended(struct check *c, const struct checked *one,
	const struct err *why, struct err *e)
{
	char what[200];

	pthread_mutex_lock(&c->mutex);
	c->ended = true;
	pthread_mutex_unlock(&c->mutex);
	snprintf(what, sizeof(what),
		"the server ended while it checked it: "
		"%.140s",
		why->msg);
	return tell(c, one, what, e);
}

/* A worker's connections: one for CHECK TABLE, two to compare indexes. */
enum { ASKING, COMPARING, CONNECTIONS = COMPARING + 2 };

static void add_check(
	const struct checked *one, bool extended, struct strbuf *sql)
{
	strbuf_addstr(sql, "CHECK TABLE ");
	sql_ident(sql, one->db);
	strbuf_addch(sql, '.');
	sql_ident(sql, one->name);
	strbuf_addstr(sql, extended ? " EXTENDED" : "");
}

/* take_answer: to CHECK TABLE: a row with what is wrong, then one with the
 * status; notes, such as that an engine has no check, are no fault. Returns 1;
 * 0: something is wrong, which was told; -1, also for no result. */
static int take_answer(struct check *c, const struct checked *one,
	struct db_result *result, struct err *e)
{
	char **row;
	int good = result ? 1 : -1;

	while (good > 0 && (row = db_next(result))) {
		const char *type = db_value(result, row, "Msg_type");
		const char *text = db_value(result, row, "Msg_text");

		if (!type || !text || !strcmp(type, "note") ||
			(!strcmp(type, "status") && !strcmp(text, "OK")))
			continue;
		good = tell(c, one, text, e);
	}
	db_result_free(result);
	return good;
}

static int ask_server(struct check *c, struct db *db, const struct checked *one,
	struct err *e)
{
	struct strbuf sql = STRBUF_INIT;
	int good;

	add_check(one, true, &sql);
	good = take_answer(c, one, db_query(db, sql.buf, e), e);
	strbuf_release(&sql);
	return good;
}

/* ask_and_compare: the server checks the trees while indexes and rows are read.
 * What it has to say of the table comes first. As take_answer. */
static int ask_and_compare(struct check *c, struct db *const *db,
	const struct checked *one, const struct check_keys *keys, struct err *e)
{
	struct strbuf sql = STRBUF_INIT, fault = STRBUF_INIT;
	struct err later = {0};
	int same, good;

	add_check(one, false, &sql);
	good = db_ask(db[ASKING], sql.buf, e);
	if (!good) {
		same = check_keys_compare(keys, &db[COMPARING], &fault, &later);
		good = take_answer(
			c, one, db_answer(db[ASKING], "----", sql.buf, e), e);
		if (good > 0 && same < 0)
			*e = later;
		if (good > 0)
			good = same ? same : tell(c, one, fault.buf, e);
	}
	strbuf_release(&sql);
	strbuf_release(&fault);
	return good;
}

/* check_table: with its indexes compared with its rows, where that is possible;
 * else EXTENDED is what does it. As take_answer. */
static int check_table(struct check *c, struct db *const *db,
	const struct checked *one, struct err *e)
{
	struct check_keys keys;
	int can = check_keys_find(
		&keys, db[ASKING], &c->flavor, one->db, one->name, e);
	int good = can > 0 ? ask_and_compare(c, db, one, &keys, e)
		: can      ? -1
			   : ask_server(c, db[ASKING], one, e);

	check_keys_release(&keys);
	return good;
}

static int check_one(struct check *c, struct db *const *db,
	const struct checked *one, struct err *e)
{
	const bool loaded = c->scope == CHECK_LOADED && one->innodb;
	int good = loaded ? check_table(c, db, one, e)
			  : ask_server(c, db[ASKING], one, e);

	if (good < 0 && e->code == ERR_TEMP && !sig_pending()) {
		struct err why = *e;

		return ended(c, one, &why, e);
	}
	return good < 0 ? -1 : 0;
}

static int work(void *ctx, size_t i, struct err *e)
{
	struct check *c = ctx;
	struct db *db[CONNECTIONS] = {NULL};
	const struct checked *one;
	int rc = 0;

	(void)i;
	for (size_t k = 0; k < CONNECTIONS && !rc; k++) {
		db[k] = db_open(c->login, e);
		rc = db[k] ? 0 : -1;
	}
	while (!rc && (one = take_one(c))) {
		rc = check_one(c, db, one, e);
		if (!rc && sig_pending())
			rc = err_set(e, ERR_SIGNAL, "interrupted");
	}
	for (size_t k = 0; k < CONNECTIONS; k++)
		db_close(db[k]);
	return rc;
}

int check_all(const struct db_options *login, uint64_t jobs,
	enum check_scope scope, check_fault *fault, void *ctx, struct err *e)
{
	struct check c = {
		.login = login, .scope = scope, .fault = fault, .ctx = ctx};
	struct db *db = db_open(login, e);
	int rc = !db || flavor_detect(&c.flavor, db, e) || list_all(&c, db, e)
		? -1
		: 0;

	db_close(db);
	pthread_mutex_init(&c.mutex, NULL);
	if (!rc)
		rc = workers_run(jobs, work, &c, e);
	pthread_mutex_destroy(&c.mutex);
	for (size_t i = 0; i < c.count; i++) {
		free(c.list[i].db);
		free(c.list[i].name);
	}
	free(c.list);
	return rc;
}
