/* insert_bytes.c: bytes that are written by their hexadecimal digits or bits,
 * as fields of LOAD DATA. */
#include "stream/insert_internal.h"

/* put_byte: into an open string. */
static void put_byte(struct fields *f, unsigned char c)
{
	need(f, ROOM);
	if (c == '\'' || c == '\\')
		*f->to++ = '\\';
	*f->to++ = (char)c;
}

static int hex_digit(char c)
{
	if (is_digit(c))
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* put_digits: the bytes that the digits at p are, each of `bits` bits. Those
 * that fill no byte come first, as they do in 0xABC and b'101'. */
static void put_digits(struct fields *f, size_t count, unsigned bits)
{
	size_t per_byte = 8 / bits, i = 0;
	unsigned byte = 0;

	need(f, ROOM);
	*f->to++ = '\'';
	while (i < count) {
		byte = byte << bits | (unsigned)hex_digit(f->p[i++]);
		if ((count - i) % per_byte)
			continue;
		put_byte(f, (unsigned char)byte);
		byte = 0;
	}
	need(f, ROOM);
	*f->to++ = '\'';
	f->p += count;
}

static size_t count_digits(const struct fields *f, unsigned bits)
{
	const char *p = f->p;
	int limit = bits == 4 ? 16 : 2;

	while (p < f->end && hex_digit(*p) >= 0 && hex_digit(*p) < limit)
		p++;
	return (size_t)(p - f->p);
}

bool put_quoted_digits(struct fields *f)
{
	unsigned bits = (*f->p | 0x20) == 'x' ? 4 : 1;
	size_t count;

	if (f->end - f->p < 2 || f->p[1] != '\'')
		return false;
	f->p += 2;
	count = count_digits(f, bits);
	if (f->p + count == f->end || f->p[count] != '\'' ||
		(bits == 4 && count % 2))
		return false;
	put_digits(f, count, bits);
	f->p++;
	return true;
}

bool put_bare_digits(struct fields *f)
{
	unsigned bits = f->p[1] == 'x' ? 4 : 1;
	size_t count;

	f->p += 2;
	count = count_digits(f, bits);
	if (count)
		put_digits(f, count, bits);
	return count > 0;
}

bool is_bare_digits(const struct fields *f)
{
	return f->end - f->p >= 2 && *f->p == '0' &&
		(f->p[1] == 'x' || f->p[1] == 'b');
}
