/* packets.c: see packets.h. */
#include "db/packets.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <ma_pvio.h>

#include "base/alloc.h"

/* As much as a socket holds by default; the cache's second level holds it. */
enum { AHEAD = 256 * 1024 };

static size_t unread(const MARIADB_PVIO *pvio)
{
	const unsigned char *end = pvio->cache + pvio->cache_size;

	return end > pvio->cache_pos ? (size_t)(end - pvio->cache_pos) : 0;
}

/* reserve: room for `size` bytes from begin on, and most of the buffer for what
 * comes then: what is left in it is part of a row, which goes to the front. */
static void reserve(struct packets *p, size_t size)
{
	if (p->begin)
		memmove(p->buf, p->buf + p->begin, p->end - p->begin);
	p->end -= p->begin;
	p->begin = 0;
	if (p->cap >= size)
		return;
	p->cap = size > AHEAD ? size : AHEAD;
	p->buf = xreallocarray(p->buf, p->cap + PACKETS_SLACK, 1);
	memset(p->buf + p->cap, 0, PACKETS_SLACK);
}

/* receive: as much as there is, but waits for the first byte. */
static bool receive(struct packets *p, int fd)
{
	struct pollfd on = {.fd = fd, .events = POLLIN};
	ssize_t n;

	for (;;) {
		n = recv(fd, p->buf + p->end, p->cap - p->end, 0);
		if (n > 0) {
			p->end += (size_t)n;
			return true;
		}
		if (!n || (errno != EINTR && errno != EAGAIN))
			return false;
		if (errno == EAGAIN)
			poll(&on, 1, -1);
	}
}

/* fill: until `size` bytes are there, from begin on. */
static bool fill(struct packets *p, MYSQL *my, size_t size)
{
	while (p->end - p->begin < size) {
		reserve(p, size);
		if (!receive(p, (int)mysql_get_socket(my)))
			return false;
	}
	return true;
}

/* take_cache: what the library has read ahead itself. */
static void take_cache(struct packets *p, MARIADB_PVIO *pvio)
{
	size_t len = unread(pvio);

	reserve(p, p->end - p->begin + len);
	memcpy(p->buf + p->end, pvio->cache_pos, len);
	p->end += len;
	pvio->cache_pos += len;
}

/* give_back: the library goes on from here. What its cache cannot hold is no
 * packet that ends a result, or part of one whose rest does not come: it meets
 * the end of the connection then. Returns false. */
static bool give_back(struct packets *p, MYSQL *my)
{
	MARIADB_PVIO *pvio = my->net.pvio;
	size_t len = p->end - p->begin;

	if (len > PVIO_READ_AHEAD_CACHE_SIZE) {
		shutdown((int)mysql_get_socket(my), SHUT_RDWR);
		len = 0;
	}
	if (len)
		memcpy(pvio->cache, p->buf + p->begin, len);
	pvio->cache_pos = pvio->cache;
	pvio->cache_size = len;
	p->begin = p->end = 0;
	return false;
}

/* next_packet: the packet that begins `at` bytes behind begin has come whole,
 * and is the one that is due: its length. */
static bool next_packet(struct packets *p, MYSQL *my, size_t at, size_t *len)
{
	const unsigned char *header;

	if (!fill(p, my, at + PACKETS_HEADER))
		return false;
	header = p->buf + p->begin + at;
	*len = packets_payload(header);
	if (header[3] != (my->net.pkt_nr & 0xff))
		return false;
	if (at + PACKETS_HEADER + *len > my->net.max_packet_size) {
		p->too_large = true;
		return false;
	}
	if (!fill(p, my, at + PACKETS_HEADER + *len))
		return false;
	return true;
}

/* join: the packets that continue the first one, without their headers. */
static bool join(struct packets *p, MYSQL *my, size_t *len)
{
	size_t more;

	do {
		unsigned char *header;

		if (!next_packet(p, my, PACKETS_HEADER + *len, &more))
			return false;
		my->net.pkt_nr++;
		header = p->buf + p->begin + PACKETS_HEADER + *len;
		p->end -= PACKETS_HEADER;
		memmove(header, header + PACKETS_HEADER,
			(size_t)(p->buf + p->end - header));
		*len += more;
	} while (more == PACKETS_CONTINUED);
	return true;
}

/* is_bare: nothing stands between the library and the socket. */
static bool is_bare(const MYSQL *my)
{
	const MARIADB_PVIO *pvio = my->net.pvio;

	return pvio && !pvio->ctls && !my->net.compress && pvio->cache &&
		(pvio->type == PVIO_TYPE_UNIXSOCKET ||
			pvio->type == PVIO_TYPE_SOCKET);
}

bool packets_wait(
	struct packets *p, MYSQL *my, const unsigned char **row, size_t *len)
{
	if (!is_bare(my))
		return false;
	if (unread(my->net.pvio))
		take_cache(p, my->net.pvio);
	if (!next_packet(p, my, 0, len) || !*len ||
		p->buf[p->begin + PACKETS_HEADER] != PACKETS_ROW)
		return give_back(p, my);
	my->net.pkt_nr++;
	if (*len == PACKETS_CONTINUED && !join(p, my, len))
		return give_back(p, my);
	*row = p->buf + p->begin + PACKETS_HEADER;
	p->begin += PACKETS_HEADER + *len;
	return true;
}

const unsigned char *packets_copy(
	struct packets *p, const unsigned char *row, size_t len)
{
	p->begin = p->end = 0;
	reserve(p, len);
	return memcpy(p->buf, row, len);
}

void packets_trim(struct packets *p)
{
	if (p->cap > AHEAD)
		packets_release(p);
}

void packets_release(struct packets *p)
{
	free(p->buf);
	*p = (struct packets){0};
}
