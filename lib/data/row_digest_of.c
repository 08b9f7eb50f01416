/* row_digest_of.c: the hash of a row; apart, for only who reads rows links it.
 */
#include <xxhash.h>

#include "data/row_digest.h"

struct row_digest row_digest_of(const char *row, size_t len)
{
	XXH128_hash_t hash = XXH3_128bits(row, len);

	return (struct row_digest){hash.low64, hash.high64};
}
