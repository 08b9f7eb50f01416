/* Statements that a loader does not simply send, and text that is not shown. */
#include "stream/statement.h"

#include "db/mask.h"
#include "tap.h"

#define TEXT(s) s, sizeof(s) - 1

/* dropped: without what steers replication it is `rest`; NULL: nothing does. */
static bool dropped(const char *sql, const char *rest)
{
	const struct lexer_modes modes = {0};
	struct strbuf text = STRBUF_INIT;
	bool found = statement_drop_steering(sql, strlen(sql), &modes, &text);
	bool as_wanted = rest ? found && !strcmp(text.buf, rest) : !found;

	strbuf_release(&text);
	return as_wanted;
}

static void test_steering(void)
{
	ok(dropped("SET @@SESSION.SQL_LOG_BIN= 0", ""),
		"mysqldump's SET keeps the load from replicas");
	ok(dropped("/*!80000 SET sql_log_bin := 0 */", "") &&
			dropped("SET SESSION `sql_log_bin` = 0", "") &&
			dropped("SET @@session . `sql_log_bin` = 0", ""),
		"as do others, in a version comment, too");
	ok(dropped("SET @MYSQLDUMP_TEMP_LOG_BIN = @@SESSION.SQL_LOG_BIN",
		   NULL) &&
			dropped("SET @sql_log_bin = 0", NULL) &&
			dropped("SET @a = (@@sql_log_bin = 0)", NULL),
		"to remember it does not");
	ok(dropped("INSERT INTO t VALUES ('SET sql_log_bin = 0')", NULL) &&
			dropped("SET @a = ', sql_log_bin = 0'", NULL),
		"nor does a text");
	ok(dropped("/*!40101 SET a=IF(1, 2, 3), sql_log_bin=IF(1, 2, 3), "
		   "@b=',' */;",
		   "/*!40101 SET a=IF(1, 2, 3), @b=',' */;"),
		"what else is set stays");
	ok(dropped("SET NAMES utf8, sql_log_bin=0", "SET NAMES utf8") &&
			dropped("SET GLOBAL a=1, SESSION sql_log_bin=0, @b=2, "
				"c=3, d=4",
				"SET GLOBAL a=1, @b=2, SESSION c=3, d=4") &&
			dropped("SET LOCAL sql_log_bin=0, GLOBAL a=1, b=2",
				"SET GLOBAL a=1, b=2") &&
			dropped("SET GLOBAL gtid_slave_pos='', a=1, b=2",
				"SET GLOBAL a=1, b=2"),
		"in its scope");
}

static bool asks(const char *sql)
{
	const struct lexer_modes modes = {0};

	return statement_asks(sql, strlen(sql), &modes);
}

static void test_asks(void)
{
	ok(!asks("/*!40014 SET @OLD_UNIQUE_CHECKS=@@UNIQUE_CHECKS, "
		 "UNIQUE_CHECKS=0 */"),
		"a dumper's SET asks for nothing");
	ok(!asks("SET @a = 'f(1) SELECT', sql_mode = (@b)"),
		"nor does a text, or what is in parentheses");
	ok(asks("SET @a = f()") && asks("SET @a = 1 + `d`.`f` (2)"),
		"a function does");
	ok(asks("SET @a = (SELECT MAX(a) FROM t)"), "and a subquery");
	ok(asks("SET @a = NEXT VALUE FOR s"), "and a sequence");
}

static struct statement_recalls recalls(const char *sql)
{
	const struct lexer_modes modes = {0};

	return statement_recalls(sql, strlen(sql), &modes, true);
}

static void test_recalls(void)
{
	ok(recalls("INSERT INTO t VALUES (@a)").variables &&
			recalls("SET b = @@identity").counts &&
			recalls("UPDATE t SET a = last_insert_id()").counts,
		"variables and the last number are seen");
	ok(recalls("SET @n = ROW_COUNT ()").rows &&
			recalls("/*!40000 REPLACE t SET a = found_rows() */")
				.rows &&
			recalls("SELECT FOUND_ROWS() INTO @n").rows,
		"so are rows that are counted, where they are kept");
	ok(!recalls("SELECT ROW_COUNT()").rows &&
			!recalls("BEGIN NOT ATOMIC SET a = ROW_COUNT(); END")
				 .rows &&
			!recalls("INSERT INTO t (row_count) VALUES "
				 "('FOUND_ROWS()', `ROW_COUNT`)")
				 .rows,
		"and where they are only shown, or names, they do no harm");
	ok(!recalls("/*!50717 PREPARE s FROM @a */").variables &&
			recalls("/*!50112 PREPARE s FROM @a */").variables,
		"and in what MariaDB skips nothing is");
}

static bool moves(const char *sql)
{
	const struct lexer_modes modes = {0};

	return statement_moves(sql, strlen(sql), &modes);
}

static void test_moves(void)
{
	ok(moves("RENAME TABLE a TO b") && moves("ALTER TABLE a RENAME b") &&
			moves("alter table a exchange partition p with table "
			      "b"),
		"what gives a name to another thing is seen");
	ok(!moves("ALTER TABLE a ADD exchange INT") &&
			!moves("ALTER TABLE a ADD `RENAME` INT, COMMENT "
			       "'RENAME TO b'") &&
			!moves("TRUNCATE a"),
		"and what does not, is not");
}

static bool hints(const char *sql)
{
	const struct lexer_modes modes = {0};

	return statement_hints(sql, strlen(sql), &modes);
}

static void test_hints(void)
{
	ok(hints("/*!50001 VIEW `v` AS select 1 from `t` FORCE INDEX (`n`) */"),
		"a view may need a key");
	ok(hints("CREATE VIEW v AS SELECT 1 FROM a, t use key for join (n)"),
		"by any of the words for it");
	ok(!hints("CREATE VIEW v AS SELECT `FORCE` `INDEX`, 'USE INDEX' FROM "
		  "t"),
		"names and texts need none");
}

/* Statements, and "kind db.table" of each; a comma where it names more. */
static const struct {
	const char *sql;
	enum statement_kind kind;
	const char *names;
} kinds[] = {
	{"/*!40101 SET NAMES utf8mb4 */", STATEMENT_SET, "."},
	{"SET PASSWORD FOR a = 'x'", STATEMENT_ACCOUNT, "."},
	{"SET DEFAULT ROLE r", STATEMENT_ACCOUNT, "."},
	{"SET STATEMENT max_statement_time = 9 FOR INSERT INTO t SELECT 1",
		STATEMENT_OTHER, "."},
	{"use `a``b`", STATEMENT_USE, "a`b."},
	{"INSERT INTO `t` VALUES (1)", STATEMENT_INSERT, ".t"},
	{"insert ignore d.t values (1)", STATEMENT_INSERT, "d.t"},
	{"REPLACE LOW_PRIORITY INTO `d` . `t`(a) VALUES (1)", STATEMENT_INSERT,
		"d.t"},
	{"INSERT INTO .t SET a = 1", STATEMENT_INSERT, ".t"},
	{"CREATE TABLE `t` (a INT)", STATEMENT_CREATE_TABLE, ".t"},
	{"/*!50001 CREATE TABLE IF NOT EXISTS `d`.`t` (a INT) */",
		STATEMENT_CREATE_TABLE, "d.t"},
	{"CREATE OR REPLACE TEMPORARY TABLE t (a INT)", STATEMENT_CREATE_TABLE,
		".t"},
	{"DROP TABLE IF EXISTS `t`", STATEMENT_DROP_TABLE, ".t"},
	{"DROP TEMPORARY TABLE IF EXISTS a.b, c", STATEMENT_DROP_TABLE, "a.b,"},
	{"/*!40000 ALTER TABLE `t` DISABLE KEYS */", STATEMENT_KEYS_OFF, ".t"},
	{"/*!40000 ALTER TABLE `t` ENABLE KEYS */", STATEMENT_KEYS_ON, ".t"},
	{"ALTER TABLE `t` ADD KEY (a)", STATEMENT_ALTER_TABLE, ".t"},
	{"ALTER IGNORE TABLE t ADD a INT", STATEMENT_ALTER_TABLE, ".t"},
	{"TRUNCATE TABLE `t`", STATEMENT_CHANGE, ".t"},
	{"/*!40000 truncate d.t */", STATEMENT_CHANGE, "d.t"},
	{"DELETE FROM `t`", STATEMENT_CHANGE, ".t"},
	{"DELETE LOW_PRIORITY QUICK IGNORE FROM d.t WHERE a IN (1,2)",
		STATEMENT_CHANGE, "d.t"},
	{"DELETE HISTORY FROM t BEFORE SYSTEM_TIME now()", STATEMENT_CHANGE,
		".t"},
	{"DELETE a FROM t AS a", STATEMENT_CHANGE, "."},
	{"DELETE FROM a USING t AS a", STATEMENT_CHANGE, "."},
	{"DELETE FROM a.*, b USING t AS a, b", STATEMENT_CHANGE, "."},
	{"DELETE FROM d.a.* USING d.a", STATEMENT_CHANGE, "."},
	{"UPDATE LOW_PRIORITY IGNORE `d`.`t` AS x SET a = (SELECT 1), b = 2",
		STATEMENT_CHANGE, "d.t"},
	{"UPDATE a, b SET a.x = 1", STATEMENT_CHANGE, "."},
	{"UPDATE a LEFT JOIN b USING (i) SET a.x = 1", STATEMENT_CHANGE, "."},
	{"UPDATE (a) SET x = 1", STATEMENT_CHANGE, "."},
	{"UPDATE a", STATEMENT_CHANGE, "."},
	{"LOAD DATA LOCAL INFILE 'into' REPLACE INTO TABLE d.t (a)",
		STATEMENT_CHANGE, "d.t"},
	{"LOAD XML INFILE 'x' INTO TABLE t", STATEMENT_CHANGE, ".t"},
	{"LOAD INDEX INTO CACHE t", STATEMENT_OTHER, "."},
	{"RENAME TABLE a TO b", STATEMENT_CHANGE, "."},
	{"RENAME USER a TO b", STATEMENT_ACCOUNT, "."},
	{"WITH a AS (SELECT 1) DELETE FROM t", STATEMENT_CHANGE, "."},
	{"CREATE UNIQUE INDEX i ON t (a)", STATEMENT_INDEX, ".t"},
	{"DROP INDEX i ON d.t", STATEMENT_INDEX, "d.t"},
	{"/*!50003 CREATE*/ /*!50017 DEFINER=`r`@`%`*/ /*!50003 TRIGGER "
	 "`d`.`x` "
	 "BEFORE INSERT ON `t` FOR EACH ROW SET NEW.a = 1 */",
		STATEMENT_TRIGGER, ".t"},
	{"CREATE DEFINER = current_user() TRIGGER IF NOT EXISTS x AFTER DELETE "
	 "ON d.t FOR EACH ROW BEGIN END",
		STATEMENT_TRIGGER, "d.t"},
	{"DROP TRIGGER d.x", STATEMENT_TRIGGER, "."},
	{"CREATE DATABASE /*!32312 IF NOT EXISTS*/ `d` /*!40100 DEFAULT "
	 "CHARACTER SET latin1 */",
		STATEMENT_DATABASE, "d."},
	{"ALTER DATABASE d COLLATE utf8mb4_bin", STATEMENT_DATABASE, "d."},
	{"DROP SCHEMA IF EXISTS d", STATEMENT_DATABASE, "d."},
	{"/*!50001 CREATE ALGORITHM=UNDEFINED */ /*!50013 DEFINER=`a`@`b` SQL "
	 "SECURITY DEFINER */ /*!50001 VIEW `v` AS SELECT 1 */",
		STATEMENT_VIEW, ".v"},
	{"CREATE OR REPLACE DEFINER=role SQL SECURITY INVOKER VIEW d.v AS "
	 "SELECT 1",
		STATEMENT_VIEW, "d.v"},
	{"/*!50001 DROP VIEW IF EXISTS `v`*/", STATEMENT_VIEW, ".v"},
	{"CREATE DEFINER='a'@'b' PROCEDURE p() SELECT 1", STATEMENT_ROUTINE,
		"."},
	{"CREATE AGGREGATE FUNCTION IF NOT EXISTS f() RETURNS INT RETURN 1",
		STATEMENT_ROUTINE, "."},
	{"DROP FUNCTION f", STATEMENT_ROUTINE, "."},
	{"CREATE PACKAGE BODY p AS END", STATEMENT_ROUTINE, "."},
	{"/*!50106 CREATE*/ /*!50117 DEFINER=`a`@`b`*/ /*!50106 EVENT `e` ON "
	 "SCHEDULE EVERY 1 DAY DO SELECT 1 */",
		STATEMENT_EVENT, "."},
	{"ALTER DEFINER=`a`@`b` EVENT e DISABLE", STATEMENT_EVENT, "."},
	{"CREATE SEQUENCE `s` start with 1", STATEMENT_SEQUENCE, ".s"},
	{"DROP SEQUENCE IF EXISTS d.s", STATEMENT_SEQUENCE, "d.s"},
	{"DO SETVAL(`s`, 5, 0)", STATEMENT_SEQUENCE, ".s"},
	{"SELECT SETVAL(`d`.`s`, 5, 0)", STATEMENT_SEQUENCE, "d.s"},
	{"SELECT 1", STATEMENT_OTHER, "."},
	{"DO SLEEP(1)", STATEMENT_OTHER, "."},
	{"LOCK TABLES `t` WRITE", STATEMENT_LOCK, "."},
	{"UNLOCK TABLES", STATEMENT_LOCK, "."},
	{"FLUSH LOCAL TABLE t, d.u WITH READ LOCK", STATEMENT_LOCK, "."},
	{"flush tables `with` for export", STATEMENT_LOCK, "."},
	{"FLUSH TABLES t, `for`", STATEMENT_OTHER, "."},
	{"FLUSH STATUS", STATEMENT_OTHER, "."},
	{"START TRANSACTION", STATEMENT_TRANSACTION, "."},
	{"BEGIN WORK", STATEMENT_TRANSACTION, "."},
	{"BEGIN;", STATEMENT_TRANSACTION, "."},
	{"BEGIN UPDATE t SET a = 1; END;", STATEMENT_OTHER, "."},
	{"BEGIN NOT ATOMIC DELETE FROM t; END", STATEMENT_OTHER, "."},
	{"COMMIT", STATEMENT_TRANSACTION, "."},
	{"START ALL SLAVES", STATEMENT_REPLICATION, "."},
	{"stop replica 'x'", STATEMENT_REPLICATION, "."},
	{"CHANGE MASTER 'x' TO MASTER_LOG_POS=4", STATEMENT_REPLICATION, "."},
	{"CHANGE REPLICATION SOURCE TO SOURCE_LOG_POS=4", STATEMENT_REPLICATION,
		"."},
	{"RESET SLAVE ALL", STATEMENT_REPLICATION, "."},
	{"RESET QUERY CACHE", STATEMENT_OTHER, "."},
	{"GRANT SELECT ON t TO a", STATEMENT_ACCOUNT, "."},
	{"CREATE USER a@b IDENTIFIED BY 'x'", STATEMENT_ACCOUNT, "."},
	{"DROP ROLE r", STATEMENT_ACCOUNT, "."},
	{"", STATEMENT_OTHER, "."},
	{"CREATE", STATEMENT_OTHER, "."},
	{"CREATE TABLE", STATEMENT_CREATE_TABLE, "."},
	{"INSERT INTO `open", STATEMENT_INSERT, "."},
	{"CREATE TRIGGER x BEFORE INSERT ON", STATEMENT_TRIGGER, "."},
	{"CREATE DEFINER=", STATEMENT_OTHER, "."},
};

static void test_kinds(void)
{
	const struct lexer_modes modes = {0};
	struct statement st = STATEMENT_INIT;
	struct strbuf names = STRBUF_INIT;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		statement_read(&st, kinds[i].sql, strlen(kinds[i].sql), &modes);
		strbuf_reset(&names);
		strbuf_addf(&names, "%d %s.%s%s", st.kind, st.db.buf,
			st.table.buf, st.several ? "," : "");
		ok(st.kind == kinds[i].kind &&
				!strcmp(strchr(names.buf, ' ') + 1,
					kinds[i].names),
			kinds[i].sql);
	}
	strbuf_release(&names);
	statement_release(&st);
}

static void test_names(void)
{
	const struct lexer_modes ansi = {.ansi_quotes = true};
	const struct lexer_modes wide = {.wide_charset = true};
	struct statement st = STATEMENT_INIT;

	statement_read(
		&st, TEXT("INSERT INTO \"d\".\"t\"\"\" VALUES (1)"), &ansi);
	is_str(st.table.buf, "t\"", "names may be in double quotes");
	is_str(st.db.buf, "d", "and so the database");
	statement_read(&st, TEXT("INSERT INTO `\x81`` VALUES (1)"), &wide);
	is_str(st.table.buf, "",
		"a name is none where its quotes cannot be told");
	statement_release(&st);
}

static void test_programs(void)
{
	static const struct {
		const char *sql, *names;
	} programs[] = {
		{"CREATE TRIGGER IF NOT EXISTS d.`x y` BEFORE INSERT ON t",
			"d.x y "},
		{"DROP TRIGGER x", ".x "},
		{"/*!50003 CREATE*/ /*!50020 DEFINER=`a`@`%`*/ /*!50003 "
		 "FUNCTION `f`(a INT) RETURNS INT RETURN 1 */",
			".f FUNCTION"},
		{"DROP PROCEDURE IF EXISTS d.p", "d.p PROCEDURE"},
		{"CREATE OR REPLACE PACKAGE BODY p AS END", ".p PACKAGE BODY"},
		{"CREATE PACKAGE p AS END", ".p PACKAGE"},
		{"/*!50106 CREATE*/ /*!50106 EVENT `e` ON SCHEDULE */", ".e "},
		{"CREATE TABLE t (a INT)", ". "},
	};
	const struct lexer_modes modes = {0};
	struct statement st = STATEMENT_INIT;
	struct strbuf names = STRBUF_INIT;

	for (size_t i = 0; i < sizeof(programs) / sizeof(*programs); i++) {
		statement_read(
			&st, programs[i].sql, strlen(programs[i].sql), &modes);
		strbuf_reset(&names);
		strbuf_addf(&names, "%s.%s %s", st.program_db.buf,
			st.program.buf, st.routine ? st.routine : "");
		is_str(names.buf, programs[i].names, programs[i].sql);
	}
	strbuf_release(&names);
	statement_release(&st);
}

static void test_all_names(void)
{
	static const char sql[] = "DELETE FROM `a` USING d.`b``` AS a, `c` "
				  "/* x */ WHERE a.i = 'f' OR e.k";
	const struct lexer_modes modes = {0};
	struct strlist dbs = STRLIST_INIT, tables = STRLIST_INIT;
	struct strbuf all = STRBUF_INIT;

	statement_names(sql, strlen(sql), &modes, &dbs, &tables);
	for (size_t i = 0; i < tables.count; i++)
		strbuf_addf(&all, "%s.%s ", dbs.item[i], tables.item[i]);
	is_str(all.buf,
		".DELETE .FROM .a .USING d.b` .AS .a .c .WHERE a.i .OR e.k ",
		"all names of a statement are found, but in strings and "
		"comments");
	strbuf_release(&all);
	strlist_release(&dbs);
	strlist_release(&tables);
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

static void splits(const char *sql, const char *want, const char *title)
{
	struct strbuf one = STRBUF_INIT, all = STRBUF_INIT;
	const struct lexer_modes modes = {0};

	for (size_t n = 0; statement_split(sql, strlen(sql), &modes, n, &one);
		n++)
		strbuf_addf(&all, "%s;", one.buf);
	is_str(all.buf, want, title);
	strbuf_release(&one);
	strbuf_release(&all);
}

static void test_split(void)
{
	splits("DROP TABLE IF EXISTS a, `b,c` . d /* x */ , e RESTRICT",
		"DROP TABLE IF EXISTS a  RESTRICT;"
		"DROP TABLE IF EXISTS `b,c` . d  RESTRICT;"
		"DROP TABLE IF EXISTS e  RESTRICT;",
		"a DROP of several is as many of one");
	splits("/*!40000 DROP VIEW view, if */",
		"/*!40000 DROP VIEW view  */;/*!40000 DROP VIEW if  */;",
		"within a version comment, too");
	splits("DROP TABLE a, 'b'", "", "not one that no server takes");
	splits("DROP TABLE a, , b", "", "nor one with a hole");
}

/* inner: what stands in it, under this character set; "": nothing. */
static const char *inner(const char *sql, const char *charset)
{
	static char text[32];
	struct lexer_modes modes = {0};
	struct strbuf found = STRBUF_INIT;

	snprintf(modes.charset, sizeof(modes.charset), "%s", charset);
	snprintf(text, sizeof(text), "%s",
		statement_inner(sql, strlen(sql), &modes, &found) ? found.buf
								  : "");
	strbuf_release(&found);
	return text;
}

static void test_inner(void)
{
	is_str(inner("EXECUTE IMMEDIATE _sjis 0x444f2031", "sjis"), "DO 1",
		"a text in digits is read");
	is_str(inner("EXECUTE IMMEDIATE _sjis 0x444f2031", "gbk"), "",
		"but not in another character set");
	is_str(inner("EXECUTE IMMEDIATE _sjis 0x444f203", "sjis"), "",
		"nor half a byte");
	is_str(inner("EXECUTE IMMEDIATE _sjis 0x444f20zz", "sjis"), "",
		"nor what are no digits");
	is_str(inner("EXECUTE IMMEDIATE _sjis 0x444f USING @a", "sjis"), "",
		"nor what takes parameters");
	is_str(inner("EXECUTE IMMEDIATE _sjis", "sjis"), "", "nor nothing");
}

int main(void)
{
	test_inner();
	test_steering();
	test_asks();
	test_recalls();
	test_moves();
	test_hints();
	test_kinds();
	test_names();
	test_programs();
	test_all_names();
	test_secrets();
	test_split();
	return done_testing();
}
