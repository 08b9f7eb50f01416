/* present.c: see present.h. */
#include "db/present.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/prog.h"
#include "db/gtid.h"
#include "db/result.h"

enum { TRIES = 20 };

void present_release(struct present *present)
{
	moment_release(&present->own);
	for (size_t i = 0; i < present->count; i++) {
		struct present_upstream *one = &present->upstream[i];

		free(one->channel);
		free(one->host);
		free(one->log_file);
		free(one->gtid);
	}
	free(present->upstream);
	*present = (struct present){0};
}

/* A replica's state, as SHOW ... STATUS has it: MariaDB's names of columns, and
 * those of MySQL before and from 8.0.22 on. */
struct status {
	struct db_result *result;
	char **row;
};

static const char *value(
	const struct status *s, const char *name, const char *other)
{
	const char *found = db_value(s->result, s->row, name);

	return found ? found : db_value(s->result, s->row, other);
}

static uint64_t number(
	const struct status *s, const char *name, const char *other)
{
	const char *found = value(s, name, other);

	return found ? strtoull(found, NULL, 10) : 0;
}

static char *copy(const char *text)
{
	return text && *text ? xstrdup(text) : NULL;
}

static bool is_on(const char *text)
{
	return text && strcasecmp(text, "No") != 0 && strcmp(text, "0") != 0;
}

static bool is_yes(const char *text)
{
	return text && !strcasecmp(text, "Yes");
}

static int check_failure(const struct status *s,
	const struct present_upstream *one, struct err *e)
{
	if (!number(s, "Last_SQL_Errno", "Last_SQL_Errno"))
		return 0;
	err_set(e, ERR_UNAVAILABLE,
		"replication from '%s'%s%s has failed here: %.500s", one->host,
		*one->channel ? ", by connection " : "", one->channel,
		value(s, "Last_SQL_Error", "Last_SQL_Error"));
	return err_hint(e, "repair it first, or ask another replica");
}

/* applies_in_order: MariaDB may overtake between domains, MySQL unless it is
 * told to keep the order. By GTID that does not matter. */
static int applies_in_order(const struct flavor *flavor, struct db *db,
	const char *gtid, struct err *e)
{
	struct strbuf threads = STRBUF_INIT, keeps = STRBUF_INIT;
	const char *workers = flavor->vendor == VENDOR_MARIADB
		? "SELECT @@GLOBAL.slave_parallel_threads"
		: flavor->source_terms
		? "SELECT @@GLOBAL.replica_parallel_workers"
		: "SELECT @@GLOBAL.slave_parallel_workers";
	int rc = db_query_value(db, workers, &threads, e);

	if (rc > 0 && atoi(threads.buf) > 1) {
		if (flavor->vendor == VENDOR_MARIADB)
			rc = !gtid || !strchr(gtid, ',');
		else
			rc = db_query_value(db,
				flavor->source_terms
					? "SELECT @@GLOBAL.replica_preserve_"
					  "commit_order"
					: "SELECT @@GLOBAL.slave_preserve_"
					  "commit_order",
				&keeps, e);
		if (keeps.len)
			rc = strcmp(keeps.buf, "0") != 0;
	} else if (rc >= 0) {
		rc = 1;
	}
	strbuf_release(&threads);
	strbuf_release(&keeps);
	return rc;
}

static int check_order(const struct status *s, struct db *db,
	const struct flavor *flavor, const struct present_upstream *one,
	struct err *e)
{
	int rc = 1;

	if (!one->use_gtid &&
		is_yes(value(s, "Slave_SQL_Running", "Replica_SQL_Running")))
		rc = applies_in_order(flavor, db, one->gtid, e);
	if (rc)
		return rc < 0 ? -1 : 0;
	err_set(e, ERR_UNAVAILABLE,
		"the replica applies transactions of '%s' out of order, so its "
		"position is not one up to which it has all",
		one->host);
	return err_hint(e,
		"stop its SQL thread first, which waits for those under way, "
		"or replicate by GTID");
}

static int add_upstream(struct present *present, const struct status *s,
	struct db *db, const struct flavor *flavor, struct err *e)
{
	const char *channel = value(s, "Connection_name", "Channel_Name");
	const char *host = value(s, "Master_Host", "Source_Host");
	struct present_upstream *one;

	present->upstream = grow_array(present->upstream, present->count,
		&present->cap, sizeof(*present->upstream));
	one = &present->upstream[present->count++];
	*one = (struct present_upstream){
		.channel = xstrdup(channel ? channel : ""),
		.host = xstrdup(host ? host : ""),
		.port = number(s, "Master_Port", "Source_Port"),
		.log_file = copy(value(
			s, "Relay_Master_Log_File", "Relay_Source_Log_File")),
		.log_pos =
			number(s, "Exec_Master_Log_Pos", "Exec_Source_Log_Pos"),
		.gtid = copy(value(s, "Gtid_Slave_Pos", "Executed_Gtid_Set")),
		.use_gtid = is_on(value(s, "Using_Gtid", "Auto_Position"))};
	if (!one->log_pos) {
		free(one->log_file);
		one->log_file = NULL;
	}
	return check_failure(s, one, e) || check_order(s, db, flavor, one, e)
		? -1
		: 0;
}

static int read_upstreams(struct present *present, struct db *db,
	const struct flavor *flavor, struct err *e)
{
	struct status s = {0};
	int rc = 0;

	s.result = db_query(db,
		flavor->vendor == VENDOR_MARIADB ? "SHOW ALL SLAVES STATUS"
			: flavor->source_terms   ? "SHOW REPLICA STATUS"
						 : "SHOW SLAVE STATUS",
		e);
	if (!s.result) {
		if (e->code == ERR_DENIED)
			err_hint(e,
				"GRANT REPLICA MONITOR (MySQL: REPLICATION "
				"CLIENT) ON *.* is needed");
		return -1;
	}
	while (!rc && (s.row = db_next(s.result)))
		rc = add_upstream(present, &s, db, flavor, e);
	db_result_free(s.result);
	return rc;
}

static bool same_text(const char *a, const char *b)
{
	return !strcmp(a ? a : "", b ? b : "");
}

static bool same_upstreams(const struct present *a, const struct present *b)
{
	bool same = a->count == b->count;

	for (size_t i = 0; same && i < a->count; i++) {
		const struct present_upstream *x = &a->upstream[i];
		const struct present_upstream *y = &b->upstream[i];

		same = x->log_pos == y->log_pos &&
			same_text(x->channel, y->channel) &&
			same_text(x->log_file, y->log_file) &&
			same_text(x->gtid, y->gtid);
	}
	return same;
}

/* drop_gtids: they may be of another moment than the positions. */
static void drop_gtids(struct present *present)
{
	log_warn("the replica does not stand still long enough to tell the "
		 "GTID of its position; it is left out");
	for (size_t i = 0; i < present->count; i++) {
		free(present->upstream[i].gtid);
		present->upstream[i].gtid = NULL;
	}
}

/* read_still: what the server tells of positions and GTIDs it does not read at
 * once: they belong together if a second look finds the same. */
static int read_still(struct present *present, struct db *db,
	const struct flavor *flavor, struct err *e)
{
	struct present again = {0};
	int rc = read_upstreams(present, db, flavor, e);

	for (int i = 0; !rc && present->count && i < TRIES; i++) {
		struct present old = *present;

		rc = read_upstreams(&again, db, flavor, e);
		*present = again;
		again = (struct present){0};
		if (!rc && same_upstreams(&old, present)) {
			present_release(&old);
			return 0;
		}
		present_release(&old);
	}
	if (!rc && present->count)
		drop_gtids(present);
	return rc;
}

static int read_own(struct moment *own, struct db *db,
	const struct flavor *flavor, struct err *e)
{
	if (moment_present(own, db, flavor, e) ||
		moment_gtid(own, db, flavor, e)) {
		if (e->code == ERR_DENIED)
			err_hint(e,
				"GRANT BINLOG MONITOR (MySQL: REPLICATION "
				"CLIENT) ON *.* is needed");
		return -1;
	}
	if (own->gtid && !*own->gtid) {
		free(own->gtid);
		own->gtid = NULL;
	}
	return 0;
}

int present_read(struct present *present, struct db *db,
	const struct flavor *flavor, struct err *e)
{
	*present = (struct present){0};
	if (read_still(present, db, flavor, e))
		return -1;
	return read_own(&present->own, db, flavor, e);
}
