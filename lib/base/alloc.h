/* alloc.h: allocation that cannot fail: out of memory ends the program with
 * status 71 and one line on stderr. Freed with free(). */
#ifndef DBPIPES_BASE_ALLOC_H
#define DBPIPES_BASE_ALLOC_H

#include <stddef.h>

void *xmalloc(size_t size);
void *xcalloc(size_t count, size_t size);
/* xreallocarray: checks count * size for overflow. */
void *xreallocarray(void *old, size_t count, size_t size);
char *xstrdup(const char *s);
char *xstrndup(const char *s, size_t len);

/* grow_array: make room for one more element in a growing array; doubles.
 * `array` is the old pointer (NULL at first), *cap its capacity in elements,
 * `used` how many are in use. Returns the array, moved or not. */
void *grow_array(void *array, size_t used, size_t *cap, size_t size);

#endif
