/* load_literal.c: see load_literal.h. Values are looked at where they stand;
 * only strings with escapes and hexadecimal digits are made anew. */
#include "db/load_literal.h"

#include <endian.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* is_word: letters, digits, _ $ and bytes from 0x80 on. */
static bool is_word(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') ||
		(c >= 'A' && c <= 'Z') || c == '_' || c == '$' ||
		(unsigned char)c >= 0x80;
}

static void skip_space(struct literals *in)
{
	while (in->pos < in->end && is_space(*in->pos))
		in->pos++;
}

/* take: a byte, if it is the next one behind white space. */
static bool take(struct literals *in, char c)
{
	skip_space(in);
	if (in->pos == in->end || *in->pos != c)
		return false;
	in->pos++;
	return true;
}

/* The texts of a dump are what most of it is: they are looked at eight bytes at
 * once. */
enum { AT_ONCE = sizeof(uint64_t) };

/* Two bytes that are looked for. */
struct pair {
	char a, b;
};

/* find_in_word: which of the eight bytes is the first of either; AT_ONCE: none
 * is. A byte that is zero gets its highest bit set by what is done here; those
 * of higher value may, too, which are the ones behind it in a word whose first
 * byte is its lowest. Source: Henry S. Warren, "Hacker's Delight", 6-1. */
static size_t find_in_word(uint64_t bytes, struct pair pair)
{
	const uint64_t ones = 0x0101010101010101u, word = le64toh(bytes);
	const uint64_t a = word ^ ones * (unsigned char)pair.a;
	const uint64_t b = word ^ ones * (unsigned char)pair.b;
	const uint64_t found =
		(((a - ones) & ~a) | ((b - ones) & ~b)) & ones << 7;

	return found ? (size_t)__builtin_ctzll(found) / 8 : AT_ONCE;
}

/* find_pair: the first of either byte, or end. */
static const char *find_pair(const char *p, const char *end, struct pair pair)
{
	uint64_t word;

	while (end - p >= AT_ONCE) {
		size_t n;

		memcpy(&word, p, AT_ONCE);
		n = find_in_word(word, pair);
		p += n;
		if (n < AT_ONCE)
			return p;
	}
	while (p < end && *p != pair.a && *p != pair.b)
		p++;
	return p;
}

/* copy_to_pair: the same, and append what stands before it. */
static const char *copy_to_pair(
	const char *p, const char *end, struct pair pair, struct strbuf *made)
{
	const char *rest;
	uint64_t word;

	while (end - p >= AT_ONCE) {
		size_t n;

		memcpy(&word, p, AT_ONCE);
		strbuf_grow(made, AT_ONCE);
		memcpy(made->buf + made->len, &word, AT_ONCE);
		n = find_in_word(word, pair);
		strbuf_setlen(made, made->len + n);
		p += n;
		if (n < AT_ONCE)
			return p;
	}
	rest = p;
	p = find_pair(p, end, pair);
	strbuf_add(made, rest, (size_t)(p - rest));
	return p;
}

/* add_unescaped: \% and \_ keep their backslash, outside of LIKE too. */
static void add_unescaped(struct strbuf *made, char c)
{
	if (c == '%' || c == '_')
		strbuf_addch(made, '\\');
	strbuf_addch(made, text_unescape(c));
}

/* ends_at: whether this byte of the pair is the closing quote. */
static bool ends_at(const struct literals *in, const char *p, char quote)
{
	return p < in->end && *p == quote &&
		(p + 1 == in->end || p[1] != quote);
}

/* unescape: the rest of a string, from its first escape at p on. */
static bool unescape(struct literals *in, const char *p, struct pair pair,
	struct strbuf *made)
{
	for (;;) {
		if (ends_at(in, p, pair.a))
			break;
		if (in->end - p < 2)
			return false;
		if (*p == pair.a)
			strbuf_addch(made, pair.a);
		else
			add_unescaped(made, p[1]);
		p = copy_to_pair(p + 2, in->end, pair, made);
	}
	in->pos = p + 1;
	return true;
}

/* read_string: pos is behind the opening quote. */
static bool read_string(
	struct literals *in, char quote, struct literal *v, struct strbuf *made)
{
	const struct pair pair = {quote, in->escapes ? '\\' : quote};
	const char *from = in->pos, *p = find_pair(from, in->end, pair);

	v->text = from;
	v->start = made->len;
	v->len = (size_t)(p - from);
	if (ends_at(in, p, quote)) {
		in->pos = p + 1;
		return true;
	}
	v->text = NULL;
	strbuf_add(made, from, v->len);
	if (!unescape(in, p, pair, made))
		return false;
	v->len = made->len - v->start;
	return true;
}

static int hex_digit(char c)
{
	if (is_digit(c))
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* read_hex: digits, at least one; an odd number has a zero before it, but not
 * in x'..'. */
static bool read_hex(struct literals *in, bool quoted, struct literal *v,
	struct strbuf *made)
{
	const char *p = in->pos, *end = p;
	size_t digits;

	while (end < in->end && hex_digit(*end) >= 0)
		end++;
	digits = (size_t)(end - p);
	if (quoted ? digits % 2 || end == in->end || *end != '\''
		   : !digits || (end < in->end && is_word(*end)))
		return false;
	v->text = NULL;
	v->start = made->len;
	strbuf_grow(made, digits / 2 + 1);
	if (digits % 2)
		strbuf_addch(made, (char)hex_digit(*p++));
	for (; p < end; p += 2)
		strbuf_addch(
			made, (char)(hex_digit(p[0]) << 4 | hex_digit(p[1])));
	v->len = made->len - v->start;
	in->pos = end + quoted;
	return true;
}

/* read_bits: b'0101': as bytes, filled up with zeros in front. */
static bool read_bits(
	struct literals *in, struct literal *v, struct strbuf *made)
{
	const char *p = in->pos, *end = p;
	unsigned byte = 0;

	while (end < in->end && (*end == '0' || *end == '1'))
		end++;
	if (end == in->end || *end != '\'')
		return false;
	v->text = NULL;
	v->start = made->len;
	for (; p < end; p++) {
		byte = byte << 1 | (unsigned)(*p - '0');
		if ((end - p) % 8 == 1) {
			strbuf_addch(made, (char)byte);
			byte = 0;
		}
	}
	v->len = made->len - v->start;
	in->pos = end + 1;
	return true;
}

static const char *digits_end(const char *p, const char *end)
{
	while (p < end && is_digit(*p))
		p++;
	return p;
}

/* read_number: -12, 1.5, .5, 1e-3. */
static bool read_number(struct literals *in, struct literal *v)
{
	const char *p = in->pos, *digits;
	size_t count;

	v->kind = LITERAL_INTEGER;
	v->text = p;
	if (*p == '-')
		p++;
	digits = p;
	p = digits_end(p, in->end);
	count = (size_t)(p - digits);
	if (p < in->end && *p == '.') {
		v->kind = LITERAL_DECIMAL;
		digits = p + 1;
		p = digits_end(digits, in->end);
		count += (size_t)(p - digits);
	}
	if (!count)
		return false;
	if (p < in->end && (*p == 'e' || *p == 'E')) {
		v->kind = LITERAL_FLOAT;
		p++;
		if (p < in->end && (*p == '-' || *p == '+'))
			p++;
		digits = p;
		p = digits_end(p, in->end);
		if (p == digits)
			return false;
	}
	v->len = (size_t)(p - v->text);
	in->pos = p;
	return p == in->end || !is_word(*p);
}

static bool word_is(const char *word, size_t len, const char *name)
{
	return strlen(name) == len && !strncasecmp(word, name, len);
}

/* read_word: NULL, DEFAULT, and what begins like a word: x'', b'', _binary ''.
 */
static bool read_word(
	struct literals *in, struct literal *v, struct strbuf *made)
{
	const char *word = in->pos;
	size_t len;

	while (in->pos < in->end && is_word(*in->pos))
		in->pos++;
	len = (size_t)(in->pos - word);
	v->text = word;
	v->len = 0;
	if (word_is(word, len, "NULL")) {
		v->kind = LITERAL_NULL;
		return true;
	}
	if (word_is(word, len, "DEFAULT")) {
		v->kind = LITERAL_DEFAULT;
		skip_space(in);
		return in->pos < in->end && *in->pos != '(';
	}
	if (in->pos == in->end)
		return false;
	v->kind = LITERAL_HEX;
	if (*in->pos == '\'' && len == 1) {
		in->pos++;
		if ((*word | 0x20) == 'x')
			return read_hex(in, true, v, made);
		return (*word | 0x20) == 'b' && read_bits(in, v, made);
	}
	if (!word_is(word, len, "_binary") || !take(in, '\''))
		return false;
	v->kind = LITERAL_BINARY;
	return read_string(in, '\'', v, made);
}

static bool read_value(
	struct literals *in, struct literal *v, struct strbuf *made)
{
	char c;

	skip_space(in);
	if (in->pos == in->end)
		return false;
	c = *in->pos;
	if (c == '\'' || (c == '"' && in->double_quotes)) {
		in->pos++;
		v->kind = LITERAL_STRING;
		return read_string(in, c, v, made);
	}
	/* 0x; but 0X and 0b are words to the server. */
	if (c == '0' && in->end - in->pos > 2 && in->pos[1] == 'x') {
		in->pos += 2;
		v->kind = LITERAL_HEX;
		return read_hex(in, false, v, made);
	}
	if (is_digit(c) || c == '-' || c == '.')
		return read_number(in, v);
	return is_word(c) && read_word(in, v, made);
}

enum literal_found literals_next(struct literals *in, struct literal *row,
	size_t count, struct strbuf *made)
{
	skip_space(in);
	if (in->pos == in->end)
		return LITERAL_END;
	if (!take(in, '('))
		return LITERAL_OTHER;
	for (size_t i = 0; i < count; i++) {
		if (!read_value(in, &row[i], made))
			return LITERAL_OTHER;
		if (!take(in, i + 1 < count ? ',' : ')'))
			return in->pos < in->end &&
					(*in->pos == ',' || *in->pos == ')')
				? LITERAL_COUNT
				: LITERAL_OTHER;
	}
	if (!take(in, ',')) {
		skip_space(in);
		return in->pos == in->end ? LITERAL_ROW : LITERAL_OTHER;
	}
	skip_space(in);
	return in->pos < in->end ? LITERAL_ROW : LITERAL_OTHER;
}

/* makes_number: what a value tells an AUTO_INCREMENT column to do. */
static bool makes_number(const struct literal *v)
{
	if (v->kind == LITERAL_INTEGER)
		return strspn(v->text, "-0") >= v->len;
	return true;
}

/* row_numbered: pos comes to stand behind value n. */
static bool row_numbered(struct literals *in, size_t n, struct strbuf *made)
{
	struct literal v = {0};
	bool known = take(in, '(');

	for (size_t i = 0; known && i <= n; i++) {
		strbuf_reset(made);
		known = (!i || take(in, ',')) && read_value(in, &v, made);
	}
	skip_space(in);
	known = known && in->pos < in->end &&
		(*in->pos == ',' || *in->pos == ')');
	return !known || makes_number(&v);
}

/* skip_row: the rest of it, whatever it is but for comments, which may hold
 * anything. */
static bool skip_row(struct literals *in, struct strbuf *made)
{
	struct literal v;

	for (int depth = 1; depth;) {
		char c = in->pos < in->end ? *in->pos++ : '#';

		if (c == '#' || c == '`' || (c == '/' && take(in, '*')) ||
			(c == '-' && take(in, '-')))
			return false;
		if (c == '(' || c == ')')
			depth += c == '(' ? 1 : -1;
		strbuf_reset(made);
		if ((c == '\'' || c == '"') && !read_string(in, c, &v, made))
			return false;
	}
	return true;
}

bool literals_numbered(const struct literals *in, size_t n, bool any)
{
	struct literals at = *in;
	struct strbuf made = STRBUF_INIT;
	bool numbered;

	do
		numbered = row_numbered(&at, n, &made) ||
			(any && !skip_row(&at, &made));
	while (any && !numbered && take(&at, ','));
	/* What stands there may be a comment, and rows behind it. */
	skip_space(&at);
	numbered |=
		any && at.pos < at.end && *at.pos != ';' && !is_word(*at.pos);
	strbuf_release(&made);
	return numbered;
}
