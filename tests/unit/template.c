/* Templates of notices: values of others stay within their line. */
#include "verify/template.h"

#include <stdlib.h>

#include "tap.h"

static const char *text_of_a;

static void value(void *ctx, const char *key, struct strbuf *out)
{
	(void)ctx;
	if (!strcmp(key, "a"))
		strbuf_addstr(out, text_of_a);
}

static char *filled(const char *template, const char *a)
{
	struct strbuf out = STRBUF_INIT;

	text_of_a = a;
	template_fill(template, value, NULL, &out);
	return strbuf_detach(&out);
}

static void gives(const char *template, const char *a, const char *want,
	const char *title)
{
	char *got = filled(template, a);

	is_str(got, want, title);
	free(got);
}

static void test_values(void)
{
	gives("x {a} y {a}", "1", "x 1 y 1", "a key is replaced, each time");
	gives("x{b}y", "1", "xy", "a key that has no value leaves nothing");
	gives("{{a}} {a}", "{a}", "{a} {a}",
		"doubled braces are braces, and values are not filled in "
		"again");
	gives("{a}", "one\r\ntwo\033[2J", "one\\x0D\\x0Atwo\\x1B[2J",
		"control characters in a value are escaped");
	gives("one\ntwo {a}", "x", "one\ntwo x",
		"line ends of the template stay");
}

static void test_limits(void)
{
	char *huge = malloc(100001), *got;

	for (size_t i = 0; i < 100000; i += 2)
		memcpy(huge + i, "\xc3\xa4", 2);
	huge[100000] = '\0';
	got = filled("{a}", huge);
	ok(strlen(got) <= TEMPLATE_VALUE_MOST + 3 &&
			!strcmp(got + strlen(got) - 5, "\xc3\xa4..."),
		"a long value is cut off between two characters");
	free(got);
	got = filled("{a}{a}{a}{a}{a}{a}", huge);
	ok(strlen(got) > TEMPLATE_MOST - 8 && strlen(got) <= TEMPLATE_MOST + 3,
		"so is a long text");
	free(got);
	free(huge);
}

static void test_check(void)
{
	struct err e;

	ok(!template_check("", &e) && !template_check("{a} {{ }} {b_c}", &e),
		"braces with their partners are right");
	ok(template_check("{a", &e) && template_check("a}", &e) &&
			template_check("{}", &e) && template_check("{a{b}", &e),
		"others are not");
	ok(template_check("ab{", &e) && e.code == ERR_USAGE &&
			strstr(e.msg, "byte 3"),
		"the error names the place");
}

int main(void)
{
	test_values();
	test_limits();
	test_check();
	return done_testing();
}
