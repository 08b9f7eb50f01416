/* lag.c: see lag.h. */
#include "db/lag.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "db/gtid.h"
#include "db/result.h"
#include "db/sql_text.h"

static const char purged[] = "the server has purged the log that begins there";
static const char unknown[] = "the server has not written that position: it is "
			      "another server, or its log was reset";

void lag_release(struct lag *lag)
{
	moment_release(&lag->now);
	free(lag->domain);
	*lag = (struct lag){0};
}

/* Bytes. */

/* is_older: names of logs of one server end in a number that counts up. */
static bool is_older(const char *name, const char *than)
{
	const char *dot = strrchr(than, '.');

	return dot && strlen(name) == strlen(than) &&
		!memcmp(name, than, (size_t)(dot - than) + 1) &&
		strcmp(name, than) < 0;
}

/* sum_logs: from the position's file to the one that is written now. Sizes are
 * those of whole files but for the last one. */
static void sum_logs(
	struct lag *lag, struct db_result *logs, const struct moment *since)
{
	bool found = false;
	uint64_t bytes = 0;
	char **row;

	while ((row = db_next(logs))) {
		bool last = !strcmp(row[0], lag->now.log_file);
		uint64_t size =
			last ? lag->now.log_pos : strtoull(row[1], NULL, 10);

		if (!strcmp(row[0], since->log_file)) {
			found = true;
			if (since->log_pos > size) {
				lag->lost = unknown;
				return;
			}
			size -= since->log_pos;
		}
		bytes += found ? size : 0;
		if (last)
			break;
	}
	lag->has_bytes = found;
	lag->bytes = bytes;
	if (!found)
		lag->lost = is_older(since->log_file, lag->now.log_file)
			? purged
			: unknown;
}

static int read_bytes(struct lag *lag, struct db *db,
	const struct moment *since, struct err *e)
{
	struct db_result *logs =
		db_query_shape(db, "ss", "SHOW BINARY LOGS", e);

	if (!logs)
		return -1;
	sum_logs(lag, logs, since);
	db_result_free(logs);
	return 0;
}

/* Transactions on MariaDB. */

static void add_domain(struct lag *lag, uint32_t domain, uint64_t count)
{
	lag->domain = grow_array(
		lag->domain, lag->domains, &lag->cap, sizeof(*lag->domain));
	lag->domain[lag->domains++] = (struct lag_domain){domain, count};
	lag->transactions += count;
}

/* compare_lists: sequence numbers count up by one in each domain. With several
 * sources MariaDB has one GTID position of all of them: then a domain that this
 * one has nothing in is another's. */
static void compare_lists(struct lag *lag, const struct gtid_list *now,
	const struct gtid_list *since, bool shared)
{
	if (shared ? gtid_list_ahead(since, now)
		   : !gtid_list_covers(now, since)) {
		lag->lost = unknown;
		return;
	}
	lag->has_transactions = true;
	for (size_t i = 0; i < now->count; i++) {
		const struct gtid *at = &now->item[i];

		add_domain(lag, at->domain,
			at->sequence - gtid_list_sequence(since, at->domain));
	}
}

static void count_mariadb(
	struct lag *lag, const struct moment *since, bool shared)
{
	struct gtid_list now = {0}, then = {0};

	if (gtid_list_parse(&now, lag->now.gtid ? lag->now.gtid : "") &&
		gtid_list_parse(&then, since->gtid))
		compare_lists(lag, &now, &then, shared && since->log_file);
	gtid_list_release(&now);
	gtid_list_release(&then);
}

/* Transactions on MySQL. */

/* count_set: of "UUID:1-5:11[:TAG:1-3],UUID:7": what stands between colons and
 * begins with a digit is an interval. */
static uint64_t count_set(const char *set)
{
	uint64_t count = 0;

	for (const char *p = strchr(set, ':'); p; p = strchr(p, ':')) {
		char *end;
		uint64_t first = strtoull(++p, &end, 10), last = first;

		if (end == p)
			continue; /* a tag */
		if (*end == '-')
			last = strtoull(end + 1, &end, 10);
		if (last >= first)
			count += last - first + 1;
	}
	return count;
}

static int ask_set(struct db *db, const char *before, const char *gtid,
	const char *behind, struct strbuf *value, struct err *e)
{
	struct strbuf sql = STRBUF_INIT;
	int rc;

	strbuf_addstr(&sql, before);
	sql_value_str(&sql, gtid);
	strbuf_addstr(&sql, behind);
	rc = db_query_value(db, sql.buf, value, e);
	strbuf_release(&sql);
	return rc < 0 ? -1 : 0;
}

static int count_mysql(struct lag *lag, struct db *db,
	const struct moment *since, struct err *e)
{
	struct strbuf known = STRBUF_INIT, kept = STRBUF_INIT;
	struct strbuf missing = STRBUF_INIT;
	int rc = -1;

	if (ask_set(db, "SELECT GTID_SUBSET(", since->gtid,
		    ", @@GLOBAL.gtid_executed)", &known, e) ||
		ask_set(db, "SELECT GTID_SUBSET(@@GLOBAL.gtid_purged, ",
			since->gtid, ")", &kept, e) ||
		ask_set(db, "SELECT GTID_SUBTRACT(@@GLOBAL.gtid_executed, ",
			since->gtid, ")", &missing, e))
		goto out;
	rc = 0;
	if (strcmp(known.buf, "1") != 0) {
		lag->lost = unknown;
	} else {
		lag->has_transactions = true;
		lag->transactions = count_set(missing.buf);
		if (strcmp(kept.buf, "1") != 0)
			lag->lost = purged;
	}
out:
	strbuf_release(&known);
	strbuf_release(&kept);
	strbuf_release(&missing);
	return rc;
}

static int count_transactions(struct lag *lag, struct db *db,
	const struct flavor *flavor, const struct moment *since, bool shared,
	struct err *e)
{
	bool mysql = strchr(since->gtid, ':') != NULL;

	if (mysql != (flavor->vendor == VENDOR_MYSQL)) {
		if (since->log_file)
			return 0;
		return err_set(e, ERR_DATA,
			"the GTID is not one of the server's kind");
	}
	if (mysql)
		return count_mysql(lag, db, since, e);
	count_mariadb(lag, since, shared);
	return 0;
}

int lag_read(struct lag *lag, struct db *db, const struct flavor *flavor,
	const struct moment *since, bool shared, struct err *e)
{
	*lag = (struct lag){0};
	if (moment_present(&lag->now, db, flavor, e) ||
		moment_gtid(&lag->now, db, flavor, e))
		return -1;
	if (!lag->now.log_file)
		return err_set(
			e, ERR_UNAVAILABLE, "the server keeps no binary log");
	if (since->log_file && read_bytes(lag, db, since, e))
		return -1;
	return since->gtid
		? count_transactions(lag, db, flavor, since, shared, e)
		: 0;
}
