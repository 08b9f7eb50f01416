/* Metrics: the text that node_exporter collects. */
#include "verify/metrics.h"

#include <stdlib.h>

#include "fixture.h"
#include "tap.h"

static const struct metrics good = {.tool = "dbverify",
	.source = "db1",
	.file = "a.sql",
	.ok = true,
	.now = 1000,
	.age = {true, 60},
	.size = {true, 5e12},
	.rows = {true, 7},
	.seconds = {true, 1.25}};

static char *text_of(const struct metrics *m, const char *before)
{
	struct strbuf out = STRBUF_INIT;

	metrics_text(m, before, &out);
	return strbuf_detach(&out);
}

static void test_samples(void)
{
	char *text = text_of(&good, "");

	has_str(text,
		"# TYPE dbpipes_ok gauge\n"
		"dbpipes_ok{tool=\"dbverify\",source=\"db1\"} 1\n",
		"a sample has a type and its labels");
	has_str(text,
		"dbpipes_last_success_timestamp_seconds{tool=\"dbverify\","
		"source=\"db1\"} 1000\n",
		"a good run is the last success");
	has_str(text,
		"dbpipes_age_seconds{tool=\"dbverify\",source=\"db1\"} 60\n",
		"the age is there");
	has_str(text,
		"size_bytes{tool=\"dbverify\",source=\"db1\"} 5000000000000\n",
		"a large number is written out");
	has_str(text,
		"duration_seconds{tool=\"dbverify\",source=\"db1\"} 1.25\n",
		"a fraction keeps its decimals");
	has_str(text, "source=\"db1\",file=\"a.sql\"} 1\n",
		"the file's name is a label");
	free(text);
}

static void test_failure(void)
{
	struct metrics bad = {
		.tool = "dbverify", .source = "db1", .ok = false, .now = 2000};
	char *before = text_of(&good, ""), *text = text_of(&bad, before);

	has_str(text, "dbpipes_ok{tool=\"dbverify\",source=\"db1\"} 0\n",
		"a failed run is not ok");
	has_str(text,
		"dbpipes_last_success_timestamp_seconds{tool=\"dbverify\","
		"source=\"db1\"} 1000\n",
		"the last success keeps its time");
	ok(!strstr(text, "dbpipes_rows") && !strstr(text, "a.sql"),
		"what is not known has no sample");
	free(text);
	text = text_of(&bad, "");
	ok(!strstr(text, "last_success"), "without a success there is none");
	free(text);
	free(before);
}

static void test_others(void)
{
	struct metrics other = good, again = good;
	char *one = text_of(&good, ""), *two, *three;
	const char *at;

	other.source = "db1\",x=\"";
	other.now = 1500;
	two = text_of(&other, one);
	has_str(two, "dbpipes_ok{tool=\"dbverify\",source=\"db1\"} 1\n",
		"samples of other sources stay");
	has_str(two, "source=\"db1\\\",x=\\\"\"} 1\n",
		"a quote in a name does not end it");
	again.now = 3000;
	again.file = "b.sql";
	three = text_of(&again, two);
	has_str(three, "source=\"db1\\\",x=\\\"\"} 1500\n",
		"and stay when the first one runs again");
	at = strstr(three,
		"last_run_timestamp_seconds{tool=\"dbverify\",source=\"db1\"} "
		"3000");
	ok(at && !strstr(three, "source=\"db1\"} 1000"),
		"which replaces its own");
	ok(strstr(three, "b.sql") && strstr(three, "\\\"\",file=\"a.sql\"") &&
			!strstr(three, "\"db1\",file=\"a.sql\""),
		"and its own file's name");
	free(one);
	free(two);
	free(three);
}

static void test_foreign(void)
{
	static const char foreign[] =
		"# HELP job_size_bytes Of another program.\n"
		"# TYPE job_size_bytes gauge\n"
		"job_size_bytes{source=\"db1\"} 7\n"
		"# a comment\n"
		"dbpipes_rows_total 4\n"
		"plain 1 1700000000";
	struct metrics again = good;
	char *one = text_of(&good, foreign), *two;
	size_t len = strlen(one);

	again.now = 3000;
	two = text_of(&again, one);
	ok(len > sizeof(foreign) &&
			!strncmp(one + len - sizeof(foreign), foreign,
				sizeof(foreign) - 1),
		"metrics of other names stay at the end, with what is said of "
		"them");
	ok(strlen(two) == len &&
			!strcmp(two + len - sizeof(foreign),
				one + len - sizeof(foreign)),
		"once, however often a run replaces its own");
	free(two);
	free(one);
	one = text_of(&good, "dbpipes_ok 1\n");
	has_str(one, "dbpipes_ok 1\ndbpipes_ok{",
		"a sample without labels stays with those of its name");
	free(one);
}

static void test_gone(void)
{
	struct metrics gone = good, other = good;
	char *one, *both, *text;

	gone.gone = true;
	other.source = "db2";
	one = text_of(&other, "");
	both = text_of(&good, one);
	text = text_of(&gone, both);
	is_str(text, one, "what is gone leaves nothing, and others alone");
	free(text);
	text = text_of(&gone, "");
	is_str(text, "", "nor is anything said where nothing was");
	free(text);
	free(both);
	free(one);
}

static void test_labels(void)
{
	struct metrics m = good;
	char *text;

	m.source = "a\\b\"c\nd\xff\xc3\xa4";
	text = text_of(&m, "");
	has_str(text, "source=\"a\\\\b\\\"c\\nd\xef\xbf\xbd\xc3\xa4\"",
		"labels are escaped as the format has it, bad bytes replaced");
	free(text);
}

static void test_file(void)
{
	struct metrics bad = good;
	struct err e = {0};
	struct stat status;
	const char *path = in_dir("m.prom");

	ok(!metrics_write(path, &good, &e) && !stat(path, &status) &&
			(status.st_mode & 0777) == 0644,
		"the file can be read by the collector");
	bad.ok = false;
	bad.now = 9000;
	ok(!metrics_write(path, &bad, &e) &&
			strstr(get_file(path), "source=\"db1\"} 1000\n"),
		"a failed run keeps what the file said of the last success");
	is_int(count_files(), 1, "nothing else is left in the folder");
	ok(metrics_write(in_dir("none/m.prom"), &good, &e) &&
			e.code == ERR_CANTCREATE,
		"a folder that is missing is an error");
}

int main(void)
{
	fixture_begin();
	test_samples();
	test_failure();
	test_others();
	test_foreign();
	test_gone();
	test_labels();
	test_file();
	fixture_end();
	return done_testing();
}
