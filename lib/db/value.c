/* value.c: see value.h. */
#include "db/value.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "db/digits.h"
#include "db/escape.h"
#include "db/float_text.h"
#include "db/value_internal.h"

/* What a value that is no string takes at most, with NULL, the comma, the
 * words around a string and what is stored behind the last byte: 64 bits as
 * b'…' are 67 bytes. Bytes of strings take two each. */
enum { VALUE_ROOM = 112 };

_Static_assert((int)VALUE_ROOM >= (int)FLOAT_TEXT_ROOM &&
		(int)VALUE_ROOM >= 68 + (int)ESCAPE_SLACK,
	"room for any value");

/* load: `size` bytes, the lowest first; in a packet nothing is aligned. */
static inline uint64_t load(const unsigned char *data, unsigned size)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < size; i++)
		n |= (uint64_t)data[i] << (8 * i);
	return n;
}

static inline uint64_t load_word(const unsigned char *data)
{
	uint64_t n;

	memcpy(&n, data, sizeof(n));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	n = __builtin_bswap64(n);
#endif
	return n;
}

/* put_integer: all sizes in one way, which takes eight bytes where they may be
 * read and shifts out those behind the number. */
static inline char *put_integer(char *to, const struct value_plan *plan,
	const unsigned char *data, const unsigned char *end)
{
	unsigned shift = 64 - 8 * (unsigned)plan->size;
	uint64_t n, sign;

	n = end - data >= 8 ? load_word(data) : load(data, plan->size);
	n <<= shift;
	sign = plan->is_signed ? n >> 63 : 0;
	*to = '-';
	to += sign;
	/* The absolute value; of the smallest number, too. */
	n = (n ^ -sign) + sign;
	return put_uint(to, n >> shift);
}

/* put_float: NULL for what no server can hold. */
static char *put_float(char *to, const unsigned char *data)
{
	uint32_t bits = (uint32_t)load(data, 4);
	float value;

	memcpy(&value, &bits, sizeof(value));
	return (bits & 0x7f800000) == 0x7f800000 ? NULL : float_text(to, value);
}

static char *put_double(char *to, const unsigned char *data)
{
	const uint64_t exponent = (uint64_t)0x7ff << 52;
	uint64_t bits = load_word(data);
	double value;

	memcpy(&value, &bits, sizeof(value));
	return (bits & exponent) == exponent ? NULL : double_text(to, value);
}

/* put_rounded: a value of DOUBLE(M,D). The server rounds it to D decimals again
 * when it is loaded, and of more decimals may make another number than it was:
 * -6.0138337455209125 becomes …912, though the source made it of …913
 * (measured with MariaDB 10.11). So it is rounded as the server shows it. */
static char *put_rounded(
	char *to, const struct value_plan *plan, const unsigned char *data)
{
	char *end = put_double(to, data);
	const char *point = end ? memchr(to, '.', (size_t)(end - to)) : NULL;
	uint64_t bits = load_word(data);
	double value;

	if (!point || end - point - 1 <= plan->decimals ||
		memchr(point, 'e', (size_t)(end - point)))
		return end;
	memcpy(&value, &bits, sizeof(value));
	return to +
		snprintf(to, FLOAT_TEXT_ROOM, "%.*f", plan->decimals, value);
}

/* put_micros: the digits behind the second; those that the type has, and all
 * where it seems to have too few, or no fixed number. */
static char *put_micros(char *to, unsigned decimals, unsigned micros)
{
	if (decimals > TIME_DECIMALS)
		decimals = micros ? TIME_DECIMALS : 0;
	else if (micros % (unsigned)powers_of_ten[TIME_DECIMALS - decimals])
		decimals = TIME_DECIMALS;
	if (!decimals)
		return to;
	*to++ = '.';
	put_pair(put_pair(put_pair(to, micros / 10000), micros / 100 % 100),
		micros % 100);
	return to + decimals;
}

/* put_clock: hours, which are checked, and from data[0] on minutes and
 * seconds; NULL when these are no two digits. */
static char *put_clock(char *to, uint64_t hours, const unsigned char *data)
{
	if (data[0] > 99 || data[1] > 99)
		return NULL;
	to = hours < 100 ? put_pair(to, (unsigned)hours) : put_uint(to, hours);
	*to++ = ':';
	to = put_pair(to, data[0]);
	*to++ = ':';
	return put_pair(to, data[1]);
}

static char *put_date(char *to, const unsigned char *data)
{
	unsigned year = (unsigned)load(data, 2);

	if (year > 9999 || data[2] > 99 || data[3] > 99)
		return NULL;
	to = put_pair(to, year / 100);
	to = put_pair(to, year % 100);
	*to++ = '-';
	to = put_pair(to, data[2]);
	*to++ = '-';
	return put_pair(to, data[3]);
}

/* put_datetime: `data` has the length (0, 4, 7 or 11) in front, which leaves
 * out what is 0 at the end. */
static char *put_datetime(
	char *to, const struct value_plan *plan, const unsigned char *data)
{
	unsigned char full[11] = {0};
	uint64_t micros;

	memcpy(full, data + 1, *data);
	micros = load(full + 7, 4);
	*to++ = '\'';
	to = put_date(to, full);
	if (!to || full[4] > 99 || micros > 999999)
		return NULL;
	if (plan->kind == KIND_DATETIME) {
		*to++ = ' ';
		to = put_clock(to, full[4], full + 5);
		if (!to)
			return NULL;
		to = put_micros(to, plan->decimals, (unsigned)micros);
	}
	*to++ = '\'';
	return to;
}

/* put_time: the same with the lengths 0, 8 and 12: sign, days, and the time of
 * the day. */
static char *put_time(
	char *to, const struct value_plan *plan, const unsigned char *data)
{
	unsigned char full[12] = {0};
	uint64_t micros;

	memcpy(full, data + 1, *data);
	micros = load(full + 8, 4);
	if (full[0] > 1 || micros > 999999)
		return NULL;
	*to++ = '\'';
	if (full[0])
		*to++ = '-';
	to = put_clock(to, load(full + 1, 4) * 24 + full[5], full + 6);
	if (!to)
		return NULL;
	to = put_micros(to, plan->decimals, (unsigned)micros);
	*to++ = '\'';
	return to;
}

/* put_decimal: digits as they are; NULL when there are others, which would
 * not stay inside of their value. */
static char *put_decimal(char *to, const unsigned char *data, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = data[i];

		if ((c < '0' || c > '9') && c != '.' && c != '-' && c != '+' &&
			c != 'e' && c != 'E')
			return NULL;
		*to++ = (char)c;
	}
	return len ? to : NULL;
}

/* put_bits: big-endian bytes as b'0101'. */
static char *put_bits(char *to, const unsigned char *data, size_t len)
{
	uint64_t bits = 0;
	int at;

	if (len > sizeof(bits))
		return NULL;
	for (size_t i = 0; i < len; i++)
		bits = bits << 8 | data[i];
	*to++ = 'b';
	*to++ = '\'';
	if (len)
		for (at = 63 - __builtin_clzll(bits | 1); at >= 0; at--)
			*to++ = (char)('0' + (bits >> at & 1));
	*to++ = '\'';
	return to;
}

static inline char *put_string(char *to, const struct value_plan *plan,
	const unsigned char *data, size_t len, const unsigned char *end)
{
	memcpy(to, plan->before, sizeof(plan->before));
	to += plan->before_len;
	to = escape_put(to, (const char *)data, len, (const char *)end);
	*to++ = '\'';
	return to;
}

static char *put_hex(char *to, const unsigned char *data, size_t len)
{
	*to++ = '0';
	*to++ = 'x';
	return escape_put_hex(to, (const char *)data, len);
}

const unsigned char *value_bytes(
	const unsigned char *data, const unsigned char *end, size_t *len)
{
	uint64_t n;
	unsigned size;

	if (data == end)
		return NULL;
	n = *data++;
	if (n > 250) {
		/* MySQL, "Length-Encoded Integer Type". */
		size = n == 252 ? 2 : n == 253 ? 3 : n == 254 ? 8 : 0;
		if (!size || size > (size_t)(end - data))
			return NULL;
		n = load(data, size);
		data += size;
	}
	if (n > (size_t)(end - data))
		return NULL;
	*len = (size_t)n;
	return data;
}

/* value_size: the bytes of a value that is no string, with the length in front
 * of a time; SIZE_MAX for none. `data` is not at the end. */
static inline size_t value_size(
	const struct value_plan *plan, const unsigned char *data)
{
	enum kind kind = plan->kind;
	unsigned n = *data;

	if (plan->size)
		return plan->size;
	if (kind == KIND_INVALID)
		return SIZE_MAX;
	if (n == 0 || (kind == KIND_TIME && (n == 8 || n == 12)) ||
		(kind != KIND_TIME && n == 4) ||
		(kind == KIND_DATETIME && (n == 7 || n == 11)))
		return 1 + n;
	return SIZE_MAX;
}

static inline char *put_fixed(char *to, const struct value_plan *plan,
	const unsigned char *data, const unsigned char *end)
{
	switch (plan->kind) {
	case KIND_INTEGER:
		return put_integer(to, plan, data, end);
	case KIND_FLOAT:
		return put_float(to, data);
	case KIND_DOUBLE:
		return put_double(to, data);
	case KIND_ROUNDED:
		return put_rounded(to, plan, data);
	case KIND_TIME:
		return put_time(to, plan, data);
	default:
		return put_datetime(to, plan, data);
	}
}

/* put_value: the value at *data, which moves behind it, at `to`, where there is
 * room for VALUE_ROOM bytes and two for each of its own. Returns the first byte
 * behind the text; NULL as value_add. */
static inline char *put_value(char *to, const struct value_plan *plan,
	const unsigned char **data, const unsigned char *end)
{
	const unsigned char *value = *data;
	size_t len;

	if (plan->kind < KIND_DECIMAL) {
		if (value == end)
			return NULL;
		len = value_size(plan, value);
		if (len > (size_t)(end - value))
			return NULL;
		*data = value + len;
		return put_fixed(to, plan, value, end);
	}
	value = value_bytes(value, end, &len);
	if (!value)
		return NULL;
	*data = value + len;
	switch (plan->kind) {
	case KIND_DECIMAL:
		return put_decimal(to, value, len);
	case KIND_BITS:
		return put_bits(to, value, len);
	case KIND_HEX:
		if (len)
			return put_hex(to, value, len);
	}
	return put_string(to, plan, value, len, end);
}

const unsigned char *value_skip(const struct value_plan *plan,
	const unsigned char *data, const unsigned char *end)
{
	size_t len;

	if (plan->kind < KIND_DECIMAL) {
		len = data == end ? SIZE_MAX : value_size(plan, data);
		return len > (size_t)(end - data) ? NULL : data + len;
	}
	data = value_bytes(data, end, &len);
	return data ? data + len : NULL;
}

const unsigned char *value_add(struct strbuf *sql,
	const struct value_plan *plan, const unsigned char *data,
	const unsigned char *end)
{
	const unsigned char *next = value_skip(plan, data, end);
	char *to;

	if (!next)
		return NULL;
	strbuf_grow(sql, 2 * (size_t)(next - data) + VALUE_ROOM);
	to = put_value(sql->buf + sql->len, plan, &data, end);
	strbuf_setlen(sql, to ? (size_t)(to - sql->buf) : sql->len);
	return to ? next : NULL;
}

/* A row packet on its way. */
struct row {
	const unsigned char *nulls; /* a bit a column, the first is bit 2 */
	const unsigned char *data;  /* the next value */
	const unsigned char *raw;   /* the next of the raw ones; or NULL */
	const unsigned char *end;
	unsigned raw_count; /* raw columns that have been read */
};

static inline bool is_null(const struct row *row, unsigned column)
{
	return row->nulls[(column + 2) / 8] >> (column + 2) % 8 & 1;
}

/* put_raw: what stands in the raw column of the value at row->data, if it does;
 * otherwise the value. As put_value. */
static char *put_raw(
	char *to, const struct row_plan *plan, struct row *row, unsigned i)
{
	const struct value_plan *value = &plan->values[i];
	const unsigned char *raw = row->raw ? row->raw : row->data;
	size_t len;

	/* The first raw column of the row: it is behind all values. */
	for (unsigned j = i; !row->raw && j < plan->count; j++)
		if (!is_null(row, j)) {
			raw = value_skip(&plan->values[j], raw, row->end);
			if (!raw)
				return NULL;
		}
	row->raw = raw;
	row->raw_count++;
	if (is_null(row, value->raw)) {
		if (!is_null(row, i))
			return put_value(to, value, &row->data, row->end);
		memcpy(to, "NULL", 4);
		return to + 4;
	}
	raw = value_bytes(raw, row->end, &len);
	if (!raw || !len)
		return NULL;
	row->raw = raw + len;
	if (!is_null(row, i))
		row->data = value_skip(value, row->data, row->end);
	memcpy(to, value->raw_before, sizeof(value->raw_before));
	return escape_put_hex(
		to + value->raw_before_len, (const char *)raw, len);
}

/* put_row: all values with their commas. Returns as put_value. */
static char *put_row(char *to, const struct row_plan *plan, struct row *row)
{
	const struct value_plan *value = plan->values;
	const unsigned char *data = row->data;

	for (unsigned i = 0; i < plan->count; i++, value++) {
		if (value->raw) {
			row->data = data;
			to = put_raw(to, plan, row, i);
			data = row->data;
		} else if (is_null(row, i)) {
			memcpy(to, "NULL", 4);
			to += 4;
		} else {
			to = put_value(to, value, &data, row->end);
		}
		if (!to)
			return NULL;
		*to++ = ',';
	}
	row->data = data;
	return to;
}

int row_add(struct strbuf *sql, const struct row_plan *plan,
	const unsigned char *packet, size_t len)
{
	size_t head = 1 + ((size_t)plan->fields + 2 + 7) / 8;
	struct row row = {.nulls = packet + 1, .end = packet + len};
	char *to;

	if (len < head || *packet)
		return -1;
	row.data = packet + head;
	strbuf_grow(sql, 2 * len + ((size_t)plan->count + 1) * VALUE_ROOM);
	to = sql->buf + sql->len;
	*to++ = '(';
	to = put_row(to, plan, &row);
	if (to && plan->count + row.raw_count == plan->fields &&
		(row.raw ? row.raw : row.data) != row.end)
		to = NULL;
	if (!to) {
		strbuf_setlen(sql, sql->len);
		return -1;
	}
	to -= plan->count > 0; /* the last comma */
	*to++ = ')';
	strbuf_setlen(sql, (size_t)(to - sql->buf));
	return 0;
}
