/* session.c: see session.h. */
#include "db/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db/result.h"

/* What a socket holds by default, and what is read at once (packets.c). */
enum { SEND_AT_ONCE = 256 * 1024 };

/* wait_seconds: at least one, for 0 would give up on any lock at once. */
static unsigned long long wait_seconds(uint64_t ms)
{
	return ms ? (ms + 999) / 1000 : 0;
}

int session_set(struct db *db, const struct flavor *flavor,
	uint64_t lock_wait_ms, struct err *e)
{
	struct strbuf sql = STRBUF_INIT;
	int rc;

	/* ALLOW_INVALID_DATES: or a key of '2020-02-31' would be compared as
	 * if it were no date. */
	strbuf_addf(&sql,
		"SET SESSION sql_mode='ALLOW_INVALID_DATES', "
		"time_zone='+00:00', "
		"sql_quote_show_create=1, net_write_timeout=86400, "
		"net_read_timeout=86400, wait_timeout=604800, "
		"lock_wait_timeout=%llu, autocommit=1, completion_type=0, "
		"sql_big_selects=1, "
		"sql_select_limit=18446744073709551615",
		wait_seconds(lock_wait_ms ? lock_wait_ms : 1));
	if (flavor->vendor == VENDOR_MARIADB)
		strbuf_addstr(&sql, ", max_statement_time=0");
	else
		strbuf_addstr(&sql, ", max_execution_time=0");
	if (flavor->vendor == VENDOR_MARIADB && flavor->version >= 100300)
		strbuf_addstr(&sql,
			", idle_transaction_timeout=0, "
			"idle_readonly_transaction_timeout=0, "
			"system_versioning_asof=DEFAULT");
	rc = db_exec(db, sql.buf, e);
	strbuf_release(&sql);
	if (rc)
		return rc;
	return db_exec(db,
		"SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ", e);
}

int session_last(struct db *db, struct err *e)
{
	/* MySQL has no limit for what changes data. With a completion_type of
	 * RELEASE, COMMIT would end the session. */
	return db_exec(db,
		"SET SESSION wait_timeout = 31536000, completion_type = 0, "
		"sql_big_selects = 1 /*M!100101 , max_statement_time = 0 */ "
		"/*M!100300 , idle_transaction_timeout = 0, "
		"idle_readonly_transaction_timeout = 0, "
		"idle_write_transaction_timeout = 0 */",
		e);
}

int session_send_much(struct db *db, struct err *e)
{
	static const char nothing[] = "DO 0";
	struct strbuf sql = STRBUF_INIT;
	size_t len = SEND_AT_ONCE;
	unsigned long long limit;
	int rc;

	rc = db_query_value(db, "SELECT @@SESSION.max_allowed_packet", &sql, e);
	limit = rc < 0 ? 0 : strtoull(sql.buf, NULL, 10);
	if (len > limit / 2)
		len = (size_t)(limit / 2);
	strbuf_reset(&sql);
	strbuf_addstr(&sql, nothing);
	if (rc >= 0 && len > sql.len) {
		strbuf_grow(&sql, len - sql.len);
		memset(sql.buf + sql.len, ' ', len - sql.len);
		strbuf_setlen(&sql, len);
		rc = db_execn(db, sql.buf, sql.len, e);
	}
	strbuf_release(&sql);
	return rc < 0 ? -1 : 0;
}

int session_lock_wait(struct db *db, uint64_t ms, struct err *e)
{
	char sql[64];

	snprintf(sql, sizeof(sql), "SET SESSION lock_wait_timeout=%llu",
		wait_seconds(ms));
	return db_exec(db, sql, e);
}
