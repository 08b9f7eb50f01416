/* scan.c: see scan.h. */
#include "stream/scan.h"

#ifdef __SSE2__
#include <emmintrin.h>

typedef __m128i block; /* sixteen bytes */

static inline block load(const char *p)
{
	return _mm_loadu_si128((const __m128i *)(const void *)p);
}

static inline block equal(block v, char c)
{
	return _mm_cmpeq_epi8(v, _mm_set1_epi8(c));
}

static inline block either(block a, block b)
{
	return _mm_or_si128(a, b);
}

/* bits: one bit a byte, set where the byte's highest bit is. */
static inline unsigned bits(block v)
{
	return (unsigned)_mm_movemask_epi8(v);
}
#endif

static inline int is_pair(char c, char a, char b)
{
	return c == a || c == b;
}

static inline int is_wide(char c)
{
	return (unsigned char)c >= 0x80;
}

static inline int is_sql(char c, char delimiter)
{
	switch (c) {
	case '\'':
	case '"':
	case '`':
	case '\\':
	case '#':
	case '-':
	case '/':
	case '\0':
		return 1;
	default:
		return c == delimiter;
	}
}

const char *scan_pair(const char *p, const char *end, char a, char b)
{
#ifdef __SSE2__
	for (; end - p >= 16; p += 16) {
		block v = load(p);
		unsigned found = bits(either(equal(v, a), equal(v, b)));

		if (found)
			return p + __builtin_ctz(found);
	}
#endif
	while (p < end && !is_pair(*p, a, b))
		p++;
	return p;
}

const char *scan_pair_wide(const char *p, const char *end, char a, char b)
{
#ifdef __SSE2__
	for (; end - p >= 16; p += 16) {
		block v = load(p);
		unsigned found =
			bits(either(v, either(equal(v, a), equal(v, b))));

		if (found)
			return p + __builtin_ctz(found);
	}
#endif
	while (p < end && !is_pair(*p, a, b) && !is_wide(*p))
		p++;
	return p;
}

const char *scan_sql(const char *p, const char *end, char delimiter, int wide)
{
#ifdef __SSE2__
	const block everything = _mm_set1_epi8(wide ? -1 : 0);

	for (; end - p >= 16; p += 16) {
		block v = load(p);
		block quotes = either(
			equal(v, '\''), either(equal(v, '"'), equal(v, '`')));
		block comments = either(
			equal(v, '#'), either(equal(v, '-'), equal(v, '/')));
		block others = either(equal(v, delimiter),
			either(equal(v, '\\'), equal(v, '\0')));
		unsigned found = bits(either(either(quotes, comments),
			either(others, _mm_and_si128(v, everything))));

		if (found)
			return p + __builtin_ctz(found);
	}
#endif
	while (p < end && !is_sql(*p, delimiter) && !(wide && is_wide(*p)))
		p++;
	return p;
}
