/* alloc.c: allocation that cannot fail. */
#include "base/alloc.h"

#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/prog.h"

static void *checked(void *p, size_t size)
{
	if (!p)
		die_memory(size);
	return p;
}

void *xmalloc(size_t size)
{
	return checked(malloc(size ? size : 1), size);
}

void *xcalloc(size_t count, size_t size)
{
	if (!count || !size)
		count = size = 1;
	return checked(calloc(count, size), size);
}

void *xreallocarray(void *old, size_t count, size_t size)
{
	if (!count || !size)
		count = size = 1;
	return checked(reallocarray(old, count, size),
		count > SIZE_MAX / size ? SIZE_MAX : count * size);
}

char *xstrdup(const char *s)
{
	return xstrndup(s, strlen(s));
}

char *xstrndup(const char *s, size_t len)
{
	char *copy;

	len = strnlen(s, len);
	copy = xmalloc(len + 1);
	memcpy(copy, s, len);
	copy[len] = '\0';
	return copy;
}

void alloc_return_large(void)
{
	const int large = 256 * 1024;

	mallopt(M_MMAP_THRESHOLD, large);
}

void *grow_array(void *array, size_t used, size_t *cap, size_t size)
{
	if (used < *cap)
		return array;
	*cap = *cap ? *cap * 2 : 8;
	return xreallocarray(array, *cap, size);
}
