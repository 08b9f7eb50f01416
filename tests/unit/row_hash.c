/* The hash of a row as SQL: what of each kind of column goes into it. And how
 * keys are stated and shown. */
#include "db/row_hash.h"

#include <string.h>

#include "db/key.h"
#include "tap.h"

static struct columns parse(const char *create)
{
	struct columns columns = {0};
	struct err e;

	if (columns_parse(&columns, create, &e))
		printf("# %s\n", e.msg);
	return columns;
}

/* hash: of a table, compared with another one. */
static void hash(enum row_hash_way way, bool keyed, const char *create,
	const char *other, const char *want, const char *title)
{
	struct columns here = parse(create), there = parse(other);
	struct strbuf sql = STRBUF_INIT;

	row_hash_add(way, &here, &there, &here, keyed, &sql);
	is_str(sql.buf, want, title);
	strbuf_release(&sql);
	columns_release(&here);
	columns_release(&there);
}

/* of: one column: what goes into a SHA-256, and into a CRC. */
static void of(
	const char *column, const char *sha, const char *crc, const char *title)
{
	char create[300], want[400];

	snprintf(create, sizeof(create),
		"CREATE TABLE `t` (\n  %s\n) ENGINE=InnoDB DEFAULT "
		"CHARSET=utf8mb4",
		column);
	snprintf(want, sizeof(want),
		"CAST(CONV(LEFT(SHA2(CONCAT_WS(_binary','%s,0),256),16),16,10) "
		"AS "
		"UNSIGNED)",
		sha);
	hash(ROW_HASH_SHA, false, create, create, want, title);
	snprintf(want, sizeof(want),
		*crc ? "CRC32C(%s)*(CRC32(%s)|1)" : "0*(0|1)", crc, crc);
	hash(ROW_HASH_CRC, false, create, create, want, title);
}

static void test_columns(void)
{
	of("`a` int(11) NOT NULL", ",`a`", "2,`a`", "a number is its digits");
	of("`a` int(11) DEFAULT NULL COMMENT 'NOT NULL'", ",ISNULL(`a`),`a`",
		"2,CONCAT_WS(_binary'',`a`)",
		"one that may be NULL says whether it is");
	of("`a` varchar(9) NOT NULL", ",LENGTH(`a`),CAST(`a` AS BINARY)",
		"2,`a`", "a text says where it ends");
	of("`a` varchar(9) DEFAULT NULL",
		",IFNULL(LENGTH(`a`),'-'),CAST(`a` AS BINARY)",
		"(2+ISNULL(`a`)),CONCAT_WS(_binary'',`a`)",
		"one that is NULL is no empty one");
	of("`a` longblob NOT NULL", ",LENGTH(`a`),SHA2(`a`,256)", "2,`a`",
		"what may be large is not copied");
	of("`a` float NOT NULL", ",ST_AsBinary(POINT(`a`,0))", "2,POINT(`a`,0)",
		"FLOAT is its bits");
	of("`a` double NOT NULL", ",ST_AsBinary(POINT(`a`,0))",
		"2,POINT(`a`,0)", "DOUBLE is its bits");
	of("`a` bit(9) NOT NULL", ",`a`+0", "2,`a`+0", "BIT is a number");
	of("`a` int(11) GENERATED ALWAYS AS (1) VIRTUAL", "", "",
		"a generated column is left out");
	of("`a``b` int(11) NOT NULL", ",`a``b`", "2,`a``b`",
		"names are quoted");
}

static void test_two(void)
{
	static const char latin[] =
		"CREATE TABLE `t` (\n  `a` char(9) CHARACTER SET latin1 NOT "
		"NULL,\n  `b` int NOT NULL\n) DEFAULT CHARSET=utf8mb4";
	static const char wide[] =
		"CREATE TABLE `t` (\n  `c` int NOT NULL,\n  `a` char(9) NOT "
		"NULL,\n  PRIMARY KEY (`c`)\n) DEFAULT CHARSET=utf8mb4";

	hash(ROW_HASH_CRC, false, latin, wide,
		"CRC32C(2,CONVERT(`a` USING utf8mb4))*(CRC32(2,CONVERT(`a` "
		"USING utf8mb4))|1)",
		"of columns that both have, texts of two character sets in "
		"Unicode");
	hash(ROW_HASH_CRC, true, wide, wide,
		"CRC32C(CRC32C(2,`c`)^4,`a`)*(CRC32(2,`c`)|1)",
		"a key that tells rows apart is one factor");
}

/* test_many: as many columns as a server's stack may not take in one chain. */
static void test_many(void)
{
	struct strbuf create = STRBUF_INIT, sql = STRBUF_INIT;
	struct columns columns;
	size_t deepest = 0, depth = 0;

	strbuf_addstr(&create, "CREATE TABLE `t` (\n");
	for (int i = 0; i < 1000; i++)
		strbuf_addf(&create, "  `c%d` int NOT NULL%s\n", i,
			i < 999 ? "," : "");
	strbuf_addstr(&create, ") DEFAULT CHARSET=utf8mb4");
	columns = parse(create.buf);
	row_hash_add(ROW_HASH_CRC, &columns, &columns, &columns, false, &sql);
	for (const char *p = sql.buf; *p; p++) {
		depth += *p == '(';
		depth -= *p == ')';
		deepest = depth > deepest ? depth : deepest;
	}
	ok(strstr(sql.buf, "`c999`") != NULL, "a thousand columns are hashed");
	ok(!depth && deepest < 50, "in calls that are not too deep");
	columns_release(&columns);
	strbuf_release(&create);
	strbuf_release(&sql);
}

static void test_keys(void)
{
	struct columns columns = parse(
		"CREATE TABLE `t` (\n  `a` varchar(9) NOT NULL,\n  `b` int NOT "
		"NULL,\n  `c` binary(2) NOT NULL,\n  PRIMARY KEY "
		"(`a`,`b`,`c`)\n) DEFAULT CHARSET=utf8mb4");
	struct strbuf key[3] = {STRBUF_INIT, STRBUF_INIT, STRBUF_INIT};
	struct strbuf text = STRBUF_INIT;
	char a[] = "C3A927", b[] = "-5", c[] = "00FF";
	char *row[] = {a, b, c};

	is_int((intmax_t)key_parts(&columns), 3, "a key has its parts");
	key_take(&columns, 3, row, key);
	key_add_equal(&columns, 3, key, &text);
	is_str(text.buf,
		"`a` = _utf8mb4 X'C3A927' AND `b` = -5 AND `c` = _binary "
		"X'00FF'",
		"a row is stated by its key");
	strbuf_reset(&text);
	key_add_shown(&columns, 3, key, &text);
	is_str(text.buf, "a='\xc3\xa9'', b=-5, c=_binary X'00FF'",
		"a key is shown as text where it is one");
	strbuf_reset(&key[0]);
	strbuf_addstr(&key[0], "_utf8mb4 X'1B5B'");
	strbuf_reset(&text);
	key_add_shown(&columns, 1, key, &text);
	is_str(text.buf, "a=_utf8mb4 X'1B5B'",
		"control bytes in a key are shown as digits");
	strbuf_release(&text);
	for (size_t i = 0; i < 3; i++)
		strbuf_release(&key[i]);
	columns_release(&columns);
}

int main(void)
{
	test_columns();
	test_two();
	test_many();
	test_keys();
	return done_testing();
}
