/* name_map.h: names in the place of others, as options say it: OLD=NEW. */
#ifndef DBPIPES_BASE_NAME_MAP_H
#define DBPIPES_BASE_NAME_MAP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct name_pair {
	char *from, *to;
	bool met; /* for callers to say that OLD was there */
};

/* Begins as {0}. */
struct name_map {
	struct name_pair *pair;
	size_t count, cap;
};

/* name_map_add: `text` is OLD=NEW; an equals sign in OLD cannot be said.
 * `option` is for messages: "--map-database". Owns: the caller releases *map.
 * Errors: ERR_USAGE for another text, and for a second NEW of one OLD. */
int name_map_add(struct name_map *map, const char *option, const char *text,
	struct err *e);
void name_map_release(struct name_map *map);

/* name_map_find: that of OLD, or NULL; valid until the next is added.
 * `any_case`: of ASCII letters. */
struct name_pair *name_map_find(
	const struct name_map *map, const char *from, bool any_case);

#endif
