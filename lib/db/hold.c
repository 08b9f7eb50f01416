/* hold.c: see hold.h. */
#include "db/hold.h"

#include <stdio.h>

#include <mysqld_error.h>

#include "base/clock.h"
#include "db/session.h"

static const char global_lock[] = "FLUSH TABLES WITH READ LOCK";

int hold_prepare(struct hold *hold, struct db *db, bool ftwrl, uint64_t wait_ms,
	struct err *e)
{
	*hold = (struct hold){db, ftwrl, 0};
	if (session_lock_wait(db, wait_ms, e))
		return -1;
	return ftwrl ? 0 : db_exec(db, "BACKUP STAGE START", e);
}

/* take: others wait from the moment on in which it is asked for, unless we may
 * not ask. */
static int take(struct hold *hold, const char *sql, struct err *e)
{
	if (!hold->since)
		hold->since = clock_ms();
	if (!db_exec(hold->db, sql, e))
		return 0;
	if (e->code == ERR_DENIED)
		hold->since = 0;
	return -1;
}

int hold_ddl(struct hold *hold, struct err *e)
{
	return take(
		hold, hold->ftwrl ? global_lock : "BACKUP STAGE BLOCK_DDL", e);
}

int hold_commits(struct hold *hold, uint64_t within_ms, struct err *e)
{
	static const char stage[] = "BACKUP STAGE BLOCK_COMMIT";
	char sql[128];

	if (hold->ftwrl)
		return hold->since ? 0 : take(hold, global_lock, e);
	if (!within_ms)
		return take(hold, stage, e);
	snprintf(sql, sizeof(sql),
		"SET STATEMENT max_statement_time=%.3f FOR %s",
		(double)within_ms / 1000, stage);
	return take(hold, sql, e);
}

bool hold_refused(const struct hold *hold)
{
	unsigned number = hold->db ? db_errno(hold->db) : 0;

	return number == ER_LOCK_WAIT_TIMEOUT || number == ER_STATEMENT_TIMEOUT;
}

uint64_t hold_ms(const struct hold *hold)
{
	return hold->since ? clock_ms() - hold->since : 0;
}

int hold_end(struct hold *hold, struct err *e)
{
	int rc = 0;

	if (hold->db)
		rc = db_exec(hold->db,
			hold->ftwrl ? "UNLOCK TABLES" : "BACKUP STAGE END", e);
	db_close(hold->db);
	hold->db = NULL;
	return rc;
}
