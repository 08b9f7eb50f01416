/* packets.h: the packets of a result, read ahead straight from the socket.
 *
 * The client library asks the kernel for 16 KiB at most, and copies each packet
 * twice. Here a large read takes what the server has sent, and each row is used
 * where it lies. What is not a row (the end, an error, a connection that is
 * gone) is left to the library, which is put back to where the reading stands.
 * Only bare connections: what TLS or compression sends is no packets yet.
 *
 * Source: MariaDB Knowledge Base, "Packet", "Resultset row", and ma_pvio.h of
 * Connector/C, which is the library's interface for transports.
 */
#ifndef DBPIPES_DB_PACKETS_H
#define DBPIPES_DB_PACKETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <mysql.h>

/* So many bytes behind a row may be read, though they mean nothing. */
enum { PACKETS_SLACK = 64 };

/* A packet's length, in three bytes, and its number come before it; one of the
 * largest length is continued by the next. A row begins with this byte. */
enum { PACKETS_HEADER = 4, PACKETS_CONTINUED = 0xffffff, PACKETS_ROW = 0x00 };

static inline size_t packets_payload(const unsigned char *header)
{
	return header[0] | (size_t)header[1] << 8 | (size_t)header[2] << 16;
}

/* A connection's read-ahead; all zero is an empty one. */
struct packets {
	unsigned char *buf;
	size_t begin, end; /* what was read and not used yet */
	size_t cap;        /* of buf, without the slack */
	bool too_large;    /* a row was: nothing more can be read */
};

/* packets_wait: packets_row for what is not there yet. */
bool packets_wait(struct packets *packets, MYSQL *my, const unsigned char **row,
	size_t *len);

/* packets_row: the next packet, if it is a row: its payload from the header
 * byte 0x00 on, valid until the next call. False: the library shall read it, by
 * mysql_net_read_packet. */
static inline bool packets_row(struct packets *packets, MYSQL *my,
	const unsigned char **row, size_t *len)
{
	size_t there = packets->end - packets->begin;
	const unsigned char *header;

	if (there < PACKETS_HEADER)
		return packets_wait(packets, my, row, len);
	header = packets->buf + packets->begin;
	*len = packets_payload(header);
	*row = header + PACKETS_HEADER;
	if (there - PACKETS_HEADER < *len || !*len ||
		*len == PACKETS_CONTINUED || **row != PACKETS_ROW ||
		header[3] != (my->net.pkt_nr & 0xff))
		return packets_wait(packets, my, row, len);
	my->net.pkt_nr++;
	packets->begin += PACKETS_HEADER + *len;
	return true;
}

/* packets_copy: a row that the library has read, with the slack behind it;
 * likewise valid until the next call. Nothing may be read ahead. */
const unsigned char *packets_copy(
	struct packets *packets, const unsigned char *row, size_t len);

/* packets_trim: give back the memory that a huge row has taken; between two
 * results. */
void packets_trim(struct packets *packets);
void packets_release(struct packets *packets);

#endif
