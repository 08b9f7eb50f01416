/* squeeze.c: see squeeze.h.
 *
 * A ring of pieces: the caller fills them in order, the threads pack them in
 * any order, the caller writes them in order when it comes round again.
 */
#include "stream/squeeze.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/sig.h"
#include "stream/frame.h"

/* In the ring: enough that no thread waits when another one is held up by the
 * rest of the machine, within so many pieces. */
enum { PIECES_A_JOB = 4, PIECES_MOST = 12 };

enum phase { EMPTY, FILLED, TAKEN, PACKED };

struct piece {
	enum phase phase; /* guarded by lock */
	struct strbuf text, packed;
	struct err error; /* of packing; code 0: none */
};

struct squeeze {
	struct sink to;
	int level;
	size_t count; /* of pieces */
	struct piece *pieces;
	size_t at;     /* the one being filled */
	size_t behind; /* the oldest that is not written */
	pthread_t *threads;
	unsigned jobs; /* that have been started */
	pthread_mutex_t lock;
	pthread_cond_t filled, packed;
	bool over; /* no more will come; guarded by lock */
};

/* take: a filled piece, in the order of their filling; NULL: over. */
static struct piece *take(struct squeeze *s, size_t *next)
{
	struct piece *found = NULL;

	pthread_mutex_lock(&s->lock);
	for (;;) {
		for (size_t i = 0; !found && i < s->count; i++) {
			struct piece *p = &s->pieces[(*next + i) % s->count];

			if (p->phase == FILLED) {
				found = p;
				*next = (*next + i + 1) % s->count;
			}
		}
		if (found || s->over)
			break;
		pthread_cond_wait(&s->filled, &s->lock);
	}
	if (found)
		found->phase = TAKEN;
	pthread_mutex_unlock(&s->lock);
	return found;
}

static void *work(void *arg)
{
	struct squeeze *s = arg;
	struct frame_packer *packer = frame_packer_new(s->level);
	struct piece *p;
	size_t next = 0;

	sig_block_in_thread();
	while ((p = take(s, &next))) {
		p->error.code = ERR_NONE;
		frame_pack(packer, p->text.buf, p->text.len, &p->packed,
			&p->error);
		pthread_mutex_lock(&s->lock);
		p->phase = PACKED;
		pthread_cond_signal(&s->packed);
		pthread_mutex_unlock(&s->lock);
	}
	frame_packer_free(packer);
	return NULL;
}

static size_t pieces_for(unsigned jobs)
{
	size_t least = jobs + 2, wanted = (size_t)jobs * PIECES_A_JOB;

	if (wanted > PIECES_MOST)
		wanted = PIECES_MOST;
	return wanted > least ? wanted : least;
}

struct squeeze *squeeze_new(
	struct sink to, int level, unsigned jobs, struct err *e)
{
	struct squeeze *s = xcalloc(1, sizeof(*s));

	s->to = to;
	s->level = level;
	s->count = pieces_for(jobs);
	s->pieces = xcalloc(s->count, sizeof(*s->pieces));
	for (size_t i = 0; i < s->count; i++) {
		strbuf_init(&s->pieces[i].text);
		strbuf_init(&s->pieces[i].packed);
	}
	s->threads = xcalloc(jobs, sizeof(*s->threads));
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->filled, NULL);
	pthread_cond_init(&s->packed, NULL);
	for (; s->jobs < jobs; s->jobs++) {
		errno = pthread_create(&s->threads[s->jobs], NULL, work, s);
		if (!errno)
			continue;
		err_sys(e, ERR_OS, "cannot start a thread");
		squeeze_free(s);
		return NULL;
	}
	return s;
}

/* write_oldest: wait for it, write it, empty it. */
static int write_oldest(struct squeeze *s, struct err *e)
{
	struct piece *p = &s->pieces[s->behind];

	pthread_mutex_lock(&s->lock);
	while (p->phase != PACKED)
		pthread_cond_wait(&s->packed, &s->lock);
	p->phase = EMPTY;
	pthread_mutex_unlock(&s->lock);
	s->behind = (s->behind + 1) % s->count;
	strbuf_reset(&p->text);
	if (p->error.code) {
		*e = p->error;
		return -1;
	}
	return s->to.write(s->to.ctx, p->packed.buf, p->packed.len, e);
}

/* hand_over: the piece at hand to the threads, and make room for the next. */
static int hand_over(struct squeeze *s, struct err *e)
{
	pthread_mutex_lock(&s->lock);
	s->pieces[s->at].phase = FILLED;
	pthread_cond_signal(&s->filled);
	pthread_mutex_unlock(&s->lock);
	s->at = (s->at + 1) % s->count;
	return s->at == s->behind ? write_oldest(s, e) : 0;
}

static int squeeze_write(void *ctx, const void *data, size_t len, struct err *e)
{
	struct squeeze *s = ctx;
	const char *from = data;

	while (len) {
		struct strbuf *text = &s->pieces[s->at].text;
		size_t room = FRAME_TEXT - text->len;
		size_t part = len < room ? len : room;

		strbuf_grow(text, text->len ? part : FRAME_TEXT);
		strbuf_add(text, from, part);
		from += part;
		len -= part;
		if (text->len == FRAME_TEXT && hand_over(s, e))
			return -1;
	}
	return 0;
}

struct sink squeeze_sink(struct squeeze *s)
{
	return (struct sink){squeeze_write, s};
}

int squeeze_finish(struct squeeze *s, struct err *e)
{
	if (s->pieces[s->at].text.len && hand_over(s, e))
		return -1;
	while (s->behind != s->at)
		if (write_oldest(s, e))
			return -1;
	return 0;
}

void squeeze_free(struct squeeze *s)
{
	if (!s)
		return;
	pthread_mutex_lock(&s->lock);
	s->over = true;
	for (size_t i = 0; i < s->count; i++)
		if (s->pieces[i].phase == FILLED)
			s->pieces[i].phase = EMPTY;
	pthread_cond_broadcast(&s->filled);
	pthread_mutex_unlock(&s->lock);
	for (unsigned i = 0; i < s->jobs; i++)
		pthread_join(s->threads[i], NULL);
	for (size_t i = 0; i < s->count; i++) {
		strbuf_release(&s->pieces[i].text);
		strbuf_release(&s->pieces[i].packed);
	}
	pthread_cond_destroy(&s->packed);
	pthread_cond_destroy(&s->filled);
	pthread_mutex_destroy(&s->lock);
	free(s->threads);
	free(s->pieces);
	free(s);
}
