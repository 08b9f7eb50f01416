/* insert_bytes.c: bytes that are written by their hexadecimal digits or bits,
 * as fields of LOAD DATA. */
#include "stream/insert_internal.h"

/* put_byte: into an open string. */
static inline void put_byte(struct fields *f, unsigned char c)
{
	need(f, ROOM);
	if (c == '\'' || c == '\\')
		*f->to++ = '\\';
	*f->to++ = (char)c;
}

/* Of each digit its value and one; 0 of what is none. */
static const unsigned char digits[256] = {
	['0'] = 1,
	['1'] = 2,
	['2'] = 3,
	['3'] = 4,
	['4'] = 5,
	['5'] = 6,
	['6'] = 7,
	['7'] = 8,
	['8'] = 9,
	['9'] = 10,
	['a'] = 11,
	['b'] = 12,
	['c'] = 13,
	['d'] = 14,
	['e'] = 15,
	['f'] = 16,
	['A'] = 11,
	['B'] = 12,
	['C'] = 13,
	['D'] = 14,
	['E'] = 15,
	['F'] = 16,
};

static inline unsigned digit(char c)
{
	return digits[(unsigned char)c];
}

static size_t count_digits(const struct fields *f, unsigned bits)
{
	const char *p = f->p;
	unsigned last = 1u << bits;

	while (p < f->end && digit(*p) && digit(*p) <= last)
		p++;
	return (size_t)(p - f->p);
}

/* put_first: the digits that fill no byte, which come first, as they do in
 * 0xABC and b'101'. */
static void put_first(struct fields *f, size_t count, unsigned bits)
{
	unsigned byte = 0;

	for (size_t i = 0; i < count; i++)
		byte = byte << bits | (digit(*f->p++) - 1);
	if (count)
		put_byte(f, (unsigned char)byte);
}

/* put_digits: the bytes that the digits at p are, each of `bits` bits. */
static void put_digits(struct fields *f, size_t count, unsigned bits)
{
	size_t per_byte = 8 / bits;
	const char *end = f->p + count;

	need(f, ROOM);
	*f->to++ = '\'';
	put_first(f, count % per_byte, bits);
	if (bits == 4) {
		for (; f->p < end; f->p += 2)
			put_byte(f,
				(unsigned char)((digit(f->p[0]) - 1) << 4 |
					(digit(f->p[1]) - 1)));
	}
	while (f->p < end)
		put_first(f, per_byte, bits);
	need(f, ROOM);
	*f->to++ = '\'';
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
