/* pull.c: see pull.h. */
#include "pack/pull.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

enum { DEPTH_MOST = 4 }; /* indexes that point to another */

/* A base on its way. */
struct pull {
	struct base *base;
	struct registry *registry;
	const struct platform *platform;
};

/* find_blob: as base_find_fn. */
static int find_blob(void *ctx, const char *digest, uint64_t size,
	struct blob *blob, struct err *e)
{
	struct pull *pull = ctx;

	blob->fd = registry_get_blob(pull->registry, digest, size, e);
	if (blob->fd < 0)
		return -1;
	base_keep_fd(pull->base, blob->fd);
	blob->size = size;
	return 0;
}

/* get_manifest: by tag or digest; what is asked for by digest must have it. */
static int get_manifest(struct registry *registry, const char *tag,
	struct blob *manifest, struct err *e)
{
	struct strbuf text = STRBUF_INIT;
	size_t len;

	if (registry_get_manifest(registry, tag, &text, e)) {
		strbuf_release(&text);
		return -1;
	}
	len = text.len;
	blob_from_bytes(manifest, strbuf_detach(&text), len);
	if (!digest_valid(tag) || !strcmp(tag, manifest->digest))
		return 0;
	err_set(e, ERR_DATA, "the registry gives for %s a manifest of %s", tag,
		manifest->digest);
	blob_release(manifest);
	return -1;
}

/* take: an index sets *next to what it points to, a manifest is the base's. */
static int take(struct pull *pull, const struct blob *document, char **next,
	struct err *e)
{
	size_t len = (size_t)document->size;
	uint64_t size;

	if (base_pick(document->bytes, len, pull->platform, next, &size, e))
		return -1;
	if (*next)
		return 0;
	return base_from_manifest(
		pull->base, document->bytes, len, find_blob, pull, e);
}

static int follow(struct pull *pull, const char *tag, char digest[DIGEST_TEXT],
	struct err *e)
{
	char *next = xstrdup(tag);
	int rc = 0;

	for (int depth = 0; next && !rc; depth++) {
		struct blob document;
		char *here = next;

		next = NULL;
		rc = depth == DEPTH_MOST
			? err_set(e, ERR_DATA, "too many indexes")
			: get_manifest(pull->registry, here, &document, e);
		free(here);
		if (rc)
			break;
		if (!depth)
			memcpy(digest, document.digest, DIGEST_TEXT);
		rc = take(pull, &document, &next, e);
		blob_release(&document);
	}
	free(next);
	return rc;
}

int pull_base(struct base *base, const struct reference *ref,
	const struct platform *platform, const struct registry_options *options,
	char digest[DIGEST_TEXT], struct err *e)
{
	struct pull pull = {.base = base, .platform = platform};
	int rc;

	pull.registry = registry_open(ref, false, options, e);
	if (!pull.registry)
		return -1;
	rc = follow(&pull, reference_tag(ref), digest, e);
	registry_close(pull.registry);
	return rc;
}
