/* Lists of MariaDB's GTIDs: what they say, what they cover, how they join. */
#include "db/gtid.h"

#include "tap.h"

static struct gtid_list list(const char *text)
{
	struct gtid_list l = {0};

	gtid_list_parse(&l, text);
	return l;
}

static bool parses(const char *text)
{
	struct gtid_list l = {0};
	bool good = gtid_list_parse(&l, text);

	gtid_list_release(&l);
	return good;
}

static void test_parse(void)
{
	ok(parses(""), "an empty list is one");
	ok(parses("0-1-2"), "a GTID is a list");
	ok(parses("0-1-2,\n5-7-100"), "lists may have line breaks");
	ok(parses("4294967295-1-18446744073709551615"), "numbers may be big");
	ok(!parses("4294967296-1-1"), "but a domain has 32 bits");
	ok(!parses("0-1-18446744073709551616"), "and a sequence number 64");
	ok(!parses("0-1"), "half a GTID is none");
	ok(!parses("0-1-2 5-7-1"), "without a comma it is no list");
	ok(!parses("0-1-2,0-3-4"), "a domain stands only once");
	ok(!parses("3E11FA47-71CA-11E1-9E33-C80AA9429562:1-5"),
		"MySQL's sets are another thing");
	ok(!parses("0--1-2") && !parses("-1-1-1") && !parses("0-1-2-3"),
		"signs and further numbers do not belong there");
}

static bool covers(const char *have, const char *want)
{
	struct gtid_list a = list(have), b = list(want);
	bool covered = gtid_list_covers(&a, &b);

	gtid_list_release(&a);
	gtid_list_release(&b);
	return covered;
}

static void test_covers(void)
{
	ok(covers("0-1-5", "0-2-5"), "the sequence number counts alone");
	ok(covers("0-1-6,5-7-1", "0-1-5"), "more than was asked for is enough");
	ok(!covers("0-1-4", "0-1-5"), "less is not");
	ok(!covers("5-1-9", "0-1-5"), "nor is another domain");
	ok(covers("", ""), "nothing covers nothing");
}

static bool ahead(const char *a, const char *b)
{
	struct gtid_list la = list(a), lb = list(b);
	bool further = gtid_list_ahead(&la, &lb);

	gtid_list_release(&la);
	gtid_list_release(&lb);
	return further;
}

static void test_ahead(void)
{
	ok(ahead("0-1-6", "0-1-5"), "a higher number is ahead");
	ok(!ahead("0-1-5", "0-1-5"), "the same is not");
	ok(!ahead("7-1-6", "0-1-5"), "a domain of one side does not count");
}

static void test_keep(void)
{
	struct gtid_list have = list("0-1-2"), old = list("0-9-9,7-5-3");
	struct strbuf text = STRBUF_INIT;

	gtid_list_keep(&have, &old);
	gtid_list_text(&have, &text);
	is_str(text.buf, "0-1-2,7-5-3",
		"domains not named are kept, others "
		"are not");
	strbuf_release(&text);
	gtid_list_release(&have);
	gtid_list_release(&old);
}

int main(void)
{
	test_parse();
	test_covers();
	test_ahead();
	test_keep();
	return done_testing();
}
