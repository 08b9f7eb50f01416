/* registry.h: one repository of a registry: asking for what is there, taking
 * from it and putting into it.
 *
 * What may pass is tried again: a connection that broke, an answer of 429 or
 * 5xx, up to REGISTRY_TRIES times with growing pauses. What a registry refuses
 * for good comes with its own words. Sources: OCI distribution specification
 * 1.0; Docker registry, "Token Authentication Specification".
 */
#ifndef DBPIPES_STORE_REGISTRY_H
#define DBPIPES_STORE_REGISTRY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/sink.h"
#include "base/strbuf.h"
#include "base/strlist.h"
#include "store/reference.h"

enum { REGISTRY_TRIES = 6 };

struct registry_options {
	struct strlist insecure; /* registries that are asked by plain HTTP */
	char *ca_file;           /* certificates to trust */
	uint64_t chunk;          /* bytes of a request; 0: all in one */
};

struct registry;

/* registry_open: reads the login (credentials.h); nothing is sent yet. The
 * arguments are borrowed. `push`: it will be written to. Owns: ended by
 * registry_close. Errors: those of credentials_find. */
struct registry *registry_open(const struct reference *ref, bool push,
	const struct registry_options *options, struct err *e);
void registry_close(struct registry *r);

/* A blob as it is asked for: `read` gives len bytes from an offset. */
struct registry_blob {
	const char *digest;
	uint64_t size;
	ssize_t (*read)(void *ctx, void *buf, size_t len, uint64_t offset,
		struct err *e);
	void *ctx;
	const char *from; /* a repository of the same registry that has it, or
			   * NULL */
};

enum put_result { PUT_FAILED = -1, PUT_UPLOADED, PUT_MOUNTED, PUT_THERE };

/* registry_put_blob: unless it is there already. Errors: ERR_UNAVAILABLE it
 * was refused, ERR_DENIED, ERR_TEMP it failed too often. */
enum put_result registry_put_blob(
	struct registry *r, const struct registry_blob *blob, struct err *e);

/* registry_check_push: would it take a blob? An upload is opened, and given up.
 * Errors: as registry_put_blob. */
int registry_check_push(struct registry *r, struct err *e);

/* registry_put_manifest: under the reference's tag. */
int registry_put_manifest(struct registry *r, const char *type,
	const char *text, size_t len, struct err *e);

/* registry_get_manifest: `tag`: a tag or a digest. Errors: ERR_NOINPUT there is
 * none. The text's digest is not checked here. */
int registry_get_manifest(struct registry *r, const char *tag,
	struct strbuf *text, struct err *e);

/* registry_get_blob: a file with its bytes, from the cache in $XDG_CACHE_HOME
 * (or ~/.cache) /dbpipes, else from the registry, and then it is kept there.
 * Its digest is checked either way. Owns: the caller closes the
 * descriptor; -1 on error. Errors: ERR_DATA for a wrong digest or length. */
int registry_get_blob(
	struct registry *r, const char *digest, uint64_t size, struct err *e);

#endif
