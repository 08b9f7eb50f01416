/* INSERTs: their heads, and their rows one by one. */
#include "stream/insert.h"

#include <string.h>

#include "tap.h"

static const struct lexer_modes plain;

static bool reads(struct insert_head *head, const char *sql, bool *same)
{
	return insert_head_read(head, sql, strlen(sql), &plain, same);
}

static void test_heads(void)
{
	static const char *const others[] = {"INSERT INTO t SELECT 1",
		"INSERT INTO t SET a = 1",
		"INSERT INTO t PARTITION (p) VALUES (1)",
		"INSERT INTO t VALUES", "INSERT INTO t (a VALUES (1)",
		"INSERT INTO t (a, ) VALUES (1)", "INSERT INTO `` VALUES (1)",
		"INSERT /*!50000 IGNORE */ INTO t VALUES (1)",
		"UPDATE t SET a = 1", "INSERT",
		"/*! INSERT INTO t VALUES (1) */"};
	struct insert_head head = INSERT_HEAD_INIT;
	bool same;

	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		ok(!reads(&head, others[i], &same), others[i]);
	ok(reads(&head, "REPLACE DELAYED d.`t``` ( a, `b``` ) VALUE (1,2)",
		   &same) &&
			head.replace && !same,
		"a head with all that it can have is read");
	is_str(head.db.buf, "d", "with its database");
	is_str(head.table.buf, "t`", "its table");
	ok(head.columns.count == 2 && !strcmp(head.columns.item[1], "b`"),
		"and its columns");
	ok(reads(&head, "REPLACE DELAYED d.`t``` ( a, `b``` ) VALUE (3,4)",
		   &same) &&
			same,
		"the same head is known again");
	ok(reads(&head, "INSERT IGNORE t VALUES (1)", &same) && !same &&
			head.ignore && !head.replace && !head.db.len &&
			!head.columns.count,
		"another one takes its place");
	ok(reads(&head, "INSERT INTO t () VALUES (),()", &same) && !same &&
			head.bare && !head.columns.count,
		"a list of no columns is one");
	ok(!reads(&head, "INSERT INTO t -- `\n/*!50000 () */ VALUES (1)",
		   &same),
		"a quote in a comment hides no other one");
	ok(reads(&head, "INSERT INTO `/*!t */` (`/*`) VALUES (1)", &same),
		"the mark of a comment in a name is none");
	is_str(head.table.buf, "/*!t */", "but a part of it");
	ok(reads(&head, "INSERT INTO t VALUES (1)", &same) && !head.bare,
		"and no list is none");
	insert_head_release(&head);
}

/* rows_are: each row, and behind it '|'; '!' where something else is. */
static void rows_are(const char *values, const char *want, const char *title)
{
	struct strbuf sql = STRBUF_INIT, got = STRBUF_INIT;
	struct insert_head head = INSERT_HEAD_INIT;
	struct insert_rows rows;
	const char *row;
	size_t len;
	int more;

	strbuf_addf(&sql, "INSERT INTO t VALUES %s", values);
	insert_head_read(&head, sql.buf, sql.len, &plain, NULL);
	insert_rows_begin(&rows, &head, sql.buf, sql.len);
	while ((more = insert_next_row(&rows, &row, &len)) > 0) {
		strbuf_add(&got, row, len);
		strbuf_addch(&got, '|');
	}
	if (more < 0)
		strbuf_addch(&got, insert_rows_end(&rows) ? '+' : '!');
	is_str(got.buf, want, title);
	insert_head_release(&head);
	strbuf_release(&got);
	strbuf_release(&sql);
}

static void test_rows(void)
{
	rows_are("(1),(2),\n(3)", "(1)|(2)|(3)|", "rows come one by one");
	rows_are("('),(',\"),(\",`),(`),(f((1),(2)))",
		"('),(',\"),(\",`),(`)|(f((1),(2)))|",
		"parentheses in strings, names and functions end none");
	rows_are("(1 /* ),( */),(2 -- ),(\n),(3 # ),(\n)",
		"(1 /* ),( */)|(2 -- ),(\n)|(3 # ),(\n)|",
		"nor do those in comments");
	rows_are("(1-1),(4/2)", "(1-1)|(4/2)|",
		"a minus and a slash are no comments");
	rows_are("('\\'),('),('''),(')", "('\\'),(')|('''),(')|",
		"quotes in strings do not end them");
	rows_are("(1),(2) ON DUPLICATE KEY UPDATE a=1", "(1)|+",
		"a clause behind the rows is no row");
	rows_are("(1)/*!RETURNING id*/", "+", "nor is one for some servers");
	rows_are("(1) AS new ON DUPLICATE KEY UPDATE a=new.a", "+",
		"nor a name for the rows");
	rows_are("(1),(2) ONCE", "(1)|!", "other words are no clause");
	rows_are("(1),(2", "(1)|!", "nor is an open one");
	rows_are("(1),2", "!", "nor is what has no parenthesis");
}

static void kind_is(
	const char *values, enum insert_rows_kind want, const char *title)
{
	struct strbuf sql = STRBUF_INIT;
	struct insert_head head = INSERT_HEAD_INIT;

	strbuf_addf(&sql, "INSERT INTO t VALUES %s", values);
	insert_head_read(&head, sql.buf, sql.len, &plain, NULL);
	is_int((intmax_t)insert_rows_kind(&head, sql.buf, sql.len),
		(intmax_t)want, title);
	insert_head_release(&head);
	strbuf_release(&sql);
}

static void test_kinds(void)
{
	kind_is("(1,'@a',NULL),(-2.5e3,\"(select\",_binary 'x')",
		INSERT_ROWS_PLAIN, "literals are plain");
	kind_is("(NOW(),st_geomfromtext('POINT(1 2)',4326),((1+2)*3))",
		INSERT_ROWS_PLAIN, "so is what needs nothing but itself");
	kind_is("(1) /* on */ -- select\n", INSERT_ROWS_PLAIN,
		"comments are none of it");
	kind_is("(1),(2) on duplicate\nkey update a = 3", INSERT_ROWS_CLAUSE,
		"a clause behind them is told");
	kind_is("(1) RETURNING a", INSERT_ROWS_CLAUSE, "whatever it is");
	kind_is("(1),(@a)", INSERT_ROWS_OTHER, "a variable is not plain");
	kind_is("(@@insert_id)", INSERT_ROWS_OTHER, "nor is one of the server");
	kind_is("((SELECT 1))", INSERT_ROWS_OTHER, "nor a subquery");
	kind_is("(LAST_INSERT_ID())", INSERT_ROWS_OTHER,
		"nor another function");
	kind_is("(`f`(1))", INSERT_ROWS_OTHER, "nor a quoted one");
	kind_is("(NEXT VALUE FOR s)", INSERT_ROWS_OTHER, "nor a sequence");
	kind_is("(1) ON DUPLICATE KEY UPDATE a = @b", INSERT_ROWS_OTHER,
		"nor a variable in a clause");
}

int main(void)
{
	test_kinds();
	test_heads();
	test_rows();
	return done_testing();
}
