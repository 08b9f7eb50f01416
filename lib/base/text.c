/* text.c: bytes from elsewhere, made fit to be shown. */
#include "base/text.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

static bool tail(const unsigned char *s, size_t from, size_t to)
{
	size_t i;

	for (i = from; i < to; i++) {
		if (s[i] < 0x80 || s[i] > 0xbf)
			return false;
	}
	return true;
}

size_t utf8_length(const char *text, size_t len)
{
	const unsigned char *s = (const unsigned char *)text;
	unsigned char low = 0x80, high = 0xbf;
	size_t want;

	if (!len)
		return 0;
	if (s[0] < 0x80)
		return 1;
	if (s[0] < 0xc2 || s[0] > 0xf4)
		return 0;
	want = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	/* Overlong forms, surrogates and what lies beyond U+10FFFF. */
	if (s[0] == 0xe0)
		low = 0xa0;
	else if (s[0] == 0xed)
		high = 0x9f;
	else if (s[0] == 0xf0)
		low = 0x90;
	else if (s[0] == 0xf4)
		high = 0x8f;
	if (len < want || s[1] < low || s[1] > high || !tail(s, 2, want))
		return 0;
	return want;
}

/* ascii_length: how many bytes from here on are ASCII, in steps of eight. */
static size_t ascii_length(const char *s, size_t len)
{
	size_t i = 0;
	uint64_t word;

	for (; i + sizeof(word) <= len; i += sizeof(word)) {
		memcpy(&word, s + i, sizeof(word));
		if (word & 0x8080808080808080)
			break;
	}
	return i;
}

bool text_is_ascii(const char *s)
{
	while (*s && !(*s & 0x80))
		s++;
	return !*s;
}

bool utf8_valid(const char *s, size_t len)
{
	size_t i = 0, n;

	while ((i += ascii_length(s + i, len - i)) < len) {
		n = utf8_length(s + i, len - i);
		if (!n)
			return false;
		i += n;
	}
	return true;
}

static bool is_control(const unsigned char *s, size_t len)
{
	if (len == 1)
		return s[0] < 0x20 || s[0] == 0x7f;
	/* C1: terminals take U+009B for the start of an escape sequence. */
	return len == 2 && s[0] == 0xc2 && s[1] < 0xa0;
}

void text_escape(struct strbuf *out, const char *s, size_t len)
{
	const unsigned char *bytes = (const unsigned char *)s;
	size_t i = 0, n, k;

	while (i < len) {
		n = utf8_length(s + i, len - i);
		if (n && !is_control(bytes + i, n)) {
			strbuf_add(out, s + i, n);
			i += n;
			continue;
		}
		for (k = n ? n : 1; k > 0; k--)
			strbuf_addf(out, "\\x%02X", bytes[i++]);
	}
}

bool text_contains(const char *s, size_t len, const char *part)
{
	size_t n = strlen(part);

	for (; len >= n; s++, len--)
		if (!strncasecmp(s, part, n))
			return true;
	return false;
}

char text_unescape(char c)
{
	switch (c) {
	case '0':
		return '\0';
	case 'b':
		return '\b';
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case 't':
		return '\t';
	case 'Z':
		return '\032';
	default:
		return c;
	}
}
