/* escape.c: see escape.h.
 *
 * Blocks of 16 bytes, compared with all bytes that need an escape at once:
 * SSE2, which every x86-64 has, and NEON, which every AArch64 has; elsewhere
 * byte by byte. Where the processor has SSSE3, as it says when the program
 * runs, all escapes of eight bytes are put in at once. The text is the same. */
#include "db/escape.h"

#include <stdint.h>
#include <string.h>

#if defined(__SSE2__)
#include <tmmintrin.h>
#elif defined(__aarch64__) && defined(__ARM_NEON)
#include <arm_neon.h>
#endif

#include "db/escape_internal.h"

/* What stands behind the backslash for each byte that needs one; 0: none. The
 * double quote needs none between single quotes, which keeps JSON readable. */
static const char escapes[256] = {
	['\0'] = '0',
	['\n'] = 'n',
	['\r'] = 'r',
	['\\'] = '\\',
	['\''] = '\'',
	[26] = 'Z', /* ends a text file for some programs on Windows */
};

enum { BLOCK = 16 };

/* copy_block: take 16 bytes at `from` to `to`; returns a mask of those that
 * need an escape, MASK_BITS for each byte, the first one's lowest. */
#if defined(__SSE2__)

enum { MASK_BITS = 1 };

static inline uint64_t copy_block(char *to, const char *from)
{
	__m128i block = _mm_loadu_si128((const void *)from);
	__m128i zero = _mm_cmpeq_epi8(block, _mm_setzero_si128());
	__m128i newline = _mm_cmpeq_epi8(block, _mm_set1_epi8('\n'));
	__m128i ret = _mm_cmpeq_epi8(block, _mm_set1_epi8('\r'));
	__m128i backslash = _mm_cmpeq_epi8(block, _mm_set1_epi8('\\'));
	__m128i quote = _mm_cmpeq_epi8(block, _mm_set1_epi8('\''));
	__m128i ctrl_z = _mm_cmpeq_epi8(block, _mm_set1_epi8(26));
	__m128i any = _mm_or_si128(_mm_or_si128(_mm_or_si128(zero, newline),
					   _mm_or_si128(ret, backslash)),
		_mm_or_si128(quote, ctrl_z));

	_mm_storeu_si128((void *)to, block);
	return (unsigned)_mm_movemask_epi8(any);
}

/* hex_block: the digits of 16 bytes. */
static inline void hex_block(char *to, const char *from)
{
	__m128i block = _mm_loadu_si128((const void *)from);
	__m128i nibble = _mm_set1_epi8(15);
	__m128i high = _mm_and_si128(_mm_srli_epi16(block, 4), nibble);
	__m128i low = _mm_and_si128(block, nibble);
	__m128i pair[2] = {
		_mm_unpacklo_epi8(high, low), _mm_unpackhi_epi8(high, low)};

	for (int i = 0; i < 2; i++) {
		__m128i letter = _mm_cmpgt_epi8(pair[i], _mm_set1_epi8(9));
		__m128i digit = _mm_add_epi8(pair[i], _mm_set1_epi8('0'));

		letter = _mm_and_si128(letter, _mm_set1_epi8('A' - '0' - 10));
		_mm_storeu_si128((void *)(to + (ptrdiff_t)BLOCK * i),
			_mm_add_epi8(digit, letter));
	}
}

#elif defined(__aarch64__) && defined(__ARM_NEON)

enum { MASK_BITS = 4 };

static inline uint64_t copy_block(char *to, const char *from)
{
	uint8x16_t block = vld1q_u8((const uint8_t *)from);
	uint8x16_t zero = vceqzq_u8(block);
	uint8x16_t newline = vceqq_u8(block, vdupq_n_u8('\n'));
	uint8x16_t ret = vceqq_u8(block, vdupq_n_u8('\r'));
	uint8x16_t backslash = vceqq_u8(block, vdupq_n_u8('\\'));
	uint8x16_t quote = vceqq_u8(block, vdupq_n_u8('\''));
	uint8x16_t ctrl_z = vceqq_u8(block, vdupq_n_u8(26));
	uint8x16_t any = vorrq_u8(
		vorrq_u8(vorrq_u8(zero, newline), vorrq_u8(ret, backslash)),
		vorrq_u8(quote, ctrl_z));
	/* Of each two bytes the bits 4 to 11: four of either. */
	uint8x8_t mask = vshrn_n_u16(vreinterpretq_u16_u8(any), 4);

	vst1q_u8((uint8_t *)to, block);
	return vget_lane_u64(vreinterpret_u64_u8(mask), 0);
}

static inline void hex_block(char *to, const char *from)
{
	static const uint8_t digits[] = "0123456789ABCDEF";
	uint8x16_t table = vld1q_u8(digits);
	uint8x16_t block = vld1q_u8((const uint8_t *)from);
	uint8x16x2_t pair = {{vqtbl1q_u8(table, vshrq_n_u8(block, 4)),
		vqtbl1q_u8(table, vandq_u8(block, vdupq_n_u8(15)))}};

	vst2q_u8((uint8_t *)to, pair);
}

#else

enum { MASK_BITS = 1 };

static inline uint64_t copy_block(char *to, const char *from)
{
	uint64_t mask = 0;

	for (unsigned i = 0; i < BLOCK; i++) {
		mask |= (uint64_t) !!escapes[(unsigned char)from[i]] << i;
		to[i] = from[i];
	}
	return mask;
}

static inline void hex_block(char *to, const char *from)
{
	static const char digits[] = "0123456789ABCDEF";

	for (unsigned i = 0; i < BLOCK; i++) {
		*to++ = digits[(unsigned char)from[i] >> 4];
		*to++ = digits[(unsigned char)from[i] & 15];
	}
}

#endif

/* A place in the value, and where its text has got to. */
struct place {
	char *to;
	const char *value;
};

/* escape_marked: the block at place->value has been copied to place->to, and
 * mask tells which of its bytes need an escape: put these in, taking the rest
 * of the block along each time. Up to 15 bytes behind the block are read. */
static inline struct place escape_marked(struct place p, uint64_t mask)
{
	const char *end = p.value + BLOCK;
	unsigned at;

	do {
		at = (unsigned)__builtin_ctzll(mask);
		mask >>= at;
		mask >>= MASK_BITS;
		p.to += at / MASK_BITS;
		p.value += at / MASK_BITS;
		*p.to++ = '\\';
		*p.to++ = escapes[(unsigned char)*p.value++];
		memcpy(p.to, p.value, BLOCK);
	} while (mask);
	p.to += end - p.value;
	p.value = end;
	return p;
}

/* escape_end: less than two blocks, which may be read to the end of a third.
 */
static inline char *escape_end(struct place p, size_t len)
{
	const char *end = p.value + len;

	while (p.value < end) {
		size_t left = (size_t)(end - p.value);
		uint64_t mask = copy_block(p.to, p.value);

		if (left < BLOCK)
			mask &= ((uint64_t)1 << left * MASK_BITS) - 1;
		if (mask) {
			p = escape_marked(p, mask);
		} else {
			p.to += BLOCK;
			p.value += BLOCK;
		}
	}
	/* What was taken along of what follows the value. */
	return p.to - (p.value - end);
}

char *escape_put_blocks(char *to, const char *value, size_t len)
{
	struct place p = {to, value};
	const char *end = value + len;

	while (end - p.value >= 2 * BLOCK) {
		uint64_t mask = copy_block(p.to, p.value);

		if (mask) {
			p = escape_marked(p, mask);
		} else {
			p.to += BLOCK;
			p.value += BLOCK;
		}
	}
	return escape_end(p, (size_t)(end - p.value));
}

#if defined(__SSE2__)

/* What needs an escape, at its lowest four bits, where only 26 shares them with
 * another; elsewhere a byte that has others. And what stands behind the
 * backslash then. PSHUFB takes bytes from 0x80 on to 0. */
static const char nibble_bytes[BLOCK] = {'\0', -1, -1, -1, -1, -1, -1, '\'', -1,
	-1, '\n', -1, '\\', '\r', -1, 0};
static const char nibble_escapes[BLOCK] = {
	'0', 0, 0, 0, 0, 0, 0, '\'', 0, 0, 'n', 0, '\\', 'r', 0, 0};

/* put_half: the lower eight bytes, where the mask says behind a backslash. */
__attribute__((target("ssse3,popcnt"))) static inline char *put_half(
	char *to, __m128i bytes, unsigned mask)
{
	__m128i spread = _mm_loadu_si128((const void *)escape_spread[mask]);
	__m128i gaps = _mm_cmplt_epi8(spread, _mm_setzero_si128());

	bytes = _mm_or_si128(_mm_shuffle_epi8(bytes, spread),
		_mm_and_si128(gaps, _mm_set1_epi8('\\')));
	_mm_storeu_si128((void *)to, bytes);
	return to + 8 + __builtin_popcount(mask);
}

/* put_shuffled: the same for processors that can move bytes about, without a
 * branch for each escape. */
__attribute__((target("ssse3,popcnt"))) static char *put_shuffled(
	char *to, const char *value, size_t len)
{
	const __m128i needs = _mm_loadu_si128((const void *)nibble_bytes);
	const __m128i becomes = _mm_loadu_si128((const void *)nibble_escapes);
	const char *end = value + len;

	for (; value < end; value += BLOCK) {
		__m128i block = _mm_loadu_si128((const void *)value);
		__m128i ctrl_z = _mm_cmpeq_epi8(block, _mm_set1_epi8(26));
		__m128i any = _mm_or_si128(ctrl_z,
			_mm_cmpeq_epi8(block, _mm_shuffle_epi8(needs, block)));
		unsigned mask = (unsigned)_mm_movemask_epi8(any);
		__m128i escaped;

		if (end - value < BLOCK)
			mask &= (1U << (end - value)) - 1;
		if (!mask) {
			_mm_storeu_si128((void *)to, block);
			to += BLOCK;
			continue;
		}
		escaped = _mm_xor_si128(_mm_shuffle_epi8(becomes, block),
			_mm_and_si128(ctrl_z, _mm_set1_epi8('n' ^ 'Z')));
		escaped = _mm_or_si128(_mm_and_si128(any, escaped),
			_mm_andnot_si128(any, block));
		to = put_half(to, escaped, mask & 0xff);
		to = put_half(to, _mm_srli_si128(escaped, 8), mask >> 8);
	}
	/* What was taken along of what follows the value. */
	return to - (value - end);
}

char *escape_put(char *to, const char *value, size_t len)
{
	if (__builtin_cpu_supports("ssse3") && __builtin_cpu_supports("popcnt"))
		return put_shuffled(to, value, len);
	return escape_put_blocks(to, value, len);
}

#else

char *escape_put(char *to, const char *value, size_t len)
{
	return escape_put_blocks(to, value, len);
}

#endif

char *escape_put_hex(char *to, const char *value, size_t len)
{
	char pad[BLOCK] = {0};

	for (; len >= BLOCK; len -= BLOCK) {
		hex_block(to, value);
		value += BLOCK;
		to += (ptrdiff_t)2 * BLOCK;
	}
	if (len) {
		char digits[2 * BLOCK];

		memcpy(pad, value, len);
		hex_block(digits, pad);
		memcpy(to, digits, 2 * len);
	}
	return to + 2 * len;
}

void escape_string(struct strbuf *sql, const char *value, size_t len)
{
	size_t room = 2 * len + ESCAPE_SLACK;
	char *to, *copy, *end;

	/* Behind the room for the worst case, where enough can be read. */
	strbuf_grow(sql, room + len + ESCAPE_READ);
	to = sql->buf + sql->len;
	copy = to + room;
	memcpy(copy, value, len);
	memset(copy + len, 0, ESCAPE_READ);
	end = escape_put(to, copy, len);
	strbuf_setlen(sql, (size_t)(end - sql->buf));
}

void escape_hex(struct strbuf *sql, const char *value, size_t len)
{
	char *end;

	strbuf_grow(sql, 2 * len + ESCAPE_SLACK);
	end = escape_put_hex(sql->buf + sql->len, value, len);
	strbuf_setlen(sql, (size_t)(end - sql->buf));
}
