/* gzip_pack.c: see gzip_pack.h. The only file that knows libdeflate. */
#include "image/gzip_pack.h"

#include <libdeflate.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/sig.h"

enum {
	BLOCK = 512 * 1024, /* bytes of a member; smaller ones pack worse */
	LEVEL = 1,
	THREADS_MOST = 4,
	SLOTS = 2 * THREADS_MOST
};

enum slot_state { SLOT_FREE, SLOT_FULL, SLOT_BUSY, SLOT_PACKED };

/* A block on its way. Its buffers are the main thread's while it is free or
 * packed, and a worker's while it is busy. */
struct slot {
	enum slot_state state; /* guarded by lock */
	unsigned char *in, *out;
	size_t in_len, out_len;
};

struct gzip_packer {
	struct sink to;
	pthread_t thread[THREADS_MOST];
	int threads;
	pthread_mutex_t lock;
	pthread_cond_t full, packed;
	bool stop; /* guarded by lock */
	struct slot slot[SLOTS];
	size_t out_room;
	/* The main thread's: blocks are numbered, n is in slot n % SLOTS. */
	size_t filling, writing;
	size_t taking; /* guarded by lock: the next one to be packed */
};

static void pack(struct gzip_packer *p, struct libdeflate_compressor *with,
	struct slot *slot)
{
	slot->out_len = libdeflate_gzip_compress(
		with, slot->in, slot->in_len, slot->out, p->out_room);
}

static void *work(void *arg)
{
	struct gzip_packer *p = arg;
	struct libdeflate_compressor *with = libdeflate_alloc_compressor(LEVEL);

	if (!with)
		abort(); /* only for want of memory */
	sig_block_in_thread();
	pthread_mutex_lock(&p->lock);
	for (;;) {
		struct slot *slot = &p->slot[p->taking % SLOTS];

		if (slot->state == SLOT_FULL) {
			p->taking++;
			slot->state = SLOT_BUSY;
			pthread_mutex_unlock(&p->lock);
			pack(p, with, slot);
			pthread_mutex_lock(&p->lock);
			slot->state = SLOT_PACKED;
			pthread_cond_signal(&p->packed);
		} else if (p->stop) {
			break;
		} else {
			pthread_cond_wait(&p->full, &p->lock);
		}
	}
	pthread_mutex_unlock(&p->lock);
	libdeflate_free_compressor(with);
	return NULL;
}

static void start_threads(struct gzip_packer *p)
{
	long wanted = sysconf(_SC_NPROCESSORS_ONLN);

	if (wanted > THREADS_MOST)
		wanted = THREADS_MOST;
	while (p->threads < wanted || !p->threads) {
		if (pthread_create(&p->thread[p->threads], NULL, work, p))
			break;
		p->threads++;
	}
	if (!p->threads)
		abort(); /* only for want of memory */
}

struct gzip_packer *gzip_packer_new(struct sink to)
{
	struct gzip_packer *p = xcalloc(1, sizeof(*p));

	p->to = to;
	/* The same for all compressors. */
	p->out_room = libdeflate_gzip_compress_bound(NULL, BLOCK);
	for (size_t i = 0; i < SLOTS; i++) {
		p->slot[i].in = xmalloc(BLOCK);
		p->slot[i].out = xmalloc(p->out_room);
	}
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->full, NULL);
	pthread_cond_init(&p->packed, NULL);
	start_threads(p);
	return p;
}

void gzip_packer_free(struct gzip_packer *p)
{
	if (!p)
		return;
	pthread_mutex_lock(&p->lock);
	p->stop = true;
	pthread_cond_broadcast(&p->full);
	pthread_mutex_unlock(&p->lock);
	for (int i = 0; i < p->threads; i++)
		pthread_join(p->thread[i], NULL);
	for (size_t i = 0; i < SLOTS; i++) {
		free(p->slot[i].in);
		free(p->slot[i].out);
	}
	pthread_cond_destroy(&p->packed);
	pthread_cond_destroy(&p->full);
	pthread_mutex_destroy(&p->lock);
	free(p);
}

/* write_oldest: wait for the oldest block and write it. */
static int write_oldest(struct gzip_packer *p, struct err *e)
{
	struct slot *slot = &p->slot[p->writing % SLOTS];
	int rc;

	pthread_mutex_lock(&p->lock);
	while (slot->state != SLOT_PACKED)
		pthread_cond_wait(&p->packed, &p->lock);
	pthread_mutex_unlock(&p->lock);
	rc = p->to.write(p->to.ctx, slot->out, slot->out_len, e);
	pthread_mutex_lock(&p->lock);
	slot->state = SLOT_FREE;
	pthread_mutex_unlock(&p->lock);
	slot->in_len = 0;
	p->writing++;
	return rc;
}

/* hand_over: the block that is being filled goes to the workers. */
static int hand_over(struct gzip_packer *p, struct err *e)
{
	pthread_mutex_lock(&p->lock);
	p->slot[p->filling % SLOTS].state = SLOT_FULL;
	pthread_cond_signal(&p->full);
	pthread_mutex_unlock(&p->lock);
	p->filling++;
	return p->filling - p->writing == SLOTS ? write_oldest(p, e) : 0;
}

static int add(void *ctx, const void *data, size_t len, struct err *e)
{
	struct gzip_packer *p = ctx;
	const char *from = data;

	while (len) {
		struct slot *slot = &p->slot[p->filling % SLOTS];
		size_t n =
			BLOCK - slot->in_len < len ? BLOCK - slot->in_len : len;

		memcpy(slot->in + slot->in_len, from, n);
		slot->in_len += n;
		from += n;
		len -= n;
		if (slot->in_len == BLOCK && hand_over(p, e))
			return -1;
	}
	return 0;
}

struct sink gzip_packer_sink(struct gzip_packer *p)
{
	return (struct sink){add, p};
}

int gzip_packer_finish(struct gzip_packer *p, struct err *e)
{
	if (p->slot[p->filling % SLOTS].in_len && hand_over(p, e))
		return -1;
	while (p->writing < p->filling)
		if (write_oldest(p, e))
			return -1;
	return 0;
}
