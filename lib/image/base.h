/* base.h: the image that another one is built upon: a `docker save` archive,
 * an OCI layout in a folder or a tar, documents from a registry, or nothing.
 *
 * All of it is hostile until its digests have proved to be right: those of
 * documents are checked here, those of layers when they are copied.
 */
#ifndef DBPIPES_IMAGE_BASE_H
#define DBPIPES_IMAGE_BASE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/strlist.h"
#include "data/json_read.h"
#include "image/blob.h"

enum { LAYERS_MOST = 1000 };

struct platform {
	char os[32], architecture[32], variant[32]; /* "" where not stated */
};

struct base {
	struct blob *layer; /* the lowest first */
	size_t count;
	struct json_value *config; /* NULL: there is no base */
	/* private: what the blobs lie in */
	int *fd;
	size_t fd_count, fd_cap;
};

/* Finds a blob by its digest. size is what was stated. Sets fd, offset, size.
 */
typedef int base_find_fn(void *ctx, const char *digest, uint64_t size,
	struct blob *blob, struct err *e);

/* platform_parse: "linux/amd64", "linux/arm/v7". Errors: ERR_USAGE. */
int platform_parse(const char *text, struct platform *p, struct err *e);
/* platform_here: linux and this processor. */
void platform_here(struct platform *p);

/* base_open: an archive or a layout, told apart by what is in it. What is no
 * regular file is copied to a temporary one first. Owns: ended by
 * base_release, also after an error. Errors: ERR_DATA, ERR_NOINPUT. */
int base_open(struct base *base, const char *path,
	const struct platform *platform, struct err *e);
void base_release(struct base *base);

/* base_pick: which manifest of an image index (its text) is for the platform.
 * Owns: the caller frees *digest. If the text is a manifest itself, *digest is
 * NULL. Errors: ERR_DATA for what is none, or has none for it. */
int base_pick(const char *text, size_t len, const struct platform *platform,
	char **digest, uint64_t *size, struct err *e);

/* base_from_manifest: by a manifest of OCI or Docker, schema 2. */
int base_from_manifest(struct base *base, const char *text, size_t len,
	base_find_fn *find, void *ctx, struct err *e);

/* base_keep_fd: the descriptor lives as long as the base, which closes it. */
void base_keep_fd(struct base *base, int fd);

/* base_volumes: append the VOLUMEs of the base, as it writes them. */
void base_volumes(const struct base *base, struct strlist *volumes);
/* base_is_over: would a volume at `folder` hide the path? Slashes at both ends
 * of it do not count. */
bool base_is_over(const char *folder, const char *path);

#endif
