/* row_hash.h: a hash of each row, made by the server, so that two servers can
 * be compared without sending their rows.
 *
 * It is of the values' bytes: NULL is no empty text, where one value ends is
 * told, FLOAT and DOUBLE count to the last bit, collations do not count.
 * Generated columns are left out. Texts of different character sets are
 * compared as Unicode.
 *
 * A change of one row is missed with a chance of 2^-60. It is no cryptographic
 * hash: who can write to a server can make two rows of the same one.
 */
#ifndef DBPIPES_DB_ROW_HASH_H
#define DBPIPES_DB_ROW_HASH_H

#include <stdbool.h>

#include "base/strbuf.h"
#include "db/columns.h"
#include "db/flavor.h"

enum row_hash_way {
	/* The product of two CRCs of different polynomials. Processors have
	 * instructions for these: 2 million rows of 190 bytes took MariaDB
	 * 10.11 1.3 s for both, 4.4 s for MD5, 2.1 s for SHA1, and 0.4 s just
	 * to be counted. CRCs are linear, so that two rows which swap a value
	 * would not change the sum of one of them; their product is not. */
	ROW_HASH_CRC,
	/* Half an MD5: for servers that know only one CRC. */
	ROW_HASH_MD5
};

/* row_hash_way: what both servers can do. */
enum row_hash_way row_hash_way(const struct flavor *a, const struct flavor *b);

/* row_hash_add: append the hash of a table's row, an unsigned BIGINT, over
 * those of its columns that the other server's table has, too, in the order of
 * `order`, which is one of both. Never NULL, but for a row larger than the
 * server's max_allowed_packet without its BLOBs and TEXTs. */
void row_hash_add(enum row_hash_way way, const struct columns *columns,
	const struct columns *other, const struct columns *order,
	struct strbuf *sql);

#endif
