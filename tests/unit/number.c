/* Numbers, sizes and durations as people type them. */
#include "base/opt.h"
#include "tap.h"

typedef int parse_fn(
	const char *text, const char *what, uint64_t *value, struct err *e);

static void good(parse_fn *parse, const char *text, uint64_t want)
{
	char title[128];
	uint64_t got = 0;
	struct err e = {0};

	snprintf(title, sizeof(title), "'%s' is %" PRIu64, text, want);
	ok(!parse(text, "--x", &got, &e) && got == want, title);
}

static void refused(parse_fn *parse, const char *text)
{
	char title[128];
	uint64_t got = 77;
	struct err e = {0};

	snprintf(title, sizeof(title),
		"'%s' is a usage error that names the option", text);
	ok(parse(text, "--x", &got, &e) == -1 && got == 77 &&
			e.code == ERR_USAGE && !strncmp(e.msg, "--x: ", 5),
		title);
}

static void all_refused(parse_fn *parse, const char *const *texts)
{
	for (; *texts; texts++)
		refused(parse, *texts);
}

int main(void)
{
	static const char *const bad_numbers[] = {"", " 1", "1 ", "+1", "-1",
		"0x10", "1e3", "1.5", "12x", "18446744073709551616",
		"99999999999999999999999", NULL};
	static const char *const bad_sizes[] = {"", "K", "1KB", "1.5K", "-1K",
		"1P", "18446744073709551616", "16777216T", "17179869184G",
		NULL};
	static const char *const bad_durations[] = {"", "s", ".5", "1.",
		"1.2345", "1w", "1ms", "1h30m", "-1", "1 s",
		"18446744073709551615", "213503982335d", NULL};

	good(uint_parse, "0", 0);
	good(uint_parse, "007", 7);
	good(uint_parse, "18446744073709551615", UINT64_MAX);
	all_refused(uint_parse, bad_numbers);
	good(size_parse, "0", 0);
	good(size_parse, "1000", 1000);
	good(size_parse, "1k", 1024);
	good(size_parse, "16M", 16777216);
	good(size_parse, "4G", (uint64_t)4 << 30);
	good(size_parse, "16777215T", (uint64_t)16777215 << 40);
	all_refused(size_parse, bad_sizes);
	good(duration_parse, "0", 0);
	good(duration_parse, "90", 90000);
	good(duration_parse, "1.5s", 1500);
	good(duration_parse, "0.25", 250);
	good(duration_parse, "0.001", 1);
	good(duration_parse, "1.5m", 90000);
	good(duration_parse, "10m", 600000);
	good(duration_parse, "2h", 7200000);
	good(duration_parse, "1d", 86400000);
	all_refused(duration_parse, bad_durations);
	return done_testing();
}
