/* manifest.h: what a plain dump says of itself in comment lines at its end:
 * per table its rows and row digest, and the SHA-256 of everything above.
 * dbpipes-stream(5) has the format byte for byte.
 */
#ifndef DBPIPES_STREAM_MANIFEST_H
#define DBPIPES_STREAM_MANIFEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/sink.h"

/* A table's row digest: the sum modulo 2^128 of the XXH3 128-bit hashes of
 * its rows' SQL texts "(...)", so that the order of rows does not count and a
 * doubled row does. Source: xxHash specification, XXH3_128bits, seed 0. */
struct row_digest {
	uint64_t low, high;
};

enum { ROW_DIGEST_TEXT = 33, SHA256_TEXT = 65 }; /* hex digits and a NUL */

void row_digest_add(struct row_digest *d, const char *row, size_t len);
void row_digest_text(const struct row_digest *d, char text[ROW_DIGEST_TEXT]);

/* Writes a dump: passes the bytes to a sink below, counting and hashing. */
struct manifest;

struct manifest *manifest_new(struct sink below);
void manifest_free(struct manifest *m);

/* manifest_sink: the sink for the dump's bytes. */
struct sink manifest_sink(struct manifest *m);
/* manifest_table: a table is done. db and table are names as bytes, UTF-8. */
void manifest_table(struct manifest *m, const char *db, const char *table,
	uint64_t rows, const struct row_digest *digest);
/* manifest_finish: the SHA-256 is of what has passed, and of the manifest's
 * lines: written first, and the SHA-256 line behind them, if `lines` says so.
 * Nothing but the completion line may follow. */
int manifest_finish(struct manifest *m, bool lines, struct err *e);

uint64_t manifest_bytes(const struct manifest *m); /* through the sink so far */
/* manifest_sha256: of the bytes above the SHA-256 line, as hex; valid after
 * manifest_finish. */
const char *manifest_sha256(const struct manifest *m);

#endif
