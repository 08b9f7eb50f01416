/* blob.h: the parts of an image: layers, configuration, manifest. Each is
 * known by the SHA-256 of its bytes, which are in memory or in ranges of
 * files, so that a layer of any size can be read again and again.
 */
#ifndef DBPIPES_IMAGE_BLOB_H
#define DBPIPES_IMAGE_BLOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/sink.h"
#include "data/sha256.h"

enum {
	DIGEST_TEXT = 72, /* "sha256:", 64 hex digits, NUL */
	/* Bytes of a manifest or a configuration. Source: the distribution
	 * specification asks registries to take manifests of 4 MiB. */
	DOCUMENT_MOST = 4 << 20
};

/* How a layer's tar is compressed. */
enum packing { PACKING_NONE, PACKING_GZIP, PACKING_ZSTD };

/* A run of a blob's bytes, up to where the next one begins. */
struct blob_part {
	uint64_t at; /* in the blob */
	int fd;      /* borrowed */
	uint64_t offset;
};

struct blob {
	char digest[DIGEST_TEXT];
	uint64_t size; /* bytes */
	char *bytes;   /* owned; NULL: they are in the file */
	int fd;        /* borrowed */
	uint64_t offset;
	/* Or its bytes lie here and there; borrowed, in their order. */
	const struct blob_part *part;
	size_t parts; /* 0: in the one file */
	/* In a file that only we have, and its digest was made of what was
	 * written there: it is not made a second time. */
	bool ours;
	/* Of a layer: */
	enum packing packing;
	char diff_id[DIGEST_TEXT]; /* the digest of its tar */
};

/* digest_valid: is this a SHA-256 as image documents write one? */
bool digest_valid(const char *digest);
/* digest_end: the digest of what was added to the sum, as they write it. */
void digest_end(struct sha256 *sum, char digest[DIGEST_TEXT]);

/* blob_from_bytes: a blob in memory, with its digest. Owns: the blob takes
 * `bytes`; ended by blob_release. */
void blob_from_bytes(struct blob *blob, char *bytes, size_t size);
void blob_release(struct blob *blob);

/* blob_read: bytes from an offset; fewer than len only at the end. */
ssize_t blob_read(const struct blob *blob, void *buf, size_t len, uint64_t at,
	struct err *e);

/* blob_copy: all of it into a sink; fails with ERR_DATA if the bytes do not
 * have the blob's digest. Then the sink has got them already: what is made
 * of them must not be finished. */
int blob_copy(const struct blob *blob, struct sink to, struct err *e);

/* blob_digest: find the digest of a blob by reading it. */
int blob_digest(struct blob *blob, struct err *e);

/* blob_find_packing: by its first bytes. */
int blob_find_packing(struct blob *blob, struct err *e);

/* blob_document: the bytes of a small blob. Owns: the caller frees them.
 * Errors: ERR_DATA for more than DOCUMENT_MOST, or a wrong digest. */
char *blob_document(const struct blob *blob, struct err *e);

#endif
