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

/* alloc_return_large: from now on a large buffer that is freed goes back to the
 * system at once. Else glibc raises the size it calls large by what is freed,
 * and each thread's heap keeps holes of several megabytes. For programs of few
 * threads and bounded memory; called before the first of them starts.
 * Source: mallopt(3), M_MMAP_THRESHOLD. */
void alloc_return_large(void);

/* grow_array: make room for one more element in a growing array; doubles.
 * `array` is the old pointer (NULL at first), *cap its capacity in elements,
 * `used` how many are in use. Returns the array, moved or not. */
void *grow_array(void *array, size_t used, size_t *cap, size_t size);

#endif
