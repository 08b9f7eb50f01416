/* The position at the head of a dump, in the words of each kind of server. */
#include "db/dump_text.h"

#include <string.h>

#include "tap.h"

static const struct flavor mariadb = {
	.vendor = VENDOR_MARIADB, .mariadb_gtid = true};
static const struct flavor old_mysql = {.vendor = VENDOR_MYSQL};
static const struct flavor mysql = {
	.vendor = VENDOR_MYSQL, .source_terms = true, .gtid_add = true};

/* says: the last lines of the head, without comments of ours. */
static void says(const struct flavor *flavor, bool gtid, char *at,
	const char *want, const char *title)
{
	struct dump_options options = DUMP_OPTIONS_INIT;
	struct snapshot s = {.options = &options, .flavor = *flavor};
	struct strbuf text = STRBUF_INIT;

	options.comments = false;
	options.master_data = DUMP_POSITION_STATEMENT;
	options.gtid = gtid;
	s.moment.log_file = (char[]){"log.000007"};
	s.moment.log_pos = 4711;
	s.moment.gtid = at;
	dump_text_head(&s, &text);
	is_str(text.len > strlen(want) ? text.buf + text.len - strlen(want)
				       : text.buf,
		want, title);
	strbuf_release(&text);
}

/* test_replica: what a replica of MySQL was at is not to be had. */
static void test_replica(void)
{
	struct upstreams upstreams;
	struct err e;

	ok(upstreams_stop(&upstreams, NULL, &mysql, NULL, &e) &&
			e.code == ERR_UNAVAILABLE &&
			strstr(e.msg, "MariaDB only"),
		"--dump-slave says that it is not for MySQL");
	upstreams_release(&upstreams);
}

int main(void)
{
	char of_mariadb[] = "0-1-99";
	char of_mysql[] = "3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5";

	says(&mariadb, false, of_mariadb,
		"\nCHANGE MASTER TO MASTER_LOG_FILE='log.000007', "
		"MASTER_LOG_POS=4711;\n",
		"file and position of MariaDB");
	says(&mariadb, true, of_mariadb,
		"\nCHANGE MASTER TO MASTER_USE_GTID=slave_pos;\n"
		"SET GLOBAL gtid_slave_pos='0-1-99';\n",
		"GTID of MariaDB");
	says(&old_mysql, false, NULL,
		"\nCHANGE MASTER TO MASTER_LOG_FILE='log.000007', "
		"MASTER_LOG_POS=4711;\n",
		"file and position of MySQL 5.7");
	says(&old_mysql, true, of_mysql,
		"\nCHANGE MASTER TO MASTER_AUTO_POSITION=1;\n"
		"SET @@GLOBAL.GTID_PURGED="
		"'3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5';\n",
		"GTID of MySQL 5.7");
	says(&mysql, false, NULL,
		"\nCHANGE REPLICATION SOURCE TO SOURCE_LOG_FILE='log.000007', "
		"SOURCE_LOG_POS=4711;\n",
		"file and position of MySQL from 8.0.23 on");
	says(&mysql, true, of_mysql,
		"\nCHANGE REPLICATION SOURCE TO SOURCE_AUTO_POSITION=1;\n"
		"SET @@GLOBAL.GTID_PURGED=/*!80000 '+'*/ "
		"'3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5';\n",
		"GTID of MySQL from 8.0.23 on");
	test_replica();
	return done_testing();
}
