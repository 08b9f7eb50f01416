/* scan.c: see scan.h. */
#include "stream/scan.h"

#include <stddef.h>
#include <stdint.h>

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

/* find_closing: p is within quotes: behind their end, or NULL if they do not
 * end here. */
static inline const char *find_closing(const char *p, const char *end,
	char quote, const struct scan_rules *rules)
{
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

#ifdef __SSE2__
/* Blocks of 64 bytes, a bit each: which bytes lie within '...' is computed for
 * all of them at once, however many strings begin and end there. Source:
 * Langdale and Lemire, "Parsing Gigabytes of JSON per Second", 2019, 3.1. */

struct bits64 {
	uint64_t quotes, backslashes, others;
};

/* The other bytes that can matter: two pairs that differ in one bit, and three.
 */
static inline block is_other(block v, char delimiter)
{
	block comment = equal(_mm_or_si128(v, _mm_set1_epi8(2)), '/');
	block quote = equal(_mm_or_si128(v, _mm_set1_epi8(1)), '#');

	return either(either(comment, quote),
		either(equal(v, '`'),
			either(equal(v, '\0'), equal(v, delimiter))));
}

static inline struct bits64 load64(const char *p, char delimiter)
{
	struct bits64 b = {0, 0, 0};

	for (unsigned i = 0; i < 64; i += 16) {
		block v = load(p + i);

		b.quotes |= (uint64_t)bits(equal(v, '\'')) << i;
		b.backslashes |= (uint64_t)bits(equal(v, '\\')) << i;
		b.others |= (uint64_t)bits(is_other(v, delimiter)) << i;
	}
	return b;
}

/* find_escaped: the bytes behind an odd number of backslashes. *carry: the
 * first one is, and for the next block, too. */
static inline uint64_t find_escaped(uint64_t backslashes, uint64_t *carry)
{
	const uint64_t even = 0x5555555555555555;
	uint64_t behind, odd_starts, ends;

	backslashes &= ~*carry;
	behind = backslashes << 1 | *carry;
	odd_starts = backslashes & ~even & ~behind;
	*carry = __builtin_add_overflow(odd_starts, backslashes, &ends);
	return (even ^ ends << 1) & behind;
}

/* parity: bit n is whether the number of bits up to and with n is odd. */
static inline uint64_t parity(uint64_t x)
{
	x ^= x << 1;
	x ^= x << 2;
	x ^= x << 4;
	x ^= x << 8;
	x ^= x << 16;
	return x ^ x << 32;
}

/* first_other: of the bytes found, the first that is no sign. */
static inline const char *first_other(const char *p, uint64_t found)
{
	for (; found; found &= found - 1) {
		const char *at = p + __builtin_ctzll(found);

		if (*at != '-' || at[1] == '-')
			return at;
	}
	return NULL;
}

/* find_outside: as scan_statement, from outside of quotes, but at any double
 * quote or backtick it stops as well, and less than a block is left: then *open
 * is the quote of a string that it is in, or NULL. */
static const char *find_outside(const char *p, const char *end,
	const struct scan_rules *rules, const char **open)
{
	uint64_t carry = 0, inside = 0;

	*open = NULL;
	for (; end - p > 64; p += 64) {
		struct bits64 b = load64(p, rules->delimiter);
		const char *at;
		uint64_t strings;

		if (rules->escapes)
			b.quotes &= ~find_escaped(b.backslashes, &carry);
		strings = parity(b.quotes) ^ inside;
		at = first_other(p, (b.others | b.backslashes) & ~strings);
		if (at) {
			*open = NULL;
			return at;
		}
		inside = 0 - (strings >> 63); /* all of them, or none */
		if (b.quotes)
			*open = p + 63 - __builtin_clzll(b.quotes);
	}
	if (!inside)
		*open = NULL;
	return p + (carry && inside);
}
#endif

const char *scan_statement(
	const char *p, const char *end, const struct scan_rules *rules)
{
	for (;;) {
		const char *behind;

#ifdef __SSE2__
		if (!rules->wide) {
			p = find_outside(p, end, rules, &behind);
			if (behind) {
				const char *quote = behind;

				behind = find_closing(p, end, '\'', rules);
				if (!behind)
					return quote;
				p = behind;
			}
		}
#endif
		p = find_special(p, end, rules);
		if (p == end || *p == rules->delimiter || rules->wide)
			return p;
		if (*p == '\'' || *p == '"' || *p == '`') {
			behind = find_closing(p + 1, end, *p, rules);
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
