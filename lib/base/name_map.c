/* name_map.c: see name_map.h. */
#include "base/name_map.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/prog.h"

static int fail(
	const char *option, const char *text, const char *what, struct err *e)
{
	err_set(e, ERR_USAGE, "%s: '%.160s' %s", option, text, what);
	return err_hint(e, "see %s --help", prog_name());
}

static void add(struct name_map *map, char *from, const char *to)
{
	map->pair = grow_array(
		map->pair, map->count, &map->cap, sizeof(*map->pair));
	map->pair[map->count++] =
		(struct name_pair){.from = from, .to = xstrdup(to)};
}

int name_map_add(struct name_map *map, const char *option, const char *text,
	struct err *e)
{
	const char *equal = strchr(text, '=');
	const struct name_pair *had;
	bool same;
	char *from;

	if (!equal || equal == text || !equal[1])
		return fail(option, text, "is not OLD=NEW", e);
	from = xstrndup(text, (size_t)(equal - text));
	had = name_map_find(map, from, false);
	if (!had) {
		add(map, from, equal + 1);
		return 0;
	}
	same = !strcmp(had->to, equal + 1);
	free(from);
	return same ? 0 : fail(option, text, "is another name for the same", e);
}

void name_map_release(struct name_map *map)
{
	for (size_t i = 0; i < map->count; i++) {
		free(map->pair[i].from);
		free(map->pair[i].to);
	}
	free(map->pair);
	*map = (struct name_map){0};
}

struct name_pair *name_map_find(
	const struct name_map *map, const char *from, bool any_case)
{
	for (size_t i = 0; i < map->count; i++)
		if (!strcmp(map->pair[i].from, from) ||
			(any_case && !strcasecmp(map->pair[i].from, from)))
			return &map->pair[i];
	return NULL;
}
