/* deliver.h: an image handed over: to a registry, or to a container engine.
 *
 * Both take `progress` along with what leaves us, and fill a struct delivery
 * with what became of it.
 */
#ifndef DBPIPES_PACK_DELIVER_H
#define DBPIPES_PACK_DELIVER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/progress.h"
#include "base/strlist.h"
#include "image/image.h"
#include "store/registry.h"

struct delivery {
	/* Of the parts of a push: */
	uint64_t uploaded, uploaded_bytes, mounted, there;
	/* Ids of images that had the name in the engine before: */
	struct strlist pruned, kept;
	struct progress *progress; /* borrowed */
};

void delivery_release(struct delivery *d);

/* deliver_check: would a registry take an image under the name `to`, where that
 * has one, and is there an engine at `socket`, where `load` is wanted? Nothing
 * is put there. Errors: those of registry_put_blob and engine_check. */
int deliver_check(const struct reference *to,
	const struct registry_options *options, bool load, const char *socket,
	struct err *e);

/* deliver_push: the parts first, then the manifest that names them. The lowest
 * `base_count` layers are mounted from the repository of `base` where that is
 * in the same registry. Errors: those of registry_put_blob. */
int deliver_push(struct delivery *d, const struct image *image,
	const struct reference *to, const struct reference *base,
	size_t base_count, const struct registry_options *options,
	struct err *e);

/* deliver_load: into the engine at `socket` (engine.h), under its tags, of
 * which there is one; `prune`: then remove what had the first one's name
 * before. Errors: those of engine_load_end and engine_remove. */
int deliver_load(struct delivery *d, const struct image *image,
	const struct strlist *tags, const char *socket, bool prune,
	struct err *e);

#endif
