/* load_literal.c: see load_literal.h. Values are looked at where they stand;
 * only strings with escapes and hexadecimal digits are made anew. */
#include "db/load_literal.h"

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

/* A byte of `word` that is zero gets its highest bit set here; those behind
 * the first such one may, too. */
static uint64_t zero_bytes(uint64_t word)
{
	return (word - 0x0101010101010101u) & ~word & 0x8080808080808080u;
}

/* find_pair: the first of either byte, or end. Eight bytes at once, for the
 * texts of a dump are what most of it is. */
static const char *find_pair(const char *p, const char *end, char a, char b)
{
	const uint64_t ones = 0x0101010101010101u;
	const uint64_t all_a = ones * (unsigned char)a;
	const uint64_t all_b = ones * (unsigned char)b;
	uint64_t word;

	for (; end - p >= 8; p += 8) {
		memcpy(&word, p, 8);
		if (zero_bytes(word ^ all_a) | zero_bytes(word ^ all_b))
			break;
	}
	while (p < end && *p != a && *p != b)
		p++;
	return p;
}

/* add_unescaped: \% and \_ keep their backslash, outside of LIKE too. */
static void add_unescaped(struct strbuf *made, char c)
{
	if (c == '%' || c == '_')
		strbuf_addch(made, '\\');
	strbuf_addch(made, text_unescape(c));
}

/* read_string: pos is behind the opening quote. */
static bool read_string(
	struct literals *in, char quote, struct literal *v, struct strbuf *made)
{
	char escape = in->escapes ? '\\' : quote;
	const char *from = in->pos, *p = from;

	v->text = from;
	v->start = made->len;
	for (;;) {
		p = find_pair(p, in->end, quote, escape);
		if (p == in->end)
			return false;
		if (*p == quote && (p + 1 == in->end || p[1] != quote))
			break;
		if (p + 1 == in->end)
			return false;
		v->text = NULL;
		strbuf_add(made, from, (size_t)(p - from));
		if (*p == quote)
			strbuf_addch(made, quote);
		else
			add_unescaped(made, p[1]);
		p += 2;
		from = p;
	}
	in->pos = p + 1;
	if (v->text) {
		v->len = (size_t)(p - v->text);
		return true;
	}
	strbuf_add(made, from, (size_t)(p - from));
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

bool literals_numbered(const struct literals *in, size_t n)
{
	struct literals at = *in;
	struct strbuf made = STRBUF_INIT;
	struct literal v;
	bool known = take(&at, '(');

	for (size_t i = 0; known && i <= n; i++) {
		strbuf_reset(&made);
		known = (!i || take(&at, ',')) && read_value(&at, &v, &made);
	}
	strbuf_release(&made);
	return !known || makes_number(&v);
}
