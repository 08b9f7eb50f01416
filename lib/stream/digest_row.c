/* digest_row.c: the hash of a row; apart, for only who reads rows links it. */
#include <xxhash.h>

#include "stream/digest.h"

void row_digest_add(struct row_digest *d, const char *row, size_t len)
{
	XXH128_hash_t hash = XXH3_128bits(row, len);

	row_digest_sum(d, &(struct row_digest){hash.low64, hash.high64});
}
