/* workers.h: the same work in several threads at once, and waiting for it. */
#ifndef DBPIPES_BASE_WORKERS_H
#define DBPIPES_BASE_WORKERS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* --jobs: JOBS_USUAL where nothing was said: the processors, at most 4. */
#define JOBS_USUAL UINT64_MAX
enum { JOBS_MAX = 32 };

/* jobs_finish: after opt_parse. Errors: ERR_USAGE for more than JOBS_MAX, and
 * for none. */
int jobs_finish(uint64_t *jobs, struct err *e);

/* A worker's part; i counts the workers from 0. It returns 0, or -1 with an
 * error of its own; the others are not stopped. */
typedef int worker_fn(void *ctx, size_t i, struct err *e);

/* workers_run: in `count` threads, which leave signals to the caller. Returns
 * when all have ended: 0, or -1 with the error of the first in order that has
 * one. Errors also: ERR_OS for a thread that cannot be had. */
int workers_run(size_t count, worker_fn *fn, void *ctx, struct err *e);

#endif
