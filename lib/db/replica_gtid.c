/* replica_gtid.c: see replica_gtid.h. */
#include <string.h>

#include <mysqld_error.h>

#include "base/prog.h"
#include "db/conn_internal.h"
#include "db/gtid.h"
#include "db/replica_gtid.h"
#include "db/result.h"
#include "db/sql_text.h"

static bool mariadb(const struct replica_plan *plan)
{
	return plan->flavor->vendor == VENDOR_MARIADB;
}

bool replica_gtid_known(const struct replica_plan *plan)
{
	struct gtid_list list = {0};
	bool is_mariadb = gtid_list_parse(&list, plan->gtid);

	gtid_list_release(&list);
	return is_mariadb == mariadb(plan);
}

/* check_kind: MariaDB's GTIDs on MariaDB, MySQL's on MySQL. */
static int check_kind(const struct replica_plan *plan, struct err *e)
{
	if (!plan->gtid || replica_gtid_known(plan))
		return 0;
	err_set(e, ERR_UNAVAILABLE,
		"the dump's GTID position is %s, which the target, a %s "
		"server, does not know: %.200s",
		mariadb(plan) ? "MySQL's" : "MariaDB's",
		mariadb(plan) ? "MariaDB" : "MySQL", plan->gtid);
	return err_hint(e,
		"replicate by file and position: --use-gtid=no, from a dump "
		"made with --master-data");
}

static int check_others_stopped(
	struct db *db, const struct replica_plan *plan, struct err *e)
{
	struct strbuf hosts = STRBUF_INIT;
	bool running;
	int rc = replica_others(db, plan, &hosts, &running, e);

	if (!rc && mariadb(plan) && running) {
		rc = err_set(e, ERR_UNAVAILABLE,
			"the target is replicating from %.200s, so its GTID "
			"position cannot be set",
			hosts.buf);
		err_hint(e,
			"STOP ALL SLAVES there, and START ALL SLAVES when "
			"this is done; or --use-gtid=no");
	}
	strbuf_release(&hosts);
	return rc;
}

static int check_mode(
	struct db *db, const struct replica_plan *plan, struct err *e)
{
	struct strbuf mode = STRBUF_INIT;
	int rc = mariadb(plan)
		? 0
		: db_query_value(db, "SELECT @@GLOBAL.gtid_mode", &mode, e);

	if (rc > 0 && strcmp(mode.buf, "ON") != 0) {
		rc = err_set(e, ERR_UNAVAILABLE,
			"the target has gtid_mode = %.40s, so it cannot "
			"replicate by GTID",
			mode.buf);
		err_hint(e,
			"set gtid_mode and enforce_gtid_consistency to ON "
			"there, or take --use-gtid=no");
	}
	strbuf_release(&mode);
	return rc < 0 ? -1 : 0;
}

/* check_no_owner: what the target has of the plan's domains is left over from
 * before, unless it has other connections, whose place it would be. By file and
 * position ours would overwrite it, too, with each GTID that it comes to. */
static int check_no_owner(struct db *db, const struct replica_plan *plan,
	const struct gtid_list *want, const struct gtid_list *have,
	struct err *e)
{
	struct strbuf hosts = STRBUF_INIT, text = STRBUF_INIT;
	bool running;
	int rc = replica_others(db, plan, &hosts, &running, e);

	if (!rc && hosts.len && gtid_list_differs(have, want)) {
		gtid_list_text(have, &text);
		rc = err_set(e, ERR_UNAVAILABLE,
			"the target replicates from %.200s, too, and is at "
			"GTID %.200s there, in a domain that the dump states "
			"another position of: %.200s",
			hosts.buf, text.buf, plan->gtid);
		err_hint(e,
			"give the sources different gtid_domain_ids, or "
			"replicate from all of them by file and position "
			"(--use-gtid=no)");
	}
	strbuf_release(&hosts);
	strbuf_release(&text);
	return rc;
}

/* merge_positions: *want: the domains of the plan, and those of the target that
 * it does not name. */
static int merge_positions(struct db *db, const struct replica_plan *plan,
	struct gtid_list *want, struct err *e)
{
	struct strbuf old = STRBUF_INIT;
	struct gtid_list have = {0};
	int rc = -1;

	if (plan->gtid)
		(void)gtid_list_parse(want, plan->gtid);
	if (db_query_value(db, "SELECT @@GLOBAL.gtid_slave_pos", &old, e) < 0)
		goto out;
	if (gtid_list_parse(&have, old.buf)) {
		if (check_no_owner(db, plan, want, &have, e))
			goto out;
		gtid_list_keep(want, &have);
	}
	rc = 0;
out:
	gtid_list_release(&have);
	strbuf_release(&old);
	return rc;
}

static int check_place(
	struct db *db, const struct replica_plan *plan, struct err *e)
{
	struct gtid_list want = {0};
	int rc = mariadb(plan) ? merge_positions(db, plan, &want, e) : 0;

	gtid_list_release(&want);
	return rc;
}

int replica_gtid_check(
	struct db *db, const struct replica_plan *plan, struct err *e)
{
	if (plan->use_gtid &&
		(check_kind(plan, e) || check_others_stopped(db, plan, e) ||
			check_mode(db, plan, e)))
		return -1;
	return check_place(db, plan, e);
}

/* is_dispensable: by file and position ours can do without: with another
 * connection running the server owns that table, and with gtid_strict_mode it
 * refuses what contradicts its own binary log. */
static bool is_dispensable(struct db *db, const struct replica_plan *plan)
{
	unsigned number = db_errno(db);

	return !plan->use_gtid &&
		(number == ER_SLAVE_MUST_STOP ||
			number == ER_MASTER_GTID_POS_CONFLICTS_WITH_BINLOG ||
			number == ER_MASTER_GTID_POS_MISSING_DOMAIN);
}

static int set_slave_pos(struct db *db, const struct gtid_list *list,
	const struct replica_plan *plan, struct err *e)
{
	struct strbuf sql = STRBUF_INIT, text = STRBUF_INIT;
	int rc;

	gtid_list_text(list, &text);
	strbuf_addstr(&sql, "SET GLOBAL gtid_slave_pos = ");
	sql_value_str(&sql, text.buf);
	rc = db_exec(db, sql.buf, e);
	if (rc && is_dispensable(db, plan))
		rc = 0;
	if (rc) {
		err_prefix(e, "cannot set gtid_slave_pos: ");
		err_hint(e,
			"stop the target's other replication; RESET MASTER "
			"drops the target's own binary log, where nobody "
			"reads it");
	}
	strbuf_release(&sql);
	strbuf_release(&text);
	return rc;
}

/* set_mariadb: written even where it is unchanged: the server then renews
 * mysql.gtid_slave_pos, which a stock client may have replaced with the rows of
 * another server behind its back. */
static int set_mariadb(
	struct db *db, const struct replica_plan *plan, struct err *e)
{
	struct gtid_list want = {0};
	int rc = -1;

	if (plan->use_gtid && check_kind(plan, e))
		return -1;
	if (!merge_positions(db, plan, &want, e))
		rc = set_slave_pos(db, &want, plan, e);
	gtid_list_release(&want);
	return rc;
}

/* missing_gtids: those of the plan that the target has not executed. */
static int missing_gtids(struct db *db, const struct replica_plan *plan,
	struct strbuf *missing, struct err *e)
{
	struct strbuf sql = STRBUF_INIT;
	int rc;

	strbuf_addstr(&sql, "SELECT REPLACE(GTID_SUBTRACT(");
	sql_value_str(&sql, plan->gtid);
	strbuf_addstr(&sql, ", @@GLOBAL.gtid_executed), '\n', '')");
	rc = db_query_value(db, sql.buf, missing, e);
	strbuf_release(&sql);
	return rc < 0 ? -1 : 0;
}

/* warn_errant: transactions of the target's own would go to its replicas, or
 * be asked for, once it takes the source's place. */
static int warn_errant(
	struct db *db, const struct replica_plan *plan, struct err *e)
{
	struct strbuf sql = STRBUF_INIT, own = STRBUF_INIT;
	int rc;

	strbuf_addstr(&sql, "SELECT GTID_SUBTRACT(@@GLOBAL.gtid_executed, ");
	sql_value_str(&sql, plan->gtid);
	strbuf_addch(&sql, ')');
	rc = db_query_value(db, sql.buf, &own, e);
	if (rc > 0 && own.len)
		log_warn("the target has transactions that the dump's source "
			 "does not have: %.300s",
			own.buf);
	strbuf_release(&sql);
	strbuf_release(&own);
	return rc < 0 ? -1 : 0;
}

static int set_mysql(
	struct db *db, const struct replica_plan *plan, struct err *e)
{
	struct strbuf missing = STRBUF_INIT, sql = STRBUF_INIT;
	int rc = -1;

	if (check_kind(plan, e) || warn_errant(db, plan, e) ||
		missing_gtids(db, plan, &missing, e))
		goto out;
	rc = 0;
	if (!missing.len)
		goto out;
	/* Before 8.0 it can be set only where gtid_executed is empty. */
	strbuf_addf(&sql, "SET GLOBAL gtid_purged = '%s%s'",
		plan->flavor->gtid_add ? "+" : "", missing.buf);
	rc = db_exec(db, sql.buf, e);
	if (rc) {
		err_prefix(e, "cannot add to the target's gtid_purged: ");
		err_hint(e,
			"a target with transactions of its own: RESET MASTER "
			"drops them where nobody needs them");
	}
out:
	strbuf_release(&missing);
	strbuf_release(&sql);
	return rc;
}

int replica_gtid_set(
	struct db *db, const struct replica_plan *plan, struct err *e)
{
	if (mariadb(plan))
		return set_mariadb(db, plan, e);
	return plan->use_gtid && plan->gtid ? set_mysql(db, plan, e) : 0;
}
