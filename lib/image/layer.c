/* layer.c: see layer.h. */
#include "image/layer.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/io.h"
#include "base/out.h"
#include "base/spool.h"
#include "data/sha256.h"
#include "image/gzip_pack.h"
#include "image/names.h"

enum {
	STEP = 256 * 1024,   /* bytes read at once */
	LENT_LEAST = 1 << 20 /* bytes of a file that is not copied */
};

struct layer {
	int fd;
	struct out out;
	struct sha256 *file_sum; /* of what is in the file */
	struct sha256 *tar_sum;  /* of the tar; NULL: the same */
	struct gzip_packer *packer;
	uint64_t bytes;      /* of the tar so far */
	uint64_t size, left; /* of the member at hand */
	/* Where the bytes are: in our file, or in those that were lent. */
	struct blob_part *part;
	size_t parts, part_cap;
	uint64_t spooled; /* bytes in our file */
	bool spooling;    /* the last part is in it */
	bool lent;
	struct names names;
	struct blob blob;
};

/* add_part: what comes now is there. */
static void add_part(struct layer *layer, int fd, uint64_t offset)
{
	layer->part = grow_array(layer->part, layer->parts, &layer->part_cap,
		sizeof(*layer->part));
	layer->part[layer->parts++] =
		(struct blob_part){layer->blob.size, fd, offset};
	layer->spooling = fd == layer->fd;
}

/* to_file: the last step of every byte that is not left where it is. */
static int to_file(void *ctx, const void *data, size_t len, struct err *e)
{
	struct layer *layer = ctx;

	if (!layer->spooling)
		add_part(layer, layer->fd, layer->spooled);
	sha256_add(layer->file_sum, data, len);
	layer->blob.size += len;
	layer->spooled += len;
	return out_write(&layer->out, data, len, e);
}

/* to_tar: the first one. */
static int to_tar(void *ctx, const void *data, size_t len, struct err *e)
{
	struct layer *layer = ctx;
	struct sink packer;

	layer->bytes += len;
	if (!layer->packer)
		return to_file(layer, data, len, e);
	sha256_add(layer->tar_sum, data, len);
	packer = gzip_packer_sink(layer->packer);
	return packer.write(packer.ctx, data, len, e);
}

static struct sink tar_sink(struct layer *layer)
{
	return (struct sink){to_tar, layer};
}

struct layer *layer_new(enum packing packing, struct err *e)
{
	int fd = spool_file(e);
	struct layer *layer;

	if (fd < 0)
		return NULL;
	layer = xcalloc(1, sizeof(*layer));
	layer->fd = fd;
	out_init(&layer->out, fd, "temporary file");
	layer->file_sum = sha256_new();
	layer->blob.packing = packing;
	layer->blob.fd = fd;
	if (packing == PACKING_GZIP) {
		layer->tar_sum = sha256_new();
		layer->packer = gzip_packer_new((struct sink){to_file, layer});
	}
	return layer;
}

void layer_free(struct layer *layer)
{
	if (!layer)
		return;
	gzip_packer_free(layer->packer);
	sha256_free(layer->file_sum);
	sha256_free(layer->tar_sum);
	out_release(&layer->out);
	for (size_t i = 0; i < layer->parts; i++)
		if (layer->part[i].fd != layer->fd)
			close(layer->part[i].fd);
	free(layer->part);
	names_release(&layer->names);
	close(layer->fd);
	free(layer);
}

int layer_add(
	struct layer *layer, const struct tar_member *member, struct err *e)
{
	if (layer->names.count == LAYER_MEMBERS_MOST)
		return err_set(e, ERR_DATA, "a layer of more than %d members",
			LAYER_MEMBERS_MOST);
	if (!names_add(&layer->names, member->path)) {
		err_set(e, ERR_DATA, "/%s would be in the image's layer twice",
			member->path);
		return err_hint(e, "engines refuse such a layer");
	}
	layer->size = layer->left = member->size;
	return tar_write_member(tar_sink(layer), member, e);
}

bool layer_has(const struct layer *layer, const char *path)
{
	return names_have(&layer->names, path);
}

int layer_data(struct layer *layer, const void *data, size_t len, struct err *e)
{
	if (len > layer->left)
		return err_set(e, ERR_DATA,
			"a file has more bytes than it was said to have");
	layer->left -= len;
	if (to_tar(layer, data, len, e))
		return -1;
	return layer->left ? 0
			   : tar_write_padding(tar_sink(layer), layer->size, e);
}

/* take_lent: bytes that stay where they are. */
static int take_lent(void *ctx, const void *data, size_t len, struct err *e)
{
	struct layer *layer = ctx;

	(void)e;
	sha256_add(layer->file_sum, data, len);
	layer->bytes += len;
	layer->blob.size += len;
	layer->left -= len;
	return 0;
}

static int take_copied(void *ctx, const void *data, size_t len, struct err *e)
{
	return layer_data(ctx, data, len, e);
}

static int read_range(struct sink to, uint64_t size, int fd, uint64_t offset,
	const char *name, struct err *e)
{
	char *buf = xmalloc(STEP);
	int rc = 0;

	while (!rc && size) {
		size_t len = size < STEP ? (size_t)size : STEP;
		ssize_t n = io_pread_full(fd, buf, len, offset, name, e);

		if (n >= 0 && (size_t)n < len)
			n = err_set(e, ERR_IO,
				"%s became shorter while it was read", name);
		offset += len;
		size -= len;
		rc = n < 0 ? -1 : to.write(to.ctx, buf, len, e);
	}
	free(buf);
	return rc;
}

/* lend: a descriptor of our own for a range that need not be copied, or -1. */
static int lend(const struct layer *layer, uint64_t size, int fd)
{
	if (layer->packer || size < LENT_LEAST || size != layer->left ||
		!io_is_regular(fd, NULL))
		return -1;
	return fcntl(fd, F_DUPFD_CLOEXEC, 0);
}

int layer_add_range(struct layer *layer, uint64_t size, int fd, uint64_t offset,
	const char *name, struct err *e)
{
	int lent = lend(layer, size, fd);

	if (lent < 0)
		return read_range((struct sink){take_copied, layer}, size, fd,
			offset, name, e);
	add_part(layer, lent, offset);
	layer->lent = true;
	if (read_range(
		    (struct sink){take_lent, layer}, size, fd, offset, name, e))
		return -1;
	return tar_write_padding(tar_sink(layer), size, e);
}

int layer_finish(struct layer *layer, const struct blob **blob, struct err *e)
{
	if (tar_write_end(tar_sink(layer), e))
		return -1;
	if (layer->packer && gzip_packer_finish(layer->packer, e))
		return -1;
	if (out_flush(&layer->out, e))
		return -1;
	/* Its threads and buffers are no longer wanted. */
	gzip_packer_free(layer->packer);
	layer->packer = NULL;
	digest_end(layer->file_sum, layer->blob.digest);
	layer->blob.ours = !layer->lent;
	if (layer->lent) {
		layer->blob.part = layer->part;
		layer->blob.parts = layer->parts;
	}
	if (layer->tar_sum)
		digest_end(layer->tar_sum, layer->blob.diff_id);
	else
		memcpy(layer->blob.diff_id, layer->blob.digest, DIGEST_TEXT);
	*blob = &layer->blob;
	return 0;
}

uint64_t layer_bytes(const struct layer *layer)
{
	return layer->bytes;
}
