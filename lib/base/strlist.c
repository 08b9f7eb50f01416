/* strlist.c: a growing list of C strings. */
#include "base/strlist.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"

void strlist_add(struct strlist *list, const char *s)
{
	list->item = grow_array(
		list->item, list->count, &list->cap, sizeof(*list->item));
	list->item[list->count++] = xstrdup(s);
}

void strlist_release(struct strlist *list)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		free(list->item[i]);
	free(list->item);
	*list = (struct strlist)STRLIST_INIT;
}

bool strlist_has(const struct strlist *list, const char *s)
{
	size_t i;

	for (i = 0; i < list->count; i++) {
		if (!strcmp(list->item[i], s))
			return true;
	}
	return false;
}

bool name_in(const char *const *names, const char *name)
{
	for (; *names; names++)
		if (!strcasecmp(*names, name))
			return true;
	return false;
}
