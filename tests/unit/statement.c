/* Statements that a loader does not simply send, and text that is not shown. */
#include "stream/statement.h"

#include "db/mask.h"
#include "tap.h"

#define TEXT(s) s, sizeof(s) - 1

static void test_steering(void)
{
	ok(statement_steers_replication(TEXT("STOP ALL SLAVES")),
		"STOP ALL SLAVES steers replication");
	ok(statement_steers_replication(TEXT("start slave 'up'")),
		"so does START SLAVE with a name");
	ok(statement_steers_replication(TEXT("/*!100000 STOP REPLICA */")),
		"also in a version comment");
	ok(!statement_steers_replication(TEXT("START TRANSACTION")),
		"START TRANSACTION does not");
	ok(!statement_steers_replication(TEXT("INSERT INTO t VALUES "
					      "('STOP SLAVE')")),
		"nor does a text in a row");
}

static void test_events(void)
{
	ok(statement_may_create_event(TEXT("CREATE EVENT e ON SCHEDULE")),
		"CREATE EVENT creates one");
	ok(statement_may_create_event(
		   TEXT("/*!50106 CREATE*/ /*!50117 DEFINER=`a`@`b`*/ "
			"/*!50106 EVENT `e` ON SCHEDULE EVERY 1 HOUR */")),
		"as mariadb-dump writes it, too");
	ok(!statement_may_create_event(TEXT("CREATE TABLE event (i INT)")),
		"a table of that name is none");
	ok(!statement_may_create_event(TEXT("INSERT INTO event VALUES (1)")),
		"nor are its rows");
	ok(!statement_may_create_event(TEXT("CREATE")), "nor is half of it");
}

static void test_log_bin(void)
{
	ok(statement_sets_log_bin(TEXT("SET @@SESSION.SQL_LOG_BIN= 0")),
		"mysqldump's SET keeps the load from replicas");
	ok(statement_sets_log_bin(TEXT("/*!80000 SET sql_log_bin := 0 */")),
		"as does this, in a version comment");
	ok(!statement_sets_log_bin(TEXT("SET @MYSQLDUMP_TEMP_LOG_BIN = "
					"@@SESSION.SQL_LOG_BIN")),
		"to remember it does not");
	ok(!statement_sets_log_bin(TEXT("INSERT INTO t VALUES "
					"('SET sql_log_bin = 0')")),
		"nor does a text in a row");
}

static void test_locks(void)
{
	ok(statement_locks_tables(TEXT("LOCK TABLES `t` WRITE")),
		"LOCK TABLES locks tables");
	ok(statement_locks_tables(TEXT("/*!40000 unlock tables */")),
		"UNLOCK TABLES is of the same kind");
	ok(!statement_locks_tables(TEXT("CREATE TABLE `LOCK` (i INT)")),
		"a table of that name is not");
}

static void test_sets(void)
{
	ok(statement_only_sets(TEXT("/*!40101 SET NAMES utf8mb4 */")),
		"SET in a version comment only sets");
	ok(!statement_only_sets(TEXT("CREATE DATABASE d")), "CREATE does more");
}

static void test_secrets(void)
{
	ok(sql_may_hold_secret(TEXT("create user a identified by 'x'")),
		"IDENTIFIED BY may be followed by a password");
	ok(sql_may_hold_secret(TEXT("SET PASSWORD = 'x'")),
		"so may SET PASSWORD");
	ok(!sql_may_hold_secret(TEXT("INSERT INTO t VALUES (1)")),
		"a row of numbers holds none");
}

int main(void)
{
	test_steering();
	test_events();
	test_log_bin();
	test_locks();
	test_sets();
	test_secrets();
	return done_testing();
}
