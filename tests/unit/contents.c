/* What a dump holds, as its statements give, take and pass on names and rows.
 */
#include "stream/contents.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/strbuf.h"
#include "fixture.h"
#include "tap.h"

/* take_all: "" for *into: the database has no name. */
static struct contents *take_all(const char *sql, const char *into)
{
	struct contents *c = contents_new();
	struct err e = {0};
	struct input *in = input_open(put_file("dump.sql", sql), &e);
	struct lexer *lexer = lexer_new(in, 0);
	struct piece piece;
	int rc;

	contents_into(c, *into ? into : NULL);
	while ((rc = lexer_next(lexer, &piece, &e)) > 0) {
		const struct lexer_modes modes = lexer_modes(lexer);

		if (contents_take(c, &piece, &modes, &e))
			break;
	}
	is_int(rc, 0, "all of it is read");
	lexer_free(lexer);
	input_close(in);
	return c;
}

/* is_of: the title is the SQL, in one line. */
static void is_of(const char *sql, const char *got, const char *want)
{
	char title[512];

	snprintf(title, sizeof(title), "%s", sql);
	for (char *c = title; *c; c++)
		*c = *c == '\n' ? ' ' : *c;
	is_str(got, want, title);
}

/* add_tables: "[db.]table what rows;", of what is there: t, v or s for table,
 * view or sequence; '?' in the place of rows that are not counted. */
static void add_tables(struct strbuf *got, const struct contents *c)
{
	size_t count;
	const struct contents_table *const *t = contents_tables(c, &count);

	for (size_t i = 0; i < count; i++) {
		const char *what = t[i]->created ? "t"
			: t[i]->view             ? "v"
			: t[i]->sequence         ? "s"
						 : "-";

		if (*what == '-' && !t[i]->has_rows)
			continue;
		strbuf_addf(got, "%s%s%s %s ", t[i]->db, *t[i]->db ? "." : "",
			t[i]->table, what);
		if (t[i]->uncounted)
			strbuf_addf(got, "?;");
		else
			strbuf_addf(got, "%" PRIu64 ";", t[i]->rows);
	}
}

static void holds_in(const char *into, const char *sql, const char *want)
{
	struct contents *c = take_all(sql, into);
	struct strbuf got = STRBUF_INIT;

	add_tables(&got, c);
	is_of(sql, got.len ? got.buf : "", want);
	strbuf_release(&got);
	contents_free(c);
}

static void holds(const char *sql, const char *want)
{
	holds_in("", sql, want);
}

#define A "CREATE TABLE a (id INT PRIMARY KEY); "
#define A2 A "INSERT INTO a VALUES (1),(2); "

static void test_tables(void)
{
	holds(A2 "INSERT INTO a VALUES (3);", "a t 3;");
	holds(A2 "DROP TABLE a;", "");
	holds(A2 "DROP VIEW IF EXISTS a; DROP SEQUENCE IF EXISTS a;", "a t 2;");
	holds(A2 A, "a t 0;");
	holds(A2 "CREATE TABLE IF NOT EXISTS a (id INT);", "a t 2;");
	holds(A2 "CREATE TEMPORARY TABLE a (id INT); INSERT INTO a VALUES (1); "
		 "DROP TABLE a;",
		"a t 2;");
	holds("CREATE TABLE v (a INT); DROP TABLE v; CREATE VIEW v AS "
	      "SELECT 1;",
		"v v 0;");
	holds("CREATE SEQUENCE s; INSERT INTO s VALUES (1,1,9,1,1,1,0,0);",
		"s s 0;");
	holds("CREATE TABLE s (a INT) SEQUENCE=1;", "s s 0;");
	holds("CREATE TABLE b AS SELECT 1;", "b t ?;");
	holds("CREATE TABLE mysql.a (id INT); CREATE VIEW mysql.v AS SELECT 1;",
		"mysql.a t 0;");
}

static void test_names(void)
{
	holds(A2 "RENAME TABLE a TO b;", "b t 2;");
	holds(A2 "CREATE TABLE b (id INT); RENAME TABLE a TO c, b TO a;",
		"a t 0;c t 2;");
	holds(A2 "ALTER TABLE a ADD b INT, RENAME AS b;", "b t 2;");
	holds(A2 "ALTER TABLE a RENAME COLUMN id TO b;", "a t 2;");
	holds("USE d; " A2 "RENAME TABLE a TO e.a; USE e; DROP DATABASE d;",
		"e.a t 2;");
	holds("USE d; " A2 "DROP DATABASE d;", "");
	holds("USE d; " A2 "CREATE OR REPLACE DATABASE d;", "");
	holds("USE d; " A2 "CREATE DATABASE IF NOT EXISTS d;", "d.a t 2;");
}

static void test_home(void)
{
	static const char both[] = A2 "INSERT INTO d.a VALUES (3); USE d; "
				      "INSERT INTO a VALUES (4);";

	holds(both, "a t 2;d.a - 2;");
	holds_in("d", both, "a t 4;");
	holds_in("e", both, "a t 2;d.a - 2;");
	holds_in("d", A2 "DROP DATABASE d;", "");
	holds_in("d", A2 "RENAME TABLE d.a TO d.b;", "b t 2;");
}

static void test_uncounted(void)
{
	holds(A2 "INSERT INTO a SELECT 3;", "a t ?;");
	holds(A2 "INSERT INTO a VALUES (1) ON DUPLICATE KEY UPDATE id = 1;",
		"a t ?;");
	holds(A2 "DELETE FROM a;", "a t ?;");
	holds(A2 "UPDATE a SET id = id + 1;", "a t 2;");
	holds(A2 "UPDATE a FOR PORTION OF p FROM 1 TO 2 SET id = 1;", "a t ?;");
	holds(A2 "LOAD DATA INFILE 'x' INTO TABLE a;", "a t ?;");
	holds(A2 "DELETE FROM a; TRUNCATE a;", "a t 0;");
	holds(A2 "ALTER TABLE a DROP PARTITION p;", "a t ?;");
	holds(A2 "ALTER TABLE a DROP COLUMN p;", "a t 2;");
	holds(A2 "ALTER ONLINE IGNORE TABLE a ADD UNIQUE (id), RENAME b;",
		"b t ?;");
	holds(A2 "ALTER TABLE a EXCHANGE PARTITION p WITH TABLE b;", "a t ?;");
	holds(A2 "CALL p();", "a t ?;");
	holds(A2 "EXECUTE p;", "a t ?;");
	holds(A2 "EXECUTE IMMEDIATE @p;", "a t 2;");
	holds(A2 "BEGIN; COMMIT;", "a t 2;");
	holds(A2 "BEGIN NOT ATOMIC DELETE FROM a; END;", "a t ?;");
}

static void test_replace(void)
{
	holds(A "REPLACE INTO a VALUES (1); SET @a = 1; COMMIT; "
		"REPLACE INTO a VALUES (2);",
		"a t 2;");
	holds(A "INSERT IGNORE a VALUES (1); INSERT IGNORE a VALUES (2);",
		"a t 2;");
	holds(A2 "REPLACE INTO a VALUES (1);", "a t ?;");
	holds(A2 "INSERT IGNORE INTO a VALUES (1);", "a t ?;");
	holds(A2 "TRUNCATE a; INSERT IGNORE INTO a VALUES (1);", "a t 1;");
	holds(A "REPLACE INTO a VALUES (1); INSERT IGNORE a VALUES (1);",
		"a t ?;");
	holds(A "REPLACE INTO a VALUES (1); UPDATE a SET id = 2; "
		"REPLACE INTO a VALUES (2);",
		"a t ?;");
	holds(A "REPLACE INTO a VALUES (1); REPLACE INTO b VALUES (1); "
		"REPLACE INTO a VALUES (1);",
		"a t ?;b - 1;");
	holds(A "REPLACE INTO a VALUES (1);\n"
		"-- Host: localhost    Database: d\n"
		"REPLACE INTO a VALUES (1);",
		"a t ?;");
}

/* makes: so many triggers, routines and events. */
static void makes(const char *sql, const char *want)
{
	struct contents *c = take_all(sql, "");
	const struct contents_objects o = contents_objects(c);
	struct strbuf got = STRBUF_INIT;

	strbuf_addf(&got, "%" PRIu64 " %" PRIu64 " %" PRIu64, o.triggers,
		o.routines, o.events);
	is_of(sql, got.buf, want);
	strbuf_release(&got);
	contents_free(c);
}

#define ON_A(name) "CREATE TRIGGER " name " BEFORE INSERT ON a FOR EACH ROW a; "
#define AB A "CREATE TABLE b (a INT); "

static void test_triggers(void)
{
	makes(AB ON_A("t") ON_A("u"), "2 0 0");
	makes(AB ON_A("t") "DROP TRIGGER t; " ON_A("t"), "1 0 0");
	makes(AB ON_A("t") ON_A("u") "DROP TABLE a;", "0 0 0");
	makes(AB ON_A("t") ON_A("u") "DROP TABLE b;", "2 0 0");
	makes(AB ON_A("t") ON_A("u") "DROP TABLE b; RENAME TABLE a TO b; " A
				     "DROP TABLE a;",
		"2 0 0");
	makes(AB ON_A("t") ON_A("u") "DROP TABLE b; RENAME TABLE a TO b; "
				     "DROP TABLE b;",
		"0 0 0");
	/* Those that both tables had are the last one's. */
	makes(AB ON_A("t") "RENAME TABLE a TO c; " A ON_A(
		      "u") "RENAME TABLE b TO d; RENAME TABLE a TO e, c TO a; "
			   "DROP TABLE a;",
		"1 0 0");
	makes(AB ON_A("t") "DROP TRIGGER t; CREATE TRIGGER t AFTER DELETE ON b "
			   "FOR EACH ROW a; DROP TABLE a;",
		"1 0 0");
	makes(AB ON_A("t") "CREATE TRIGGER IF NOT EXISTS t AFTER DELETE ON b "
			   "FOR EACH ROW a; DROP TABLE b;",
		"1 0 0");
	makes("USE d; " A ON_A("t") "DROP DATABASE d;", "0 0 0");
}

#define PACKAGE                                                                \
	"CREATE PACKAGE p AS FUNCTION f RETURN INT; END;; "                    \
	"CREATE PACKAGE BODY p AS FUNCTION f RETURN INT AS BEGIN RETURN 1; "   \
	"END; END;; "

static void test_programs(void)
{
	makes("CREATE PROCEDURE p() a; CREATE FUNCTION p() RETURNS INT a;",
		"0 2 0");
	makes("CREATE PROCEDURE p() a; DROP PROCEDURE P;", "0 0 0");
	makes("CREATE FUNCTION f RETURNS INT SONAME 'x';", "0 0 0");
	makes("CREATE PROCEDURE mysql.p() a;", "0 0 0");
	makes("DELIMITER ;;\n" PACKAGE, "0 2 0");
	makes("DELIMITER ;;\n" PACKAGE "DROP PACKAGE BODY p;;", "0 1 0");
	makes("DELIMITER ;;\n" PACKAGE "DROP PACKAGE P;;", "0 0 0");
	makes("DELIMITER ;;\n" PACKAGE
	      "CREATE OR REPLACE PACKAGE p AS FUNCTION f RETURN INT; END;;",
		"0 1 0");
	makes("DELIMITER ;;\n" PACKAGE "CREATE PACKAGE IF NOT EXISTS p AS "
	      "FUNCTION f RETURN INT; END;;",
		"0 2 0");
	makes("CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO a; "
	      "CREATE EVENT f ON SCHEDULE AT '2020-01-01' DO a; "
	      "CREATE EVENT g ON SCHEDULE AT '2020-01-01' "
	      "ON COMPLETION PRESERVE DO a;",
		"0 0 2");
}

int main(void)
{
	fixture_begin();
	test_tables();
	test_names();
	test_home();
	test_uncounted();
	test_replace();
	test_triggers();
	test_programs();
	fixture_end();
	return done_testing();
}
