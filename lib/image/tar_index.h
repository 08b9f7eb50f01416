/* tar_index.h: where the files of an image archive are in it, so that each
 * can be read from its place. */
#ifndef DBPIPES_IMAGE_TAR_INDEX_H
#define DBPIPES_IMAGE_TAR_INDEX_H

#include "base/err.h"
#include "image/blob.h"

struct tar_index;

/* tar_index_new: of a plain tar in a regular file, which is borrowed. Owns:
 * ended by tar_index_free. Errors: ERR_DATA, also for more than 100,000
 * members. */
struct tar_index *tar_index_new(int fd, const char *name, struct err *e);
void tar_index_free(struct tar_index *index);

/* tar_index_find: a file, through links within the archive; false if there is
 * none. Sets fd, offset and size of the blob and no more. */
bool tar_index_find(
	const struct tar_index *index, const char *path, struct blob *blob);

#endif
