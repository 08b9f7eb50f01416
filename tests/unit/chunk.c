/* The ranges that tables are cut into: their conditions as SQL, and that they
 * hold every key once. The server is made up here. */
#include "db/chunk.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "db/result.h"
#include "db/sql_text.h"
#include "random.h"
#include "tap.h"

/* What stands in for conn.c: a table of integer keys, or rows in a fixed text.
 */
struct db {
	const uint64_t *key; /* sorted, as the numbers of their order */
	size_t keys;
	bool is_signed;
	const char *const *rows[4]; /* the answers to look-ups, in turn */
	unsigned asked;
	size_t scanned; /* rows that answers took */
	bool failing;   /* every third statement fails, of a first try */
	char sql[2000]; /* the last one */
};

struct db_result {
	char text[64];
	char *row[8];
	bool ended;
};

static int64_t to_signed(uint64_t key)
{
	return (int64_t)(key ^ (UINT64_C(1) << 63));
}

static uint64_t from_text(const struct db *db, const char *text)
{
	if (db->is_signed)
		return (uint64_t)strtoll(text, NULL, 10) ^ (UINT64_C(1) << 63);
	return strtoull(text, NULL, 10);
}

static void to_text(const struct db *db, uint64_t key, char *text, size_t size)
{
	if (db->is_signed)
		snprintf(text, size, "%" PRId64, to_signed(key));
	else
		snprintf(text, size, "%" PRIu64, key);
}

static bool fails(struct db *db, const char *sql, struct err *e)
{
	snprintf(db->sql, sizeof(db->sql), "%s", sql);
	db->asked++;
	if (!db->failing || random_next() % 3)
		return false;
	err_set(e, ERR_TEMP, "locked");
	return true;
}

/* first_behind: the index of the first key greater than this. */
static size_t first_behind(const struct db *db, uint64_t low)
{
	size_t begin = 0, end = db->keys;

	while (begin < end) {
		size_t middle = begin + (end - begin) / 2;

		if (db->key[middle] > low)
			end = middle;
		else
			begin = middle + 1;
	}
	return begin;
}

struct db_result *db_query_shape(
	struct db *db, const char *shape, const char *sql, struct err *e)
{
	const char *low = strstr(sql, " > ");
	const char *offset = strstr(sql, "OFFSET ");
	struct db_result *result;
	size_t i;

	(void)shape;
	if (fails(db, sql, e))
		return NULL;
	result = xcalloc(1, sizeof(*result));
	if (!db->key) {
		const char *const *row = db->rows[db->asked - 1];

		result->ended = !row;
		for (i = 0; row && row[i]; i++)
			result->row[i] = xstrdup(row[i]);
		return result;
	}
	i = low ? first_behind(db, from_text(db, low + 3)) : 0;
	i += strtoull(offset + 7, NULL, 10);
	db->scanned += strtoull(offset + 7, NULL, 10) + 1;
	result->ended = i >= db->keys;
	if (!result->ended) {
		to_text(db, db->key[i], result->text, sizeof(result->text));
		result->row[0] = xstrdup(result->text);
	}
	return result;
}

char **db_next(struct db_result *result)
{
	return result->ended ? NULL : result->row;
}

void db_result_free(struct db_result *result)
{
	for (size_t i = 0; result && i < 8; i++)
		free(result->row[i]);
	free(result);
}

int db_query_value(
	struct db *db, const char *sql, struct strbuf *value, struct err *e)
{
	char text[64];

	if (fails(db, sql, e))
		return -1;
	to_text(db, db->key[db->keys - 1], text, sizeof(text));
	strbuf_addstr(value, text);
	return 1;
}

void sql_ident(struct strbuf *sql, const char *name)
{
	strbuf_addf(sql, "`%s`", name);
}

void sql_value_str(struct strbuf *sql, const char *value)
{
	strbuf_addf(sql, "'%s'", value);
}

/* next: the condition of the next chunk; "(error)". */
static const char *next(
	struct chunker *c, struct db *db, struct chunk_range *range)
{
	struct err e = {0};

	return chunker_next(c, db, 10, range, &e) ? "(error)"
						  : range->where.buf;
}

static const char two_parts[] =
	"CREATE TABLE `t` (\n  `a` int(11) NOT NULL,\n"
	"  `b` varchar(9) CHARACTER SET latin1 NOT NULL,\n  `c` date NOT "
	"NULL,\n"
	"  PRIMARY KEY (`a`,`b` DESC,`c`)\n) ENGINE=InnoDB DEFAULT "
	"CHARSET=utf8mb4";

static void test_bounds(void)
{
	static const char *const first[] = {"5", "4142", "0000-00-00", NULL};
	static const char *const second[] = {"-7", "", "2020-02-31", NULL};
	struct db db = {.rows = {first, second, NULL}};
	struct chunk_range range = {.where = STRBUF_INIT};
	struct columns columns = {0};
	struct err e = {0};
	struct chunker *c;

	columns_parse(&columns, two_parts, &e);
	c = chunker_new("d", "t", &columns, false);
	is_str(next(c, &db, &range), "", "the first chunk has no bound");
	ok(range.limit == 10 && !range.last && !db.asked,
		"it is read by the number of its rows, and nothing is asked");
	is_str(next(c, &db, &range),
		"(`a` > 5 OR (`a` = 5 AND (`b` < _latin1 X'4142' OR "
		"(`b` = _latin1 X'4142' AND (`c` > '0000-00-00'))))) AND "
		"(`a` < -7 OR (`a` = -7 AND (`b` > _latin1 X'' OR "
		"(`b` = _latin1 X'' AND (`c` <= '2020-02-31')))))",
		"a range has both its bounds, in the order of each part");
	has_str(db.sql,
		"SELECT `a`,HEX(`b`),`c` FROM `d`.`t` FORCE INDEX (PRIMARY) "
		"WHERE (`a` > 5 OR ",
		"a bound is looked up in the primary key");
	has_str(db.sql, " ORDER BY `a`,`b` DESC,`c` LIMIT 1 OFFSET 9",
		"so many rows on");
	is_str(next(c, &db, &range),
		"(`a` > -7 OR (`a` = -7 AND (`b` < _latin1 X'' OR "
		"(`b` = _latin1 X'' AND (`c` > '2020-02-31')))))",
		"the last one has no upper bound");
	ok(range.last && !range.limit, "and says that it is the last");
	chunker_free(c);
	columns_release(&columns);
	strbuf_release(&range.where);
}

/* cut_by: the parts of a key that bounds are made of, as in the look-up. */
static void cut_by(
	const char *key, bool history, const char *select, const char *title)
{
	struct db db = {.rows = {NULL, NULL, NULL}};
	struct chunk_range range = {.where = STRBUF_INIT};
	struct strbuf create = STRBUF_INIT;
	struct columns columns = {0};
	struct err e = {0};
	struct chunker *c;

	strbuf_addf(&create,
		"CREATE TABLE `t` (\n  `i` int(11) NOT NULL,\n"
		"  `e` enum('b','a') NOT NULL,\n  `f` float NOT NULL,\n"
		"  `s` varchar(9) NOT NULL%s\n) ENGINE=InnoDB DEFAULT "
		"CHARSET=utf8mb4",
		key);
	columns_parse(&columns, create.buf, &e);
	c = chunker_new("d", "t", &columns, history);
	if (!select) {
		ok(!c, title);
	} else {
		next(c, &db, &range);
		if (range.limit)
			next(c, &db, &range);
		has_str(db.sql, select, title);
	}
	chunker_free(c);
	columns_release(&columns);
	strbuf_release(&range.where);
	strbuf_release(&create);
}

static void test_keys(void)
{
	cut_by("", false, NULL, "a table without a key is not cut");
	cut_by(",\n  PRIMARY KEY (`e`,`i`)", false, NULL,
		"nor one whose key begins with an ENUM");
	cut_by(",\n  PRIMARY KEY (`f`)", false, NULL, "or with a FLOAT");
	cut_by(",\n  PRIMARY KEY (`s`(3))", false, NULL, "or with a prefix");
	cut_by(",\n  PRIMARY KEY (`s`,`e`,`i`)", false, "SELECT HEX(`s`) FROM ",
		"what stands before an ENUM is what a key is cut by");
	cut_by(",\n  PRIMARY KEY (`i`)", true,
		"FROM `d`.`t` FOR SYSTEM_TIME ALL FORCE INDEX (PRIMARY) ORDER",
		"old row versions count where they are dumped");
}

/* limits: the bounds of a chunk, (low, high], out of its condition. */
static void limits(const struct db *db, const struct chunk_range *range,
	bool *has_low, uint64_t *low, uint64_t *high)
{
	const char *above = strstr(range->where.buf, "`id` > ");
	const char *up_to = strstr(range->where.buf, "`id` <= ");

	*has_low = above != NULL;
	*low = above ? from_text(db, above + 7) : 0;
	*high = up_to ? from_text(db, up_to + 8) : UINT64_MAX;
}

/* What cutting a table came to. */
struct cut {
	bool whole; /* each range begins where the one before it ended, and
		     * the last one has no end */
	size_t chunks, most;
};

/* cut_up: all of a table, in chunks of `rows` rows. */
static struct cut cut_up(
	struct db *db, const struct columns *columns, uint64_t rows)
{
	struct chunk_range range = {.where = STRBUF_INIT};
	struct chunker *c = chunker_new("d", "t", columns, false);
	struct cut cut = {.whole = true};
	struct err e = {0};
	uint64_t end = 0;
	bool by_number = false;
	size_t seen = 0;

	while (!range.last && cut.chunks < 100000) {
		uint64_t low, high;
		size_t next_seen;
		bool has_low;

		if (chunker_next(c, db, rows, &range, &e)) {
			db->failing = false;
			cut.whole &= !chunker_next(c, db, rows, &range, &e);
			db->failing = true;
		}
		cut.chunks++;
		if (range.limit) {
			by_number = true;
			seen = db->keys < rows ? db->keys : rows;
			cut.whole &= cut.chunks == 1;
			/* A smaller table is not to be asked further. */
			range.last = db->keys < rows;
			continue;
		}
		limits(db, &range, &has_low, &low, &high);
		if (by_number)
			end = db->key[rows - 1];
		by_number = false;
		cut.whole &= has_low && low == end && high >= low;
		end = high;
		next_seen = first_behind(db, high);
		if (next_seen - seen > cut.most)
			cut.most = next_seen - seen;
		seen = next_seen;
	}
	cut.whole &= range.last && seen == db->keys;
	chunker_free(c);
	strbuf_release(&range.where);
	return cut;
}

static int compare(const void *a, const void *b)
{
	uint64_t one = *(const uint64_t *)a, two = *(const uint64_t *)b;

	return one < two ? -1 : one > two;
}

/* sort: in order, without what is there twice. Returns how many are left. */
static size_t sort(uint64_t *key, size_t count)
{
	size_t kept = 0;

	qsort(key, count, sizeof(*key), compare);
	for (size_t i = 0; i < count; i++)
		if (!kept || key[kept - 1] != key[i])
			key[kept++] = key[i];
	return kept;
}

/* fill: keys of some shape: runs with steps of all sizes, from anywhere. */
static size_t fill(uint64_t *key, size_t room)
{
	size_t count = 0, wanted = 1 + random_next() % room;

	while (count < wanted) {
		uint64_t at = random_next() >> random_next() % 64;
		uint64_t step = 1 + (random_next() >> random_next() % 64) / 999;
		size_t run = 1 + random_next() % 2000;

		if (random_next() % 4 == 0)
			at = ~at;
		while (run-- && count < wanted) {
			key[count++] = at;
			at += 1 + random_next() % step;
		}
	}
	if (random_next() % 2)
		key[0] = 0;
	if (random_next() % 2)
		key[count - 1] = UINT64_MAX;
	return sort(key, count);
}

static void parse_integer(struct columns *columns, bool is_signed)
{
	struct err e = {0};

	columns_parse(columns,
		is_signed ? "CREATE TABLE `t` (\n  `id` bigint(20) NOT NULL,\n"
			    "  PRIMARY KEY (`id`)\n) ENGINE=InnoDB"
			  : "CREATE TABLE `t` (\n  `id` bigint(20) unsigned "
			    "NOT NULL,\n  PRIMARY KEY (`id`)\n) "
			    "ENGINE=InnoDB",
		&e);
}

static void test_integers(void)
{
	enum { ROOM = 20000, TABLES = 300 };
	uint64_t *key = xcalloc(ROOM, sizeof(*key));
	unsigned wrong = 0, wrong_failing = 0;

	for (unsigned i = 0; i < TABLES; i++) {
		struct db db = {.key = key, .is_signed = i % 2};
		struct columns columns = {0};
		uint64_t rows = 1 + random_next() % 500;

		parse_integer(&columns, db.is_signed);
		db.keys = fill(key, ROOM);
		wrong += !cut_up(&db, &columns, rows).whole;
		db.failing = true;
		wrong_failing += !cut_up(&db, &columns, rows).whole;
		columns_release(&columns);
	}
	is_int(wrong, 0,
		"the ranges of 300 tables of integers hold each key once");
	is_int(wrong_failing, 0,
		"also where statements fail and the range is asked for again");
	free(key);
}

static void test_pace(void)
{
	enum { KEYS = 1000000, ROWS = 1000 };
	uint64_t *key = xcalloc(KEYS, sizeof(*key));
	struct db db = {.key = key, .keys = KEYS};
	struct columns columns = {0};
	struct cut cut;

	parse_integer(&columns, false);
	for (size_t i = 0; i < KEYS; i++)
		key[i] = 7 * i;
	cut = cut_up(&db, &columns, ROWS);
	ok(cut.whole && db.scanned < KEYS / 4,
		"few of the bounds of evenly spread keys are looked up");
	ok(cut.most <= ROWS + 1 && cut.chunks <= KEYS / ROWS + 2,
		"and the chunks are all of the size wanted");
	/* Few keys spread thinly, most without gaps, few thinly again. */
	for (size_t i = 0; i < KEYS; i++)
		key[i] = (i ? key[i - 1] : 0) +
			(i < KEYS / 10 || i > KEYS / 10 * 9 ? 100 : 1);
	cut = cut_up(&db, &columns, ROWS);
	printf("# at most %zu rows\n", cut.most);
	ok(cut.whole && cut.most < (size_t)10 * ROWS,
		"where the pace changes, no chunk grows out of all bounds");
	columns_release(&columns);
	free(key);
}

int main(void)
{
	test_bounds();
	test_keys();
	test_integers();
	test_pace();
	return done_testing();
}
