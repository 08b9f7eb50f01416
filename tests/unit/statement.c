/* Statements that a loader does not simply send, and text that is not shown. */
#include "stream/statement.h"

#include "db/mask.h"
#include "tap.h"

#define TEXT(s) s, sizeof(s) - 1

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
	test_log_bin();
	test_secrets();
	return done_testing();
}
