/* clock.h: time: a monotonic one to measure with, and UTC text to show. */
#ifndef DBPIPES_BASE_CLOCK_H
#define DBPIPES_BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

/* clock_ms: milliseconds of the monotonic clock. */
uint64_t clock_ms(void);

enum { CLOCK_TEXT_SIZE = 32 };

/* clock_rfc3339: "2026-11-21T03:04:05Z". Source: RFC 3339, 5.6. */
void clock_rfc3339(time_t t, char text[CLOCK_TEXT_SIZE]);

#endif
