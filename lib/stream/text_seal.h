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

/* How the line of the digest begins. */
#define TEXT_SEAL_BEGIN "-- dbpipes-sha256 "

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

#endif
