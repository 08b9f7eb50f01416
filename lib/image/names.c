/* names.c: see names.h. */
#include "image/names.h"

#include <stdlib.h>

#include "base/alloc.h"

enum { SIZE_FIRST = 1024 }; /* sizes are powers of 2 */

void names_release(struct names *names)
{
	free(names->hash);
	*names = (struct names){0};
}

/* hash_of: FNV-1a, and then mixed, for its low bits choose the place. Sources:
 * draft-eastlake-fnv, 2; MurmurHash3, fmix64. */
static uint64_t hash_of(const char *name)
{
	uint64_t hash = 0xcbf29ce484222325;

	for (; *name; name++)
		hash = (hash ^ (unsigned char)*name) * 0x100000001b3;
	hash = (hash ^ hash >> 33) * 0xff51afd7ed558ccd;
	hash = (hash ^ hash >> 33) * 0xc4ceb9fe1a85ec53;
	hash ^= hash >> 33;
	return hash ? hash : 1;
}

/* place_of: where it is, or where it would be. */
static size_t place_of(const struct names *names, uint64_t hash)
{
	size_t at = hash & (names->size - 1);

	while (names->hash[at] && names->hash[at] != hash)
		at = (at + 1) & (names->size - 1);
	return at;
}

static void grow(struct names *names)
{
	struct names larger = {.count = names->count,
		.size = names->size ? 2 * names->size : SIZE_FIRST};

	larger.hash = xcalloc(larger.size, sizeof(*larger.hash));
	for (size_t i = 0; i < names->size; i++)
		if (names->hash[i])
			larger.hash[place_of(&larger, names->hash[i])] =
				names->hash[i];
	free(names->hash);
	*names = larger;
}

bool names_have(const struct names *names, const char *name)
{
	return names->size && names->hash[place_of(names, hash_of(name))] != 0;
}

bool names_add(struct names *names, const char *name)
{
	uint64_t hash = hash_of(name);
	size_t at;

	if (2 * (names->count + 1) > names->size)
		grow(names);
	at = place_of(names, hash);
	if (names->hash[at])
		return false;
	names->hash[at] = hash;
	names->count++;
	return true;
}
