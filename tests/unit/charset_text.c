/* Character sets and collations of definitions: the texts of older and newer
 * servers become one. */
#include "db/charset_text.h"

#include <stdlib.h>

#include "tap.h"

static struct charsets charsets_of(const char *utf8, const char *collation)
{
	struct charsets c = {STRLIST_INIT, STRLIST_INIT};

	strlist_add(&c.name, utf8);
	strlist_add(&c.collation, collation);
	strlist_add(&c.name, "utf8mb4");
	strlist_add(&c.collation, "utf8mb4_general_ci");
	strlist_add(&c.name, "latin1");
	strlist_add(&c.collation, "latin1_swedish_ci");
	return c;
}

/* both: what an older and a newer server say. */
static void both(const char *older, const char *newer, const char *want,
	const char *title)
{
	struct charsets old = charsets_of("utf8", "utf8_general_ci");
	struct charsets new = charsets_of("utf8mb3", "utf8mb3_general_ci");
	char *a = charset_text(&old, older), *b = charset_text(&new, newer);

	is_str(a, want, title);
	is_str(b, want, "the same of a newer server");
	free(a);
	free(b);
	charsets_release(&old);
	charsets_release(&new);
}

#define END ") ENGINE=InnoDB DEFAULT CHARSET="

static void test_table(void)
{
	both("CREATE TABLE `t` (\n  `a` int(11) NOT NULL\n" END "utf8mb4",
		"CREATE TABLE `t` (\n  `a` int(11) NOT NULL\n" END
		"utf8mb4 COLLATE=utf8mb4_general_ci",
		"CREATE TABLE `t` (\n  `a` int(11) NOT NULL\n" END
		"utf8mb4 COLLATE=utf8mb4_general_ci",
		"a table's default collation is stated");
	both("CREATE TABLE `(` (\n  `a` int(11)\n" END
	     "utf8 COLLATE=utf8_bin COMMENT='CHARSET=x'",
		"CREATE TABLE `(` (\n  `a` int(11)\n" END
		"utf8mb3 COLLATE=utf8mb3_bin COMMENT='CHARSET=x'",
		"CREATE TABLE `(` (\n  `a` int(11)\n" END
		"utf8mb3 COLLATE=utf8mb3_bin COMMENT='CHARSET=x'",
		"utf8 is utf8mb3");
}

static void test_columns(void)
{
	both("CREATE TABLE `t` (\n"
	     "  `a` varchar(9) CHARACTER SET latin1 DEFAULT NULL,\n"
	     "  `b` varchar(9) COLLATE utf8mb4_bin NOT NULL,\n"
	     "  `c` enum('x,)','y') CHARACTER SET utf8 DEFAULT 'x,)',\n"
	     "  `d` text CHARACTER SET utf8 COLLATE utf8_bin,\n"
	     "  `e` varchar(9) GENERATED ALWAYS AS (`a` collate utf8mb4_bin) "
	     "VIRTUAL,\n"
	     "  PRIMARY KEY (`b`),\n  KEY `k` (`a`(3))\n" END "utf8mb4",
		"CREATE TABLE `t` (\n"
		"  `a` varchar(9) CHARACTER SET latin1 COLLATE "
		"latin1_swedish_ci DEFAULT NULL,\n"
		"  `b` varchar(9) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin "
		"NOT NULL,\n"
		"  `c` enum('x,)','y') CHARACTER SET utf8mb3 COLLATE "
		"utf8mb3_general_ci DEFAULT 'x,)',\n"
		"  `d` text CHARACTER SET utf8mb3 COLLATE utf8mb3_bin,\n"
		"  `e` varchar(9) GENERATED ALWAYS AS (`a` collate "
		"utf8mb4_bin) VIRTUAL,\n"
		"  PRIMARY KEY (`b`),\n  KEY `k` (`a`(3))\n" END
		"utf8mb4 COLLATE=utf8mb4_general_ci",
		"CREATE TABLE `t` (\n"
		"  `a` varchar(9) CHARACTER SET latin1 COLLATE "
		"latin1_swedish_ci DEFAULT NULL,\n"
		"  `b` varchar(9) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin "
		"NOT NULL,\n"
		"  `c` enum('x,)','y') CHARACTER SET utf8mb3 COLLATE "
		"utf8mb3_general_ci DEFAULT 'x,)',\n"
		"  `d` text CHARACTER SET utf8mb3 COLLATE utf8mb3_bin,\n"
		"  `e` varchar(9) GENERATED ALWAYS AS (`a` collate "
		"utf8mb4_bin) VIRTUAL,\n"
		"  PRIMARY KEY (`b`),\n  KEY `k` (`a`(3))\n" END
		"utf8mb4 COLLATE=utf8mb4_general_ci",
		"a column's, too");
	both("CREATE TABLE `t` (\n"
	     "  `a` varchar(9) COLLATE utf8mb4_bin DEFAULT NULL,\n"
	     "  `b` char(1) CHARACTER SET utf8mb4 DEFAULT NULL\n" END
	     "utf8mb4 COLLATE=utf8mb4_bin",
		"CREATE TABLE `t` (\n"
		"  `a` varchar(9) DEFAULT NULL,\n"
		"  `b` char(1) CHARACTER SET utf8mb4 COLLATE "
		"utf8mb4_general_ci DEFAULT NULL\n" END
		"utf8mb4 COLLATE=utf8mb4_bin",
		"CREATE TABLE `t` (\n"
		"  `a` varchar(9) DEFAULT NULL,\n"
		"  `b` char(1) CHARACTER SET utf8mb4 COLLATE "
		"utf8mb4_general_ci DEFAULT NULL\n" END
		"utf8mb4 COLLATE=utf8mb4_bin",
		"a column with the table's states none");
}

static void test_other(void)
{
	both("CREATE TABLE `t` (\n  `a` text\n)",
		"CREATE TABLE `t` (\n  `a` text\n)",
		"CREATE TABLE `t` (\n  `a` text\n)",
		"where nothing is stated nothing is added");
	both("CREATE TABLE `t` (`a` text", "CREATE TABLE `t` (`a` text",
		"CREATE TABLE `t` (`a` text",
		"what ends early is left as it is");
}

int main(void)
{
	test_table();
	test_columns();
	test_other();
	return done_testing();
}
