/* strmap.h: names, each with a number, found again at once however many there
 * are: the tables of a server, the tables of a dump. */
#ifndef DBPIPES_BASE_STRMAP_H
#define DBPIPES_BASE_STRMAP_H

#include <stddef.h>
#include <stdint.h>

struct strmap_entry {
	char *name; /* owned by the map; NULL: free */
	uint64_t value;
};

struct strmap {
	struct strmap_entry *slot;
	size_t count, slots; /* slots: 0 or a power of two */
};

#define STRMAP_INIT                                                            \
	{                                                                      \
		NULL, 0, 0                                                     \
	}

/* strmap_find: where the name's value is kept until the next strmap_add; NULL
 * if it is not there. */
uint64_t *strmap_find(const struct strmap *map, const char *name);
/* strmap_add: the same, made with the value 0 if it is not there. */
uint64_t *strmap_add(struct strmap *map, const char *name);
void strmap_release(struct strmap *map);

#endif
