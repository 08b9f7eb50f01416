/* blob.c: see blob.h. */
#include "image/blob.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/io.h"
#include "base/strbuf.h"
#include "data/sha256.h"

enum { STEP = 256 * 1024 }; /* bytes read at once */

static const char prefix[] = "sha256:";

bool digest_valid(const char *digest)
{
	unsigned char ignored[SHA256_SIZE];

	return !strncmp(digest, prefix, sizeof(prefix) - 1) &&
		sha256_parse(digest + sizeof(prefix) - 1, ignored);
}

void digest_end(struct sha256 *sum, char digest[DIGEST_TEXT])
{
	unsigned char raw[SHA256_SIZE];

	sha256_end(sum, raw);
	memcpy(digest, prefix, sizeof(prefix) - 1);
	sha256_text(raw, digest + sizeof(prefix) - 1);
}

void blob_from_bytes(struct blob *blob, char *bytes, size_t size)
{
	struct sha256 *sum = sha256_new();

	*blob = (struct blob){.size = size, .bytes = bytes, .fd = -1};
	sha256_add(sum, bytes, size);
	digest_end(sum, blob->digest);
	sha256_free(sum);
}

void blob_release(struct blob *blob)
{
	free(blob->bytes);
	*blob = (struct blob){.fd = -1};
}

/* locate: where the bytes from `at` on are; *len is cut to what is there in one
 * run. */
static void locate(const struct blob *blob, uint64_t at, int *fd,
	uint64_t *offset, size_t *len)
{
	size_t i = blob->parts;

	*fd = blob->fd;
	*offset = blob->offset + at;
	if (!i)
		return;
	while (i > 1 && blob->part[i - 1].at > at)
		i--;
	if (i<blob->parts && * len> blob->part[i].at - at)
		*len = (size_t)(blob->part[i].at - at);
	*fd = blob->part[i - 1].fd;
	*offset = blob->part[i - 1].offset + (at - blob->part[i - 1].at);
}

/* read_files: fewer than len bytes only where a file ends. */
static ssize_t read_files(const struct blob *blob, char *buf, size_t len,
	uint64_t at, struct err *e)
{
	size_t done = 0;

	while (done < len) {
		size_t want = len - done;
		uint64_t offset;
		ssize_t n;
		int fd;

		locate(blob, at + done, &fd, &offset, &want);
		n = io_pread_full(
			fd, buf + done, want, offset, "a part of an image", e);
		if (n < 0)
			return -1;
		done += (size_t)n;
		if ((size_t)n < want)
			break;
	}
	return (ssize_t)done;
}

ssize_t blob_read(const struct blob *blob, void *buf, size_t len, uint64_t at,
	struct err *e)
{
	uint64_t left = at < blob->size ? blob->size - at : 0;
	ssize_t n;

	if (len > left)
		len = (size_t)left;
	if (blob->bytes) {
		memcpy(buf, blob->bytes + at, len);
		return (ssize_t)len;
	}
	n = read_files(blob, buf, len, at, e);
	if (n >= 0 && (size_t)n < len)
		return err_set(e, ERR_DATA,
			"%s is cut off: %" PRIu64 " bytes of %" PRIu64
			" are there",
			*blob->digest ? blob->digest : "a part of an image",
			at + (uint64_t)n, blob->size);
	return n;
}

/* each_step: all of it into a sink, and into a sum; or into one of them. */
static int each_step(const struct blob *blob, const struct sink *to,
	struct sha256 *sum, struct err *e)
{
	char *buf = xmalloc(STEP);
	uint64_t at = 0;
	ssize_t n;

	while ((n = blob_read(blob, buf, STEP, at, e)) > 0) {
		if (sum)
			sha256_add(sum, buf, (size_t)n);
		if (to && to->write(to->ctx, buf, (size_t)n, e)) {
			n = -1;
			break;
		}
		at += (uint64_t)n;
	}
	free(buf);
	return n < 0 ? -1 : 0;
}

static int copy_and_sum(const struct blob *blob, const struct sink *to,
	char digest[DIGEST_TEXT], struct err *e)
{
	struct sha256 *sum = sha256_new();
	int rc = each_step(blob, to, sum, e);

	digest_end(sum, digest);
	sha256_free(sum);
	return rc;
}

static int check_digest(const struct blob *blob, const char *is, struct err *e)
{
	if (!strcmp(blob->digest, is))
		return 0;
	if (blob->parts) {
		err_set(e, ERR_DATA, "a file was changed while it was packed");
		return err_hint(e, "pack one that nobody writes to");
	}
	err_set(e, ERR_DATA,
		"damaged image: what is named %s has the digest %s",
		blob->digest, is);
	return err_hint(e, "make or fetch the image again");
}

int blob_copy(const struct blob *blob, struct sink to, struct err *e)
{
	char digest[DIGEST_TEXT];

	if (blob->ours)
		return each_step(blob, &to, NULL, e);
	if (copy_and_sum(blob, &to, digest, e))
		return -1;
	return check_digest(blob, digest, e);
}

int blob_digest(struct blob *blob, struct err *e)
{
	return copy_and_sum(blob, NULL, blob->digest, e);
}

int blob_find_packing(struct blob *blob, struct err *e)
{
	unsigned char head[4] = {0};

	if (blob_read(blob, head, sizeof(head), 0, e) < 0)
		return -1;
	blob->packing = PACKING_NONE;
	/* Sources: RFC 1952, 2.3.1; RFC 8878, 3.1.1. */
	if (head[0] == 0x1f && head[1] == 0x8b)
		blob->packing = PACKING_GZIP;
	else if (!memcmp(head, "\x28\xb5\x2f\xfd", sizeof(head)))
		blob->packing = PACKING_ZSTD;
	return 0;
}

static int take(void *ctx, const void *data, size_t len, struct err *e)
{
	(void)e;
	strbuf_add(ctx, data, len);
	return 0;
}

char *blob_document(const struct blob *blob, struct err *e)
{
	struct strbuf document = STRBUF_INIT;

	if (blob->size > DOCUMENT_MOST) {
		err_set(e, ERR_DATA,
			"a document of the image has %" PRIu64
			" bytes, more than the %d that are taken",
			blob->size, DOCUMENT_MOST);
		return NULL;
	}
	if (!blob_copy(blob, (struct sink){take, &document}, e))
		return strbuf_detach(&document);
	strbuf_release(&document);
	return NULL;
}
