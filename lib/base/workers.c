/* workers.c: see workers.h. */
#include "base/workers.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/sig.h"

int jobs_finish(uint64_t *jobs, struct err *e)
{
	const uint64_t usual = 4;

	if (*jobs == JOBS_USUAL) {
		long processors = sysconf(_SC_NPROCESSORS_ONLN);

		*jobs = processors > 0 ? (uint64_t)processors : 1;
		if (*jobs > usual)
			*jobs = usual;
	}
	if (!*jobs || *jobs > JOBS_MAX)
		return err_set(
			e, ERR_USAGE, "--jobs is from 1 to %d", JOBS_MAX);
	return 0;
}

struct worker {
	pthread_t thread;
	worker_fn *fn;
	void *ctx;
	size_t i;
	int rc;
	struct err e;
};

static void *work(void *arg)
{
	struct worker *w = arg;

	sig_block_in_thread();
	w->rc = w->fn(w->ctx, w->i, &w->e);
	return NULL;
}

int workers_run(size_t count, worker_fn *fn, void *ctx, struct err *e)
{
	struct worker *all = xcalloc(count, sizeof(*all));
	size_t begun = 0;
	int rc = 0;

	for (; begun < count; begun++) {
		struct worker *w = &all[begun];

		*w = (struct worker){.fn = fn, .ctx = ctx, .i = begun};
		errno = pthread_create(&w->thread, NULL, work, w);
		if (errno) {
			rc = err_sys(e, ERR_OS, "cannot start a thread");
			break;
		}
	}
	for (size_t i = 0; i < begun; i++) {
		pthread_join(all[i].thread, NULL);
		if (all[i].rc && !rc) {
			*e = all[i].e;
			rc = -1;
		}
	}
	free(all);
	return rc;
}
