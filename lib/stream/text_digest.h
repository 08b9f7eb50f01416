/* text_digest.h: a digest of a dump up to any of its places, to know it again.
 */
#ifndef DBPIPES_STREAM_TEXT_DIGEST_H
#define DBPIPES_STREAM_TEXT_DIGEST_H

#include <stddef.h>
#include <stdint.h>

struct text_digest;

struct text_digest *text_digest_new(void);
void text_digest_free(struct text_digest *d); /* NULL is fine */
void text_digest_add(struct text_digest *d, const char *text, size_t len);
/* text_digest_now: of all that was added; never 0. */
uint64_t text_digest_now(const struct text_digest *d);

#endif
