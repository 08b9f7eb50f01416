/* Databases in a statement, put in the place of others. */
#include "stream/database_names.h"

#include "tap.h"

static const struct lexer_modes plain;

static struct name_pair pairs[] = {{.from = "shop", .to = "old`shop"},
	{.from = "a", .to = "b"}, {.from = "b", .to = "a"},
	{.from = "NEW", .to = "c"}, {.from = "my_app", .to = "its%app"}};
static const struct name_map map = {.pair = pairs, .count = 5};

static void maps_as(const struct database_names *names, const char *sql,
	const char *want, const char *title)
{
	struct strbuf out = STRBUF_INIT;
	const char *doubt;
	size_t count = database_names_map(
		sql, strlen(sql), &plain, names, &out, &doubt);

	is_str(doubt ? doubt : count ? out.buf : sql, want, title);
	strbuf_release(&out);
}

static void maps(enum statement_kind kind, const char *sql, const char *want,
	const char *title)
{
	const struct database_names names = {&map, false, kind};

	maps_as(&names, sql, want, title);
}

static void test_nouns(void)
{
	maps(STATEMENT_USE, "USE `shop`", "USE `old``shop`",
		"USE is about a database");
	maps(STATEMENT_USE, "use shop", "use `old``shop`", "in any case");
	maps(STATEMENT_USE, "USE other", "USE other", "but another one stays");
	maps(STATEMENT_DATABASE,
		"CREATE DATABASE /*!32312 IF NOT EXISTS*/ `shop` "
		"/*!40100 DEFAULT CHARACTER SET utf8mb4 */",
		"CREATE DATABASE /*!32312 IF NOT EXISTS*/ `old``shop` "
		"/*!40100 DEFAULT CHARACTER SET utf8mb4 */",
		"so is CREATE DATABASE");
	maps(STATEMENT_DATABASE, "CREATE OR REPLACE SCHEMA a COMMENT 'a'",
		"CREATE OR REPLACE SCHEMA `b` COMMENT 'a'",
		"whatever stands around the name");
	maps(STATEMENT_DATABASE, "/*!40000 DROP DATABASE IF EXISTS `a`*/",
		"/*!40000 DROP DATABASE IF EXISTS `b`*/", "and DROP DATABASE");
	maps(STATEMENT_DATABASE, "ALTER DATABASE `b` COLLATE a",
		"ALTER DATABASE `a` COLLATE a", "and ALTER DATABASE");
}

static void test_qualifying(void)
{
	maps(STATEMENT_VIEW,
		"CREATE DEFINER=`shop`@`a` VIEW v AS SELECT shop.t.c, `a` . "
		"u.d "
		"FROM `shop`.t, a.u, b.v /* shop.x */ WHERE c = 'shop.t' AND "
		"@shop.x > @@a.b",
		"CREATE DEFINER=`shop`@`a` VIEW v AS SELECT `old``shop`.t.c, "
		"`b` . u.d FROM `old``shop`.t, `b`.u, `a`.v /* shop.x */ WHERE "
		"c = 'shop.t' AND @shop.x > @@a.b",
		"a name with a dot behind it is a database's; strings, "
		"comments, variables and accounts are left");
	maps(STATEMENT_CREATE_TABLE,
		"CREATE TABLE t (id INT DEFAULT nextval(`shop`.`s`), shop INT)",
		"shop", "what stands without a dot, too, is in doubt");
	maps(STATEMENT_CREATE_TABLE,
		"CREATE TABLE shop (shop INT, `x.shop` INT)",
		"CREATE TABLE shop (shop INT, `x.shop` INT)",
		"not where it stands nowhere with one");
	maps(STATEMENT_VIEW, "CREATE VIEW v AS SELECT shop.c FROM t AS shop",
		"shop", "an alias is no database");
	maps(STATEMENT_VIEW, "CREATE VIEW v AS SELECT shop.c FROM x.shop",
		"shop", "nor is a table of another one");
	maps(STATEMENT_TRIGGER,
		"CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW SET NEW.x = "
		"(SELECT MAX(y) FROM a.t)",
		"NEW", "nor are the rows of a trigger");
	maps(STATEMENT_VIEW, "CREATE VIEW v AS SELECT * FROM a.2020, a.order",
		"CREATE VIEW v AS SELECT * FROM `b`.`2020`, `b`.order",
		"behind a quoted name, one of digits has to be, too");
	maps(STATEMENT_VIEW, "CREATE VIEW v AS SELECT * FROM a.b, b.c", "b",
		"what stands behind is looked at, too");
	maps(STATEMENT_INSERT, "INSERT INTO `shop`.`t` VALUES ('shop.t', 1.5)",
		"INSERT INTO `old``shop`.`t` VALUES ('shop.t', 1.5)",
		"rows are left");
	maps(STATEMENT_ROUTINE,
		"CREATE PROCEDURE p() BEGIN DROP DATABASE IF EXISTS shop; DROP "
		"SCHEMA a; SELECT DATABASE(), SCHEMA(); END",
		"CREATE PROCEDURE p() BEGIN DROP DATABASE IF EXISTS "
		"`old``shop`; DROP SCHEMA `b`; SELECT DATABASE(), SCHEMA(); "
		"END",
		"what a program does to a database is done to that one");
	maps(STATEMENT_ACCOUNT, "GRANT SELECT ON `shop`.* TO `shop`",
		"GRANT SELECT ON `old``shop`.* TO `shop`",
		"a role may have the name of a database");
	maps(STATEMENT_ACCOUNT, "GRANT SELECT ON `my\\_app`.* TO u",
		"GRANT SELECT ON `its\\%app`.* TO u",
		"what a grant has as a pattern is the same database");
	maps(STATEMENT_ACCOUNT, "GRANT SELECT ON `my\\_app`.t TO u",
		"GRANT SELECT ON `my\\_app`.t TO u",
		"but one on a table has no patterns");
	maps(STATEMENT_ACCOUNT, "GRANT SELECT ON `my\\_%`.* TO u",
		"GRANT SELECT ON `my\\_%`.* TO u",
		"and one of several is left");
	maps(STATEMENT_CHANGE, "RENAME TABLE shop.t TO a.t",
		"RENAME TABLE `old``shop`.t TO `b`.t", "each has its own");
}

static void test_case(void)
{
	const struct database_names names = {&map, true, STATEMENT_USE};

	maps(STATEMENT_USE, "USE Shop", "USE Shop",
		"names that differ by case are two");
	maps_as(&names, "USE Shop", "USE `old``shop`",
		"or one, where the server says so");
}

int main(void)
{
	test_nouns();
	test_qualifying();
	test_case();
	return done_testing();
}
