/* watchdog.c: see watchdog.h. */
#include "base/watchdog.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/alloc.h"
#include "base/sig.h"

struct watchdog {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct timespec until; /* of CLOCK_MONOTONIC */
	void (*fn)(void *arg);
	void *arg;
	bool off;   /* called off; guarded by lock */
	bool fired; /* guarded by lock */
};

static void release(struct watchdog *dog)
{
	pthread_cond_destroy(&dog->changed);
	pthread_mutex_destroy(&dog->lock);
	free(dog);
}

static void *watch(void *arg)
{
	struct watchdog *dog = arg;
	int late = 0;

	sig_block_in_thread();
	pthread_mutex_lock(&dog->lock);
	while (!dog->off && late != ETIMEDOUT)
		late = pthread_cond_clockwait(&dog->changed, &dog->lock,
			CLOCK_MONOTONIC, &dog->until);
	dog->fired = !dog->off;
	if (dog->fired)
		dog->fn(dog->arg);
	pthread_mutex_unlock(&dog->lock);
	return NULL;
}

struct watchdog *watchdog_start(
	uint64_t ms, void (*fn)(void *arg), void *arg, struct err *e)
{
	struct watchdog *dog = xcalloc(1, sizeof(*dog));

	dog->fn = fn;
	dog->arg = arg;
	pthread_mutex_init(&dog->lock, NULL);
	pthread_cond_init(&dog->changed, NULL);
	clock_gettime(CLOCK_MONOTONIC, &dog->until);
	dog->until.tv_sec += (time_t)(ms / 1000);
	dog->until.tv_nsec += (long)(ms % 1000) * 1000000;
	if (dog->until.tv_nsec >= 1000000000) {
		dog->until.tv_sec++;
		dog->until.tv_nsec -= 1000000000;
	}
	errno = pthread_create(&dog->thread, NULL, watch, dog);
	if (!errno)
		return dog;
	err_sys(e, ERR_OS, "cannot start a thread");
	release(dog);
	return NULL;
}

bool watchdog_stop(struct watchdog *dog)
{
	bool fired;

	if (!dog)
		return false;
	pthread_mutex_lock(&dog->lock);
	dog->off = true;
	pthread_cond_signal(&dog->changed);
	pthread_mutex_unlock(&dog->lock);
	pthread_join(dog->thread, NULL);
	fired = dog->fired;
	release(dog);
	return fired;
}
