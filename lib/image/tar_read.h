/* tar_read.h: reading tar, whose every byte may be hostile. It is libarchive's
 * reader, with names checked, under types of our own.
 *
 * A name is relative and has no "." or ".." in it: "./a//b/" comes as "a/b".
 * One that leads out of the tree is an error, and so is an absolute one, but in
 * a base, whose names are only looked up. Sparse files come with their holes as
 * zeros.
 */
#ifndef DBPIPES_IMAGE_TAR_READ_H
#define DBPIPES_IMAGE_TAR_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "image/blob.h"
#include "image/tar_write.h"

/* Where the bytes come from. */
struct tar_source {
	/* Up to len bytes; 0 at the end, -1 on error. */
	ssize_t (*read)(void *ctx, void *buf, size_t len, struct err *e);
	void *ctx;
	const char *name; /* for messages; borrowed */
};

struct tar_reader;

/* tar_reader_new: of a stream, plain. tar_reader_of_blob: of a layer or an
 * archive in a file, plain or packed with gzip or zstd. Owns: ended by
 * tar_reader_free; what they read from is borrowed. */
struct tar_reader *tar_reader_new(const struct tar_source *source);
struct tar_reader *tar_reader_of_blob(
	const struct blob *blob, const char *name);
void tar_reader_free(struct tar_reader *r);

/* tar_reader_next: 1 for a member, 0 at the end, -1 on error. Its texts live
 * until the next call. The tree's own root comes with an empty path. Errors:
 * ERR_DATA for no tar, damage, or a name that is refused. */
int tar_reader_next(
	struct tar_reader *r, struct tar_member *member, struct err *e);
/* tar_reader_data: the content of the file at hand. */
ssize_t tar_reader_data(
	struct tar_reader *r, void *buf, size_t len, struct err *e);
/* tar_reader_position: bytes of the tar before what comes next, which is the
 * content right behind tar_reader_next. */
uint64_t tar_reader_position(struct tar_reader *r);
/* tar_reader_sparse: the file at hand is stored with holes, so its content is
 * no single range. */
bool tar_reader_sparse(struct tar_reader *r);

/* tar_reader_finish: of a stream, behind the last member: read on to its end.
 * Errors: ERR_DATA if the two empty blocks that end a tar are missing, for
 * then it was cut off; and if more than zeros follow them: a second tar, of
 * which nothing was taken. */
int tar_reader_finish(struct tar_reader *r, struct err *e);

#endif
