/* row_digest.h: the digest of a table's rows, whatever their order.
 * dbpipes-stream(5) says where it stands in a dump.
 */
#ifndef DBPIPES_DATA_ROW_DIGEST_H
#define DBPIPES_DATA_ROW_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A table's row digest: the sum modulo 2^128 of the XXH3 128-bit hashes of
 * its rows' SQL texts "(...)", so that the order of rows does not count and a
 * doubled row does. Source: xxHash specification, XXH3_128bits, seed 0. */
struct row_digest {
	uint64_t low, high;
};

enum { ROW_DIGEST_TEXT = 33 }; /* hex digits and a NUL */

/* How a row digest begins in a manifest, before its hex digits. */
#define ROW_DIGEST_PREFIX "xxh3-128:"

/* row_digest_of: that of one row. */
struct row_digest row_digest_of(const char *row, size_t len);
/* row_digest_sum: add the rows of another part of the same table. */
static inline void row_digest_sum(
	struct row_digest *d, const struct row_digest *part)
{
	d->low += part->low;
	d->high += part->high + (d->low < part->low);
}
static inline bool row_digest_same(
	const struct row_digest *a, const struct row_digest *b)
{
	return a->low == b->low && a->high == b->high;
}
/* row_digest_add: one row more. */
static inline void row_digest_add(
	struct row_digest *d, const char *row, size_t len)
{
	const struct row_digest one = row_digest_of(row, len);

	row_digest_sum(d, &one);
}

void row_digest_text(const struct row_digest *d, char text[ROW_DIGEST_TEXT]);
/* row_digest_parse: the reverse, from 32 hex digits and nothing else. */
bool row_digest_parse(const char *text, struct row_digest *d);

#endif
