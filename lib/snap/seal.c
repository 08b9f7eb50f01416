/* seal.c: see seal.h. */
#include "snap/seal.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/sig.h"

enum {
	NAME_BYTES = 100, /* of a header; POSIX.1-2017, pax */
	SUM_AT = 148,     /* also of a header */
	SUM_BYTES = 8,
	CONTENT_AT = 512,
	DIGITS = SHA256_TEXT - 1
};

struct snap_digest {
	struct sink to;
	struct sha256 *sha256;
	pthread_t thread;
	pthread_mutex_t mutex; /* over these: */
	pthread_cond_t changed;
	struct {
		const void *data;
		size_t len;
	} lent[SNAP_DIGEST_BEHIND]; /* a ring */
	size_t given, taken;        /* pieces, ever */
	bool ended;
};

static void *work(void *ctx)
{
	struct snap_digest *d = ctx;

	sig_block_in_thread();
	pthread_mutex_lock(&d->mutex);
	for (;;) {
		size_t at = d->taken % SNAP_DIGEST_BEHIND;

		while (d->taken == d->given && !d->ended)
			pthread_cond_wait(&d->changed, &d->mutex);
		if (d->taken == d->given)
			break;
		pthread_mutex_unlock(&d->mutex);
		sha256_add(d->sha256, d->lent[at].data, d->lent[at].len);
		pthread_mutex_lock(&d->mutex);
		d->taken++;
		pthread_cond_signal(&d->changed);
	}
	pthread_mutex_unlock(&d->mutex);
	return NULL;
}

struct snap_digest *snap_digest_new(struct sink to, struct err *e)
{
	struct snap_digest *d = xcalloc(1, sizeof(*d));

	d->to = to;
	d->sha256 = sha256_new();
	pthread_mutex_init(&d->mutex, NULL);
	pthread_cond_init(&d->changed, NULL);
	errno = pthread_create(&d->thread, NULL, work, d);
	if (!errno)
		return d;
	err_sys(e, ERR_OS, "cannot start a thread");
	d->ended = true;
	snap_digest_free(d);
	return NULL;
}

/* add: a small piece is not worth waking the thread for, but has its turn. */
static void add(struct snap_digest *d, const void *data, size_t len)
{
	const bool lent = len >= SNAP_DIGEST_LENT;
	const size_t behind = lent ? SNAP_DIGEST_BEHIND - 1 : 0;

	pthread_mutex_lock(&d->mutex);
	while (d->given - d->taken > behind)
		pthread_cond_wait(&d->changed, &d->mutex);
	if (lent) {
		d->lent[d->given % SNAP_DIGEST_BEHIND].data = data;
		d->lent[d->given++ % SNAP_DIGEST_BEHIND].len = len;
		pthread_cond_signal(&d->changed);
	} else {
		sha256_add(d->sha256, data, len);
	}
	pthread_mutex_unlock(&d->mutex);
}

static int digest_write(void *ctx, const void *data, size_t len, struct err *e)
{
	struct snap_digest *d = ctx;

	if (!d->ended)
		add(d, data, len);
	return d->to.write(d->to.ctx, data, len, e);
}

struct sink snap_digest_sink(struct snap_digest *d)
{
	return (struct sink){digest_write, d};
}

/* join: all that was given has been taken. */
static void join(struct snap_digest *d)
{
	if (d->ended)
		return;
	pthread_mutex_lock(&d->mutex);
	d->ended = true;
	pthread_cond_signal(&d->changed);
	pthread_mutex_unlock(&d->mutex);
	pthread_join(d->thread, NULL);
}

void snap_digest_end(struct snap_digest *d, char text[SHA256_TEXT])
{
	unsigned char digest[SHA256_SIZE];

	join(d);
	sha256_end(d->sha256, digest);
	sha256_text(digest, text);
}

void snap_digest_free(struct snap_digest *d)
{
	if (!d)
		return;
	join(d);
	sha256_free(d->sha256);
	pthread_cond_destroy(&d->changed);
	pthread_mutex_destroy(&d->mutex);
	free(d);
}

void snap_proof_begin(struct snap_proof *p)
{
	p->sha256 = sha256_new();
	p->len = 0;
}

void snap_proof_add(struct snap_proof *p, const void *data, size_t len)
{
	const unsigned char *bytes = data;
	size_t all = p->len + len, out, kept;

	if (all <= SNAP_SEAL_BYTES) {
		memcpy(p->tail + p->len, bytes, len);
		p->len = all;
		return;
	}
	out = all - SNAP_SEAL_BYTES; /* bytes that are not of the end */
	kept = out < p->len ? out : p->len;
	sha256_add(p->sha256, p->tail, kept);
	memmove(p->tail, p->tail + kept, p->len - kept);
	p->len -= kept;
	if (out > kept)
		sha256_add(p->sha256, bytes, out - kept);
	memcpy(p->tail + p->len, bytes + out - kept, len - (out - kept));
	p->len = SNAP_SEAL_BYTES;
}

/* is_whole: what the digest is not of: the header by its own sum, to the last
 * byte as it was written; nothing behind the digits. */
static bool is_whole(const unsigned char *tail)
{
	char sum[SUM_BYTES + 1] = "      \0 ";
	unsigned total = SUM_BYTES * ' ';

	for (size_t i = 0; i < CONTENT_AT; i++)
		if (i < SUM_AT || i >= SUM_AT + SUM_BYTES)
			total += tail[i];
	snprintf(sum, SUM_BYTES - 1, "%06o", total);
	if (memcmp(tail + SUM_AT, sum, SUM_BYTES) != 0 ||
		tail[CONTENT_AT + DIGITS] != '\n')
		return false;
	for (size_t i = CONTENT_AT + DIGITS + 1; i < SNAP_SEAL_BYTES; i++)
		if (tail[i])
			return false;
	return true;
}

enum snap_sealed snap_proof_end(struct snap_proof *p)
{
	unsigned char digest[SHA256_SIZE];
	char text[SHA256_TEXT];
	enum snap_sealed sealed = SNAP_UNSEALED;

	sha256_end(p->sha256, digest);
	sha256_text(digest, text);
	if (p->len == SNAP_SEAL_BYTES &&
		!strncmp((const char *)p->tail, SNAP_SEAL_NAME, NAME_BYTES))
		sealed = is_whole(p->tail) &&
				!memcmp(p->tail + CONTENT_AT, text, DIGITS)
			? SNAP_SEALED
			: SNAP_CHANGED;
	sha256_free(p->sha256);
	p->sha256 = NULL;
	return sealed;
}
