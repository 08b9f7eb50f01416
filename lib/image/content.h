/* content.h: what an image is made to hold, put into a layer: files, and whole
 * data directories.
 *
 * Each layer says again what the directories above its files are, as the base
 * has them (tree.h), or root's with mode 0755 where it has none.
 */
#ifndef DBPIPES_IMAGE_CONTENT_H
#define DBPIPES_IMAGE_CONTENT_H

#include <stdint.h>

#include "base/err.h"
#include "base/strlist.h"
#include "image/layer.h"
#include "image/tar_read.h"
#include "image/tree.h"

/* A layer in the making, upon a base. */
struct content {
	struct layer *layer;    /* borrowed */
	struct tree *tree;      /* borrowed */
	int64_t mtime;          /* of all that has none of its own */
	struct strlist folders; /* that the layer has */
};

void content_release(struct content *c);

/* content_path: "/a//b/" as "a/b", into *out, which is reset first. Errors:
 * ERR_USAGE for a path that is not absolute, or has a name in it that no file
 * can have: "..", that of a whiteout, or one that is too long. */
int content_path(struct strbuf *out, const char *path, struct err *e);

/* content_want_data, content_want_file: what content_add_data to this folder
 * and content_add_conf, or content_add_file, will ask of the base: so that its
 * layers are read once. Errors: ERR_USAGE. */
void content_want_data(struct content *c, const char *path);
int content_want_file(struct content *c, const char *what, struct err *e);

/* content_add: a file or an empty directory, the links in its path followed,
 * and the directories above it. Its bytes follow with layer_data. Errors:
 * ERR_USAGE for a file where a directory is; those of tree_resolve. */
int content_add(
	struct content *c, const struct tar_member *member, struct err *e);

/* Who a data directory belongs to. */
struct owner {
	uint32_t uid, gid;
};

/* content_owner: UID:GID as given; or NULL for the user mysql of the base's
 * /etc/passwd, and where it has none, 999:999 as in the official images.
 * Errors: ERR_USAGE, those of tree_find. */
int content_owner(struct content *c, const char *given, struct owner *owner,
	struct err *e);

/* content_add_file: "FILE:PATH[:MODE]", as --add has it. Errors: ERR_USAGE,
 * ERR_NOINPUT. */
int content_add_file(struct content *c, const char *what, struct err *e);

/* content_add_data: a data directory out of a tar, to the folder `path`. All
 * belongs to `owner`; what the base has there is hidden. Errors: ERR_DATA for
 * what is no data directory, is cut off, or holds what a data directory has
 * not: devices, links that lead out of it, names that delete. *note gets the
 * text of dbpipes-snapshot.json, or stays NULL. Owns: the caller frees it. */
int content_add_data(struct content *c, struct tar_reader *tar,
	const char *path, const struct owner *owner, char **note,
	struct err *e);

/* content_conf_path: can an option file name this path, as content_path has
 * it, to the server and to our entry point? Errors: ERR_USAGE. */
int content_conf_path(const char *path, struct err *e);

/* content_add_conf: an option file that tells the server where that is. It is
 * the last one that the official images read. */
int content_add_conf(struct content *c, const char *path, struct err *e);

#endif
