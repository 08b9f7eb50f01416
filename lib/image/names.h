/* names.h: the names of a layer's members, for a layer that has one twice is
 * refused by engines. Of each a hash of 64 bits is kept: that two names share
 * one is as good as impossible, unless somebody has made them so.
 */
#ifndef DBPIPES_IMAGE_NAMES_H
#define DBPIPES_IMAGE_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A table that is never more than half full; 0 is a free place. */
struct names {
	uint64_t *hash;
	size_t count, size;
};

void names_release(struct names *names);
bool names_have(const struct names *names, const char *name);
/* names_add: false if it is there already. */
bool names_add(struct names *names, const char *name);

#endif
