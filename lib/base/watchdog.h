/* watchdog.h: something that is done if it has not been called off in time, or
 * when a look says so, whatever the main thread is blocked in. */
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

/* watchdog_watch: call bites(arg) again and again, with so many milliseconds in
 * between, until it returns true. Otherwise as watchdog_start. */
struct watchdog *watchdog_watch(
	uint64_t ms, bool (*bites)(void *arg), void *arg, struct err *e);

/* watchdog_has_fired: so far. For any thread. NULL is fine. */
bool watchdog_has_fired(struct watchdog *dog);

/* watchdog_stop: call it off. Returns whether it had been too late: fn has then
 * returned, or bites has returned true. NULL is fine. */
bool watchdog_stop(struct watchdog *dog);

#endif
