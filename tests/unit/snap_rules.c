/* What the files of a data directory are, by their names; and the names of
 * snapshots. */
#include "snap/rules.h"

#include "snap/state.h"
#include "tap.h"

enum { HERE = 7, ELSEWHERE = 8 };

static struct tree_entry entry_of(const char *path, mode_t mode, dev_t dev)
{
	const char *slash = strrchr(path, '/');
	struct tree_entry entry = {
		.dir = -1, .name = slash ? slash + 1 : path, .path = path};

	entry.st.st_mode = mode;
	entry.st.st_dev = dev;
	return entry;
}

static bool unwanted(const char *path, mode_t mode, struct strlist *exclude)
{
	const struct tree_entry entry = entry_of(path, mode, HERE);

	return rules_unwanted(&entry, exclude);
}

static void test_unwanted(void)
{
	struct strlist exclude = STRLIST_INIT;

	ok(!unwanted("ibdata1", S_IFREG, NULL) &&
			!unwanted("shop", S_IFDIR, NULL) &&
			!unwanted("shop/t.ibd", S_IFREG, NULL),
		"tables are wanted");
	ok(unwanted("db1.pid", S_IFREG, NULL) &&
			unwanted("ibtmp1", S_IFREG, NULL) &&
			unwanted("#innodb_temp", S_IFDIR, NULL),
		"pid files and temporary tablespaces are not");
	ok(!unwanted("ibtmp_stage", S_IFDIR, NULL) &&
			!unwanted("shop/ibtmp_orders.ibd", S_IFREG, NULL) &&
			!unwanted("ibtmp_stage/ddl.log", S_IFREG, NULL),
		"but databases and tables with such names are");
	ok(unwanted("mysql.sock", S_IFSOCK, NULL) &&
			unwanted("shop/pipe", S_IFIFO, NULL),
		"nor is a socket or a pipe");
	ok(unwanted(".dbsnap", S_IFDIR, NULL), "nor are our own snapshots");
	ok(!unwanted("link", S_IFLNK, NULL),
		"a symbolic link is not passed over in silence");
	strlist_add(&exclude, "binlog.*");
	strlist_add(&exclude, "shop/v*.ibd");
	ok(unwanted("binlog.000001", S_IFREG, &exclude) &&
			unwanted("shop/visit.ibd", S_IFREG, &exclude),
		"what a pattern matches is left out");
	ok(!unwanted("shop/binlog.000001", S_IFREG, &exclude) &&
			!unwanted("shop/v1/t.ibd", S_IFREG, &exclude),
		"a pattern is one of whole paths, its star of one name");
	strlist_release(&exclude);
}

static void test_early(void)
{
	ok(rules_early("ibdata1") && rules_early("undo001") &&
			rules_early("shop/t.ibd") && rules_early("shop/t.MYD"),
		"tablespaces are copied early, and tables that stand still");
	ok(!rules_early("shop/t.MAD") && !rules_early("shop/t#P#p0.MAI"),
		"but not those of Aria, which may be transactional");
	ok(rules_early("mysql/gtid_slave_pos.ibd") &&
			rules_early("mysql/user.frm"),
		"also those of the system");
	ok(!rules_early("mysql/general_log.CSV") &&
			!rules_early("mysql/column_stats.MAD"),
		"but not those that the server itself writes to");
	ok(!rules_early("ib_logfile0") && !rules_early("aria_log.00000001") &&
			!rules_early("binlog.000001"),
		"no log is copied early");
	ok(!rules_early("log/binlog.000001") &&
			!rules_early("log/binlog.index") &&
			!rules_early("log/aria/aria_log.00000001") &&
			!rules_early("log/aria/aria_log_control"),
		"nor is one in a directory of its own");
	ok(rules_aria_log("aria_log.00000001") &&
			!rules_aria_log("aria_log_control") &&
			!rules_aria_log("shop/aria_log.MAD"),
		"Aria's log is told from its control file and tables");
}

static int check(const char *path, mode_t mode, dev_t dev, struct err *e)
{
	const struct tree_entry entry = entry_of(path, mode, dev);

	return rules_check(&entry, HERE, e);
}

static void test_check(void)
{
	struct err e = {0};
	struct tree_entry entry;

	ok(!check("shop", S_IFDIR, HERE, &e) &&
			!check("shop/t.ibd", S_IFREG, HERE, &e),
		"what lies in the data directory is right");
	ok(check("shop", S_IFDIR, ELSEWHERE, &e) && e.code == ERR_UNAVAILABLE,
		"another volume is refused");
	has_str(e.msg, "'shop'", "by name");
	ok(check("shop/link", S_IFLNK, HERE, &e), "so is a symbolic link");
	ok(check("shop/far.isl", S_IFREG, HERE, &e), "and a DATA DIRECTORY");
	has_str(e.msg, "'shop/far'", "of which the table is named");
	entry = entry_of("#rocksdb", S_IFDIR, HERE);
	ok(rules_check_engine(&entry, &e) && e.code == ERR_UNAVAILABLE,
		"an engine that cannot be copied file by file is refused");
	entry = entry_of("redo/ib_logfile0", S_IFREG, HERE);
	ok(rules_check_engine(&entry, &e),
		"so is a redo log in a directory of its own");
	entry = entry_of("log/aria_log_control", S_IFREG, HERE);
	ok(rules_check_engine(&entry, &e), "and so is a log of Aria");
	entry = entry_of("aria_log_control", S_IFREG, HERE);
	ok(!rules_check_engine(&entry, &e), "which is not in its place");
	entry = entry_of("ib_logfile0", S_IFREG, HERE);
	ok(!rules_check_engine(&entry, &e), "one in its place is not");
	entry = entry_of("shop/t.MYD", S_IFREG, HERE);
	ok(!rules_check_engine(&entry, &e), "MyISAM can");
}

static void test_names(void)
{
	static const char *const bad[] = {"", ".", "..", ".hidden", "-x", "a/b",
		"../a", "a b", "a\nb", "\xc3\xa4", "a@b", NULL};
	char longest[66];
	struct err e;

	for (int i = 0; bad[i]; i++)
		ok(state_check_name(bad[i], &e) && e.code == ERR_USAGE,
			"this cannot be a snapshot's name");
	ok(!state_check_name("20261121T120000Z-17", &e) &&
			!state_check_name("before_Upgrade.2", &e),
		"these can");
	memset(longest, 'a', sizeof(longest));
	longest[65] = '\0';
	ok(state_check_name(longest, &e), "65 characters are too many");
	longest[64] = '\0';
	ok(!state_check_name(longest, &e), "64 are not");
}

int main(void)
{
	test_unwanted();
	test_early();
	test_check();
	test_names();
	return done_testing();
}
