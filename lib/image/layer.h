/* layer.h: making a layer: a tar of what it adds. The archive wants its digest
 * and size in front of it, so it is kept in a temporary file; but of large
 * files in a layer that is not packed only the place is kept, and they are read
 * a second time.
 */
#ifndef DBPIPES_IMAGE_LAYER_H
#define DBPIPES_IMAGE_LAYER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "image/blob.h"
#include "image/tar_write.h"

struct layer;

/* layer_new: packing is PACKING_NONE or PACKING_GZIP. Owns: ended by
 * layer_free, which ends the blob that layer_finish made, too. */
struct layer *layer_new(enum packing packing, struct err *e);
void layer_free(struct layer *layer);

enum { LAYER_MEMBERS_MOST = 1 << 24 };

/* layer_add: a member; a file's bytes follow by layer_data, exactly as many as
 * its size says. Errors: ERR_DATA for a name that it has already, or too many.
 */
int layer_add(
	struct layer *layer, const struct tar_member *member, struct err *e);
/* layer_has: a member of this name. */
bool layer_has(const struct layer *layer, const char *path);
int layer_data(
	struct layer *layer, const void *data, size_t len, struct err *e);

/* layer_add_range: the bytes of the member at hand, from a file, which the
 * caller may close, and nobody must change as long as the layer is used. */
int layer_add_range(struct layer *layer, uint64_t size, int fd, uint64_t offset,
	const char *name, struct err *e);

/* layer_finish: nothing comes any more; *blob is borrowed. */
int layer_finish(struct layer *layer, const struct blob **blob, struct err *e);

/* layer_bytes: of its tar so far, for progress. */
uint64_t layer_bytes(const struct layer *layer);

#endif
