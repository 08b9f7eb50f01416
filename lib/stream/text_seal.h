/* text_seal.h: whether a plain dump of dbdump is whole and unchanged, told by
 * its last two lines while it is read from its beginning to its end:
 *
 *     -- dbpipes-sha256 HEX BYTES TIME
 *     -- Dump completed on TIME
 *
 * dbpipes-stream(5), Manifest, has them byte for byte; without a date in the
 * dump neither has the TIME.
 */
#ifndef DBPIPES_STREAM_TEXT_SEAL_H
#define DBPIPES_STREAM_TEXT_SEAL_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/sink.h"
#include "base/strbuf.h"

/* text_seal_line: the line of the digest, up to its TIME and the end of the
 * line: `hex` is of the `bytes` of text above it. */
void text_seal_line(struct strbuf *out, const char *hex, uint64_t bytes);

struct text_seal;

struct text_seal *text_seal_new(void);
void text_seal_free(struct text_seal *s);

/* text_seal_add: the next bytes of the text. */
void text_seal_add(struct text_seal *s, const char *text, size_t len);

enum text_verdict {
	TEXT_GOOD,     /* it states its digest, and it is right */
	TEXT_UNSEALED, /* it states none, and does not begin as a dump of
			* dbdump */
	TEXT_BAD
};

/* text_seal_end: nothing can be added behind it. *why gets what is wrong with
 * a bad one. */
enum text_verdict text_seal_end(struct text_seal *s, const char **why);

/* A part of a dump, passed on as a dump of its own: it states its own digest
 * where the dump stated that of all. */
struct text_reseal;

/* text_reseal_new: passed on to `below`. Owns: ended by text_reseal_free. */
struct text_reseal *text_reseal_new(struct sink below);
void text_reseal_free(struct text_reseal *r); /* NULL is fine */

/* text_reseal_sink: for the bytes of the part. Borrows. Its errors are those of
 * `below`. */
struct sink text_reseal_sink(struct text_reseal *r);

/* text_reseal_end: these were all, which is said once. What states no digest
 * gets none. */
int text_reseal_end(struct text_reseal *r, struct err *e);

#endif
