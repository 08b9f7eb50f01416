/* catch_up.c: see catch_up.h. */
#include "db/catch_up.h"

#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/sig.h"
#include "db/gtid.h"
#include "db/replica_sql.h"
#include "db/result.h"
#include "db/sql_text.h"

/* For how long the server is asked to wait at once: then it is looked at. */
static const uint64_t slice_ms = 2000;

/* How many connections replicate, and whether the SQL threads of all run. */
struct threads {
	size_t sources;
	bool running;
};

static bool is_yes(const char *value)
{
	return value && !strcasecmp(value, "Yes");
}

static int read_threads(struct threads *t, struct db *db,
	const struct flavor *flavor, struct err *e)
{
	struct db_result *result = db_query(db, replica_sql_status(flavor), e);
	char **row;

	*t = (struct threads){.running = true};
	if (!result)
		return err_prefix(e, "cannot see the replication: ");
	while ((row = db_next(result))) {
		t->sources++;
		if (!is_yes(db_value(result, row, "Slave_SQL_Running")) &&
			!is_yes(db_value(result, row, "Replica_SQL_Running")))
			t->running = false;
	}
	db_result_free(result);
	return 0;
}

int catch_up_replicates(
	struct db *db, const struct flavor *flavor, struct err *e)
{
	struct threads threads;

	if (read_threads(&threads, db, flavor, e))
		return -1;
	return threads.sources > 0;
}

/* by_gtid: whether the replica counts GTIDs: one that was begun by file and
 * position, and has executed nothing since, knows of none. Returns 1, 0, -1. */
static int by_gtid(struct db *replica, const struct flavor *flavor,
	const struct moment *to, struct err *e)
{
	struct strbuf text = STRBUF_INIT;
	int found = 0;

	if (flavor->mariadb_gtid && to->gtid && *to->gtid)
		found = db_query_value(
			replica, "SELECT @@GLOBAL.gtid_slave_pos", &text, e);
	if (found > 0)
		found = text.len > 0;
	strbuf_release(&text);
	return found;
}

/* add_wait: a function whose value is -1 if the position was not reached. */
static void add_wait(struct strbuf *sql, const struct flavor *flavor,
	const struct moment *to, bool gtid, uint64_t ms)
{
	if (gtid) {
		strbuf_addstr(sql, "SELECT MASTER_GTID_WAIT(");
		sql_value_str(sql, to->gtid);
	} else {
		strbuf_addf(sql, "SELECT %s_POS_WAIT(",
			flavor->source_terms ? "SOURCE" : "MASTER");
		sql_value_str(sql, to->log_file);
		strbuf_addf(sql, ",%llu", (unsigned long long)to->log_pos);
	}
	strbuf_addf(sql, ",%llu.%03llu)", (unsigned long long)ms / 1000,
		(unsigned long long)ms % 1000);
}

/* wait_slice: Returns 1 once it is there, 0, -1. A thread that stands still
 * makes one of the functions NULL. */
static int wait_slice(struct db *replica, const struct flavor *flavor,
	const struct moment *to, uint64_t ms, struct err *e)
{
	struct strbuf sql = STRBUF_INIT, value = STRBUF_INIT;
	int found = by_gtid(replica, flavor, to, e);

	if (found < 0)
		return -1;
	add_wait(&sql, flavor, to, found > 0, ms);
	found = db_query_value(replica, sql.buf, &value, e);
	if (found > 0)
		found = value.buf[0] != '-';
	strbuf_release(&sql);
	strbuf_release(&value);
	return found;
}

static int still_behind(struct db *replica, const struct flavor *flavor,
	bool late, uint64_t wait_ms, struct err *e)
{
	struct threads threads;

	if (read_threads(&threads, replica, flavor, e))
		return -1;
	if (!threads.running) {
		err_set(e, ERR_TEMP,
			"the replica is behind its source, and an SQL thread "
			"of it stands still");
		return err_hint(e, "see SHOW ALL SLAVES STATUS there");
	}
	if (!late)
		return 0;
	err_set(e, ERR_TEMP,
		"the replica has not caught up with its source after %llu s",
		(unsigned long long)wait_ms / 1000);
	return err_hint(e, "try again later, or raise --wait");
}

int catch_up_wait(struct db *replica, const struct flavor *flavor,
	const struct moment *to, uint64_t wait_ms, struct err *e)
{
	const uint64_t began = clock_ms();
	int there = 0;

	if ((!to->gtid || !*to->gtid) && !to->log_file) {
		err_set(e, ERR_UNAVAILABLE,
			"the source keeps no binary log: there is no position "
			"that its replica could be compared at");
		return err_hint(e, "is it the right server?");
	}
	while (!there) {
		uint64_t gone = clock_ms() - began;
		uint64_t left = gone < wait_ms ? wait_ms - gone : 0;

		if (sig_pending())
			return err_set(e, ERR_SIGNAL, "interrupted");
		/* Without any time MASTER_POS_WAIT would wait for ever. */
		there = wait_slice(replica, flavor, to,
			left < slice_ms ? left + 1 : slice_ms, e);
		if (!there && still_behind(replica, flavor, !left, wait_ms, e))
			return -1;
	}
	return there < 0 ? -1 : 0;
}

/* executed: as the snapshot has it. Returns 1, 0 if that is not known, -1. */
static int executed(struct db *reader, struct gtid_list *list, struct err *e)
{
	struct strbuf text = STRBUF_INIT;
	struct err refused;
	int found = db_query_value(reader,
		"SELECT ENGINE FROM information_schema.TABLES WHERE "
		"TABLE_SCHEMA = 'mysql' AND TABLE_NAME = 'gtid_slave_pos'",
		&text, e);

	if (found < 0) {
		strbuf_release(&text);
		return -1;
	}
	found = found && !strcasecmp(text.buf, "InnoDB");
	/* The account may not be allowed to. */
	if (found)
		found = db_query_value(reader,
				"SELECT GROUP_CONCAT(domain_id, '-', "
				"server_id, '-', seq_no) FROM "
				"mysql.gtid_slave_pos AS p WHERE sub_id = "
				"(SELECT MAX(sub_id) FROM mysql.gtid_slave_pos "
				"AS q WHERE q.domain_id = p.domain_id)",
				&text, &refused) > 0 &&
			gtid_list_parse(list, text.buf);
	strbuf_release(&text);
	return found;
}

int catch_up_exact(struct db *reader, const struct flavor *flavor,
	const struct moment *source, struct err *e)
{
	struct gtid_list here = {0}, there = {0};
	int found = 0;

	if (flavor->mariadb_gtid && source->gtid && *source->gtid &&
		gtid_list_parse(&there, source->gtid))
		found = executed(reader, &here, e);
	if (found > 0)
		found = gtid_list_covers(&here, &there) &&
			!gtid_list_differs(&here, &there);
	gtid_list_release(&here);
	gtid_list_release(&there);
	return found;
}
