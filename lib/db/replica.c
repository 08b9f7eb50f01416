/* replica.c: what must hold of a replica-to-be, its settings, its start. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <mysqld_error.h>

#include "base/alloc.h"
#include "db/conn_internal.h"
#include "db/gtid.h"
#include "db/replica.h"

/* MariaDB: "There is no master connection '%s'"; MySQL's header lacks it. */
enum { NUMBER_NO_CONNECTION = 1617 };

static const char privileges_hint[] =
	"grant the target's user REPLICATION SLAVE ADMIN, REPLICA MONITOR and "
	"RELOAD";

static const char *channel_of(const struct replica_plan *plan)
{
	return plan->channel ? plan->channel : "";
}

int replica_session(struct db *db, struct err *e)
{
	/* The statements of replication take plain literals only, and with
	 * this mode a plain literal can say everything: see add_literal. */
	if (db_exec(db, "SET SESSION wait_timeout = 31536000", e) ||
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

/* add_literal: a string where the grammar takes nothing but a literal in
 * quotes; the session has NO_BACKSLASH_ESCAPES. */
static void add_literal(struct strbuf *sql, const char *value)
{
	if (!strchr(value, '\\')) {
		sql_value_str(sql, value);
		return;
	}
	strbuf_addch(sql, '\'');
	for (; *value; value++) {
		if (*value == '\'')
			strbuf_addch(sql, '\'');
		strbuf_addch(sql, *value);
	}
	strbuf_addch(sql, '\'');
}

/* channel_exec: "BEFORE 'channel' BEHIND". */
static int channel_exec(struct db *db, const struct replica_plan *plan,
	const char *before, const char *behind, struct err *e)
{
	struct strbuf sql = STRBUF_INIT;
	int rc;

	strbuf_addf(&sql, "%s ", before);
	add_literal(&sql, channel_of(plan));
	strbuf_addstr(&sql, behind);
	rc = db_exec(db, sql.buf, e);
	strbuf_release(&sql);
	return rc;
}

static int check_not_configured(
	struct db *db, const struct replica_plan *plan, struct err *e)
{
	struct replica_status status = REPLICA_STATUS_INIT;
	const char *channel = channel_of(plan);
	int rc = replica_status(db, channel, &status, e);

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

/* check_privilege: stopping a connection that is not there changes nothing,
 * but tells whether we may. */
static int check_privilege(
	struct db *db, const struct replica_plan *plan, struct err *e)
{
	if (!channel_exec(db, plan, "STOP SLAVE", "", e) ||
		db_errno(db) == NUMBER_NO_CONNECTION)
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

int replica_check(struct db *db, const struct flavor *flavor,
	const struct replica_plan *plan, struct db *source, struct err *e)
{
	if (!flavor->mariadb_gtid) {
		err_set(e, ERR_UNAVAILABLE,
			"the target is not a MariaDB server of version 10 or "
			"later, so --replicate cannot set it up");
		return err_hint(e,
			"load without --replicate, and configure "
			"replication by hand from what dbpos says");
	}
	if (check_server_ids(db, source, e) ||
		check_not_configured(db, plan, e) ||
		check_privilege(db, plan, e))
		return -1;
	return source ? check_source_logs(source, e) : 0;
}

/* set_gtid_position: the domains of the plan, and those of the target that it
 * does not name. Written even where it is unchanged: the server then renews
 * mysql.gtid_slave_pos, which a dump of all databases has replaced with the
 * source's rows behind its back. */
static int set_gtid_position(
	struct db *db, const struct replica_plan *plan, struct err *e)
{
	struct strbuf old = STRBUF_INIT, sql = STRBUF_INIT, text = STRBUF_INIT;
	struct gtid_list want = {0}, have = {0};
	int rc = -1;

	if (plan->gtid && !gtid_list_parse(&want, plan->gtid) &&
		plan->use_gtid) {
		err_set(e, ERR_DATA,
			"the dump's GTID position is not MariaDB's: %.200s",
			plan->gtid);
		goto out;
	}
	if (db_query_value(db, "SELECT @@GLOBAL.gtid_slave_pos", &old, e) < 0)
		goto out;
	if (gtid_list_parse(&have, old.buf))
		gtid_list_keep(&want, &have);
	gtid_list_text(&want, &text);
	strbuf_addstr(&sql, "SET GLOBAL gtid_slave_pos = ");
	sql_value_str(&sql, text.buf);
	rc = db_exec(db, sql.buf, e);
	/* With another connection running the server owns that table; by file
	 * and position ours can do without. */
	if (rc && !plan->use_gtid && db_errno(db) == ER_SLAVE_MUST_STOP)
		rc = 0;
	if (rc) {
		err_prefix(e, "cannot set gtid_slave_pos: ");
		err_hint(e,
			"stop the target's other replication; RESET MASTER "
			"drops the target's own binary log, where nobody "
			"reads it");
	}
out:
	gtid_list_release(&want);
	gtid_list_release(&have);
	strbuf_release(&old);
	strbuf_release(&sql);
	strbuf_release(&text);
	return rc;
}

static void add_tls(struct strbuf *sql, const struct replica_plan *plan)
{
	const struct {
		const char *name, *value;
	} files[] = {
		{", MASTER_SSL_CA = ", plan->ssl_ca},
		{", MASTER_SSL_CERT = ", plan->ssl_cert},
		{", MASTER_SSL_KEY = ", plan->ssl_key},
	};

	strbuf_addf(sql, ", MASTER_SSL = %d", plan->ssl);
	if (!plan->ssl)
		return;
	strbuf_addf(
		sql, ", MASTER_SSL_VERIFY_SERVER_CERT = %d", plan->ssl_verify);
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		if (files[i].value) {
			strbuf_addstr(sql, files[i].name);
			add_literal(sql, files[i].value);
		}
}

static void add_change_master(
	struct strbuf *sql, const struct replica_plan *plan)
{
	strbuf_addstr(sql, "CHANGE MASTER ");
	add_literal(sql, channel_of(plan));
	strbuf_addstr(sql, " TO MASTER_HOST = ");
	add_literal(sql, plan->host);
	strbuf_addf(sql, ", MASTER_PORT = %" PRIu64 ", MASTER_USER = ",
		plan->port ? plan->port : 3306);
	add_literal(sql, plan->user);
	strbuf_addstr(sql, ", MASTER_PASSWORD = ");
	add_literal(sql, plan->password ? plan->password : "");
	strbuf_addf(
		sql, ", MASTER_CONNECT_RETRY = %" PRIu64, plan->connect_retry);
	add_tls(sql, plan);
	if (plan->use_gtid) {
		strbuf_addstr(sql, ", MASTER_USE_GTID = slave_pos");
		return;
	}
	strbuf_addstr(sql, ", MASTER_USE_GTID = no, MASTER_LOG_FILE = ");
	add_literal(sql, plan->log_file);
	strbuf_addf(sql, ", MASTER_LOG_POS = %" PRIu64, plan->log_pos);
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
	add_change_master(&sql, plan);
	rc = db_exec(db, sql.buf, e);
	secret_wipe(sql.buf, sql.len);
	strbuf_release(&sql);
	if (rc && db_errno(db) == ER_PARSE_ERROR)
		err_set(e, ERR_BUG,
			"the target cannot read our CHANGE MASTER TO (its "
			"words are left out: they may hold the password)");
	else if (rc)
		err_prefix(e, "cannot configure replication: ");
	(void)db_exec(db, "SET SESSION sql_log_off = 0", &ignored);
	return rc;
}

int replica_configure(
	struct db *db, const struct replica_plan *plan, struct err *e)
{
	/* Accounts that came as rows of the mysql schema count only now; a
	 * replicated DROP USER would fail without them. */
	if (db_exec(db, "FLUSH LOCAL PRIVILEGES", e))
		return -1;
	if (set_gtid_position(db, plan, e))
		return -1;
	return change_master(db, plan, e);
}

int replica_start(struct db *db, const struct replica_plan *plan, struct err *e)
{
	struct err ignored;

	if (!channel_exec(db, plan, "START SLAVE", "", e))
		return 0;
	(void)channel_exec(db, plan, "STOP SLAVE", "", &ignored);
	(void)channel_exec(db, plan, "RESET SLAVE", " ALL", &ignored);
	err_prefix(e, "cannot start replication: ");
	return err_hint(e,
		"the dump is loaded; the replication settings were "
		"removed again, so START SLAVE alone will not do");
}

static char *column_dup(struct db_result *result, char **row, const char *name)
{
	const char *value = db_value(result, row, name);

	return value ? xstrdup(value) : NULL;
}

static bool column_is(struct db_result *result, char **row, const char *name,
	const char *value)
{
	const char *found = db_value(result, row, name);

	return found && !strcasecmp(found, value);
}

static void take_status(
	struct replica_status *s, struct db_result *result, char **row)
{
	s->configured = true;
	s->io_running = column_is(result, row, "Slave_IO_Running", "Yes");
	s->io_connecting = !s->io_running &&
		!column_is(result, row, "Slave_IO_Running", "No");
	s->sql_running = column_is(result, row, "Slave_SQL_Running", "Yes");
	s->io_state = column_dup(result, row, "Slave_IO_State");
	s->source_host = column_dup(result, row, "Master_Host");
	s->log_file = column_dup(result, row, "Relay_Master_Log_File");
	s->log_pos = db_value_uint(result, row, "Exec_Master_Log_Pos");
	s->read_file = column_dup(result, row, "Master_Log_File");
	s->read_pos = db_value_uint(result, row, "Read_Master_Log_Pos");
	s->io_errno = (unsigned)db_value_uint(result, row, "Last_IO_Errno");
	s->sql_errno = (unsigned)db_value_uint(result, row, "Last_SQL_Errno");
	s->io_error = column_dup(result, row, "Last_IO_Error");
	s->sql_error = column_dup(result, row, "Last_SQL_Error");
}

int replica_status(struct db *db, const char *channel,
	struct replica_status *status, struct err *e)
{
	struct db_result *result;
	struct strbuf gtid = STRBUF_INIT;
	char **row;
	int rc;

	memset(status, 0, sizeof(*status));
	result = db_query(db, "SHOW ALL SLAVES STATUS", e);
	if (!result)
		return err_prefix(e, "cannot see the target's replication: ");
	while (!status->configured && (row = db_next(result)))
		if (column_is(result, row, "Connection_name",
			    channel ? channel : ""))
			take_status(status, result, row);
	db_result_free(result);
	rc = db_query_value(db, "SELECT @@GLOBAL.gtid_slave_pos", &gtid, e);
	status->gtid = strbuf_detach(&gtid);
	return rc < 0 ? -1 : 0;
}

void replica_status_release(struct replica_status *s)
{
	free(s->io_state);
	free(s->source_host);
	free(s->log_file);
	free(s->read_file);
	free(s->gtid);
	free(s->io_error);
	free(s->sql_error);
	memset(s, 0, sizeof(*s));
}
