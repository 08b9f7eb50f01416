/* moment.c: see moment.h. */
#include "db/moment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "db/result.h"
#include "db/sql_text.h"

void moment_release(struct moment *moment)
{
	free(moment->log_file);
	free(moment->gtid);
	*moment = (struct moment){0};
}

void moment_to_json(struct json *json, const struct moment *moment)
{
	if (!moment->log_file) {
		json_null(json, "position");
		return;
	}
	json_begin_object(json, "position");
	json_string(json, "log_file", moment->log_file);
	json_uint(json, "log_pos", moment->log_pos);
	json_string_or_null(json, "gtid", moment->gtid);
	json_end_object(json);
}

/* read_snapshot: a snapshot's place in the binary log, from the connection
 * that sees it; it does not move while the snapshot lasts. */
static int read_snapshot(struct moment *moment, struct db *db, struct err *e)
{
	struct db_result *result = db_query_shape(
		db, "ss", "SHOW STATUS LIKE 'binlog\\_snapshot\\_%'", e);
	char **row;

	if (!result)
		return -1;
	while ((row = db_next(result))) {
		if (!strcasecmp(row[0], "binlog_snapshot_file") && *row[1])
			moment->log_file = xstrdup(row[1]);
		else if (!strcasecmp(row[0], "binlog_snapshot_position"))
			moment->log_pos = strtoull(row[1], NULL, 10);
	}
	db_result_free(result);
	return 0;
}

/* without_breaks: MySQL begins a line after each comma of a set. Owns: the
 * caller frees it. */
static char *without_breaks(const char *gtid)
{
	struct strbuf text = STRBUF_INIT;

	for (; *gtid; gtid++)
		if (*gtid != '\n')
			strbuf_addch(&text, *gtid);
	return strbuf_detach(&text);
}

int moment_present(struct moment *moment, struct db *db,
	const struct flavor *flavor, struct err *e)
{
	struct db_result *result = db_query_shape(db, "ss",
		flavor->binlog_status ? "SHOW BINARY LOG STATUS"
				      : "SHOW MASTER STATUS",
		e);
	char **row;

	if (!result)
		return -1;
	moment_release(moment);
	row = db_next(result);
	if (row) {
		const char *gtid = db_value(result, row, "Executed_Gtid_Set");

		moment->log_file = xstrdup(row[0]);
		moment->log_pos = strtoull(row[1], NULL, 10);
		if (gtid && *gtid)
			moment->gtid = without_breaks(gtid);
	}
	db_result_free(result);
	return 0;
}

/* same_place: whether db's snapshot lies where `moment` does. */
static int same_place(const struct moment *moment, struct db *db, struct err *e)
{
	struct moment other = {0};
	bool same;

	if (read_snapshot(&other, db, e))
		return -1;
	same = moment->log_file && other.log_file &&
		!strcmp(moment->log_file, other.log_file) &&
		moment->log_pos == other.log_pos;
	moment_release(&other);
	return same;
}

/* view_of: what InnoDB's monitor says of a thread's view, up to the end of the
 * line; NULL: nothing. *unclear: it says so twice, for it also shows the texts
 * of statements. */
static const char *view_of(const char *monitor, uint64_t thread, bool *unclear)
{
	char id[48];
	const char *at, *next, *view;

	snprintf(id, sizeof(id), "thread id %llu,", (unsigned long long)thread);
	at = strstr(monitor, id);
	if (!at)
		return NULL;
	*unclear |= strstr(at + 1, id) != NULL;
	next = strstr(at, "---TRANSACTION");
	view = strstr(at, "Trx read view ");
	return view && (!next || view < next) ? view : NULL;
}

/* same_views: whether the connections see transactions up to the same number,
 * which every transaction takes that begins to write, and every commit: also
 * those that are kept out of the binary log. A view that is not shown, for the
 * server cuts a long list of transactions short, is not the same. */
static bool same_views(struct db *const *dbs, size_t count, struct db *control)
{
	struct err refused;
	struct db_result *result = db_query_shape(
		control, "--s", "SHOW ENGINE INNODB STATUS", &refused);
	char **row = result ? db_next(result) : NULL;
	const char *first = NULL;
	bool same = row != NULL, unclear = false;

	for (size_t i = 0; same && i < count; i++) {
		const char *view =
			view_of(row[2], db_thread_id(dbs[i]), &unclear);

		if (!first)
			first = view;
		same = view && strcspn(first, "\n") == strcspn(view, "\n") &&
			!strncmp(first, view, strcspn(view, "\n"));
	}
	db_result_free(result);
	return same && !unclear;
}

static const char begin[] = "START TRANSACTION WITH CONSISTENT SNAPSHOT";

int moment_begin(struct moment *moment, struct db *const *dbs, size_t count,
	struct db *control, const struct flavor *flavor, struct err *e)
{
	int same = 1;

	moment_release(moment);
	if (db_exec_all(dbs, count, begin, e))
		return -1;
	if (!flavor->snapshot_position)
		return 1;
	if (read_snapshot(moment, dbs[0], e))
		return -1;
	for (size_t i = 1; same > 0 && i < count; i++)
		same = same_place(moment, dbs[i], e);
	if (same > 0 && count > 1)
		same = same_views(dbs, count, control);
	return same;
}

int moment_start(struct moment *moment, struct db *const *dbs, size_t count,
	struct db *control, const struct flavor *flavor, uint64_t ms,
	struct err *e)
{
	struct err later;

	moment_release(moment);
	if (db_send_all(dbs, count, begin, e))
		return -1;
	if (!db_answered(dbs, count, ms))
		return 0;
	/* Such a server knows no place but the present one. */
	if (flavor->snapshot_position ||
		!moment_present(moment, control, flavor, e))
		return 1;
	db_take_all(dbs, count, &later);
	return -1;
}

int moment_started(struct moment *moment, struct db *const *dbs, size_t count,
	const struct flavor *flavor, struct err *e)
{
	if (db_take_all(dbs, count, e))
		return -1;
	return flavor->snapshot_position ? read_snapshot(moment, dbs[0], e) : 0;
}

int moment_gtid(struct moment *moment, struct db *control,
	const struct flavor *flavor, struct err *e)
{
	struct strbuf sql = STRBUF_INIT, gtid = STRBUF_INIT;
	int found = 0;

	if (moment->log_file && flavor->mariadb_gtid) {
		strbuf_addstr(&sql, "SELECT BINLOG_GTID_POS(");
		sql_value_str(&sql, moment->log_file);
		strbuf_addf(
			&sql, ", %llu)", (unsigned long long)moment->log_pos);
		found = db_query_value(control, sql.buf, &gtid, e);
	}
	if (found > 0)
		moment->gtid = strbuf_detach(&gtid);
	strbuf_release(&sql);
	strbuf_release(&gtid);
	return found < 0 ? -1 : 0;
}

/* has_rows: whether a statement has a result with rows. An account that may
 * not ask is told no lie: it is taken as a yes. */
static bool has_rows(struct db *db, const char *sql)
{
	struct err refused;
	struct db_result *result = db_query(db, sql, &refused);
	bool found = !result || db_result_count(result);

	db_result_free(result);
	return found;
}

/* filtered: the binary log leaves some databases out. */
static bool filtered(struct db *db)
{
	struct err refused;
	struct db_result *result =
		db_query_shape(db, "--ss", "SHOW MASTER STATUS", &refused);
	char **row = result ? db_next(result) : NULL;
	bool some = true;

	if (row)
		some = *row[2] || *row[3]; /* Binlog_Do_DB, Binlog_Ignore_DB */
	db_result_free(result);
	return some;
}

/* may_look: whether same_views can tell. */
static bool may_look(struct db *db)
{
	struct err refused;
	struct db_result *result = db_query_shape(
		db, "--s", "SHOW ENGINE INNODB STATUS", &refused);

	db_result_free(result);
	return result != NULL;
}

int moment_shared(
	struct db *control, const struct flavor *flavor, struct err *e)
{
	struct strbuf value = STRBUF_INIT;
	int found;
	bool replicas_too;

	if (!flavor->snapshot_position)
		return 0;
	/* Galera's write sets are in it with log_slave_updates, too. */
	found = db_query_value(control,
		"SELECT CONCAT(IF(@@log_bin, 1, 0), "
		"IF(@@log_slave_updates, 1, 0))",
		&value, e);
	if (found <= 0 || value.buf[0] != '1') {
		strbuf_release(&value);
		return found < 0 ? -1 : 0;
	}
	replicas_too = value.buf[1] == '1';
	strbuf_release(&value);
	if (!replicas_too &&
		(has_rows(control, "SHOW ALL SLAVES STATUS") ||
			has_rows(control,
				"SHOW GLOBAL STATUS WHERE Variable_name = "
				"'wsrep_ready' AND Value = 'ON'")))
		return 0;
	return !filtered(control) && may_look(control);
}
