/* base_internal.h: what base.c and base_open.c share. */
#ifndef DBPIPES_IMAGE_BASE_INTERNAL_H
#define DBPIPES_IMAGE_BASE_INTERNAL_H

#include "image/base.h"

/* base_take_config: the blob is the configuration. */
int base_take_config(struct base *base, const struct blob *blob, struct err *e);
/* base_take_layers: make room for so many, with the diff_ids of the
 * configuration. */
int base_take_layers(struct base *base, size_t count, struct err *e);

#endif
