/* build_internal.h: what build.c and build_input.c share. */
#ifndef DBPIPES_PACK_BUILD_INTERNAL_H
#define DBPIPES_PACK_BUILD_INTERNAL_H

#include "pack/build.h"

/* build_add_input: what is read goes into the layer, what it says of itself
 * into the labels. */
int build_add_input(struct build *b, struct err *e);

#endif
