/* scan.c: see scan.h. */
#include "stream/scan.h"

#include <stddef.h>

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

static inline const char *find_pair(
	const char *p, const char *end, char a, char b)
{
#ifdef __SSE2__
	for (; end - p >= 16; p += 16) {
		block v = load(p);
		unsigned found = bits(either(equal(v, a), equal(v, b)));

		if (found)
			return p + __builtin_ctz(found);
	}
#endif
	while (p < end && *p != a && *p != b)
		p++;
	return p;
}

const char *scan_pair(const char *p, const char *end, char a, char b)
{
	return find_pair(p, end, a, b);
}

static inline bool is_wide(char c)
{
	return (unsigned char)c >= 0x80;
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
	while (p < end && *p != a && *p != b && !is_wide(*p))
		p++;
	return p;
}

/* Bytes that can matter outside of quotes, whatever the delimiter is. */
static const bool special[256] = {
	['\''] = true,
	['"'] = true,
	['`'] = true,
	['\\'] = true,
	['#'] = true,
	['-'] = true,
	['/'] = true,
	['\0'] = true,
};

static inline bool is_special(char c, const struct scan_rules *rules)
{
	return special[(unsigned char)c] || c == rules->delimiter ||
		(rules->wide && is_wide(c));
}

/* find_special: the next byte outside of quotes that can matter. */
static inline const char *find_special(
	const char *p, const char *end, const struct scan_rules *rules)
{
	/* Mostly it is near: the comma between two strings. */
	for (int i = 0; i < 4 && p < end; i++, p++)
		if (is_special(*p, rules))
			return p;
#ifdef __SSE2__
	for (; end - p >= 16; p += 16) {
		block v = load(p);
		block quotes = either(
			equal(v, '\''), either(equal(v, '"'), equal(v, '`')));
		block comments = either(
			equal(v, '#'), either(equal(v, '-'), equal(v, '/')));
		block others = either(equal(v, rules->delimiter),
			either(equal(v, '\\'), equal(v, '\0')));
		unsigned found = bits(either(quotes, either(comments, others)));

		if (rules->wide)
			found |= bits(v);
		if (found)
			return p + __builtin_ctz(found);
	}
#endif
	while (p < end && !is_special(*p, rules))
		p++;
	return p;
}

/* skip_quoted: behind the end of what is quoted at p, or NULL if it does not
 * end here. */
static inline const char *skip_quoted(
	const char *p, const char *end, const struct scan_rules *rules)
{
	char quote = *p++;
	bool escapes = quote == '\'' ? rules->escapes
		: quote == '"'       ? rules->double_escapes
				     : false;
	char other = escapes ? '\\' : quote;

	while (p < end) {
		p = find_pair(p, end, quote, other);
		if (p == end)
			return NULL;
		if (*p == quote)
			return p + 1;
		p += 2;
	}
	return NULL;
}

const char *scan_statement(
	const char *p, const char *end, const struct scan_rules *rules)
{
	for (;;) {
		const char *behind;

		p = find_special(p, end, rules);
		if (p == end || *p == rules->delimiter || rules->wide)
			return p;
		if (*p == '\'' || *p == '"' || *p == '`') {
			behind = skip_quoted(p, end, rules);
			if (!behind)
				return p;
			p = behind;
		} else if (*p == '-' && end - p >= 2 && p[1] != '-') {
			p++; /* a sign */
		} else {
			return p;
		}
	}
}
