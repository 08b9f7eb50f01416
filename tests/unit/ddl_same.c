/* Lines of definitions as servers write them: the same, or not. The pairs are
 * what MySQL 5.7, 8.0 and 9.7, MariaDB 10.5 and 10.11 say of one table. */
#include "db/ddl_same.h"

#include <string.h>

#include "tap.h"

static void same(const char *a, const char *b)
{
	ok(ddl_same_line(a, strlen(a), b, strlen(b)) &&
			ddl_same_line(b, strlen(b), a, strlen(a)),
		a);
}

static void differ(const char *a, const char *b)
{
	ok(!ddl_same_line(a, strlen(a), b, strlen(b)), b);
}

static void test_same(void)
{
	same("  `id` int(10) unsigned NOT NULL AUTO_INCREMENT",
		"  `id` int unsigned NOT NULL AUTO_INCREMENT");
	same("  `a` int(11) DEFAULT 5", "  `a` int DEFAULT '5'");
	same("  `made` timestamp(3) NULL DEFAULT current_timestamp(3) ON "
	     "UPDATE "
	     "current_timestamp(3)",
		"  `made` timestamp(3) NULL DEFAULT CURRENT_TIMESTAMP(3) ON "
		"UPDATE CURRENT_TIMESTAMP(3)");
	same("  `b` text DEFAULT NULL", "  `b` text");
	same(" PARTITION BY RANGE (`y`)", "/*!50100 PARTITION BY RANGE (y)");
	same("  `c` varchar(20) COLLATE utf8mb4_unicode_ci DEFAULT NULL",
		"  `c` varchar(20) CHARACTER SET utf8mb4 COLLATE "
		"utf8mb4_0900_ai_ci DEFAULT NULL");
	same(") ENGINE=InnoDB DEFAULT CHARSET=utf8mb4",
		") ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 "
		"COLLATE=utf8mb3_bin");
	same("  `t` decimal(20,5) GENERATED ALWAYS AS (`amount` * 2) VIRTUAL",
		"  `t` decimal(20,5) GENERATED ALWAYS AS ((`amount` * 2)) "
		"VIRTUAL");
	same("  `d` varchar(100) DEFAULT uuid()",
		"  `d` varchar(100) DEFAULT (uuid())");
	same("  `j` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT "
	     "NULL CHECK (json_valid(`j`))",
		"  `j` json DEFAULT NULL");
	same("  `y` year(4) DEFAULT NULL", "  `y` year DEFAULT NULL");
}

static void test_differ(void)
{
	differ("  `a` int(11) NOT NULL", "  `a` bigint NOT NULL");
	differ("  `a` int(5) unsigned zerofill",
		"  `a` int(6) unsigned zerofill");
	differ("  `a` varchar(10)", "  `a` varchar(11)");
	differ("  `a` int(11) DEFAULT 5", "  `a` int DEFAULT '6'");
	differ("  `a` varchar(5) DEFAULT 'x'", "  `a` varchar(5) DEFAULT 'X'");
	differ("  `a` int(11)", "  `a` int NOT NULL");
	differ("  `p` point NOT NULL",
		"  `p` point NOT NULL /*!80003 SRID 4326 */");
	differ("  `l` longtext DEFAULT NULL", "  `l` json DEFAULT NULL");
	differ("  KEY `k` (`a`)", "  UNIQUE KEY `k` (`a`)");
	differ("", "  `a` int");
}

int main(void)
{
	test_same();
	test_differ();
	return done_testing();
}
