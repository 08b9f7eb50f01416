/* Positions: which statements state one, what contradicts, what is hostile. */
#include "stream/position.h"

#include "fixture.h"
#include "stream/binlog_info.h"
#include "tap.h"

/* Take every piece of a text; *taken counts the pieces held back. */
static int take_all(
	struct positions *p, const char *sql, int *taken, struct err *e)
{
	struct input *in = input_open(put_file("take.sql", sql), e);
	struct lexer *lx = lexer_new(in, 0);
	struct piece piece;
	int rc;

	*taken = 0;
	while ((rc = lexer_next(lx, &piece, e)) > 0) {
		bool held;

		if (positions_take(p, &piece, &held, e)) {
			rc = -1;
			break;
		}
		*taken += held;
	}
	lexer_free(lx);
	input_close(in);
	return rc;
}

/* A text and what it states: "file:pos gtid", or "-"; "error" for an error. */
static void states(const char *sql, const char *want, int held)
{
	struct positions p = POSITIONS_INIT;
	char got[128] = "-", title[256];
	struct err e = {0};
	int taken;

	if (take_all(&p, sql, &taken, &e))
		snprintf(got, sizeof(got), "error %d", e.code);
	else if (positions_found(&p))
		snprintf(got, sizeof(got), "%s:%llu %s",
			p.own.log_file ? p.own.log_file : "",
			(unsigned long long)p.own.log_pos,
			p.own.gtid ? p.own.gtid : "");
	snprintf(title, sizeof(title), "%.120s states %s", sql, want);
	for (char *c = title; *c; c++)
		*c = *c == '\n' ? ' ' : *c;
	is_str(got, want, title);
	snprintf(title, sizeof(title), "and %d pieces are held back", held);
	is_int(taken, held, title);
	positions_release(&p);
}

#define CHANGE "CHANGE MASTER TO MASTER_LOG_FILE='b.1', MASTER_LOG_POS=4;"
#define EVIL "CHANGE MASTER TO MASTER_LOG_FILE='evil', MASTER_LOG_POS=6;"

static void test_statements(void)
{
	states(CHANGE, "b.1:4 ", 1);
	states("-- " CHANGE "\n", "b.1:4 ", 1);
	states("/*!50000 CHANGE MASTER TO MASTER_LOG_FILE='b.1', "
	       "MASTER_LOG_POS=4 */;",
		"b.1:4 ", 1);
	states("/* " CHANGE " */", "-", 0);
	states("# " CHANGE "\n", "-", 0);
	states("--\n" CHANGE, "b.1:4 ", 1);
	states("-- " CHANGE " as I said\n", "-", 0);
	states("SELECT '\n" EVIL "\n-- " EVIL "\n';", "-", 0);
	states("SET @@GLOBAL.GTID_PURGED=/*!80000 '+'*/ 'a-b:1-3,\nc:4';",
		":0 a-b:1-3,c:4", 1);
	states("/* SET @@GLOBAL.GTID_PURGED='+a-b:1-3,\nc:4';*/",
		":0 a-b:1-3,c:4", 1);
	states("/* SET @@GLOBAL.GTID_PURGED='' as I said */", "-", 0);
	states("SET GLOBAL gtid_slave_pos='0-1-2,3-4-5';", ":0 0-1-2,3-4-5", 1);
	states("SET @@global.gtid_slave_pos = '0-1-2';", ":0 0-1-2", 1);
	states("SET gtid_slave_pos='0-1-2';", "-", 0);
	states("STOP SLAVE;START ALL SLAVES;stop replica for channel 'x';", "-",
		3);
	states("START TRANSACTION;SET GLOBAL sql_mode='';", "-", 0);
	states("CHANGE MASTER TO MASTER_HOST='h';", "-", 1);
}

static void test_nonsense(void)
{
	states("CHANGE MASTER TO MASTER_LOG_FILE='x';", "error 65", 0);
	states("CHANGE MASTER TO MASTER_LOG_FILE='x', MASTER_LOG_POS=-1;",
		"error 65", 0);
	states("CHANGE MASTER TO MASTER_LOG_FILE='x', "
	       "MASTER_LOG_POS=99999999999999999999;",
		"error 65", 0);
	states("CHANGE MASTER TO MASTER_LOG_FILE='x\\0y', MASTER_LOG_POS=4;",
		"error 65", 0);
	states("CHANGE MASTER TO ;", "error 65", 0);
	states("CHANGE MASTER;", "error 65", 0);
	states("SET GLOBAL gtid_slave_pos='0-1-2; DROP';", "error 65", 0);
	states("SET GLOBAL gtid_slave_pos=@x;", "error 65", 0);
	states("-- SET GLOBAL gtid_slave_pos=@x;\n", "-", 0);
	states(CHANGE EVIL, "error 65", 1);
	states(CHANGE CHANGE, "b.1:4 ", 2);
	states("SET GLOBAL gtid_slave_pos='0-1-2';"
	       "SET GLOBAL gtid_slave_pos='0-1-3';",
		"error 65", 1);
}

static void test_body(void)
{
	states("CREATE TABLE t (a INT);\n-- " EVIL "\n", "-", 0);
	states(CHANGE "CREATE TABLE t (a INT);\n-- " EVIL "\n", "b.1:4 ", 1);
	states("-- " CHANGE "\nUSE x;\n-- SET GLOBAL gtid_slave_pos='0-1-2';\n",
		"b.1:4 0-1-2", 2);
	states("-- " CHANGE "\n-- SET GLOBAL gtid_slave_pos='0-1-2';\n"
	       "USE x;\n-- SET GLOBAL gtid_slave_pos='6-6-6';\n",
		"b.1:4 0-1-2", 2);
	states("USE x;\n-- SET GLOBAL gtid_slave_pos='6-6-6';\n", "-", 0);
}

static void test_commented_at_end(void)
{
	static const char end[] =
		"USE x;\n/* SET @@GLOBAL.GTID_PURGED='+a-b:1-3';*/\n";
	char sql[256];

	states(end, "-", 0);
	snprintf(sql, sizeof(sql),
		"SET @MYSQLDUMP_TEMP_LOG_BIN = @@SESSION.SQL_LOG_BIN;\n%s",
		end);
	states(sql, ":0 a-b:1-3", 1);
}

/* A replica is made of a dump whose position is stated, or will be. */
static void head_will_do(const char *sql, bool good, const char *title)
{
	struct positions p = POSITIONS_INIT;
	struct err e = {0};
	int taken;

	is_int(take_all(&p, sql, &taken, &e), 0, "a head is read");
	is_int(positions_check_head(&p, "x", &e), good ? 0 : -1, title);
	positions_release(&p);
}

static void test_head(void)
{
	static const char mysql[] = "-- MySQL dump 10.13  Distrib 5.7.42\n";
	char sql[256];

	head_will_do(mysql, false, "a dump without a position will not do");
	snprintf(sql, sizeof(sql), "%s-- " CHANGE "\n", mysql);
	head_will_do(sql, true, "one with a position will");
	snprintf(sql, sizeof(sql),
		"%sSET @MYSQLDUMP_TEMP_LOG_BIN = @@SESSION.SQL_LOG_BIN;\n",
		mysql);
	head_will_do(sql, true, "as will one whose end states its GTIDs");
}

static const char header[] = "-- MariaDB dump 10.19  Distrib 10.11\n";
static const char head[] =
	"-- CHANGE MASTER TO MASTER_LOG_FILE='b.1', MASTER_LOG_POS=4;\n"
	"-- A corresponding to the above master-data CHANGE-MASTER settings to "
	"the slave gtid state is printed later in the file.\n"
	"CREATE TABLE t (a TEXT);\nINSERT INTO t VALUES ('";
static const char tail[] =
	"');\n-- The deferred gtid setting for slave corresponding to the "
	"master-data CHANGE-MASTER follows\n\n"
	"-- SET GLOBAL gtid_slave_pos='0-1-9';\n"
	"/*!40103 SET TIME_ZONE=@OLD_TIME_ZONE */;\n"
	"-- Dump completed on 2026-11-21  3:14:17\n";
static const char mysql_header[] =
	"-- MySQL dump 10.13  Distrib 5.7.42, for Linux (x86_64)\n"
	"SET @MYSQLDUMP_TEMP_LOG_BIN = @@SESSION.SQL_LOG_BIN;\n";
static const char mysql_head[] =
	"-- CHANGE MASTER TO MASTER_LOG_FILE='b.1', MASTER_LOG_POS=4;\n"
	"CREATE TABLE t (a TEXT);\nINSERT INTO t VALUES ('";
static const char end[] = "');\n-- Dump completed on 2026-11-21  3:14:17\n";
static const char mysql_tail[] =
	"');\n--\n-- GTID state at the end of the backup \n--\n\n"
	"SET @@GLOBAL.GTID_PURGED='a-b:1-9,\nc:1';\n"
	"/*!40103 SET TIME_ZONE=@OLD_TIME_ZONE */;\n"
	"-- Dump completed on 2026-11-21  3:14:17\n";
static const char fake[] =
	"\n-- The deferred gtid setting for slave corresponding to the "
	"master-data CHANGE-MASTER follows\n\n"
	"-- SET GLOBAL gtid_slave_pos='6-6-6';\n"
	"-- Dump completed on 2026-11-21  3:14:17\n";

/* A dump of several parts with 6 MB of a row between the second and third. */
static const char *big_dump(
	const char *first, const char *second, const char *third)
{
	const char *path = put_file("big.sql", first);
	static char x[1024];
	FILE *file = fopen(path, "ae");

	memset(x, 'x', sizeof(x));
	fputs(second, file);
	for (int i = 0; i < 6 * 1024; i++)
		fwrite(x, 1, sizeof(x), file);
	fputs(third, file);
	fclose(file);
	return path;
}

/* Read it: what it states, and how much of the file was taken for that. */
static void reads(const char *path, const char *gtid, enum err_code code,
	bool tail_only, const char *title)
{
	struct positions p = POSITIONS_INIT;
	struct err e = {0};
	struct input *in = input_open(path, &e);
	uint64_t total;
	int rc = positions_read(&p, in, false, &e);

	uint64_t done = input_consumed(in, &total);

	is_int(rc ? e.code : ERR_NONE, code, title);
	if (gtid)
		is_str(p.own.gtid, *gtid ? gtid : NULL,
			"and the GTID is the right one");
	ok((done < total / 2) == tail_only,
		tail_only ? "without the middle being read"
			  : "and all of it was read");
	positions_release(&p);
	input_close(in);
}

static void test_tail(void)
{
	char parts[4096];

	snprintf(parts, sizeof(parts), "%sa');\nINSERT INTO t VALUES ('", head);
	reads(big_dump(header, parts, tail), "0-1-9", ERR_NONE, true,
		"the tail has the GTID that the head promised");
	snprintf(parts, sizeof(parts), "%sa%s');\nINSERT INTO t VALUES ('",
		head, fake);
	reads(big_dump(header, parts, tail), "0-1-9", ERR_NONE, true,
		"a tail in an earlier row is not the last");
	snprintf(parts, sizeof(parts), "%s%s", fake, tail);
	reads(big_dump(header, head, parts), "0-1-9", ERR_NONE, true,
		"nor is one in the last row");
	snprintf(parts, sizeof(parts), "%s');\n-- Dump completed\n", fake);
	reads(big_dump(header, head, parts), "", ERR_NONE, false,
		"a fake with more rows behind it is not believed");
	snprintf(parts, sizeof(parts), "%sx", fake);
	reads(big_dump(header, head, parts), NULL, ERR_DATA, false,
		"a dump that ends inside a row is truncated");
	reads(big_dump(header, head, "');\n"), NULL, ERR_DATA, false,
		"so is one without the completion line");
	reads(big_dump(header, head, tail), "0-1-9", ERR_NONE, true,
		"no row between needs to be looked at");
	snprintf(parts, sizeof(parts), "%s%s", mysql_header, mysql_head);
	reads(big_dump(parts, "", mysql_tail), "a-b:1-9,c:1", ERR_NONE, true,
		"the tail has the GTID of mysqldump, too");
	snprintf(parts, sizeof(parts), "%s-- GTID at the beginning:\n%s%s",
		mysql_header, "SET @@GLOBAL.GTID_PURGED='a-b:1-8';\n",
		mysql_head);
	reads(big_dump(parts, "", end), "a-b:1-8", ERR_NONE, true,
		"which is not awaited where the head has it");
	reads(big_dump("", head, tail), "0-1-9", ERR_NONE, false,
		"without a header nothing is taken on trust");
}

static void test_ends(void)
{
	char sql[4096];

	reads(put_file("empty.sql", ""), NULL, ERR_DATA, false,
		"an empty input is an error, not an answer");
	reads(put_file("blank.sql", " \n\n"), NULL, ERR_DATA, false,
		"so is one of blanks");
	reads(put_file("text.sql", "Dear all,\nthis is no SQL\n"), NULL,
		ERR_DATA, false, "so is a letter");
	snprintf(sql, sizeof(sql), "%s" CHANGE "\nUSE x;\n", header);
	reads(put_file("short.sql", sql), NULL, ERR_DATA, false,
		"a position does not make up for a missing end");
	snprintf(sql, sizeof(sql),
		"%s" CHANGE "\n-- Dump completed\nDELETE FROM t;\n", header);
	reads(put_file("more.sql", sql), NULL, ERR_DATA, false,
		"statements behind the completion line take it back");
}

static void writes(const struct position *p, const char *want, bool host)
{
	char name[] = "h", user[] = "re'pl";
	const struct position_source source = {
		.host = host ? name : NULL, .port = 3307, .user = user};
	struct strbuf sql = STRBUF_INIT;
	struct err e = {0};
	int rc = position_to_sql(&sql, p, POSITION_MARIADB, &source, &e);

	is_str(rc ? "error" : sql.buf, want,
		"the statement is ready for a replica");
	strbuf_release(&sql);
}

static void test_writing(void)
{
	char file[] = "it's.1", odd[] = "a\\b", gtid[] = "0-1-2", set[] = "a:1";
	struct position p = {.log_file = file, .log_pos = 4};
	struct strbuf sh = STRBUF_INIT;

	writes(&p,
		"CHANGE MASTER TO MASTER_HOST='h', MASTER_PORT=3307, "
		"MASTER_USER='re''pl', MASTER_LOG_FILE='it''s.1', "
		"MASTER_LOG_POS=4, MASTER_USE_GTID=no;\n",
		true);
	p.gtid = gtid;
	p.use_gtid = true;
	p.channel = file;
	writes(&p,
		"SET GLOBAL gtid_slave_pos='0-1-2';\n"
		"CHANGE MASTER 'it''s.1' TO MASTER_PORT=3307, "
		"MASTER_USER='re''pl', MASTER_USE_GTID=slave_pos;\n",
		false);
	p = (struct position){.gtid = set};
	writes(&p, "error", false);
	p = (struct position){.log_file = odd, .log_pos = 4};
	writes(&p, "error", false);
	sh_assign(&sh, "p", "x", "a'b\n$(c)");
	is_str(sh.buf, "p_x='a'\\''b\n$(c)'\n",
		"nothing in a value means anything to the shell");
	strbuf_release(&sh);
}

/* read_line: what a file with this line says: as the line, or "-". */
static void read_line(const char *line, const char *want, const char *title)
{
	struct strbuf text = STRBUF_INIT, got = STRBUF_INIT;
	struct position pos = {0};

	strbuf_addstr(&text, line);
	if (binlog_info_read(&text, &pos))
		strbuf_addf(&got, "%s %llu %s", pos.log_file,
			(unsigned long long)pos.log_pos,
			pos.gtid ? pos.gtid : "none");
	else
		strbuf_addch(&got, pos.log_file || pos.gtid ? '?' : '-');
	is_str(got.buf, want, title);
	free(pos.log_file);
	free(pos.gtid);
	strbuf_release(&text);
	strbuf_release(&got);
}

static void test_binlog_info(void)
{
	struct strbuf line = STRBUF_INIT, want = STRBUF_INIT;
	int i;

	read_line("b.1\t4\n", "b.1 4 none", "a line without a GTID");
	read_line("b.1\t4\t0-1-2,5-1-3\n", "b.1 4 0-1-2,5-1-3", "one with two");
	read_line("my b.1\t4\n", "my b.1 4 none", "a name with a blank");
	for (i = 0; i < 200; i++)
		strbuf_addf(
			&want, "%s%d-29346-1", i ? "," : "", 1000000000 + i);
	strbuf_addf(&line, "b.1\t4\t%s\n", want.buf);
	strbuf_reset(&want);
	strbuf_addf(&want, "b.1 4 %.*s", (int)(line.len - 7), line.buf + 6);
	ok(line.len > 2048, "a list of 200 domains is long");
	read_line(line.buf, want.buf, "and read to its end");
	strbuf_setlen(&line, line.len - 1);
	read_line(line.buf, "-", "a line without its end is none");
	read_line("b.1\t", "-", "nor is one without a position");
	read_line("b.1\t0\t0-1-2\n", "-", "nor one with the position 0");
	read_line("b.1\t4\tno GTID!\n", "-", "nor one with other text");
	read_line("", "-", "nor an empty file");
	strbuf_release(&line);
	strbuf_release(&want);
}

int main(void)
{
	fixture_begin();
	test_statements();
	test_nonsense();
	test_body();
	test_commented_at_end();
	test_head();
	test_tail();
	test_ends();
	test_writing();
	test_binlog_info();
	fixture_end();
	return done_testing();
}
