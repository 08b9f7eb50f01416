/* JSON as we write it. With an argument, print records for jq to judge. */
#include "base/json.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/prog.h"
#include "tap.h"

static void add_everything(struct json *j)
{
	json_string(j, "plain", "a \"quoted\" \\ word");
	json_stringn(j, "nul", "a\0b", 3);
	json_string(j, "control", "tab\t line\n return\r escape\033 del\x7f");
	json_string(j, "invalid", "\xff ok \xc3");
	json_string(j, "utf8", "\xe2\x82\xac \xf0\x9f\x98\x80");
	json_string_or_null(j, "none", NULL);
	json_string_or_null(j, "some", "x");
	json_uint(j, "number", 1154);
	json_uint_string(j, "big", UINT64_MAX);
	json_seconds(j, "seconds", 12034);
	json_bool(j, "yes", true);
	json_bool(j, "no", false);
	json_begin_array(j, "list");
	json_uint(j, NULL, 1);
	json_string(j, NULL, "two");
	json_begin_object(j, NULL);
	json_end_object(j);
	json_end_array(j);
	json_begin_object(j, "inner");
	json_null(j, "null");
	json_end_object(j);
}

static void test_values(void)
{
	struct json j = JSON_INIT;

	json_begin_object(&j, NULL);
	add_everything(&j);
	json_end_object(&j);
	is_str(j.out.buf,
		"{\"plain\":\"a \\\"quoted\\\" \\\\ word\","
		"\"nul\":\"a\\u0000b\","
		"\"control\":\"tab\\t line\\n return\\r escape\\u001b "
		"del\\u007f\","
		"\"invalid\":\"\xef\xbf\xbd ok \xef\xbf\xbd\","
		"\"utf8\":\"\xe2\x82\xac \xf0\x9f\x98\x80\","
		"\"none\":null,\"some\":\"x\",\"number\":1154,"
		"\"big\":\"18446744073709551615\",\"seconds\":12.034,"
		"\"yes\":true,\"no\":false,"
		"\"list\":[1,\"two\",{}],\"inner\":{\"null\":null}}",
		"every kind of value is written in the order of the calls");
	json_release(&j);
}

static void test_record(void)
{
	struct json j = JSON_INIT;
	struct err e;
	char text[256] = "";
	int fd[2];

	json_record_begin(&j, "old");
	json_string(&j, "left", "over");
	json_record_begin(&j, "tested");
	json_uint(&j, "n", 1);
	if (pipe(fd))
		return;
	is_int(json_record_write(&j, fd[1], "pipe", &e), 0,
		"a record is written");
	ok(read(fd[0], text, sizeof(text) - 1) > 0, "and can be read");
	has_str(text, "{\"tool\":\"json\",\"event\":\"tested\",\"time\":\"20",
		"a record begins with tool, event and time");
	has_str(text, "Z\",\"n\":1}\n",
		"its time is UTC, and it ends with its line");
	close(fd[0]);
	close(fd[1]);
	json_release(&j);
}

static void test_judge(const char *self)
{
	char command[600];

	snprintf(command, sizeof(command),
		"%s --print | jq -es 'length == 1 and (.[0] | .plain == "
		"\"a \\\"quoted\\\" \\\\ word\" and .nul == "
		"\"a\\u0000b\" and .control == \"tab\\t line\\n "
		"return\\r escape\\u001b del\\u007f\" and .list[1] == "
		"\"two\" and .seconds == 12.034)' >/dev/null",
		self);
	is_int(system(command), 0, "jq reads back what was written");
}

int main(int argc, char **argv)
{
	struct json j = JSON_INIT;
	struct err e;

	prog_init("json");
	if (argc > 1 && !strcmp(argv[1], "--print")) {
		json_record_begin(&j, "printed");
		add_everything(&j);
		json_record_write(&j, STDOUT_FILENO, "standard output", &e);
		json_release(&j);
		return 0;
	}
	test_values();
	test_record();
	test_judge(argv[0]);
	return done_testing();
}
