/* image.h: an image: a base and what is put upon it, as the documents that
 * registries and engines read.
 *
 * Sources: OCI image specification 1.0, manifest.md, config.md, annotations.md;
 * Docker Image Specification v1.2.
 */
#ifndef DBPIPES_IMAGE_IMAGE_H
#define DBPIPES_IMAGE_IMAGE_H

#include <stdint.h>

#include "base/err.h"
#include "base/opt.h"
#include "base/sink.h"
#include "base/strlist.h"
#include "image/base.h"
#include "image/blob.h"

#define MANIFEST_TYPE "application/vnd.oci.image.manifest.v1+json"

/* What the image's configuration says beyond the base's. Texts are borrowed,
 * NULL where not given. */
struct image_settings {
	struct strlist label, env; /* KEY=VALUE */
	struct strlist port;       /* 3306, 3306/tcp */
	char *cmd, *entrypoint;    /* a JSON array, or a line for sh -c */
	char *user, *workdir, *healthcheck;
	char *platform_name;      /* as given */
	struct platform platform; /* of the image, where the base has none */
	int64_t created;          /* seconds since 1970 */
};

struct image {
	struct blob config, manifest;
	const struct blob **layer; /* borrowed, the lowest first */
	size_t count;
	char platform[100];
};

/* The options that fill a struct image_settings. */
extern const struct opt_def image_option_defs[];

/* image_settings_finish: are the texts as they must be? Sets the platform.
 * Errors: ERR_USAGE. */
int image_settings_finish(struct image_settings *s, struct err *e);

/* image_make: of the base and these layers. Owns: ended by image_release; base
 * and layers are borrowed. Errors: ERR_DATA for a base that cannot be one. */
int image_make(struct image *image, const struct base *base,
	const struct blob *const *layers, size_t count,
	const struct image_settings *settings, struct err *e);
void image_release(struct image *image);

enum archive_format { FORMAT_BOTH, FORMAT_DOCKER, FORMAT_OCI };

/* image_write: as a tar that is an OCI layout, or an archive as `docker load`
 * takes it, or, by default, both. tags are full names. Errors: ERR_DATA where
 * a layer of the base is damaged, which shows when it is copied. */
int image_write(const struct image *image, const struct strlist *tags,
	enum archive_format format, struct sink to, struct err *e);

#endif
