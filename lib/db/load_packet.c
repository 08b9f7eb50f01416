/* load_packet.c: see load_packet.h. */
#include "db/load_packet.h"

#include <stdint.h>
#include <string.h>

enum {
	FLAGS_AT = 4, /* behind the statement's number */
	TYPES_AT = 6,
	TYPE_BYTES = 2, /* the second: whether it is unsigned */
	SEND_TYPES = 128,
	/* What stands before a value. */
	VALUE_IS_THERE = 0,
	VALUE_IS_NULL = 1,
	VALUE_IS_DEFAULT = 2,
	/* With it, or with a length: all of a value that is not its text. */
	ROOM = 16
};

/* put: the lowest `bytes` of a value, the least of them first. */
static char *put(char *p, uint64_t value, int bytes)
{
	for (; bytes > 0; bytes--, value >>= 8)
		*p++ = (char)(value & 0xFF);
	return p;
}

static char *put_length(char *p, uint64_t len)
{
	if (len < 0xFB)
		return put(p, len, 1);
	if (len <= UINT16_MAX)
		return put(put(p, 0xFC, 1), len, 2);
	if (len < 1 << 24)
		return put(put(p, 0xFD, 1), len, 3);
	return put(put(p, 0xFE, 1), len, 8);
}

static char *put_time(char *p, const MYSQL_TIME *time)
{
	const int len = time->second_part ? 11 : 7;

	p = put(p, (uint64_t)len, 1);
	p = put(p, time->year, 2);
	p = put(p, time->month, 1);
	p = put(p, time->day, 1);
	p = put(p, time->hour, 1);
	p = put(p, time->minute, 1);
	p = put(p, time->second, 1);
	return put(p, time->second_part, len - 7);
}

void load_packet_begin(
	struct strbuf *packet, unsigned long statement, size_t columns)
{
	const size_t len = TYPES_AT + columns * TYPE_BYTES;

	strbuf_reset(packet);
	strbuf_grow(packet, len);
	memset(packet->buf, 0, len);
	put(packet->buf, statement, FLAGS_AT);
	put(packet->buf + FLAGS_AT, SEND_TYPES, TYPES_AT - FLAGS_AT);
	strbuf_setlen(packet, len);
}

void load_packet_type(
	struct strbuf *packet, size_t column, enum enum_field_types type)
{
	put(packet->buf + TYPES_AT + column * TYPE_BYTES, type, TYPE_BYTES);
}

void load_packet_add(struct strbuf *packet, const struct literal *v,
	const char *text, const struct bound *bound)
{
	uint64_t bits;
	char *p;

	strbuf_grow(packet, ROOM + v->len);
	p = packet->buf + packet->len;
	*p++ = v->kind == LITERAL_NULL       ? VALUE_IS_NULL
		: v->kind == LITERAL_DEFAULT ? VALUE_IS_DEFAULT
					     : VALUE_IS_THERE;
	switch (bound->type) {
	case MYSQL_TYPE_NULL:
		break;
	case MYSQL_TYPE_LONGLONG:
	case MYSQL_TYPE_DOUBLE:
		memcpy(&bits, &bound->number, sizeof(bits));
		p = put(p, bits, sizeof(bits));
		break;
	case MYSQL_TYPE_DATETIME:
		p = put_time(p, &bound->time);
		break;
	default:
		p = put_length(p, v->len);
		memcpy(p, text, v->len);
		p += v->len;
	}
	strbuf_setlen(packet, (size_t)(p - packet->buf));
}
