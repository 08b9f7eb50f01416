/* The words of replication, by server: as the manuals of MariaDB 10.11 and of
 * MySQL 5.7, 8.0 and 8.4 have them (case 54). */
#include "db/replica_sql.h"

#include "tap.h"

static const struct flavor mariadb = {
	.vendor = VENDOR_MARIADB, .version = 101119, .mariadb_gtid = true};
static const struct flavor mysql57 = {
	.vendor = VENDOR_MYSQL, .version = 50744, .channels = true};
static const struct flavor mysql84 = {.vendor = VENDOR_MYSQL,
	.version = 80400,
	.channels = true,
	.source_terms = true,
	.public_key = true,
	.binlog_status = true,
	.gtid_add = true};

static void is_change(
	const struct replica_plan *plan, const char *expected, const char *what)
{
	struct strbuf sql = STRBUF_INIT;

	replica_sql_change(&sql, plan);
	is_str(sql.buf, expected, what);
	strbuf_release(&sql);
}

static void is_control(const struct flavor *flavor, enum replica_verb verb,
	const char *channel, const char *expected)
{
	struct strbuf sql = STRBUF_INIT;

	replica_sql_control(&sql, flavor, verb, channel);
	is_str(sql.buf, expected, expected);
	strbuf_release(&sql);
}

static void test_by_file(void)
{
	struct replica_plan plan = {.flavor = &mariadb,
		.host = "db1",
		.user = "repl",
		.password = "a'b",
		.log_file = "bin.000003",
		.log_pos = 1154,
		.connect_retry = 60};

	is_change(&plan,
		"CHANGE MASTER '' TO MASTER_HOST = 'db1', MASTER_PORT = 3306, "
		"MASTER_USER = 'repl', MASTER_PASSWORD = 'a''b', "
		"MASTER_CONNECT_RETRY = 60, MASTER_SSL = 0, "
		"MASTER_USE_GTID = no, MASTER_LOG_FILE = 'bin.000003', "
		"MASTER_LOG_POS = 1154",
		"MariaDB, by file and position (case 54)");
	plan.flavor = &mysql57;
	is_change(&plan,
		"CHANGE MASTER TO MASTER_HOST = 'db1', MASTER_PORT = 3306, "
		"MASTER_USER = 'repl', MASTER_PASSWORD = 'a''b', "
		"MASTER_CONNECT_RETRY = 60, MASTER_SSL = 0, "
		"MASTER_AUTO_POSITION = 0, MASTER_LOG_FILE = 'bin.000003', "
		"MASTER_LOG_POS = 1154 FOR CHANNEL ''",
		"MySQL 5.7, by file and position (case 54)");
	plan.flavor = &mysql84;
	plan.channel = "up";
	is_change(&plan,
		"CHANGE REPLICATION SOURCE TO SOURCE_HOST = 'db1', "
		"SOURCE_PORT = 3306, SOURCE_USER = 'repl', "
		"SOURCE_PASSWORD = 'a''b', SOURCE_CONNECT_RETRY = 60, "
		"SOURCE_SSL = 0, GET_SOURCE_PUBLIC_KEY = 1, "
		"SOURCE_AUTO_POSITION = 0, SOURCE_LOG_FILE = 'bin.000003', "
		"SOURCE_LOG_POS = 1154 FOR CHANNEL 'up'",
		"MySQL 8.4, by file and position, a channel (case 54)");
}

static void test_by_gtid(void)
{
	struct replica_plan plan = {.flavor = &mariadb,
		.host = "h",
		.user = "u",
		.port = 3307,
		.use_gtid = true,
		.ssl = true,
		.ssl_ca = "/etc/ca.pem",
		.ssl_verify = true,
		.connect_retry = 5,
		.channel = "a\\b"};

	is_change(&plan,
		"CHANGE MASTER 'a\\b' TO MASTER_HOST = 'h', MASTER_PORT = "
		"3307, "
		"MASTER_USER = 'u', MASTER_PASSWORD = '', "
		"MASTER_CONNECT_RETRY = 5, MASTER_SSL = 1, "
		"MASTER_SSL_VERIFY_SERVER_CERT = 1, "
		"MASTER_SSL_CA = '/etc/ca.pem', MASTER_USE_GTID = slave_pos",
		"MariaDB, by GTID and TLS");
	plan.flavor = &mysql84;
	is_change(&plan,
		"CHANGE REPLICATION SOURCE TO SOURCE_HOST = 'h', "
		"SOURCE_PORT = 3307, SOURCE_USER = 'u', SOURCE_PASSWORD = '', "
		"SOURCE_CONNECT_RETRY = 5, SOURCE_SSL = 1, "
		"SOURCE_SSL_VERIFY_SERVER_CERT = 1, "
		"SOURCE_SSL_CA = '/etc/ca.pem', SOURCE_AUTO_POSITION = 1 "
		"FOR CHANNEL 'a\\b'",
		"MySQL 8.4, by GTID and TLS");
}

static void test_control(void)
{
	is_control(&mariadb, REPLICA_START, "up", "START SLAVE 'up'");
	is_control(&mariadb, REPLICA_FORGET, NULL, "RESET SLAVE '' ALL");
	is_control(&mysql57, REPLICA_STOP, NULL, "STOP SLAVE FOR CHANNEL ''");
	is_control(&mysql84, REPLICA_START, "up",
		"START REPLICA FOR CHANNEL 'up'");
	is_control(&mysql84, REPLICA_FORGET, "up",
		"RESET REPLICA ALL FOR CHANNEL 'up'");
	ok(!strcmp(replica_sql_status(&mysql84), "SHOW REPLICA STATUS") &&
			!strcmp(replica_sql_status(&mysql57),
				"SHOW SLAVE STATUS"),
		"the state is asked for in the server's words");
}

int main(void)
{
	test_by_file();
	test_by_gtid();
	test_control();
	return done_testing();
}
