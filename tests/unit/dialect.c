/* Collations and clauses that a target may not know. */
#include "stream/dialect.h"

#include <stdlib.h>

#include "tap.h"

static const struct lexer_modes plain;

static char *joined(const struct strlist *list)
{
	struct strbuf out = STRBUF_INIT;

	for (size_t i = 0; i < list->count; i++)
		strbuf_addf(&out, "%s%s", i ? " " : "", list->item[i]);
	return strbuf_detach(&out);
}

static void names(const char *sql, const char *collations, const char *charsets,
	const char *title)
{
	struct strlist found[2] = {STRLIST_INIT, STRLIST_INIT};
	char *got;

	dialect_collations(sql, strlen(sql), &plain, &found[0], &found[1]);
	got = joined(&found[0]);
	is_str(got, collations, title);
	free(got);
	got = joined(&found[1]);
	is_str(got, charsets, "and these character sets");
	free(got);
	strlist_release(&found[0]);
	strlist_release(&found[1]);
}

static void test_names(void)
{
	names("CREATE TABLE t (a TEXT CHARACTER SET utf8mb3 COLLATE "
	      "utf8mb3_bin, b TEXT COLLATE 'UTF8MB4_0900_AI_CI' COMMENT "
	      "'COLLATE x') CHARSET=utf8mb4 COLLATE = utf8mb4_0900_ai_ci",
		"utf8mb3_bin utf8mb4_0900_ai_ci", "utf8mb3 utf8mb4",
		"a table names collations, each once");
	names("CREATE DATABASE d /*!40100 DEFAULT CHARACTER SET utf8mb4 "
	      "COLLATE "
	      "utf8mb4_0900_ai_ci */ /*!80016 COLLATE not_mine */",
		"utf8mb4_0900_ai_ci", "utf8mb4",
		"in comments that MariaDB executes, and only these");
	names("/*!50003 SET collation_connection  = utf8mb4_0900_ai_ci */",
		"utf8mb4_0900_ai_ci", "", "a variable does");
	names("SET @@session.character_set_client := latin1, "
	      "collation_database = @old, NAMES gbk COLLATE gbk_bin",
		"gbk_bin", "latin1 gbk", "and others in one SET");
	names("CREATE TABLE t (names VARCHAR(5), charset VARCHAR(5), `collate` "
	      "INT, character_set_client INT DEFAULT NULL)",
		"", "", "columns of such names do not");
	names("INSERT INTO t VALUES (_utf8mb4 'a' COLLATE x)", "", "",
		"rows are not looked at");
	names("ALTER TABLE t CONVERT TO CHARACTER SET DEFAULT", "", "",
		"DEFAULT names none");
}

static void maps(const char *sql, const char *want, const char *title)
{
	static struct name_pair pairs[] = {
		{.from = "utf8mb4_0900_ai_ci", .to = "utf8mb4_unicode_ci"},
		{.from = "a", .to = "b"}};
	static const struct name_map map = {.pair = pairs, .count = 2};
	struct strbuf out = STRBUF_INIT;
	size_t n = dialect_map_collations(sql, strlen(sql), &plain, &map, &out);

	is_str(n ? out.buf : sql, want, title);
	strbuf_release(&out);
}

static void test_map(void)
{
	maps("CREATE TABLE t (x TEXT COLLATE UTF8MB4_0900_ai_ci DEFAULT "
	     "'COLLATE "
	     "a', y TEXT COLLATE 'a') COLLATE=utf8mb4_0900_ai_ci /* COLLATE a "
	     "*/ COMMENT='a'",
		"CREATE TABLE t (x TEXT COLLATE utf8mb4_unicode_ci DEFAULT "
		"'COLLATE a', y TEXT COLLATE b) COLLATE=utf8mb4_unicode_ci /* "
		"COLLATE a */ COMMENT='a'",
		"collations are put in place of others where they are meant");
	maps("CREATE TABLE a (a TEXT CHARSET a)",
		"CREATE TABLE a (a TEXT CHARSET a)",
		"and names and character sets are left");
}

static void drops(const char *sql, const char *want, const char *title)
{
	struct strbuf out = STRBUF_INIT;
	bool some = dialect_drop_mode(
		sql, strlen(sql), &plain, "NO_AUTO_CREATE_USER", &out);

	is_str(some ? out.buf : "(as it is)", want, title);
	strbuf_release(&out);
}

static void test_drop_mode(void)
{
	drops("SET sql_mode = 'STRICT_ALL_TABLES,no_auto_create_user,ANSI' ;",
		"SET sql_mode = 'STRICT_ALL_TABLES,ANSI' ;",
		"a mode is left out of a list");
	drops("SET @@SESSION.sql_mode := \"NO_AUTO_CREATE_USER\", a = 1, "
	      "sql_mode='ANSI,NO_AUTO_CREATE_USER'",
		"SET @@SESSION.sql_mode := '', a = 1, sql_mode='ANSI'",
		"of each list, and of one that has no other");
	drops("SET sql_mode = 'ANSI', @a = 'NO_AUTO_CREATE_USER'", "(as it is)",
		"no other text");
	drops("SET sql_mode = CONCAT(@@sql_mode, ',NO_AUTO_CREATE_USER')",
		"(as it is)", "nor what is no constant");
}

static void finds(const char *sql, const char *want, bool refused)
{
	struct dialect_finding found[4];
	size_t n = dialect_foreign_clauses(sql, strlen(sql), &plain, found, 4);

	is_str(n ? found[0].clause : "", want, sql);
	if (n)
		ok(found[0].refused == refused && found[0].remedy[0] &&
				found[0].offset < strlen(sql) && n == 1,
			refused ? "refused, and once" : "lost, and once");
}

static void test_clauses(void)
{
	finds("CREATE TABLE t (a INT, KEY k ((a + 1)))",
		"a key of an expression", true);
	finds("CREATE TABLE t (a INT, UNIQUE KEY k (a, (f(a))))",
		"a key of an expression", true);
	finds("CREATE TABLE t (a INT, KEY k (a(5), b), CHECK ((a > 0)))", "",
		false);
	finds("CREATE TABLE t (a INT PRIMARY KEY, b INT AS ((a)), CHECK ((a)))",
		"", false);
	finds("CREATE TABLE t (a INT, CHECK (a > 0) NOT ENFORCED)",
		"NOT ENFORCED", true);
	finds("CREATE TABLE t (a INT, CHECK (a > 0) /*!80016 NOT ENFORCED */)",
		"NOT ENFORCED", false);
	finds("CREATE TABLE t (a INT /*!80023 INVISIBLE */)", "INVISIBLE",
		false);
	finds("CREATE TABLE t (a INT INVISIBLE)", "", false);
	finds("CREATE TABLE t (p POINT /*!80003 SRID 4326 */)", "SRID", false);
	finds("CREATE TABLE t (p POINT SRID 4326)", "SRID", true);
	finds("CREATE TABLE t (`srid` INT, `encryption` INT)", "", false);
	finds("CREATE TABLE t (a INT) /*!80016 ENCRYPTION='N' */", "", false);
	finds("CREATE TABLE t (a INT) ENCRYPTION='N'", "ENCRYPTION", true);
	finds("CREATE TABLE t (a INT AS (1) STORED NOT NULL)",
		"NOT NULL of a generated column", true);
	finds("CREATE TABLE t (j JSON, a INT AS (j->'$.x'))", "the operator ->",
		true);
	finds("CREATE TABLE t (a GEOMCOLLECTION)", "GEOMCOLLECTION", true);
	finds("CREATE TABLE t (a TEXT, FULLTEXT KEY f (a) /*!50100 WITH PARSER "
	      "`ngram` */)",
		"WITH PARSER", true);
	finds("CREATE VIEW v AS SELECT regexp_like(a, 'b') FROM t",
		"REGEXP_LIKE()", true);
	finds("CREATE VIEW v AS SELECT 'regexp_like(a)', `regexp_like`", "",
		false);
	finds("CREATE VIEW v AS SELECT CAST(a AS JSON) FROM t", "CAST AS JSON",
		true);
}

int main(void)
{
	test_names();
	test_map();
	test_drop_mode();
	test_clauses();
	return done_testing();
}
