/* ahead.c: see ahead.h. */
#include "stream/ahead.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/sig.h"
#include "base/strbuf.h"

enum {
	WAITING_MOST = 16 * 1024 * 1024, /* text that may be ahead */
	THREADS_MOST = 16
};

/* A frame being unpacked, or unpacked and not yet read. */
struct slot {
	struct strbuf text; /* guarded by the mutex */
	bool done;          /* nothing more will come; guarded as well */
};

struct worker {
	struct ahead *all;
	pthread_t thread;
	size_t frame; /* the one at work */
};

struct ahead {
	const struct archive *archive;
	const struct frame_range *frames;
	size_t count;
	struct strbuf taken; /* the reader's alone, text of frame `turn` */
	size_t taken_pos;
	uint64_t consumed;
	struct worker worker[THREADS_MOST];
	size_t workers;

	pthread_mutex_t mutex;
	pthread_cond_t changed;
	/* All of this is guarded by the mutex. */
	struct slot *slots; /* a ring of twice the threads */
	size_t ring;
	size_t begun, turn; /* frames: the next to be begun, to be read */
	size_t waiting;     /* bytes of text in the slots */
	bool stop;
	struct err error; /* code 0: none */
};

static struct slot *slot_of(struct ahead *all, size_t frame)
{
	return &all->slots[frame % all->ring];
}

/* take_frame: the next one there is room for; false: there is none, or it is
 * over. */
static bool take_frame(struct ahead *all, size_t *frame)
{
	bool found;

	pthread_mutex_lock(&all->mutex);
	while (!all->stop && all->begun < all->count &&
		all->begun >= all->turn + all->ring)
		pthread_cond_wait(&all->changed, &all->mutex);
	found = !all->stop && all->begun < all->count;
	if (found)
		*frame = all->begun++;
	pthread_mutex_unlock(&all->mutex);
	return found;
}

/* put: a sink; waits where too much is ahead, unless it is its turn and the
 * reader has nothing left. */
static int put(void *ctx, const void *data, size_t len, struct err *e)
{
	struct worker *w = ctx;
	struct ahead *all = w->all;
	struct slot *slot = slot_of(all, w->frame);
	int rc = 0;

	pthread_mutex_lock(&all->mutex);
	while (!all->stop && all->waiting + len > WAITING_MOST &&
		!(w->frame == all->turn && !slot->text.len))
		pthread_cond_wait(&all->changed, &all->mutex);
	if (all->stop) {
		rc = err_set(e, ERR_SIGNAL, "stopped");
	} else {
		strbuf_add(&slot->text, data, len);
		all->waiting += len;
		pthread_cond_broadcast(&all->changed);
	}
	pthread_mutex_unlock(&all->mutex);
	return rc;
}

static void finish_frame(struct worker *w, int rc, const struct err *e)
{
	struct ahead *all = w->all;

	pthread_mutex_lock(&all->mutex);
	slot_of(all, w->frame)->done = true;
	if (rc && !all->error.code && !all->stop)
		all->error = *e;
	if (rc)
		all->stop = true;
	pthread_cond_broadcast(&all->changed);
	pthread_mutex_unlock(&all->mutex);
}

static void *work(void *arg)
{
	struct worker *w = arg;
	struct ahead *all = w->all;
	struct archive_reader *reader = archive_reader_new(all->archive);
	const struct sink sink = {put, w};
	struct err e;

	sig_block_in_thread();
	while (take_frame(all, &w->frame))
		finish_frame(w,
			archive_read(reader, &all->frames[w->frame], sink, &e),
			&e);
	archive_reader_free(reader);
	return NULL;
}

struct ahead *ahead_new(const struct archive *a,
	const struct frame_range *frames, size_t count, unsigned threads,
	struct err *e)
{
	struct ahead *all = xcalloc(1, sizeof(*all));

	all->archive = a;
	all->frames = frames;
	all->count = count;
	strbuf_init(&all->taken);
	pthread_mutex_init(&all->mutex, NULL);
	pthread_cond_init(&all->changed, NULL);
	if (threads > THREADS_MOST)
		threads = THREADS_MOST;
	all->ring = threads * 2;
	all->slots = xcalloc(all->ring, sizeof(*all->slots));
	for (size_t i = 0; i < all->ring; i++)
		strbuf_init(&all->slots[i].text);
	for (; all->workers < threads; all->workers++) {
		struct worker *w = &all->worker[all->workers];

		w->all = all;
		errno = pthread_create(&w->thread, NULL, work, w);
		if (!errno)
			continue;
		err_sys(e, ERR_OS, "cannot start a thread");
		ahead_free(all);
		return NULL;
	}
	return all;
}

void ahead_free(struct ahead *all)
{
	if (!all)
		return;
	pthread_mutex_lock(&all->mutex);
	all->stop = true;
	pthread_cond_broadcast(&all->changed);
	pthread_mutex_unlock(&all->mutex);
	for (size_t i = 0; i < all->workers; i++)
		pthread_join(all->worker[i].thread, NULL);
	for (size_t i = 0; i < all->ring; i++)
		strbuf_release(&all->slots[i].text);
	free(all->slots);
	strbuf_release(&all->taken);
	pthread_cond_destroy(&all->changed);
	pthread_mutex_destroy(&all->mutex);
	free(all);
}

/* swap_text: what there is of the frame whose turn it is, for the reader's
 * empty buffer; called with the mutex held. Returns 1, 0 if that frame is over.
 */
static int swap_text(struct ahead *all, struct slot *slot)
{
	struct strbuf empty = all->taken;

	if (!slot->text.len) {
		slot->done = false;
		all->consumed += all->frames[all->turn].length;
		all->turn++;
		return 0;
	}
	all->taken = slot->text;
	strbuf_reset(&empty);
	slot->text = empty;
	all->waiting -= all->taken.len;
	all->taken_pos = 0;
	return 1;
}

/* take_text: wait for text. Returns 1, 0 at the end, -1. */
static int take_text(struct ahead *all, struct err *e)
{
	int rc = 0;

	pthread_mutex_lock(&all->mutex);
	while (!rc && all->turn < all->count) {
		struct slot *slot = slot_of(all, all->turn);

		if (all->error.code) {
			*e = all->error;
			rc = -1;
		} else if (slot->text.len || slot->done) {
			rc = swap_text(all, slot);
			pthread_cond_broadcast(&all->changed);
		} else {
			pthread_cond_wait(&all->changed, &all->mutex);
		}
	}
	pthread_mutex_unlock(&all->mutex);
	return rc;
}

ssize_t ahead_read(struct ahead *all, void *buf, size_t len, struct err *e)
{
	size_t left = all->taken.len - all->taken_pos;

	if (!left) {
		int rc = take_text(all, e);

		if (rc <= 0)
			return rc;
		left = all->taken.len;
	}
	if (len > left)
		len = left;
	memcpy(buf, all->taken.buf + all->taken_pos, len);
	all->taken_pos += len;
	return (ssize_t)len;
}

uint64_t ahead_consumed(const struct ahead *all)
{
	return all->consumed;
}
