/* deliver.c: see deliver.h. */
#include "pack/deliver.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "store/engine.h"

void delivery_release(struct delivery *d)
{
	strlist_release(&d->pruned);
	strlist_release(&d->kept);
}

static int check_push(const struct reference *to,
	const struct registry_options *options, struct err *e)
{
	struct registry *registry = registry_open(to, true, options, e);
	int rc = registry ? registry_check_push(registry, e) : -1;

	registry_close(registry);
	return rc;
}

static int check_load(const char *socket, struct err *e)
{
	struct engine *engine = engine_open(socket, e);
	int rc = engine ? engine_check(engine, e) : -1;

	engine_close(engine);
	return rc;
}

int deliver_check(const struct reference *to,
	const struct registry_options *options, bool load, const char *socket,
	struct err *e)
{
	if (to->registry && check_push(to, options, e))
		return -1;
	return load ? check_load(socket, e) : 0;
}

/* A blob on its way to a registry. */
struct sent_blob {
	struct progress *progress;
	const struct blob *blob;
};

static ssize_t read_blob(
	void *ctx, void *buf, size_t len, uint64_t offset, struct err *e)
{
	const struct sent_blob *sent = ctx;
	ssize_t n = blob_read(sent->blob, buf, len, offset, e);

	if (n > 0)
		sent->progress->bytes += (uint64_t)n;
	progress_show(sent->progress);
	return n;
}

/* push_blob: `from`: the repository that has it, or NULL. */
static int push_blob(struct delivery *d, struct registry *registry,
	const struct blob *blob, const char *from, struct err *e)
{
	struct sent_blob sent = {d->progress, blob};
	const struct registry_blob put = {.digest = blob->digest,
		.size = blob->size,
		.read = read_blob,
		.ctx = &sent,
		.from = from};

	switch (registry_put_blob(registry, &put, e)) {
	case PUT_FAILED:
		return -1;
	case PUT_THERE:
		d->there++;
		break;
	case PUT_MOUNTED:
		d->mounted++;
		break;
	case PUT_UPLOADED:
		d->uploaded++;
		d->uploaded_bytes += blob->size;
		break;
	}
	return 0;
}

int deliver_push(struct delivery *d, const struct image *image,
	const struct reference *to, const struct reference *base,
	size_t base_count, const struct registry_options *options,
	struct err *e)
{
	bool same = base->registry && !strcmp(base->registry, to->registry) &&
		strcmp(base->repository, to->repository) != 0;
	struct registry *registry = registry_open(to, true, options, e);
	int rc = 0;

	if (!registry)
		return -1;
	for (size_t i = 0; !rc && i < image->count; i++)
		rc = push_blob(d, registry, image->layer[i],
			same && i < base_count ? base->repository : NULL, e);
	if (!rc)
		rc = push_blob(d, registry, &image->config, NULL, e);
	if (!rc)
		rc = registry_put_manifest(registry, MANIFEST_TYPE,
			image->manifest.bytes, (size_t)image->manifest.size, e);
	registry_close(registry);
	return rc;
}

static int send_image(struct engine *engine, const struct image *image,
	const struct strlist *tags, struct err *e)
{
	struct err refused = {0};

	if (engine_load_begin(engine, e))
		return -1;
	if (!image_write(image, tags, FORMAT_BOTH, engine_sink(engine), e))
		return engine_load_end(engine, e);
	/* It ended the connection: for a reason that it told? */
	if (e->code == ERR_UNAVAILABLE && engine_load_end(engine, &refused))
		*e = refused;
	return -1;
}

/* prune: what had the name before, and is not what has it now. */
static int prune_others(struct delivery *d, struct engine *engine,
	const char *name, const struct strlist *before,
	const struct image *image, struct err *e)
{
	for (size_t i = 0; i < before->count; i++) {
		const char *id = before->item[i];
		int rc;

		/* It is the configuration's digest, or where containerd keeps
		 * the images, the manifest's. */
		if (!strcmp(id, image->config.digest) ||
			!strcmp(id, image->manifest.digest))
			continue;
		rc = engine_remove(engine, id, name, e);
		if (rc < 0)
			return -1;
		strlist_add(rc ? &d->pruned : &d->kept, id);
	}
	return 0;
}

int deliver_load(struct delivery *d, const struct image *image,
	const struct strlist *tags, const char *socket, bool prune,
	struct err *e)
{
	struct strlist before = STRLIST_INIT;
	struct engine *engine = engine_open(socket, e);
	char *name;
	int rc = 0;

	if (!engine)
		return -1;
	name = xstrdup(tags->item[0]);
	*strrchr(name, ':') = '\0';
	if (prune)
		rc = engine_list(engine, name, &before, e);
	if (!rc)
		rc = send_image(engine, image, tags, e);
	if (!rc && prune)
		rc = prune_others(d, engine, name, &before, image, e);
	strlist_release(&before);
	engine_close(engine);
	free(name);
	return rc;
}
