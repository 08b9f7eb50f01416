/* text_digest.c: see text_digest.h. Source: xxHash specification, XXH3_64bits.
 */
#include "stream/text_digest.h"

#include <stdlib.h>
#include <xxhash.h>

#include "base/alloc.h"
#include "base/prog.h"

enum { STATE_SIZE = 576 /* of XXH3, about */ };

struct text_digest {
	XXH3_state_t *state;
};

struct text_digest *text_digest_new(void)
{
	struct text_digest *d = xcalloc(1, sizeof(*d));

	d->state = XXH3_createState();
	if (!d->state)
		die_memory(STATE_SIZE);
	XXH3_64bits_reset(d->state);
	return d;
}

void text_digest_free(struct text_digest *d)
{
	if (!d)
		return;
	XXH3_freeState(d->state);
	free(d);
}

void text_digest_add(struct text_digest *d, const char *text, size_t len)
{
	XXH3_64bits_update(d->state, text, len);
}

uint64_t text_digest_now(const struct text_digest *d)
{
	uint64_t now = XXH3_64bits_digest(d->state);

	return now ? now : 1;
}
