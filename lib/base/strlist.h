/* strlist.h: a growing list of C strings, each owned by the list. */
#ifndef DBPIPES_BASE_STRLIST_H
#define DBPIPES_BASE_STRLIST_H

#include <stdbool.h>
#include <stddef.h>

struct strlist {
	char **item;
	size_t count;
	size_t cap;
};

#define STRLIST_INIT                                                           \
	{                                                                      \
		NULL, 0, 0                                                     \
	}

void strlist_add(struct strlist *list, const char *s);
void strlist_release(struct strlist *list);
/* name_in: whether a NULL-ended list of constants holds the name, any case. */
bool name_in(const char *const *names, const char *name);
bool strlist_has(const struct strlist *list, const char *s);

#endif
