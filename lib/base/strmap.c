/* strmap.c: open addressing, at most half full. */
#include "base/strmap.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

enum { SLOTS_FIRST = 64 };

/* Source: Fowler, Noll, Vo: FNV-1a, 64 bits. */
static uint64_t hash(const char *name)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (; *name; name++)
		h = (h ^ (unsigned char)*name) * 0x100000001b3u;
	return h;
}

/* slot_of: the name's, or the free one where it belongs. */
static struct strmap_entry *slot_of(const struct strmap *map, const char *name)
{
	size_t i = (size_t)hash(name) & (map->slots - 1);

	while (map->slot[i].name && strcmp(map->slot[i].name, name) != 0)
		i = (i + 1) & (map->slots - 1);
	return &map->slot[i];
}

static void grow(struct strmap *map)
{
	struct strmap old = *map;

	map->slots = old.slots ? old.slots * 2 : SLOTS_FIRST;
	map->slot = xcalloc(map->slots, sizeof(*map->slot));
	for (size_t i = 0; i < old.slots; i++)
		if (old.slot[i].name)
			*slot_of(map, old.slot[i].name) = old.slot[i];
	free(old.slot);
}

uint64_t *strmap_find(const struct strmap *map, const char *name)
{
	struct strmap_entry *entry = map->slots ? slot_of(map, name) : NULL;

	return entry && entry->name ? &entry->value : NULL;
}

uint64_t *strmap_add(struct strmap *map, const char *name)
{
	struct strmap_entry *entry;

	if (map->count * 2 >= map->slots)
		grow(map);
	entry = slot_of(map, name);
	if (!entry->name) {
		entry->name = xstrdup(name);
		map->count++;
	}
	return &entry->value;
}

void strmap_release(struct strmap *map)
{
	for (size_t i = 0; i < map->slots; i++)
		free(map->slot[i].name);
	free(map->slot);
	*map = (struct strmap)STRMAP_INIT;
}
