/* Scanning: many bytes at once find what a plain loop finds. */
#include "stream/scan.h"
#include "random.h"
#include "tap.h"

#include <stdlib.h>
#include <string.h>

static size_t below(size_t most)
{
	return (size_t)(random_next() % most);
}

enum { ROUNDS = 200000, MOST = 400 };

/* closing: behind the end of the string whose quote is at p, or NULL. */
static const char *closing(
	const char *p, const char *end, const struct scan_rules *rules)
{
	char quote = *p++;
	bool escapes = quote == '\'' ? rules->escapes
		: quote == '"'       ? rules->double_escapes
				     : false;

	for (; p < end; p++) {
		if (*p == quote)
			return p + 1;
		if (*p == '\\' && escapes)
			p++;
	}
	return NULL;
}

/* plainly: scan_statement, byte by byte. */
static const char *plainly(
	const char *p, const char *end, const struct scan_rules *rules)
{
	while (p < end) {
		if (*p == '\'' || *p == '"' || *p == '`') {
			const char *behind = closing(p, end, rules);

			if (rules->wide || !behind)
				return p;
			p = behind;
			continue;
		}
		if (*p == rules->delimiter || memchr("\\#/", *p, 4) ||
			(rules->wide && (unsigned char)*p >= 0x80) ||
			(*p == '-' && (p + 1 == end || p[1] == '-')) ||
			(*p == '-' && rules->wide))
			return p;
		p++;
	}
	return p;
}

static char *make_text(size_t len)
{
	/* Mostly strings and what stands between them. */
	static const char bytes[] =
		"aaaaaaaabbbb,,,,()  ''''''''\\\\--;#/`\"\x80\n";
	char *text = malloc(len + 1);

	for (size_t i = 0; i < len; i++)
		text[i] = bytes[below(sizeof(bytes))];
	return text;
}

static bool one_round(void)
{
	size_t len = below(MOST);
	char *text = make_text(len);
	const struct scan_rules rules = {
		.delimiter = below(4) ? ';' : 'b',
		.escapes = below(4),
		.double_escapes = below(2),
		.wide = !below(8),
	};
	const char *want = plainly(text, text + len, &rules);
	const char *got = scan_statement(text, text + len, &rules);

	free(text);
	return got == want;
}

int main(void)
{
	int good = 0;

	while (good < ROUNDS && one_round())
		good++;
	is_int(good, ROUNDS, "random texts are scanned as byte by byte");
	return done_testing();
}
