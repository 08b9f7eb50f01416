/* The hash of a row as SQL: what of each kind of column goes into it. And how
 * keys are stated and shown. */
#include "db/row_hash.h"

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
static void hash(enum row_hash_way way, const char *create, const char *other,
	const char *want, const char *title)
{
	struct columns here = parse(create), there = parse(other);
	struct strbuf sql = STRBUF_INIT;

	row_hash_add(way, &here, &there, &here, &sql);
	is_str(sql.buf, want, title);
	strbuf_release(&sql);
	columns_release(&here);
	columns_release(&there);
}

#define CRC(row) "CRC32(@dbpipes_row:=" row ")*CRC32C(@dbpipes_row)"
#define ROW(values) "CONCAT_WS(_binary','," values ",0)"

static void same(const char *column, const char *values, const char *title)
{
	char create[300], want[400];

	snprintf(create, sizeof(create),
		"CREATE TABLE `t` (\n  %s\n) ENGINE=InnoDB DEFAULT "
		"CHARSET=utf8mb4",
		column);
	snprintf(want, sizeof(want), CRC("CONCAT_WS(_binary','%s,0)"), values);
	hash(ROW_HASH_CRC, create, create, want, title);
}

static void test_columns(void)
{
	same("`a` int(11) NOT NULL", ",`a`", "a number is its digits");
	same("`a` int(11) DEFAULT NULL COMMENT 'NOT NULL'", ",ISNULL(`a`),`a`",
		"one that may be NULL says whether it is");
	same("`a` varchar(9) NOT NULL", ",LENGTH(`a`),CAST(`a` AS BINARY)",
		"a text says where it ends");
	same("`a` varchar(9) DEFAULT NULL",
		",IFNULL(LENGTH(`a`),'-'),CAST(`a` AS BINARY)",
		"one that is NULL has no length");
	same("`a` longblob NOT NULL", ",LENGTH(`a`),CRC32(`a`),CRC32C(`a`)",
		"what may be large is hashed on its own");
	same("`a` float NOT NULL", ",ST_AsBinary(POINT(`a`,0))",
		"FLOAT is its bits");
	same("`a` double NOT NULL", ",ST_AsBinary(POINT(`a`,0))",
		"DOUBLE is its bits");
	same("`a` bit(9) NOT NULL", ",`a`+0", "BIT is a number");
	same("`a` int(11) GENERATED ALWAYS AS (1) VIRTUAL", "",
		"a generated column is left out");
	same("`a``b` int(11) NOT NULL", ",`a``b`", "names are quoted");
}

static void test_two(void)
{
	static const char latin[] =
		"CREATE TABLE `t` (\n  `a` char(9) CHARACTER SET latin1 NOT "
		"NULL,\n  `b` int NOT NULL\n) DEFAULT CHARSET=utf8mb4";
	static const char wide[] =
		"CREATE TABLE `t` (\n  `c` int NOT NULL,\n  `a` char(9) NOT "
		"NULL\n) DEFAULT CHARSET=utf8mb4";

	hash(ROW_HASH_CRC, latin, wide,
		CRC(ROW("LENGTH(CONVERT(`a` USING utf8mb4)),CAST(CONVERT(`a` "
			"USING utf8mb4) AS BINARY)")),
		"of columns that both have, texts of two character sets in "
		"Unicode");
	hash(ROW_HASH_MD5, wide, wide,
		"CAST(CONV(LEFT(MD5(" ROW(
			"`c`,LENGTH(`a`),CAST(`a` AS BINARY)") "),16),16,10) "
							       "AS UNSIGNED)",
		"servers that know one CRC make an MD5");
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
	test_keys();
	return done_testing();
}
