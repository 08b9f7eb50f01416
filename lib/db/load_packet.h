/* load_packet.h: rows of values for a prepared statement, as they are in a
 * COM_STMT_BULK_EXECUTE behind its command byte. The library makes such packets
 * too, out of an array for each column: to fill these and have them read again
 * costs several times what it costs to write the values where they belong.
 *
 * Source: MariaDB manual, "COM_STMT_BULK_EXECUTE" and "Binary Encoding of
 * Parameters".
 */
#ifndef DBPIPES_DB_LOAD_PACKET_H
#define DBPIPES_DB_LOAD_PACKET_H

#include <stddef.h>

#include <mysql.h>

#include "base/strbuf.h"
#include "db/load_bind.h"
#include "db/load_literal.h"

/* load_packet_begin: one without rows, of the statement with this number. */
void load_packet_begin(
	struct strbuf *packet, unsigned long statement, size_t columns);

/* load_packet_type: of all values of a column but NULL and DEFAULT. */
void load_packet_type(
	struct strbuf *packet, size_t column, enum enum_field_types type);

/* load_packet_add: the next value, bound->type being that of its column; `text`
 * is where the literal's bytes are. It takes 12 bytes more than these, or
 * less. */
void load_packet_add(struct strbuf *packet, const struct literal *v,
	const char *text, const struct bound *bound);

#endif
