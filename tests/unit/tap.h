/* tap.h: the checks of unit tests, printed as TAP. Titles are sentences about
 * behaviour. Source: testanything.org, TAP version 13. */
#ifndef DBPIPES_TESTS_TAP_H
#define DBPIPES_TESTS_TAP_H

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static int tap_count, tap_failed;

static inline bool ok(bool passed, const char *title)
{
	printf("%sok %d - %s\n", passed ? "" : "not ", ++tap_count, title);
	if (!passed)
		tap_failed++;
	/* Before a test forks, so that nothing is printed twice. */
	fflush(stdout);
	return passed;
}

static inline bool is_str(const char *got, const char *want, const char *title)
{
	bool same = got && want ? !strcmp(got, want) : got == want;

	if (!ok(same, title))
		printf("# got:  %s\n# want: %s\n", got ? got : "(NULL)",
			want ? want : "(NULL)");
	return same;
}

static inline bool is_int(intmax_t got, intmax_t want, const char *title)
{
	if (!ok(got == want, title))
		printf("# got:  %jd\n# want: %jd\n", got, want);
	return got == want;
}

static inline bool has_str(
	const char *text, const char *part, const char *title)
{
	bool found = strstr(text, part);

	if (!ok(found, title))
		printf("# in:      %s\n# missing: %s\n", text, part);
	return found;
}

/* The last call of every main(): `return done_testing();` */
static inline int done_testing(void)
{
	printf("1..%d\n", tap_count);
	if (tap_failed)
		printf("# %d of %d failed\n", tap_failed, tap_count);
	return tap_failed != 0;
}

#endif
