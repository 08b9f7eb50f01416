/* replica_status.c: what a server says of its replication. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "db/replica.h"
#include "db/replica_sql.h"
#include "db/result.h"

/* value_of: by MariaDB's name of the column, or by that of later MySQL servers,
 * which say Source for Master and Replica for Slave. */
static const char *value_of(
	struct db_result *result, char **row, const char *name)
{
	static const char *const renamed[][2] = {
		{"Master", "Source"}, {"Slave", "Replica"}};
	const char *value = db_value(result, row, name);
	struct strbuf other = STRBUF_INIT;

	for (size_t i = 0; !value && i < 2; i++) {
		const char *word = strstr(name, renamed[i][0]);

		if (!word)
			continue;
		strbuf_reset(&other);
		strbuf_addf(&other, "%.*s%s%s", (int)(word - name), name,
			renamed[i][1], word + strlen(renamed[i][0]));
		value = db_value(result, row, other.buf);
	}
	strbuf_release(&other);
	return value;
}

static uint64_t number_of(
	struct db_result *result, char **row, const char *name)
{
	const char *value = value_of(result, row, name);

	return value ? strtoull(value, NULL, 10) : 0;
}

static char *column_dup(struct db_result *result, char **row, const char *name)
{
	const char *value = value_of(result, row, name);

	return value ? xstrdup(value) : NULL;
}

static bool column_is(struct db_result *result, char **row, const char *name,
	const char *value)
{
	const char *found = value_of(result, row, name);

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
	s->log_pos = number_of(result, row, "Exec_Master_Log_Pos");
	s->read_file = column_dup(result, row, "Master_Log_File");
	s->read_pos = number_of(result, row, "Read_Master_Log_Pos");
	s->io_errno = (unsigned)number_of(result, row, "Last_IO_Errno");
	s->sql_errno = (unsigned)number_of(result, row, "Last_SQL_Errno");
	s->io_error = column_dup(result, row, "Last_IO_Error");
	s->sql_error = column_dup(result, row, "Last_SQL_Error");
}

/* same_connection: by its name, which MySQL calls Channel_Name. */
static bool same_connection(
	struct db_result *result, char **row, const char *channel)
{
	const char *name = db_value(result, row, "Connection_name");

	if (!name)
		name = db_value(result, row, "Channel_Name");
	return !strcasecmp(name ? name : "", channel ? channel : "");
}

static int executed_gtid(struct db *db, const struct flavor *flavor,
	struct replica_status *status, struct err *e)
{
	struct strbuf gtid = STRBUF_INIT;
	int rc = db_query_value(db,
		flavor->vendor == VENDOR_MARIADB
			? "SELECT @@GLOBAL.gtid_slave_pos"
			/* MySQL breaks the line behind each server's. */
			: "SELECT REPLACE(@@GLOBAL.gtid_executed, '\\n', '')",
		&gtid, e);

	status->gtid = strbuf_detach(&gtid);
	return rc < 0 ? -1 : 0;
}

int replica_status(struct db *db, const struct replica_plan *plan,
	struct replica_status *status, struct err *e)
{
	struct db_result *result;
	char **row;

	memset(status, 0, sizeof(*status));
	result = db_query(db, replica_sql_status(plan->flavor), e);
	if (!result)
		return err_prefix(e, "cannot see the target's replication: ");
	while ((row = db_next(result))) {
		if (!same_connection(result, row, plan->channel))
			status->shared = true;
		else if (!status->configured)
			take_status(status, result, row);
	}
	db_result_free(result);
	return executed_gtid(db, plan->flavor, status, e);
}

int replica_rival(struct db *db, const struct replica_plan *plan,
	struct strbuf *name, bool *found, struct err *e)
{
	struct db_result *result =
		db_query(db, replica_sql_status(plan->flavor), e);
	const uint64_t port = plan->port ? plan->port : 3306;
	char **row;

	*found = false;
	if (!result)
		return -1;
	while (!*found && (row = db_next(result))) {
		const char *own = db_value(result, row, "Connection_name");

		*found = own && plan->host &&
			!same_connection(result, row, plan->channel) &&
			column_is(result, row, "Master_Host", plan->host) &&
			number_of(result, row, "Master_Port") == port;
		if (*found)
			strbuf_addstr(name, own);
	}
	db_result_free(result);
	return 0;
}

int replica_others(struct db *db, const struct replica_plan *plan,
	struct strbuf *names, bool *running, struct err *e)
{
	struct db_result *result =
		db_query(db, replica_sql_status(plan->flavor), e);
	char **row;

	*running = false;
	if (!result)
		return -1;
	while ((row = db_next(result))) {
		const char *host = value_of(result, row, "Master_Host");

		if (same_connection(result, row, plan->channel))
			continue;
		if (!plan->use_gtid &&
			column_is(result, row, "Using_Gtid", "No"))
			continue;
		strbuf_addf(names, "%s%s", names->len ? ", " : "",
			host ? host : "");
		if (column_is(result, row, "Slave_SQL_Running", "Yes"))
			*running = true;
	}
	db_result_free(result);
	return 0;
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
