/* row_hash.h: a hash of each row, made by the server, so that two servers can
 * be compared without sending their rows.
 *
 * It is of the values' bytes: NULL is no empty text, where one value ends is
 * told, FLOAT and DOUBLE count to the last bit, collations do not count.
 * Generated columns are left out. Texts of different character sets are
 * compared as Unicode.
 *
 * A change of a value within four bytes is never missed, any other one of a
 * single row with a chance of 2^-32. It is no cryptographic hash: who can write
 * to a server can make two rows of the same one.
 */
#ifndef DBPIPES_DB_ROW_HASH_H
#define DBPIPES_DB_ROW_HASH_H

#include <stdbool.h>

#include "base/strbuf.h"
#include "db/columns.h"
#include "db/flavor.h"

enum row_hash_way {
	/* The CRC of all values times one, of another polynomial, of the
	 * primary key. Processors have instructions for these, and a server
	 * can go on with a CRC from value to value, without a copy of the row.
	 * CRCs are linear, so that two rows which swap a value would not
	 * change the sum of one of them; the products are not. */
	ROW_HASH_CRC,
	/* A quarter of a SHA-256: for servers that know only one CRC. MySQL
	 * 9.6 and servers under FIPS rules have no MD5. */
	ROW_HASH_SHA
};

/* row_hash_way: what both servers can do. */
enum row_hash_way row_hash_way(const struct flavor *a, const struct flavor *b);

/* row_hash_add: append the hash of a table's row, an unsigned BIGINT, over
 * those of its columns that the other server's table has, too, in the order of
 * `order`, which is one of both. keyed: no two rows have the same values of the
 * primary key, which both tables have. Never NULL, but with ROW_HASH_SHA for a
 * row larger than the server's max_allowed_packet without its BLOBs and TEXTs.
 */
void row_hash_add(enum row_hash_way way, const struct columns *columns,
	const struct columns *other, const struct columns *order, bool keyed,
	struct strbuf *sql);

#endif
