/* value.c: see value.h. */
#include "db/value.h"

#include <stdio.h>
#include <string.h>

#include "base/attr.h"
#include "db/digits.h"
#include "db/escape.h"
#include "db/float_text.h"
#include "db/value_internal.h"

/* What a value that is no string takes at most, with NULL, the comma, the
 * words around a string and what is stored behind the last byte: 64 bits as
 * b'…' are 67 bytes. Bytes of strings take two each. */
enum { VALUE_ROOM = 112 };

_Static_assert((int)VALUE_SLACK >= (int)ESCAPE_READ, "values can be escaped");
_Static_assert((int)VALUE_ROOM >= (int)FLOAT_TEXT_ROOM &&
		(int)VALUE_ROOM >= 68 + (int)ESCAPE_SLACK,
	"room for any value");

/* put_integer: all sizes in one way, which takes eight bytes and shifts out
 * those behind the number. */
static ALWAYS_INLINE char *put_integer(
	char *to, const struct value_plan *plan, const unsigned char *data)
{
	unsigned shift = 64 - 8 * (unsigned)plan->size;
	uint64_t n = load_word(data) << shift;
	uint64_t sign = n >> 63 & plan->is_signed;

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

/* plain_digits: whether all eight bytes are digits, points or signs: in the
 * range from '-' to '9' and no '/'. The highest bit of each byte tells it. */
static inline bool plain_digits(uint64_t word)
{
	const uint64_t every = 0x0101010101010101, high = 0x80 * every;
	uint64_t low = word & ~high;
	uint64_t least = low + (0x80 - '-') * every;
	uint64_t beyond = low + (0x7f - '9') * every;
	uint64_t no_slash = (low ^ '/' * every) + 0x7f * every;

	return (least & ~beyond & no_slash & ~word & high) == high;
}

/* all_digits: whether a decimal has nothing else, where its first `len` bytes
 * are looked at in words. */
static inline bool all_digits(const unsigned char *data, size_t len)
{
	const uint64_t zeros = '0' * (uint64_t)0x0101010101010101;
	unsigned rest = 8 * (unsigned)(len % 8);
	uint64_t mask = ((uint64_t)1 << rest) - 1;

	for (; len >= 8; len -= 8, data += 8)
		if (!plain_digits(load_word(data)))
			return false;
	return plain_digits((load_word(data) & mask) | (zeros & ~mask));
}

/* put_decimal: digits as they are; NULL when there are others, which would
 * not stay inside of their value. */
static char *put_decimal(char *to, const unsigned char *data, size_t len)
{
	if (all_digits(data, len)) {
		/* Most are short, and of one length there is one move. */
		memcpy(to, data, 16);
		if (len > 16)
			memcpy(to + 16, data + 16, len - 16);
		return len ? to + len : NULL;
	}
	for (size_t i = 0; i < len; i++) {
		unsigned char c = data[i];

		if ((c < '0' || c > '9') && c != '.' && c != '-' && c != '+' &&
			c != 'e' && c != 'E')
			return NULL;
		*to++ = (char)c;
	}
	return to;
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
	const unsigned char *data, size_t len)
{
	memcpy(to, plan->before, sizeof(plan->before));
	to += plan->before_len;
	to = escape_put(to, (const char *)data, len);
	*to++ = '\'';
	return to;
}

static char *put_hex(char *to, const unsigned char *data, size_t len)
{
	*to++ = '0';
	*to++ = 'x';
	return escape_put_hex(to, (const char *)data, len);
}

/* A string, or what is sent as one. */
struct bytes {
	const unsigned char *at; /* NULL: does not fit in */
	size_t len;
};

/* long_bytes: of more than 250 bytes; `data` is behind the first byte of the
 * length. Source: MySQL, "Length-Encoded Integer Type". */
static struct bytes long_bytes(
	unsigned first, const unsigned char *data, const unsigned char *end)
{
	unsigned size = first == 252 ? 2 : first == 253 ? 3 : 8;
	uint64_t n;

	if (first == 251 || first == 255 || size > (size_t)(end - data))
		return (struct bytes){NULL, 0};
	n = load(data, size);
	data += size;
	return (struct bytes){n > (size_t)(end - data) ? NULL : data, n};
}

static inline struct bytes get_bytes(
	const unsigned char *data, const unsigned char *end)
{
	unsigned n;

	if (data >= end)
		return (struct bytes){NULL, 0};
	n = *data++;
	if (n > 250)
		return long_bytes(n, data, end);
	return (struct bytes){n > (size_t)(end - data) ? NULL : data, n};
}

/* put_sized: a value that comes with its length; as put_value. */
static ALWAYS_INLINE struct step put_sized(
	struct step at, const struct value_plan *plan, const unsigned char *end)
{
	struct bytes value = get_bytes(at.data, end);

	if (!value.at)
		return (struct step){NULL, end};
	at.data = value.at + value.len;
	if (plan->kind == KIND_DECIMAL)
		at.to = put_decimal(at.to, value.at, value.len);
	else if (plan->kind == KIND_BITS)
		at.to = put_bits(at.to, value.at, value.len);
	else if (plan->kind == KIND_HEX && value.len)
		at.to = put_hex(at.to, value.at, value.len);
	else
		at.to = put_string(at.to, plan, value.at, value.len);
	return at;
}

/* put_value: the value at at.data as text at at.to, where there is room for
 * VALUE_ROOM bytes and two for each of its own. Returns what is behind both;
 * NULL for the text as value_add. A value that is too short is read from the
 * slack behind `end` first, and refused then, for it ends there. */
static ALWAYS_INLINE struct step put_value(
	struct step at, const struct value_plan *plan, const unsigned char *end)
{
	const unsigned char *value = at.data;

	at.data += plan->size;
	switch (plan->kind) {
	case KIND_INVALID:
		at.to = NULL;
		break;
	case KIND_INTEGER:
		at.to = put_integer(at.to, plan, value);
		break;
	case KIND_FLOAT:
		at.to = put_float(at.to, value);
		break;
	case KIND_DOUBLE:
		at.to = put_double(at.to, value);
		break;
	case KIND_ROUNDED:
		at.to = put_rounded(at.to, plan, value);
		break;
	case KIND_DATE:
	case KIND_DATETIME:
		at = value_put_datetime(at, plan);
		break;
	case KIND_TIME:
		at = value_put_time(at, plan);
		break;
	default:
		return put_sized(at, plan, end);
	}
	if (at.data > end)
		at.to = NULL;
	return at;
}

const unsigned char *value_skip(const struct value_plan *plan,
	const unsigned char *data, const unsigned char *end)
{
	size_t len = plan->size;

	if (plan->kind >= KIND_DECIMAL) {
		struct bytes value = get_bytes(data, end);

		return value.at ? value.at + value.len : NULL;
	}
	if (plan->kind == KIND_INVALID || data >= end)
		return NULL;
	if (!len)
		len = 1 + (size_t)*data;
	return len > (size_t)(end - data) ? NULL : data + len;
}

const unsigned char *value_add(struct strbuf *sql,
	const struct value_plan *plan, const unsigned char *data,
	const unsigned char *end)
{
	struct step at;

	strbuf_grow(sql, 2 * (size_t)(end - data) + VALUE_ROOM);
	at = (struct step){sql->buf + sql->len, data};
	at = put_value(at, plan, end);
	strbuf_setlen(sql, at.to ? (size_t)(at.to - sql->buf) : sql->len);
	return at.to ? at.data : NULL;
}

/* A row packet on its way. */
struct row {
	const unsigned char *nulls; /* a bit a column, the first is bit 2 */
	const unsigned char *raw;   /* the next of the raw ones; or NULL */
	const unsigned char *end;
	unsigned raw_count; /* raw columns that have been read */
};

static inline bool is_null(const unsigned char *nulls, unsigned column)
{
	return nulls[(column + 2) / 8] >> (column + 2) % 8 & 1;
}

/* put_raw: what stands in the raw column of the value at at.data, if it does;
 * otherwise the value. As put_value. */
static struct step put_raw(struct step at, const struct row_plan *plan,
	struct row *row, unsigned i)
{
	const struct value_plan *value = &plan->values[i];
	const unsigned char *raw = row->raw ? row->raw : at.data;
	const struct step none = {NULL, at.data};
	struct bytes bytes;

	/* The first raw column of the row: it is behind all values. */
	for (unsigned j = i; !row->raw && j < plan->count; j++)
		if (!is_null(row->nulls, j)) {
			raw = value_skip(&plan->values[j], raw, row->end);
			if (!raw)
				return none;
		}
	row->raw = raw;
	row->raw_count++;
	if (is_null(row->nulls, value->raw)) {
		if (!is_null(row->nulls, i))
			return put_sized(at, value, row->end);
		memcpy(at.to, "NULL", 4);
		at.to += 4;
		return at;
	}
	bytes = get_bytes(raw, row->end);
	if (!bytes.at || !bytes.len)
		return none;
	row->raw = bytes.at + bytes.len;
	if (!is_null(row->nulls, i))
		at.data = value_skip(value, at.data, row->end);
	memcpy(at.to, value->raw_before, sizeof(value->raw_before));
	at.to = escape_put_hex(at.to + value->raw_before_len,
		(const char *)bytes.at, bytes.len);
	return at;
}

/* put_any: a value, whatever the row has there; as put_value. */
static struct step put_any(struct step at, const struct row_plan *plan,
	struct row *row, unsigned i)
{
	const struct value_plan *value = &plan->values[i];

	if (value->raw)
		return put_raw(at, plan, row, i);
	if (!is_null(row->nulls, i))
		return put_value(at, value, row->end);
	memcpy(at.to, "NULL", 4);
	at.to += 4;
	return at;
}

/* all_here: whether no value of a row is NULL. The bits of more columns than
 * there are count as well: they are 0, or it is not told. */
static inline bool all_here(const unsigned char *nulls, size_t len)
{
	uint64_t bits = 0;

	for (size_t i = 0; i < len; i++)
		bits |= nulls[i];
	return !bits;
}

/* put_row: all values with their commas. Returns as put_value. */
static inline struct step put_row(struct step at, const struct row_plan *plan,
	struct row *row, size_t nulls)
{
	const struct value_plan *value = plan->values,
				*last = value + plan->count;
	const unsigned char *end = row->end;

	if (plan->count == plan->fields && all_here(row->nulls, nulls)) {
		for (; value < last; value++) {
			at = put_value(at, value, end);
			if (!at.to)
				return at;
			*at.to++ = ',';
		}
		return at;
	}
	for (unsigned i = 0; i < plan->count; i++) {
		at = put_any(at, plan, row, i);
		if (!at.to)
			return at;
		*at.to++ = ',';
	}
	return at;
}

int row_add(struct strbuf *sql, const struct row_plan *plan,
	const unsigned char *packet, size_t len)
{
	size_t head = 1 + ((size_t)plan->fields + 2 + 7) / 8;
	struct row row = {.nulls = packet + 1, .end = packet + len};
	struct step at;

	if (len < head || *packet)
		return -1;
	strbuf_grow(sql, 2 * len + ((size_t)plan->count + 1) * VALUE_ROOM);
	at = (struct step){sql->buf + sql->len, packet + head};
	*at.to++ = '(';
	at = put_row(at, plan, &row, head - 1);
	if (!at.to ||
		(plan->count + row.raw_count == plan->fields &&
			(row.raw ? row.raw : at.data) != row.end)) {
		strbuf_setlen(sql, sql->len);
		return -1;
	}
	at.to -= plan->count > 0; /* the last comma */
	*at.to++ = ')';
	strbuf_setlen(sql, (size_t)(at.to - sql->buf));
	return 0;
}
