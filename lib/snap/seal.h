/* seal.h: the last member of a snapshot's archive, which states the SHA-256 of
 * all before it, so that a change on the way or at rest is noticed.
 *
 * The archive ends with it: a header, one block with 64 digits and a line end,
 * and the two empty blocks. So it is known by where it stands, and
 * `head -c -2048 SNAPSHOT.tar | sha256sum` is a check by stock tools.
 */
#ifndef DBPIPES_SNAP_SEAL_H
#define DBPIPES_SNAP_SEAL_H

#include <stddef.h>

#include "base/err.h"
#include "base/sink.h"
#include "data/sha256.h"

#define SNAP_SEAL_NAME "dbpipes-snapshot.sha256"

enum { SNAP_SEAL_BYTES = 2048 };

/* Writing: a digest made by a thread of its own while the bytes go on. A piece
 * of SNAP_DIGEST_LENT bytes or more is read where it is: it must stay as it is
 * until SNAP_DIGEST_BEHIND more have been written, or snap_digest_end has
 * returned. */
struct snap_digest;

enum { SNAP_DIGEST_LENT = 64 * 1024, SNAP_DIGEST_BEHIND = 3 };

/* snap_digest_new: of what goes through its sink to another one. Owns: ended by
 * snap_digest_free. Errors: ERR_OS. */
struct snap_digest *snap_digest_new(struct sink to, struct err *e);
struct sink snap_digest_sink(struct snap_digest *d);
/* snap_digest_end: of all that has gone through; what comes later only passes.
 */
void snap_digest_end(struct snap_digest *d, char text[SHA256_TEXT]);
void snap_digest_free(struct snap_digest *d); /* NULL is fine */

/* Reading: what it is held against. */
struct snap_proof {
	struct sha256 *sha256;
	unsigned char tail[SNAP_SEAL_BYTES]; /* the last bytes so far */
	size_t len;
};

enum snap_sealed {
	SNAP_UNSEALED, /* the archive is not sealed */
	SNAP_SEALED,   /* it is what was written */
	SNAP_CHANGED   /* it is not */
};

void snap_proof_begin(struct snap_proof *p);
void snap_proof_add(struct snap_proof *p, const void *data, size_t len);
/* snap_proof_end: the archive has ended; *p is done. */
enum snap_sealed snap_proof_end(struct snap_proof *p);

#endif
