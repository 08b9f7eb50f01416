/* base.c: see base.h. What manifests and configurations say. The ways into an
 * archive and a layout are in base_open.c.
 *
 * Sources: OCI image specification 1.0, manifest.md, config.md, image-index.md;
 * Docker Image Manifest V2, Schema 2.
 */
#include "image/base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/strlist.h"
#include "image/base_internal.h"

void base_keep_fd(struct base *base, int fd)
{
	base->fd = grow_array(
		base->fd, base->fd_count, &base->fd_cap, sizeof(*base->fd));
	base->fd[base->fd_count++] = fd;
}

void base_release(struct base *base)
{
	for (size_t i = 0; i < base->fd_count; i++)
		close(base->fd[i]);
	free(base->fd);
	free(base->layer);
	json_read_free(base->config);
	*base = (struct base){0};
}

/* part: one word of a platform; the text goes on behind it. */
static bool part(const char **text, char *to, size_t room)
{
	size_t len = strcspn(*text, "/");

	if (!len || len >= room)
		return false;
	memcpy(to, *text, len);
	to[len] = '\0';
	*text += len + ((*text)[len] == '/');
	return true;
}

int platform_parse(const char *text, struct platform *p, struct err *e)
{
	const char *rest = text;

	*p = (struct platform){0};
	if (part(&rest, p->os, sizeof(p->os)) &&
		part(&rest, p->architecture, sizeof(p->architecture)) &&
		(!*rest || part(&rest, p->variant, sizeof(p->variant))) &&
		!*rest)
		return 0;
	err_set(e, ERR_USAGE, "'%s' is no platform", text);
	return err_hint(e,
		"OS/ARCHITECTURE or OS/ARCHITECTURE/VARIANT, as "
		"linux/amd64");
}

/* Names of processors: what the kernel says, and what images say, which is Go's
 * GOARCH. */
static const char *const processors[][2] = {{"x86_64", "amd64"},
	{"aarch64", "arm64"}, {"i686", "386"}, {"i386", "386"},
	{"armv7l", "arm"}, {"armv6l", "arm"}, {"loongarch64", "loong64"}};

void platform_here(struct platform *p)
{
	struct utsname here;
	const char *name = "amd64";

	*p = (struct platform){.os = "linux"};
	if (!uname(&here))
		name = here.machine;
	for (size_t i = 0; i < sizeof(processors) / sizeof(processors[0]); i++)
		if (!strcmp(name, processors[i][0]))
			name = processors[i][1];
	snprintf(p->architecture, sizeof(p->architecture), "%.31s", name);
}

static bool text_is(
	const struct json_value *object, const char *key, const char *wanted)
{
	const char *value;

	return json_read_text(object, key, &value) && !strcmp(value, wanted);
}

static bool is_for(
	const struct json_value *manifest, const struct platform *platform)
{
	const struct json_value *of = json_read_object(manifest, "platform");

	return of && text_is(of, "os", platform->os) &&
		text_is(of, "architecture", platform->architecture) &&
		(!*platform->variant ||
			text_is(of, "variant", platform->variant));
}

/* entry_digest: what a descriptor points to. */
static bool entry_digest(const struct json_value *descriptor,
	const char **digest, uint64_t *size)
{
	return json_read_text(descriptor, "digest", digest) &&
		digest_valid(*digest) &&
		json_read_uint(descriptor, "size", size);
}

/* is_single: a layout of a single image need not say what it is for, and has
 * an entry for each of its names. */
static bool is_single(const struct json_value *manifests)
{
	const struct json_value *first = json_read_item(manifests, 0), *one;
	const char *digest, *wanted;

	if (!first || !json_read_text(first, "digest", &wanted))
		return false;
	for (size_t i = 0; i < json_read_count(manifests); i++) {
		one = json_read_item(manifests, i);
		if (!one || json_read_object(one, "platform") ||
			!json_read_text(one, "digest", &digest) ||
			strcmp(digest, wanted) != 0)
			return false;
	}
	return true;
}

/* is_named: it has a name of its own in a layout. An entry of an index that is
 * one image for several platforms has none. Sources: OCI image
 * specification 1.0, annotations.md; containerd, images/annotations.go. */
static bool is_named(const struct json_value *manifest)
{
	const struct json_value *said =
		json_read_object(manifest, "annotations");
	const char *name;

	return said &&
		(json_read_text(
			 said, "org.opencontainers.image.ref.name", &name) ||
			json_read_text(
				said, "io.containerd.image.name", &name));
}

static bool same_digest(const struct json_value *a, const struct json_value *b)
{
	const char *digest;

	return json_read_text(b, "digest", &digest) &&
		text_is(a, "digest", digest);
}

static bool has_variant(const struct json_value *manifest)
{
	const struct json_value *of = json_read_object(manifest, "platform");
	const char *variant;

	return json_read_text(of, "variant", &variant) && *variant;
}

/* is_better: of two for the platform, when no variant is wanted: one of a
 * variant, as amd64/v3, does not run on every processor of the architecture. */
static bool is_better(const struct platform *platform,
	const struct json_value *found, const struct json_value *one)
{
	return !*platform->variant && has_variant(found) && !has_variant(one);
}

/* pick: for the platform. *several: there are others that it could be, too. */
static const struct json_value *pick(const struct json_value *manifests,
	const struct platform *platform, bool *several)
{
	const struct json_value *found = NULL;
	bool silent = true;

	for (size_t i = 0; i < json_read_count(manifests); i++) {
		const struct json_value *one = json_read_item(manifests, i);

		silent = silent && one && !json_read_object(one, "platform");
		if (!one || !is_for(one, platform))
			continue;
		if (found && is_named(found) && is_named(one) &&
			!same_digest(found, one))
			*several = true;
		if (!found || is_better(platform, found, one))
			found = one;
	}
	if (found)
		return found;
	if (is_single(manifests))
		return json_read_item(manifests, 0);
	*several = silent && json_read_count(manifests);
	return NULL;
}

int base_pick(const char *text, size_t len, const struct platform *platform,
	char **digest, uint64_t *size, struct err *e)
{
	struct json_value *index = json_read(text, len);
	const struct json_value *manifests, *one;
	const char *found;
	bool several = false;
	int rc = -1;

	*digest = NULL;
	manifests = index ? json_read_array(index, "manifests") : NULL;
	if (!index) {
		err_set(e, ERR_DATA, "the base's index is no JSON object");
	} else if (!manifests) {
		rc = 0;
	} else if (!(one = pick(manifests, platform, &several)) && !several) {
		err_set(e, ERR_DATA, "the base has no image for %s/%s%s%s",
			platform->os, platform->architecture,
			*platform->variant ? "/" : "", platform->variant);
		err_hint(e, "choose another one with --platform");
	} else if (several) {
		err_set(e, ERR_DATA,
			"the base's index has several images that may be "
			"meant");
		err_hint(e,
			"copy that one out of it: skopeo copy "
			"oci:FOLDER:NAME oci:OTHER");
	} else if (!entry_digest(one, &found, size)) {
		err_set(e, ERR_DATA, "the base's index names no digest");
	} else {
		*digest = xstrdup(found);
		rc = 0;
	}
	json_read_free(index);
	return rc;
}

int base_take_config(struct base *base, const struct blob *blob, struct err *e)
{
	char *text = blob_document(blob, e);

	if (!text)
		return err_prefix(e, "the base's configuration: ");
	base->config = json_read(text, (size_t)blob->size);
	free(text);
	if (!base->config)
		return err_set(e, ERR_DATA,
			"the base's configuration is no JSON object");
	return 0;
}

int base_take_layers(struct base *base, size_t count, struct err *e)
{
	const struct json_value *root =
		json_read_object(base->config, "rootfs");
	const struct json_value *ids =
		root ? json_read_array(root, "diff_ids") : NULL;

	if (count > LAYERS_MOST)
		return err_set(e, ERR_DATA, "the base has %zu layers", count);
	if (!ids || json_read_count(ids) != count)
		return err_set(e, ERR_DATA,
			"the base's configuration does not name as many "
			"layers as it has");
	base->layer = xcalloc(count ? count : 1, sizeof(*base->layer));
	base->count = count;
	for (size_t i = 0; i < count; i++) {
		const char *id = json_read_item_text(ids, i);

		if (!id || !digest_valid(id))
			return err_set(e, ERR_DATA,
				"the base's configuration names no digest of "
				"layer %zu",
				i + 1);
		memcpy(base->layer[i].diff_id, id, DIGEST_TEXT);
	}
	return 0;
}

/* take_blob: find what a descriptor points to. */
static int take_blob(const struct json_value *descriptor, struct blob *blob,
	base_find_fn *find, void *ctx, struct err *e)
{
	const char *digest;
	uint64_t size;

	if (!descriptor || !entry_digest(descriptor, &digest, &size))
		return err_set(e, ERR_DATA,
			"the base's manifest names a part without its digest "
			"and size");
	memcpy(blob->digest, digest, DIGEST_TEXT);
	if (find(ctx, digest, size, blob, e))
		return -1;
	if (blob->size == size)
		return 0;
	return err_set(e, ERR_DATA,
		"%s has %llu bytes, where the base's manifest says %llu",
		digest, (unsigned long long)blob->size,
		(unsigned long long)size);
}

static int take_manifest(struct base *base, const struct json_value *manifest,
	base_find_fn *find, void *ctx, struct err *e)
{
	const struct json_value *config = json_read_object(manifest, "config");
	const struct json_value *layers = json_read_array(manifest, "layers");
	struct blob blob = {.fd = -1};

	if (!config || !layers)
		return err_set(e, ERR_DATA, "the base's manifest is none");
	if (take_blob(config, &blob, find, ctx, e) ||
		base_take_config(base, &blob, e) ||
		base_take_layers(base, json_read_count(layers), e))
		return -1;
	for (size_t i = 0; i < base->count; i++)
		if (take_blob(json_read_item(layers, i), &base->layer[i], find,
			    ctx, e) ||
			blob_find_packing(&base->layer[i], e))
			return -1;
	return 0;
}

int base_from_manifest(struct base *base, const char *text, size_t len,
	base_find_fn *find, void *ctx, struct err *e)
{
	struct json_value *manifest = json_read(text, len);
	int rc;

	if (!manifest)
		return err_set(
			e, ERR_DATA, "the base's manifest is no JSON object");
	rc = take_manifest(base, manifest, find, ctx, e);
	json_read_free(manifest);
	return rc;
}

bool base_is_over(const char *folder, const char *path)
{
	size_t len;

	while (*folder == '/')
		folder++;
	len = strlen(folder);
	while (len && folder[len - 1] == '/')
		len--;
	return len && !strncmp(path, folder, len) &&
		(!path[len] || path[len] == '/');
}

void base_volumes(const struct base *base, struct strlist *volumes)
{
	const struct json_value *config =
		base->config ? json_read_object(base->config, "config") : NULL;
	const struct json_value *object =
		config ? json_read_object(config, "Volumes") : NULL;

	if (object)
		json_read_keys(object, volumes);
}
