/* CREATE TABLE without the keys that can wait. That CREATE and the ALTERs make
 * what the whole CREATE makes is for rewrite.bats. */
#include "stream/create_table.h"

#include <stdlib.h>

#include "tap.h"

static const struct lexer_modes plain;

/* waiting: the ALTERs, from their ADD on, each with a '|' behind it; the
 * foreign keys last. "no" if the statement is not read. */
static char *waiting(const char *sql)
{
	struct create_table t = CREATE_TABLE_INIT;
	struct strbuf out = STRBUF_INIT;
	const size_t skip = strlen("ALTER TABLE t ALGORITHM=DEFAULT, ");

	if (!create_table_read(&t, sql, strlen(sql), &plain)) {
		strbuf_addstr(&out, "no");
	} else {
		for (size_t i = 0; i < t.keys.count; i++)
			strbuf_addf(&out, "%s|", t.keys.item[i] + skip);
		if (t.foreign_keys.len)
			strbuf_addf(&out, "%s|", t.foreign_keys.buf + skip);
	}
	create_table_release(&t);
	return strbuf_detach(&out);
}

static void waits(const char *sql, const char *want, const char *title)
{
	char *got = waiting(sql);

	is_str(got, want, title);
	free(got);
}

static void test_what_waits(void)
{
	waits("CREATE TABLE t (a INT, b INT, PRIMARY KEY (a), UNIQUE KEY u (b),"
	      " KEY k (b, a) COMMENT 'x,y') ENGINE=InnoDB",
		"ADD UNIQUE KEY u (b), ADD KEY k (b, a) COMMENT 'x,y'|",
		"keys behind a primary key wait");
	waits("CREATE TABLE t (a TEXT, FULLTEXT KEY f (a), KEY k (a(5)),"
	      " FULLTEXT INDEX g (a), SPATIAL KEY s (p))",
		"ADD KEY k (a(5)), ADD SPATIAL KEY s (p), ADD FULLTEXT KEY f "
		"(a)|ADD FULLTEXT INDEX g (a)|",
		"full-text keys wait, one for each ALTER");
	waits("CREATE TABLE t (a INT PRIMARY KEY, KEY k (a), CONSTRAINT f "
	      "FOREIGN KEY (a) REFERENCES p (b) ON DELETE CASCADE)",
		"ADD KEY k (a)|ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES p "
		"(b) ON DELETE CASCADE|",
		"foreign keys wait in an ALTER of their own");
	waits("CREATE TABLE t (`KEY k (a)` INT COMMENT ', KEY k (a)', KEY `)` "
	      "(`KEY k (a)`))",
		"ADD KEY `)` (`KEY k (a)`)|", "names and comments are none");
	waits("CREATE TABLE t (a INT, `KEY` INT, KEY k (a)) PARTITION BY HASH "
	      "(a) PARTITIONS 2",
		"ADD KEY k (a)|", "keys of partitions wait");
	waits("CREATE TABLE t (a INT, KEY k (a)) PARTITION BY LIST (a) "
	      "(PARTITION p VALUES IN (1), PARTITION q VALUES IN (2))",
		"ADD KEY k (a)|", "whose values are no rows");
	waits("CREATE TABLE t (a INT, KEY k (a)) COMMENT='SELECT 1' PARTITION "
	      "BY RANGE (a) (PARTITION p VALUES LESS THAN MAXVALUE)",
		"ADD KEY k (a)|", "nor is a comment");
}

static void test_what_stays(void)
{
	waits("CREATE TABLE t (a INT, KEY k (a)) ENGINE=MyISAM", "",
		"other engines keep all");
	waits("CREATE TEMPORARY TABLE t (a INT, KEY k (a))", "",
		"so do temporary tables");
	waits("CREATE TABLE t (a INT, KEY k (a)) WITH SYSTEM VERSIONING", "",
		"and those that keep old versions");
	waits("CREATE TABLE t (a INT WITH SYSTEM VERSIONING, KEY k (a))", "",
		"if only of a column");
	waits("CREATE TABLE t (a INT, UNIQUE KEY u (a), KEY k (a))",
		"ADD KEY k (a)|", "UNIQUE keys stay without a primary key");
	waits("CREATE TABLE t (a INT PRIMARY KEY, b TEXT, UNIQUE v (a), UNIQUE "
	      "KEY u (b) USING HASH, UNIQUE w (a))",
		"ADD UNIQUE w (a)|",
		"UNIQUE keys by hash stay, and those before them");
	waits("CREATE TABLE t (a INT AUTO_INCREMENT, b INT PRIMARY KEY, KEY k "
	      "(b), KEY i (a), KEY j (a, b))",
		"ADD KEY j (a, b)|",
		"the key of AUTO_INCREMENT stays, and those before it");
	waits("CREATE TABLE t (a INT AUTO_INCREMENT PRIMARY KEY, KEY i (a))",
		"ADD KEY i (a)|", "but not if the primary key does");
	waits("CREATE TABLE t (a INT, KEY (a))", "",
		"a key without a name keeps all");
	waits("CREATE TABLE t (a INT, b INT, KEY k (a), FOREIGN KEY (b) "
	      "REFERENCES p (a))",
		"", "so does a foreign key without a key");
	waits("CREATE TABLE t (v VECTOR(3), KEY k (a), VECTOR KEY (v))", "",
		"and a VECTOR key");
	waits("CREATE TABLE t (a INT, KEY k (a) /*!50000 , KEY j (a) */)", "",
		"and a comment from one key into another");
	waits("CREATE TABLE t (a INT, KEY k (a) -- first\n, KEY j (a))", "",
		"and one to the end of its line");
	waits("CREATE TABLE t (a INT, s DATE, e DATE, PERIOD FOR p (s, e), "
	      "PRIMARY KEY (a), UNIQUE u (a, p WITHOUT OVERLAPS), KEY k (a))",
		"ADD KEY k (a)|", "a key WITHOUT OVERLAPS stays");
}

static void test_what_is_not_read(void)
{
	waits("CREATE TABLE t LIKE u", "no", "LIKE has no columns");
	waits("CREATE TABLE t (LIKE u)", "no", "in parentheses, too");
	waits("CREATE TABLE t SELECT 1", "no", "nor has SELECT");
	waits("CREATE TABLE t (a INT, KEY k (a)) ENGINE=InnoDB SELECT 1 AS a",
		"no", "which has rows, too, behind columns");
	waits("CREATE TABLE t (a INT) REPLACE AS (SELECT a FROM u)", "no",
		"in parentheses");
	waits("CREATE TABLE t (a INT) WITH u AS (SELECT 1) SELECT * FROM u",
		"no", "behind WITH");
	waits("CREATE TABLE t (a INT) AS VALUES (1), (2)", "no",
		"so have VALUES");
	waits("CREATE TABLE t (a INT) TABLE u", "no", "and TABLE");
	waits("CREATE TABLE t (a INT", "no", "an open list is not read");
	waits("CREATE TABLE t (a)", "no", "nor a column without a type");
	waits("CREATE VIEW t AS SELECT 1", "no", "nor a view");
	waits("", "no", "nor nothing");
}

static void test_create(void)
{
	static const char sql[] =
		"CREATE TABLE `d`.`t` (\n  KEY `k` (`a`),\n  `a` int NOT NULL,"
		"\n  KEY `j` (`a`),\n  PRIMARY KEY (`a`),\n  KEY `l` (`a`)\n) "
		"ENGINE=InnoDB COMMENT=')'";
	struct create_table t = CREATE_TABLE_INIT;

	ok(create_table_read(&t, sql, sizeof(sql) - 1, &plain), "it is read");
	is_str(t.create.buf,
		"CREATE TABLE `d`.`t` (\n  `a` int NOT NULL,\n  PRIMARY KEY "
		"(`a`)\n) ENGINE=InnoDB COMMENT=')'",
		"CREATE is what it was without the keys that wait");
	is_str(t.keys.item[0],
		"ALTER TABLE `d`.`t` ALGORITHM=DEFAULT, ADD KEY `k` (`a`), "
		"ADD KEY `j` (`a`), ADD KEY `l` (`a`)",
		"and ALTER names the table as CREATE does");
	is_str(t.db.buf, "d", "the database is known");
	is_str(t.engine.buf, "InnoDB", "and the engine");
	create_table_release(&t);
}

static void test_columns(void)
{
	static const char sql[] =
		"CREATE TABLE t (i INT, f DOUBLE(5,2), y YEAR, b BIT(3), t "
		"VARCHAR(9), x BLOB, e ENUM('a,','b'), g INT AS (1), h INT "
		"INVISIBLE, m JSON /*!80023 INVISIBLE */)";
	struct create_table t = CREATE_TABLE_INIT;

	create_table_read(&t, sql, sizeof(sql) - 1, &plain);
	is_int((intmax_t)t.columns.count, 10, "all columns are known");
	is_str(t.columns.item[6], "e", "by their names");
	create_table_release(&t);
}

static void numbers(
	const char *sql, const char *name, int at, const char *title)
{
	struct create_table t = CREATE_TABLE_INIT;

	ok(create_table_read(&t, sql, strlen(sql), &plain) &&
			!strcmp(t.numbered.buf, name) &&
			(!*name || t.numbered_at == at),
		title);
	create_table_release(&t);
}

static void test_numbered(void)
{
	numbers("CREATE TABLE t (a INT, n INT AUTO_INCREMENT KEY)", "n", 1,
		"the AUTO_INCREMENT column is known, and its place");
	numbers("CREATE TABLE t (a INT INVISIBLE, b INT, "
		"`n` INT AUTO_INCREMENT KEY)",
		"n", 1, "which is among the visible ones");
	numbers("CREATE TABLE t (n INT INVISIBLE AUTO_INCREMENT KEY, b INT)",
		"n", -1, "unless it is not visible itself");
	numbers("CREATE TABLE t (a INT PRIMARY KEY)", "", 0,
		"most tables have none");
}

int main(void)
{
	test_what_waits();
	test_what_stays();
	test_what_is_not_read();
	test_create();
	test_columns();
	test_numbered();
	return done_testing();
}
