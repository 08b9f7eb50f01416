/* build.h: an image in the making: a base, one new layer upon it, and what the
 * image says of both.
 *
 * In this order: build_begin, build_upon, build_open, build_layer,
 * build_image; build_release whatever has happened.
 */
#ifndef DBPIPES_PACK_BUILD_H
#define DBPIPES_PACK_BUILD_H

#include "base/err.h"
#include "base/progress.h"
#include "base/strbuf.h"
#include "base/strlist.h"
#include "image/content.h"
#include "image/image.h"
#include "store/registry.h"
#include "stream/input.h"

/* What is read: AUTO tells by its first bytes. */
enum build_kind { BUILD_AUTO, BUILD_DUMP, BUILD_DATA, BUILD_NONE };

/* Where it comes from, and where in the image it goes. Texts are borrowed, NULL
 * where not given. */
struct build_input {
	enum build_kind kind;
	const char *file;  /* a name, - or NULL: standard input */
	const char *path;  /* its place; the usual one of its kind */
	const char *owner; /* UID:GID of a data directory */
	const char *about; /* a dump that tells of it, and stays outside */
};

enum { BUILD_PEEK = 512 }; /* bytes: a tar's first block */

struct build {
	struct image_settings *settings; /* borrowed; labels and time join it */
	struct progress *progress;       /* borrowed */
	struct base base;
	struct content content;
	const struct blob *made; /* the new layer, when it is done */
	struct image image;      /* when that is done */
	/* private */
	struct input *in;
	enum build_kind kind;
	const char *owner, *about;
	char *about_time;      /* what that says */
	char peek[BUILD_PEEK]; /* the first bytes of what is read */
	size_t peek_len, peek_used;
	struct strbuf path; /* where it goes, without the first slash */
};

void build_begin(struct build *b, struct image_settings *settings,
	struct progress *progress);
void build_release(struct build *b);

/* build_upon: the base, as --base has it; `ref` is its name in a registry, or
 * has no registry, and is borrowed. Errors: ERR_DATA, ERR_NOINPUT, those of
 * the registry. */
int build_upon(struct build *b, const char *base, const struct reference *ref,
	const struct registry_options *options, struct err *e);

/* build_open: find out what is read, and whether its place will do. Errors:
 * ERR_USAGE, ERR_NOINPUT. */
int build_open(struct build *b, const struct build_input *input, struct err *e);

/* build_layer: what is read, and the files of --add. Errors: ERR_DATA for what
 * is not whole. */
int build_layer(struct build *b, enum packing packing,
	const struct strlist *add, struct err *e);

/* build_image: the documents of the image. */
int build_image(struct build *b, struct err *e);

#endif
