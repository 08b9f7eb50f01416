/* clock.c: time. */
#include "base/clock.h"

uint64_t clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

void clock_rfc3339(time_t t, char text[CLOCK_TEXT_SIZE])
{
	struct tm parts;

	if (!gmtime_r(&t, &parts) ||
		!strftime(text, CLOCK_TEXT_SIZE, "%Y-%m-%dT%H:%M:%SZ", &parts))
		text[0] = '\0';
}
