/* base_open.c: bases in files: a `docker save` archive, or an OCI layout in a
 * folder or a tar. An archive that is both is read as the former, which says
 * where its layers are.
 *
 * Sources: Docker Image Specification v1.2, "Combined Image JSON + Filesystem
 * Changeset Format"; OCI image specification 1.0, image-layout.md.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/spool.h"
#include "base/strbuf.h"
#include "image/base_internal.h"
#include "image/tar_index.h"

#define BLOBS "blobs/sha256/"

/* Where a layout's files are: in a folder or in a tar. */
struct place {
	struct base *base;
	const char *name;
	const struct tar_index *index; /* NULL: a folder */
	int folder;
};

/* find_file: false where there is none. */
static int find_file(const struct place *place, const char *path,
	struct blob *blob, bool *found, struct err *e)
{
	int fd;

	if (place->index) {
		*found = tar_index_find(place->index, path, blob);
		return 0;
	}
	fd = openat(place->folder, path,
		O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	*found = fd >= 0;
	if (fd < 0)
		return errno == ENOENT || errno == ENOTDIR
			? 0
			: err_sys(e, ERR_NOINPUT, "cannot open %s/%s",
				  place->name, path);
	base_keep_fd(place->base, fd);
	blob->fd = fd;
	blob->offset = 0;
	if (io_is_regular(fd, &blob->size))
		return 0;
	return err_set(e, ERR_DATA, "%s/%s is no file", place->name, path);
}

/* find_blob: as base_find_fn. */
static int find_blob(void *ctx, const char *digest, uint64_t size,
	struct blob *blob, struct err *e)
{
	const struct place *place = ctx;
	struct strbuf path = STRBUF_INIT;
	bool found;
	int rc;

	(void)size;
	strbuf_addf(&path, BLOBS "%s", strchr(digest, ':') + 1);
	rc = find_file(place, path.buf, blob, &found, e);
	strbuf_release(&path);
	if (rc || found)
		return rc;
	err_set(e, ERR_DATA, "%s lacks %s", place->name, digest);
	return err_hint(e, "it is incomplete: make it again");
}

/* small_file: the bytes of a document that has no digest. NULL and no error
 * where there is none. */
static int small_file(const struct place *place, const char *path, char **text,
	size_t *len, struct err *e)
{
	struct blob blob = {.fd = -1};
	bool found;

	*text = NULL;
	if (find_file(place, path, &blob, &found, e) || !found)
		return found ? -1 : 0;
	if (blob.size <= DOCUMENT_MOST && blob_digest(&blob, e))
		return -1;
	*text = blob_document(&blob, e);
	*len = (size_t)blob.size;
	return *text ? 0 : err_prefix(e, "%s: %s: ", place->name, path);
}

/* take_layer: one of a docker archive, whose manifest knows no digests: of a
 * plain tar it is the diff_id. */
static int take_layer(const struct place *place, const char *path,
	struct blob *layer, struct err *e)
{
	bool found;

	if (find_file(place, path, layer, &found, e))
		return -1;
	if (!found)
		return err_set(e, ERR_DATA, "%s lacks its layer %s",
			place->name, path);
	if (blob_find_packing(layer, e))
		return -1;
	if (layer->packing != PACKING_NONE)
		return blob_digest(layer, e);
	memcpy(layer->digest, layer->diff_id, DIGEST_TEXT);
	return 0;
}

static int take_docker(const struct place *place,
	const struct json_value *image, struct err *e)
{
	const struct json_value *layers = json_read_array(image, "Layers");
	struct base *base = place->base;
	struct blob config = {.fd = -1};
	const char *path;
	bool found;

	if (!json_read_text(image, "Config", &path) || !layers)
		return err_set(e, ERR_DATA,
			"%s: its manifest.json makes no sense", place->name);
	if (find_file(place, path, &config, &found, e))
		return -1;
	if (!found)
		return err_set(e, ERR_DATA, "%s lacks %s", place->name, path);
	if (blob_digest(&config, e) || base_take_config(base, &config, e) ||
		base_take_layers(base, json_read_count(layers), e))
		return -1;
	for (size_t i = 0; i < base->count; i++) {
		path = json_read_item_text(layers, i);
		if (!path || take_layer(place, path, &base->layer[i], e))
			return path ? -1
				    : err_set(e, ERR_DATA,
					      "%s: a layer has no name",
					      place->name);
	}
	return 0;
}

static int open_docker(
	const struct place *place, const char *text, size_t len, struct err *e)
{
	struct json_value *images = json_read_list(text, len);
	int rc = -1;

	if (!images || !json_read_item(images, 0)) {
		err_set(e, ERR_DATA, "%s: its manifest.json makes no sense",
			place->name);
	} else if (json_read_count(images) > 1) {
		err_set(e, ERR_DATA, "%s holds %zu images", place->name,
			json_read_count(images));
		err_hint(e, "save the one that is meant alone");
	} else {
		rc = take_docker(place, json_read_item(images, 0), e);
	}
	json_read_free(images);
	return rc;
}

/* open_layout: from the index to the manifest, perhaps by another index. */
static int open_layout(struct place *place, char *text, size_t len,
	const struct platform *platform, struct err *e)
{
	enum { DEPTH_MOST = 4 };
	int rc = -1;

	for (int depth = 0; depth < DEPTH_MOST; depth++) {
		struct blob blob = {.fd = -1};
		char *digest;
		uint64_t size;

		if (base_pick(text, len, platform, &digest, &size, e))
			break;
		if (!digest) {
			rc = base_from_manifest(
				place->base, text, len, find_blob, place, e);
			break;
		}
		memcpy(blob.digest, digest, DIGEST_TEXT);
		rc = find_blob(place, digest, size, &blob, e);
		free(digest);
		free(text);
		text = rc ? NULL : blob_document(&blob, e);
		rc = -1;
		if (!text)
			break;
		len = (size_t)blob.size;
		err_set(e, ERR_DATA, "%s: too many indexes point to another",
			place->name);
	}
	free(text);
	return rc;
}

static int open_place(
	struct place *place, const struct platform *platform, struct err *e)
{
	char *text = NULL;
	size_t len;

	/* In a folder it would not be Docker's. */
	if (place->index && small_file(place, "manifest.json", &text, &len, e))
		return -1;
	if (text) {
		int rc = open_docker(place, text, len, e);

		free(text);
		return rc;
	}
	if (small_file(place, "index.json", &text, &len, e))
		return -1;
	if (text)
		return open_layout(place, text, len, platform, e);
	err_set(e, ERR_DATA,
		"%s is no image: neither manifest.json nor index.json is in "
		"it",
		place->name);
	return err_hint(e,
		"a base is what `docker save' writes, or an OCI "
		"layout");
}

/* to_file: a pipe goes to a temporary file first. */
static int to_file(struct base *base, int fd, struct err *e)
{
	int spool = spool_file(e);

	if (spool < 0)
		return -1;
	base_keep_fd(base, spool);
	return io_copy(fd, spool, e) ? -1 : spool;
}

static int open_tar(struct place *place, int fd,
	const struct platform *platform, struct err *e)
{
	struct tar_index *index;
	int rc;

	if (!io_is_regular(fd, NULL))
		fd = to_file(place->base, fd, e);
	index = fd < 0 ? NULL : tar_index_new(fd, place->name, e);
	if (!index)
		return -1;
	place->index = index;
	rc = open_place(place, platform, e);
	tar_index_free(index);
	return rc;
}

int base_open(struct base *base, const char *path,
	const struct platform *platform, struct err *e)
{
	struct place place = {.base = base, .name = path};
	struct stat st;
	int fd;

	*base = (struct base){0};
	if (!stat(path, &st) && S_ISDIR(st.st_mode)) {
		place.folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (place.folder < 0)
			return err_sys(e, ERR_NOINPUT, "cannot open %s", path);
		base_keep_fd(base, place.folder);
		return open_place(&place, platform, e);
	}
	fd = io_open_read(path, e);
	if (fd < 0)
		return e->code == ERR_NOINPUT
			? err_hint(e,
				  "--base=docker://NAME:TAG is an image of a "
				  "registry, --base=FILE one of `docker save'")
			: -1;
	base_keep_fd(base, fd);
	return open_tar(&place, fd, platform, e);
}
