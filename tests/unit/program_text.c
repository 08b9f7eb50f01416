/* The heads of SHOW CREATE texts: definers, and the states of events. */
#include "db/program_text.h"

#include <string.h>

#include "base/strbuf.h"
#include "db/definer.h"
#include "db/trigger_text.h"
#include "tap.h"

static const struct program_text view = {
	PROGRAM_VIEW, NULL, 0, NULL, "utf8mb4"};
static const struct program_text routine = {
	PROGRAM_ROUTINE, NULL, 0, "", "utf8mb4"};
static const struct program_text trigger = {
	PROGRAM_TRIGGER, NULL, 0, "ANSI_QUOTES", "utf8mb4"};
static const struct program_text event = {
	PROGRAM_EVENT, NULL, 0, "", "utf8mb4"};

/* becomes: no connection is needed where all is UTF-8. want NULL: an error. */
static void becomes(struct program_text text, const char *create,
	const struct dump_options *options, const char *want, const char *title)
{
	struct strbuf out = STRBUF_INIT;
	struct err e = {0};
	int rc;

	text.create = create;
	text.len = strlen(create);
	rc = program_text_write(NULL, &text, options, &out, &e);
	if (want)
		is_str(rc ? e.msg : out.buf, want, title);
	else
		is_int(rc ? (int)e.code : 0, ERR_BUG, title);
	strbuf_release(&out);
}

static void test_bodies(void)
{
	static const struct dump_options keep = {0};
	struct program_text library = routine;

	library.kind = PROGRAM_LIBRARY;
	becomes(library,
		"CREATE LIBRARY `l`\n    COMMENT '\nAS $$'\n    LANGUAGE "
		"JAVASCRIPT\nAS $$ // it's \\ `$$",
		&keep,
		"CREATE LIBRARY `l`\n    COMMENT '\nAS $$'\n    LANGUAGE "
		"JAVASCRIPT\nAS ' // it''s \\\\ `'",
		"a body between dollars becomes a string");
	library.sql_mode = "NO_BACKSLASH_ESCAPES";
	becomes(library,
		"CREATE LIBRARY `l`\n    LANGUAGE JAVASCRIPT\nAS $x$ $$\\'$x$",
		&keep,
		"CREATE LIBRARY `l`\n    LANGUAGE JAVASCRIPT\nAS ' $$\\'''",
		"and where a backslash escapes nothing");
	becomes(routine,
		"CREATE FUNCTION `f`() RETURNS int\n    LANGUAGE JAVASCRIPT\n"
		"AS $$ $",
		&keep,
		"CREATE FUNCTION `f`() RETURNS int\n    LANGUAGE JAVASCRIPT\n"
		"AS $$ $",
		"what does not end is left alone");
	becomes(routine, "CREATE FUNCTION `f`() RETURNS int\nRETURN 1", &keep,
		"CREATE FUNCTION `f`() RETURNS int\nRETURN 1",
		"SQL is left alone");
}

static void account(const char *asked, const char *want)
{
	struct strbuf clause = STRBUF_INIT;
	enum definer_mode mode;
	struct err e = {0};
	char title[128];
	int rc = definer_parse(asked, &mode, &clause, &e);

	snprintf(title, sizeof(title), "--definer=%s is %s", asked,
		want ? "an account" : "none");
	if (want)
		is_str(clause.buf, want, title);
	else
		is_int(rc ? (int)e.code : 0, ERR_USAGE, title);
	strbuf_release(&clause);
}

static void test_accounts(void)
{
	account("current", "DEFINER=CURRENT_USER");
	account("me@db1", "DEFINER=`me`@`db1`");
	account("'me'@'%'", "DEFINER=`me`@`%`");
	account("`m``e`@\"db\"", "DEFINER=`m``e`@`db`");
	account("'it''s @'@h", "DEFINER=`it's @`@`h`");
	account("a@b@h", "DEFINER=`a@b`@`h`");
	account("''@localhost", "DEFINER=``@`localhost`");
	account("role", "DEFINER=`role`");
	account("'keep'", "DEFINER=`keep`");
	account("a` SQL SECURITY x", "DEFINER=`a`` SQL SECURITY x`");
	account("", NULL);
	account("''", NULL);
	account("@h", NULL);
	account("a@", NULL);
	account("'a", NULL);
	account("'a''", NULL);
	account("'", NULL);
	account("'a'@'h", NULL);
	account("'a' @ 'h'", NULL);
	account("'a'b@h", NULL);
}

static void test_definers(void)
{
	char drop[] = "drop", current[] = "current", role[] = "r";
	const struct dump_options keep = DUMP_OPTIONS_INIT;
	struct dump_options gone = keep, ours = keep, other = keep;
	const char *text =
		"CREATE ALGORITHM=MERGE DEFINER=`a``b`@`%` SQL "
		"SECURITY INVOKER VIEW `v` AS select 'DEFINER=`x`@`y`'";

	gone.definer = drop;
	ours.definer = current;
	other.definer = role;
	becomes(view, text, &keep, text, "a definer is kept");
	becomes(view, text, &gone,
		"CREATE ALGORITHM=MERGE SQL SECURITY INVOKER VIEW `v` AS "
		"select "
		"'DEFINER=`x`@`y`'",
		"or dropped, and nothing else with it");
	becomes(view, text, &ours,
		"CREATE ALGORITHM=MERGE DEFINER=CURRENT_USER SQL SECURITY "
		"INVOKER "
		"VIEW `v` AS select 'DEFINER=`x`@`y`'",
		"or becomes another");
	becomes(routine, "CREATE DEFINER=`r` PROCEDURE `DEFINER=`()\nselect 1",
		&gone, "CREATE PROCEDURE `DEFINER=`()\nselect 1",
		"a role is a definer");
	becomes(trigger,
		"CREATE OR REPLACE DEFINER=\"x\"\"\\\"@\"h @\" trigger/**/t …",
		&other, "CREATE OR REPLACE DEFINER=`r` trigger/**/t …",
		"names in double quotes hold no escapes");
	becomes(trigger, "CREATE TRIGGER t /* DEFINER=`a`@`b` */ …", &gone,
		"CREATE TRIGGER t /* DEFINER=`a`@`b` */ …",
		"a text without a definer has none to drop");
	becomes(trigger, "CREATE TRIGGER t /* DEFINER=`a`@`b` */ …", &other,
		"CREATE DEFINER=`r` TRIGGER t /* DEFINER=`a`@`b` */ …",
		"and gets one where it belongs");
	becomes(view, "ALTER DEFINER=`a`@`b` VIEW", &gone, NULL,
		"what is no CREATE is not touched but refused");
}

static void test_routines(void)
{
	const struct dump_options keep = DUMP_OPTIONS_INIT;
	struct program_text plain = routine;

	plain.sql_mode = "ANSI_QUOTES,NO_BACKSLASH_ESCAPES";
	becomes(plain,
		"CREATE DEFINER=\"a\"@\"b\" FUNCTION \"f(\"(a enum('\\',')') "
		"/* ) "
		"*/) RETURNS enum('x\\\\\n') CHARSET utf8mb4\n"
		"    DETERMINISTIC\n    COMMENT 'it''s \\\\ \\n'\n"
		"return 'COMMENT \\\\'",
		&keep,
		"CREATE DEFINER=\"a\"@\"b\" FUNCTION \"f(\"(a enum('\\',')') "
		"/* ) "
		"*/) RETURNS enum('x\\\n') CHARSET utf8mb4\n"
		"    DETERMINISTIC\n    COMMENT 'it''s \\ \n'\n"
		"return 'COMMENT \\\\'",
		"the server's escapes are undone where the mode has none");
	becomes(plain,
		"CREATE DEFINER=`a`@`b` PACKAGE BODY \"p\" as procedure x as "
		"begin COMMENT '\\\\'; end; end",
		&keep,
		"CREATE DEFINER=`a`@`b` PACKAGE BODY \"p\" as procedure x as "
		"begin COMMENT '\\\\'; end; end",
		"in a body nothing is");
	becomes(plain, "CREATE DEFINER=`a`@`b` FUNCTION `f`(a int '\\", &keep,
		NULL, "a head that does not end is refused");
	becomes(plain, "CREATE DEFINER=`a\\", &keep, NULL, "so is half of one");
}

static void test_events(void)
{
	struct dump_options off = DUMP_OPTIONS_INIT;

	off.events = DUMP_EVENTS_DISABLE;
	becomes(event,
		"CREATE DEFINER=`a`@`b` EVENT `DO ENABLE` ON SCHEDULE EVERY "
		"'1:2' "
		"HOUR_MINUTE STARTS '2033-01-01 00:00:00' ON COMPLETION NOT "
		"PRESERVE ENABLE COMMENT 'it''s \\\\' DO begin ENABLE; end",
		&off,
		"CREATE DEFINER=`a`@`b` EVENT `DO ENABLE` ON SCHEDULE EVERY "
		"'1:2' "
		"HOUR_MINUTE STARTS '2033-01-01 00:00:00' ON COMPLETION NOT "
		"PRESERVE DISABLE ON SLAVE COMMENT 'it''s \\\\' DO begin "
		"ENABLE; "
		"end",
		"an event that is on is switched off");
	becomes(event,
		"CREATE EVENT `e` ON SCHEDULE AT '2033-01-01 00:00:00' ON "
		"COMPLETION PRESERVE DISABLE COMMENT 'ENABLE DO' DO ENABLE",
		&off,
		"CREATE EVENT `e` ON SCHEDULE AT '2033-01-01 00:00:00' ON "
		"COMPLETION PRESERVE DISABLE COMMENT 'ENABLE DO' DO ENABLE",
		"one that is off stays so");
	becomes(event,
		"CREATE EVENT `e` ON SCHEDULE AT 'x' ON COMPLETION PRESERVE "
		"DISABLE ON SLAVE DO ENABLE",
		&off,
		"CREATE EVENT `e` ON SCHEDULE AT 'x' ON COMPLETION PRESERVE "
		"DISABLE ON SLAVE DO ENABLE",
		"so does one that is off on replicas");
	becomes(event, "CREATE EVENT `e` ON SCHEDULE AT 'x' DO ENABLE", &off,
		NULL, "one that does not say is refused");
	becomes(event, "CREATE EVENT `e` ON SCHEDULE AT 'x' ENABLE", &off, NULL,
		"so is one that does nothing");
}

/* named: of the table `shop`.`item`. */
static void named(const char *mode, const char *create, const char *want)
{
	struct strbuf out = STRBUF_INIT;

	const struct program_text text = {
		PROGRAM_TRIGGER, create, strlen(create), mode, "utf8mb4"};

	trigger_text_write(&text, "shop", "item", &out);
	is_str(out.buf, want ? want : create, create);
	strbuf_release(&out);
}

static void test_trigger_names(void)
{
	named("",
		"CREATE DEFINER=`ON`@`TRIGGER` TRIGGER t BEFORE INSERT ON Item "
		"FOR EACH ROW INSERT INTO Item VALUES (1)",
		"CREATE DEFINER=`ON`@`TRIGGER` TRIGGER t BEFORE INSERT ON "
		"`item` "
		"FOR EACH ROW INSERT INTO Item VALUES (1)");
	named("",
		"CREATE TRIGGER IF NOT EXISTS SHOP.`Item`after/* ON x */ "
		"update "
		"on`Shop` . `ITEM`FOR EACH ROW SET @a = 1",
		"CREATE TRIGGER IF NOT EXISTS `shop`.`Item`after/* ON x */ "
		"update "
		"on`shop` . `item`FOR EACH ROW SET @a = 1");
	named("ANSI_QUOTES",
		"CREATE TRIGGER \"a ON Item\" AFTER DELETE ON \"Item\" FOR",
		"CREATE TRIGGER \"a ON Item\" AFTER DELETE ON `item` FOR");
	named("", "CREATE TRIGGER t AFTER DELETE ON item FOR EACH ROW", NULL);
	named("", "CREATE TRIGGER t AFTER DELETE ON Other FOR EACH ROW", NULL);
	named("", "CREATE TRIGGER t AFTER DELETE ON", NULL);
	named("", "CREATE", NULL);
	named(NULL, "", NULL);
}

int main(void)
{
	test_accounts();
	test_definers();
	test_routines();
	test_events();
	test_trigger_names();
	test_bodies();
	return done_testing();
}
