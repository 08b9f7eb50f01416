/* replica.c: what must hold of a replica-to-be, its settings, its start. */
#include <inttypes.h>
#include <string.h>

#include <mysqld_error.h>

#include "db/conn_internal.h"
#include "db/replica.h"
#include "db/replica_gtid.h"
#include "db/replica_sql.h"
#include "db/result.h"
#include "db/session.h"

enum {
	NUMBER_NO_CONNECTION = 1617, /* MariaDB: "There is no master
				      * connection '%s'" */
	NUMBER_NO_CHANNEL = 3074     /* MySQL: "Replica channel '%s' does not
				      * exist." */
};

static const char privileges_hint[] =
	"grant the target's user REPLICATION SLAVE ADMIN, REPLICA MONITOR and "
	"RELOAD";

int replica_session(struct db *db, struct err *e)
{
	/* The statements of replication take plain literals only, and with
	 * this mode a plain literal can say everything: see
	 * replica_sql.h. */
	if (session_last(db, e) ||
		db_exec(db, "SET SESSION lock_wait_timeout = 60", e) ||
		db_exec(db, "SET SESSION sql_mode = 'NO_BACKSLASH_ESCAPES'", e))
		return -1;
	if (db_exec(db, "SET SESSION sql_log_bin = 0", e)) {
		err_prefix(e,
			"cannot keep the load out of the target's binary "
			"log: ");
		return err_hint(e,
			"grant the target's user BINLOG ADMIN, or "
			"start the target without log_bin");
	}
	return 0;
}

static int control(struct db *db, const struct replica_plan *plan,
	enum replica_verb verb, struct err *e)
{
	struct strbuf sql = STRBUF_INIT;
	int rc;

	replica_sql_control(&sql, plan->flavor, verb, plan->channel);
	rc = db_exec(db, sql.buf, e);
	strbuf_release(&sql);
	return rc;
}

static int check_not_configured(
	struct db *db, const struct replica_plan *plan, struct err *e)
{
	struct replica_status status = REPLICA_STATUS_INIT;
	const char *channel = plan->channel ? plan->channel : "";
	int rc = replica_status(db, plan, &status, e);

	if (rc && e->code == ERR_DENIED)
		err_hint(e, "%s", privileges_hint);
	if (!rc && status.configured) {
		rc = err_set(e, ERR_UNAVAILABLE,
			"the target is a replica of %.255s already%s%.64s",
			status.source_host, *channel ? ", by connection " : "",
			channel);
		err_hint(e,
			"nothing was loaded; if that replication is not "
			"wanted: STOP SLAVE; RESET SLAVE ALL there");
	}
	replica_status_release(&status);
	return rc;
}

/* check_no_rival: MariaDB takes one connection to a host and port. */
static int check_no_rival(
	struct db *db, const struct replica_plan *plan, struct err *e)
{
	struct strbuf name = STRBUF_INIT;
	bool found;
	int rc = replica_rival(db, plan, &name, &found, e);

	if (!rc && found) {
		rc = err_set(e, ERR_UNAVAILABLE,
			"the target is a replica of this source already, by "
			"the connection '%.64s'",
			name.buf);
		err_hint(e,
			"nothing was loaded; if that replication is not "
			"wanted: STOP ALL SLAVES; RESET SLAVE 'NAME' ALL "
			"there");
	}
	strbuf_release(&name);
	return rc;
}

/* check_privilege: stopping a connection that is not there changes nothing,
 * but tells whether we may. */
static int check_privilege(
	struct db *db, const struct replica_plan *plan, struct err *e)
{
	if (!control(db, plan, REPLICA_STOP, e) ||
		db_errno(db) == NUMBER_NO_CONNECTION ||
		db_errno(db) == NUMBER_NO_CHANNEL)
		return 0;
	err_prefix(e, "cannot control replication on the target: ");
	if (e->code == ERR_DENIED)
		err_hint(e,
			"grant the target's user REPLICATION SLAVE ADMIN "
			"and REPLICA MONITOR");
	return -1;
}

static int check_server_ids(struct db *db, struct db *source, struct err *e)
{
	struct strbuf here = STRBUF_INIT, there = STRBUF_INIT;
	static const char ask[] = "SELECT @@GLOBAL.server_id";
	int rc = db_query_value(db, ask, &here, e);

	if (rc >= 0 && source)
		rc = db_query_value(source, ask, &there, e);
	if (rc < 0)
		goto out;
	rc = 0;
	if (!strcmp(here.buf, "0"))
		rc = err_set(e, ERR_UNAVAILABLE,
			"the target's server_id is 0, so it cannot be a "
			"replica");
	else if (!strcmp(here.buf, there.buf))
		rc = err_set(e, ERR_UNAVAILABLE,
			"source and target have the same server_id, %.20s",
			here.buf);
	if (rc)
		err_hint(e,
			"nothing was loaded; give the target a server_id "
			"of its own in its configuration");
out:
	strbuf_release(&here);
	strbuf_release(&there);
	return rc;
}

static int check_source_logs(struct db *source, struct err *e)
{
	struct strbuf on = STRBUF_INIT;
	int rc = db_query_value(source, "SELECT @@GLOBAL.log_bin", &on, e);

	if (rc >= 0 && strcmp(on.buf, "1") != 0) {
		rc = err_set(e, ERR_UNAVAILABLE,
			"the source writes no binary log, so nothing can be "
			"replicated from it");
		err_hint(e, "set log_bin and a server_id there and restart it");
	}
	strbuf_release(&on);
	return rc < 0 ? -1 : 0;
}

/* check_flavor: one that names its connections, so that no other is touched.
 */
static int check_flavor(const struct flavor *flavor, struct err *e)
{
	if (flavor->mariadb_gtid || flavor->channels)
		return 0;
	err_set(e, ERR_UNAVAILABLE,
		"the target is older than MariaDB 10.0 and MySQL 5.7.6, so "
		"--replicate cannot set it up");
	return err_hint(e,
		"load without --replicate, and configure replication by hand "
		"from what dbpos says");
}

int replica_check(struct db *db, const struct replica_plan *plan,
	struct db *source, struct err *e)
{
	if (check_flavor(plan->flavor, e))
		return -1;
	if (check_server_ids(db, source, e) ||
		check_not_configured(db, plan, e) ||
		check_no_rival(db, plan, e) || check_privilege(db, plan, e))
		return -1;
	return source ? check_source_logs(source, e) : 0;
}

/* change_master: the one statement that holds a password: out of the logs
 * that a session may leave, out of errors that quote it. */
static int change_master(
	struct db *db, const struct replica_plan *plan, struct err *e)
{
	struct strbuf sql = STRBUF_INIT;
	struct err ignored;
	int rc;

	(void)db_exec(db, "SET SESSION sql_log_off = 1", &ignored);
	(void)db_exec(db, "SET SESSION slow_query_log = 0", &ignored);
	replica_sql_change(&sql, plan);
	rc = db_exec(db, sql.buf, e);
	secret_wipe(sql.buf, sql.len);
	strbuf_release(&sql);
	if (rc && db_errno(db) == ER_PARSE_ERROR)
		err_set(e, ERR_BUG,
			"the target cannot read our CHANGE MASTER TO (its "
			"words are left out: they may hold the password)");
	else if (rc && db_errno(db) == ER_WRONG_STRING_LENGTH)
		err_set(e, ERR_UNAVAILABLE,
			"the target cannot keep a host, user or password of "
			"the source that is so long (its words are left out: "
			"they may hold the password)");
	else if (rc)
		err_prefix(e, "cannot configure replication: ");
	(void)db_exec(db, "SET SESSION sql_log_off = 0", &ignored);
	return rc;
}

int replica_configure(
	struct db *db, const struct replica_plan *plan, struct err *e)
{
	struct err ignored;

	/* Accounts that came as rows of the mysql schema count only now; a
	 * replicated DROP USER would fail without them. */
	if (db_exec(db, "FLUSH LOCAL PRIVILEGES", e))
		return -1;
	if (replica_gtid_set(db, plan, e))
		return -1;
	if (!change_master(db, plan, e))
		return 0;
	/* MariaDB keeps what stood before the value that it refuses. */
	(void)control(db, plan, REPLICA_FORGET, &ignored);
	return -1;
}

int replica_start(struct db *db, const struct replica_plan *plan, struct err *e)
{
	struct err ignored;

	if (!control(db, plan, REPLICA_START, e))
		return 0;
	(void)control(db, plan, REPLICA_STOP, &ignored);
	(void)control(db, plan, REPLICA_FORGET, &ignored);
	err_prefix(e, "cannot start replication: ");
	return err_hint(e,
		"the dump is loaded; the replication settings were "
		"removed again, so START SLAVE alone will not do");
}

int replica_read_only(struct db *db, struct err *e)
{
	if (!db_exec(db, "SET GLOBAL read_only = 1", e))
		return 0;
	err_prefix(e, "cannot make the target read-only: ");
	return err_hint(e,
		"replication is running; grant the target's user READ_ONLY "
		"ADMIN, or set read_only there");
}
