/* libFuzzer target: what dbpack takes from elsewhere: the tar of a base, its
 * manifest and index, the tar of a data directory, the name of an image. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "image/base.h"
#include "image/content.h"
#include "store/credentials.h"
#include "store/reference.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* A stream of the bytes. */
struct feed {
	const uint8_t *data;
	size_t left;
};

static ssize_t give(void *ctx, void *buf, size_t len, struct err *e)
{
	struct feed *feed = ctx;

	(void)e;
	if (len > feed->left)
		len = feed->left;
	memcpy(buf, feed->data, len);
	feed->data += len;
	feed->left -= len;
	return (ssize_t)len;
}

static int lacks(void *ctx, const char *digest, uint64_t size,
	struct blob *blob, struct err *e)
{
	(void)ctx;
	(void)size;
	(void)blob;
	return err_set(e, ERR_DATA, "there is no %s", digest);
}

static void must_say_why(const struct err *e)
{
	if (!e->code || !e->msg[0])
		abort();
}

static void read_base(const uint8_t *data, size_t len)
{
	struct platform here;
	struct base base;
	struct err e = {0};
	char path[64];
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	if (fd < 0 || write(fd, data, len) != (ssize_t)len)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	platform_here(&here);
	if (base_open(&base, path, &here, &e))
		must_say_why(&e);
	base_release(&base);
	close(fd);
}

static void read_documents(const uint8_t *data, size_t len)
{
	struct platform here;
	struct base base = {0};
	struct err e = {0};
	char *digest;
	uint64_t size;

	platform_here(&here);
	if (base_pick((const char *)data, len, &here, &digest, &size, &e))
		must_say_why(&e);
	free(digest);
	if (base_from_manifest(&base, (const char *)data, len, lacks, NULL, &e))
		must_say_why(&e);
	base_release(&base);
}

static void read_data(const uint8_t *data, size_t len)
{
	struct feed feed = {data, len};
	const struct tar_source source = {give, &feed, "fuzz"};
	const struct owner owner = {1, 2};
	struct content content = {0};
	struct err e = {0};
	struct tar_reader *tar = tar_reader_new(&source);
	char *note = NULL;

	content.layer = layer_new(PACKING_NONE, &e);
	content.tree = tree_new(NULL, 0);
	if (!content.layer)
		abort();
	if (content_add_data(&content, tar, "data", &owner, &note, &e))
		must_say_why(&e);
	free(note);
	tar_reader_free(tar);
	layer_free(content.layer);
	tree_free(content.tree);
	content_release(&content);
}

static void read_names(const uint8_t *data, size_t len)
{
	char *text = strndup((const char *)data, len);
	struct reference ref;
	struct err e = {0};

	if (!text)
		abort();
	if (reference_parse(&ref, text, &e))
		must_say_why(&e);
	reference_release(&ref);
	free(base64_decode(text)); /* also without its padding */
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	read_base(data, len);
	read_documents(data, len);
	read_data(data, len);
	read_names(data, len);
	return 0;
}
