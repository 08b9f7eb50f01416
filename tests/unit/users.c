/* Lines of SHOW CREATE USER and SHOW GRANTS as statements that load. */
#include "db/grants.h"
#include "db/users_text.h"
#include "tap.h"

#define NONE                                                                   \
	" WITH MAX_QUERIES_PER_HOUR 0 MAX_UPDATES_PER_HOUR 0 "                 \
	"MAX_CONNECTIONS_PER_HOUR 0 MAX_USER_CONNECTIONS 0 "                   \
	"MAX_STATEMENT_TIME 0"

static void altered(const char *line, const char *want)
{
	struct strbuf sql = STRBUF_INIT;

	ok(users_alter(line, false, &sql), line);
	is_str(sql.buf, want, "ALTER USER with every clause");
	strbuf_release(&sql);
}

static void granted(const char *line, const char *grantee,
	enum users_scope scope, const char *want)
{
	struct strbuf sql = STRBUF_INIT;

	is_int(users_grant(line, grantee, &sql), scope, line);
	if (scope != USERS_NOTHING)
		is_str(sql.buf, want ? want : line, "as a statement");
	strbuf_release(&sql);
}

static void test_alter(void)
{
	altered("CREATE USER `u`@`h`",
		"ALTER USER `u`@`h` IDENTIFIED VIA mysql_native_password "
		"USING '' REQUIRE NONE" NONE
		" ACCOUNT UNLOCK PASSWORD EXPIRE DEFAULT");
	altered("CREATE USER `u`` REQUIRE ``x`@`h` IDENTIFIED BY PASSWORD '*A' "
		"REQUIRE SSL WITH MAX_USER_CONNECTIONS 4 ACCOUNT LOCK PASSWORD "
		"EXPIRE NEVER",
		"ALTER USER `u`` REQUIRE ``x`@`h` IDENTIFIED BY PASSWORD '*A' "
		"REQUIRE SSL" NONE
		" MAX_USER_CONNECTIONS 4 ACCOUNT LOCK PASSWORD EXPIRE NEVER");
	altered("CREATE USER ``@`` IDENTIFIED VIA a USING ' WITH '' REQUIRE "
		"\\' ACCOUNT' OR b PASSWORD EXPIRE",
		"ALTER USER ``@`` IDENTIFIED VIA a USING ' WITH '' REQUIRE \\' "
		"ACCOUNT' OR b REQUIRE NONE" NONE
		" ACCOUNT UNLOCK PASSWORD EXPIRE");
}

static void altered_whole(const char *line, const char *want)
{
	struct strbuf sql = STRBUF_INIT;

	ok(users_alter(line, true, &sql), line);
	is_str(sql.buf, want, "ALTER USER of MySQL");
	strbuf_release(&sql);
}

static void test_alter_whole(void)
{
	altered_whole("CREATE USER ''@'h' IDENTIFIED WITH 'p' REQUIRE NONE "
		      "PASSWORD EXPIRE DEFAULT ACCOUNT UNLOCK",
		"ALTER USER ''@'h' IDENTIFIED WITH 'p' AS '' REQUIRE NONE "
		"ACCOUNT UNLOCK");
	altered_whole("CREATE USER `u`@`h` IDENTIFIED WITH 'p' REQUIRE NONE "
		      "PASSWORD EXPIRE DEFAULT ACCOUNT UNLOCK",
		"ALTER USER `u`@`h` IDENTIFIED WITH 'p' AS '' REQUIRE NONE "
		"PASSWORD EXPIRE DEFAULT ACCOUNT UNLOCK");
	altered_whole("CREATE USER `u`@`h` IDENTIFIED WITH 'p' AS 0x24 "
		      "REQUIRE NONE",
		"ALTER USER `u`@`h` IDENTIFIED WITH 'p' AS 0x24 REQUIRE NONE");
}

static void test_create(void)
{
	const char *line =
		"CREATE USER `u`@`h` IDENTIFIED WITH 'caching_sha2_password' "
		"AS 0x24 DEFAULT ROLE `r`@`%`,`s`@`%` REQUIRE NONE PASSWORD "
		"EXPIRE DEFAULT ACCOUNT UNLOCK";
	struct strbuf sql = STRBUF_INIT;

	ok(users_create(line, "CREATE USER IF NOT EXISTS ", &sql),
		"a line of MySQL 8.0 is taken");
	is_str(sql.buf,
		"CREATE USER IF NOT EXISTS `u`@`h` IDENTIFIED WITH "
		"'caching_sha2_password' AS 0x24 REQUIRE NONE PASSWORD EXPIRE "
		"DEFAULT ACCOUNT UNLOCK",
		"without its default roles, which are not granted yet");
	strbuf_reset(&sql);
	ok(users_alter(line, true, &sql), "and altered");
	is_str(sql.buf,
		"ALTER USER `u`@`h` IDENTIFIED WITH 'caching_sha2_password' "
		"AS 0x24 REQUIRE NONE PASSWORD EXPIRE DEFAULT ACCOUNT UNLOCK",
		"as it stands, for it states every clause");
	strbuf_reset(&sql);
	ok(!users_create("DROP USER x", "CREATE USER ", &sql) &&
			!users_alter("", false, &sql) && !sql.len,
		"any other line is refused");
	strbuf_release(&sql);
}

static void test_grant(void)
{
	granted("GRANT USAGE ON *.* TO `u`@`h` IDENTIFIED BY PASSWORD '*A'",
		NULL, USERS_NOTHING, NULL);
	granted("GRANT USAGE ON *.* TO `u`@`h` IDENTIFIED BY PASSWORD '*A' "
		"WITH GRANT OPTION MAX_USER_CONNECTIONS 2",
		NULL, USERS_SERVER,
		"GRANT USAGE ON *.* TO `u`@`h` WITH GRANT OPTION");
	granted("GRANT SELECT ON *.* TO `u`@`h` IDENTIFIED VIA p USING "
		"'\\' WITH GRANT OPTION'",
		NULL, USERS_SERVER, "GRANT SELECT ON *.* TO `u`@`h`");
	granted("GRANT SELECT ON `a``b.* TO `.* TO `u TO ``x``@`@`h`", NULL,
		USERS_SERVER, NULL);
	granted("GRANT SELECT ON `d`.`t` TO `u`@`h` WITH GRANT OPTION", NULL,
		USERS_OBJECT, NULL);
	granted("GRANT SELECT (` ON *.* `) ON `d`.`t` TO `u`@`h`", NULL,
		USERS_OBJECT, NULL);
	granted("GRANT EXECUTE ON PACKAGE BODY `d`.`p` TO `u`@`h`", NULL,
		USERS_OBJECT, NULL);
	granted("GRANT PROXY ON `d`@`t` TO `u`@`h` WITH GRANT OPTION", NULL,
		USERS_SERVER, NULL);
	granted("GRANT ` ON ` TO `r` WITH ADMIN OPTION", "`r`", USERS_SERVER,
		NULL);
	granted("GRANT INSERT ON `d`.`t` TO `r2`", "`r`", USERS_NOTHING, NULL);
	granted("GRANT INSERT ON `d`.* TO PUBLIC", "PUBLIC", USERS_SERVER,
		NULL);
	granted("GRANT `r`@`%` TO 'u'@'h'", NULL, USERS_SERVER, NULL);
	granted("REVOKE INSERT ON `d`.* FROM `u`@`h`", NULL, USERS_SERVER,
		NULL);
	granted("SET DEFAULT ROLE `r` FOR `u`@`h`", NULL, USERS_NOTHING, NULL);
	granted("GRANT", NULL, USERS_NOTHING, NULL);
	granted("", NULL, USERS_NOTHING, NULL);
}

static void test_find(void)
{
	const char *line = "a `b x` 'c\\' x' \"d\"\" x\" x e";
	const char *cut = "`x";

	is_str(grants_find(line, " x "), " x e",
		"a word in names and strings is not found");
	ok(!grants_find(cut, "x"), "nor in a name that does not end");
	is_str(grants_skip("'a\\"), "", "a cut escape is the end");
}

int main(void)
{
	test_alter();
	test_alter_whole();
	test_create();
	test_grant();
	test_find();
	return done_testing();
}
