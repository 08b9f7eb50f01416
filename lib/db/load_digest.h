/* load_digest.h: a digest of a dump up to any of its places, to know it again.
 */
#ifndef DBPIPES_DB_LOAD_DIGEST_H
#define DBPIPES_DB_LOAD_DIGEST_H

#include <stddef.h>
#include <stdint.h>

struct load_digest;

struct load_digest *load_digest_new(void);
void load_digest_free(struct load_digest *d); /* NULL is fine */
void load_digest_add(struct load_digest *d, const char *text, size_t len);
/* load_digest_now: of all that was added; never 0. */
uint64_t load_digest_now(const struct load_digest *d);

#endif
