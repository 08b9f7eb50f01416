/* watchdog.h: something that is done if it has not been called off in time,
 * whatever the main thread is blocked in. */
#ifndef DBPIPES_BASE_WATCHDOG_H
#define DBPIPES_BASE_WATCHDOG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct watchdog;

/* watchdog_start: call fn(arg) once, in a thread of its own, after so many
 * milliseconds. fn must be safe beside whatever the caller does meanwhile.
 * Owns: ended by watchdog_stop. Errors:
 * ERR_OS. */
struct watchdog *watchdog_start(
	uint64_t ms, void (*fn)(void *arg), void *arg, struct err *e);

/* watchdog_stop: call it off. Returns whether it had been too late: fn has
 * then returned. NULL is fine. */
bool watchdog_stop(struct watchdog *dog);

#endif
