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
	uint64_t ms;           /* between looks */
	void (*fn)(void *arg);
	bool (*bites)(void *arg); /* NULL: fn is called, once */
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

/* set_time: of the next look, from now on. */
static void set_time(struct watchdog *dog)
{
	clock_gettime(CLOCK_MONOTONIC, &dog->until);
	dog->until.tv_sec += (time_t)(dog->ms / 1000);
	dog->until.tv_nsec += (long)(dog->ms % 1000) * 1000000;
	if (dog->until.tv_nsec >= 1000000000) {
		dog->until.tv_sec++;
		dog->until.tv_nsec -= 1000000000;
	}
}

/* look: it is time to. */
static void look(struct watchdog *dog)
{
	if (!dog->bites)
		dog->fn(dog->arg);
	dog->fired = !dog->bites || dog->bites(dog->arg);
	set_time(dog);
}

static void *watch(void *arg)
{
	struct watchdog *dog = arg;

	sig_block_in_thread();
	pthread_mutex_lock(&dog->lock);
	while (!dog->off && !dog->fired) {
		if (pthread_cond_clockwait(&dog->changed, &dog->lock,
			    CLOCK_MONOTONIC, &dog->until) == ETIMEDOUT &&
			!dog->off)
			look(dog);
	}
	pthread_mutex_unlock(&dog->lock);
	return NULL;
}

/* let_loose: what *as says is done. */
static struct watchdog *let_loose(const struct watchdog *as, struct err *e)
{
	struct watchdog *dog = xcalloc(1, sizeof(*dog));

	*dog = *as;
	pthread_mutex_init(&dog->lock, NULL);
	pthread_cond_init(&dog->changed, NULL);
	set_time(dog);
	errno = pthread_create(&dog->thread, NULL, watch, dog);
	if (!errno)
		return dog;
	err_sys(e, ERR_OS, "cannot start a thread");
	release(dog);
	return NULL;
}

struct watchdog *watchdog_start(
	uint64_t ms, void (*fn)(void *arg), void *arg, struct err *e)
{
	const struct watchdog as = {.ms = ms, .fn = fn, .arg = arg};

	return let_loose(&as, e);
}

struct watchdog *watchdog_watch(
	uint64_t ms, bool (*bites)(void *arg), void *arg, struct err *e)
{
	const struct watchdog as = {.ms = ms, .bites = bites, .arg = arg};

	return let_loose(&as, e);
}

bool watchdog_has_fired(struct watchdog *dog)
{
	bool fired;

	if (!dog)
		return false;
	pthread_mutex_lock(&dog->lock);
	fired = dog->fired;
	pthread_mutex_unlock(&dog->lock);
	return fired;
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
