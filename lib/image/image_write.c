/* image_write.c: an image as a tar, see image.h.
 *
 * The blobs lie where an OCI layout has them, and Docker's manifest.json names
 * them there, so that one archive serves both; a layer that comes twice is
 * written once.
 */
#include <string.h>

#include "base/json.h"
#include "base/strbuf.h"
#include "image/image.h"
#include "image/tar_write.h"

#define BLOBS "blobs/sha256/"

static int write_bytes(struct sink to, const char *path, const char *bytes,
	size_t len, struct err *e)
{
	const struct tar_member m = {
		.path = path, .type = TAR_FILE, .mode = 0644, .size = len};

	if (tar_write_member(to, &m, e) || to.write(to.ctx, bytes, len, e))
		return -1;
	return tar_write_padding(to, len, e);
}

static int write_folder(struct sink to, const char *path, struct err *e)
{
	const struct tar_member m = {
		.path = path, .type = TAR_DIRECTORY, .mode = 0755};

	return tar_write_member(to, &m, e);
}

static void blob_path(const struct blob *blob, char path[100])
{
	strcpy(path, BLOBS);
	strcat(path, strchr(blob->digest, ':') + 1);
}

static int write_blob(struct sink to, const struct blob *blob, struct err *e)
{
	char path[100];
	const struct tar_member m = {.path = path,
		.type = TAR_FILE,
		.mode = 0644,
		.size = blob->size};

	blob_path(blob, path);
	if (tar_write_member(to, &m, e) || blob_copy(blob, to, e))
		return -1;
	return tar_write_padding(to, blob->size, e);
}

static void add_path(struct json *j, const char *key, const struct blob *blob)
{
	char path[100];

	blob_path(blob, path);
	json_string(j, key, path);
}

/* write_docker: the list that `docker load` reads. */
static int write_docker(struct sink to, const struct image *image,
	const struct strlist *tags, struct err *e)
{
	struct json j = JSON_INIT;
	int rc;

	json_begin_array(&j, NULL);
	json_begin_object(&j, NULL);
	add_path(&j, "Config", &image->config);
	json_begin_array(&j, "RepoTags");
	for (size_t i = 0; i < tags->count; i++)
		json_string(&j, NULL, tags->item[i]);
	json_end_array(&j);
	json_begin_array(&j, "Layers");
	for (size_t i = 0; i < image->count; i++)
		add_path(&j, NULL, image->layer[i]);
	json_end_array(&j);
	json_end_object(&j);
	json_end_array(&j);
	rc = write_bytes(to, "manifest.json", j.out.buf, j.out.len, e);
	json_release(&j);
	return rc;
}

/* full_name: as containerd keeps it, and looks for what a user calls by a short
 * name: docker.io/library/shop:1. Source: github.com/distribution/reference,
 * ParseNormalizedNamed. */
static void full_name(struct strbuf *out, const char *tag)
{
	static const char hub[] = "docker.io/";
	size_t len;

	if (!strncmp(tag, hub, strlen(hub)))
		tag += strlen(hub);
	len = strcspn(tag, "/");
	if (!tag[len])
		strbuf_addf(out, "%slibrary/", hub);
	else if (!memchr(tag, '.', len) && !memchr(tag, ':', len) &&
		!(len == 9 && !memcmp(tag, "localhost", len)))
		strbuf_addstr(out, hub);
	strbuf_addstr(out, tag);
}

static void add_entry(
	struct json *j, const struct image *image, const char *tag)
{
	json_begin_object(j, NULL);
	json_string(j, "mediaType", MANIFEST_TYPE);
	json_string(j, "digest", image->manifest.digest);
	json_uint(j, "size", image->manifest.size);
	if (tag) {
		const char *colon = strrchr(tag, ':');
		struct strbuf full = STRBUF_INIT;

		full_name(&full, tag);
		json_begin_object(j, "annotations");
		/* containerd's; the specification's own is what skopeo and
		 * podman choose by. */
		json_string(j, "io.containerd.image.name", full.buf);
		strbuf_release(&full);
		json_string(j, "org.opencontainers.image.ref.name",
			colon ? colon + 1 : tag);
		json_end_object(j);
	}
	json_end_object(j);
}

/* write_index: an entry a tag, or one without. */
static int write_index(struct sink to, const struct image *image,
	const struct strlist *tags, struct err *e)
{
	struct json j = JSON_INIT;
	int rc;

	json_begin_object(&j, NULL);
	json_uint(&j, "schemaVersion", 2);
	json_string(&j, "mediaType", "application/vnd.oci.image.index.v1+json");
	json_begin_array(&j, "manifests");
	for (size_t i = 0; i < tags->count; i++)
		add_entry(&j, image, tags->item[i]);
	if (!tags->count)
		add_entry(&j, image, NULL);
	json_end_array(&j);
	json_end_object(&j);
	rc = write_bytes(to, "index.json", j.out.buf, j.out.len, e);
	json_release(&j);
	return rc;
}

static bool is_repeated(const struct image *image, size_t layer)
{
	for (size_t i = 0; i < layer; i++)
		if (!strcmp(image->layer[i]->digest,
			    image->layer[layer]->digest))
			return true;
	return false;
}

static int write_blobs(struct sink to, const struct image *image,
	enum archive_format format, struct err *e)
{
	if (write_folder(to, "blobs", e) ||
		write_folder(to, "blobs/sha256", e) ||
		write_blob(to, &image->config, e))
		return -1;
	if (format != FORMAT_DOCKER && write_blob(to, &image->manifest, e))
		return -1;
	for (size_t i = 0; i < image->count; i++)
		if (!is_repeated(image, i) &&
			write_blob(to, image->layer[i], e))
			return -1;
	return 0;
}

int image_write(const struct image *image, const struct strlist *tags,
	enum archive_format format, struct sink to, struct err *e)
{
	static const char layout[] = "{\"imageLayoutVersion\":\"1.0.0\"}";

	if (format != FORMAT_DOCKER &&
		(write_bytes(to, "oci-layout", layout, strlen(layout), e) ||
			write_index(to, image, tags, e)))
		return -1;
	if (format != FORMAT_OCI && write_docker(to, image, tags, e))
		return -1;
	if (write_blobs(to, image, format, e))
		return -1;
	return tar_write_end(to, e);
}
