/* load_digest.c: see load_digest.h. Source: xxHash specification, XXH3_64bits.
 */
#include "db/load_digest.h"

#include <stdlib.h>
#include <xxhash.h>

#include "base/alloc.h"
#include "base/prog.h"

enum { STATE_SIZE = 576 /* of XXH3, about */ };

struct load_digest {
	XXH3_state_t *state;
};

struct load_digest *load_digest_new(void)
{
	struct load_digest *d = xcalloc(1, sizeof(*d));

	d->state = XXH3_createState();
	if (!d->state)
		die_memory(STATE_SIZE);
	XXH3_64bits_reset(d->state);
	return d;
}

void load_digest_free(struct load_digest *d)
{
	if (!d)
		return;
	XXH3_freeState(d->state);
	free(d);
}

void load_digest_add(struct load_digest *d, const char *text, size_t len)
{
	XXH3_64bits_update(d->state, text, len);
}

uint64_t load_digest_now(const struct load_digest *d)
{
	uint64_t now = XXH3_64bits_digest(d->state);

	return now ? now : 1;
}
