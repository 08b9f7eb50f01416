/* token.c: the tokens of one statement that is in memory as a whole. */
#include "stream/token.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "stream/scan.h"

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		is_digit(c) || c == '_' || c == '$' || (unsigned char)c >= 0x80;
}

static bool starts(const char *p, const char *end, const char *text)
{
	size_t len = strlen(text);

	return (size_t)(end - p) >= len && !memcmp(p, text, len);
}

static const char *skip_line(const char *p, const char *end)
{
	const char *eol = memchr(p, '\n', (size_t)(end - p));

	return eol ? eol + 1 : end;
}

/* skip_version: behind the mark and version of a version comment, or NULL if
 * p is at none. */
static const char *skip_version(const char *p, const char *end)
{
	if (starts(p, end, "/*!"))
		p += 3;
	else if (starts(p, end, "/*M!"))
		p += 4;
	else
		return NULL;
	while (p < end && is_digit(*p))
		p++;
	return p;
}

/* at_mysql_comment: a version comment that MariaDB skips.
 * Source: MariaDB manual, "Comment Syntax": versions 50700 to 99999. */
static bool at_mysql_comment(const char *p, const char *end)
{
	size_t digits = 0;

	if (!starts(p, end, "/*!"))
		return false;
	for (p += 3; p < end && is_digit(*p); p++)
		digits++;
	return digits == 5 && memcmp(p - 5, "50700", 5) >= 0;
}

/* comment_end: behind the comment whose inside p is, or NULL. One in it is a
 * part of it. */
static const char *comment_end(const char *p, const char *end)
{
	bool nested = false;

	for (; end - p >= 2; p++) {
		if (starts(p, end, "*/")) {
			if (!nested)
				return p + 2;
			nested = false;
			p++;
		} else if (starts(p, end, "/*")) {
			nested = true;
			p++;
		}
	}
	return NULL;
}

/* skip_comment: p is at the opening mark of one that is not entered. */
static const char *skip_comment(struct tokens *in, const char *p, bool version)
{
	const char *end = in->end;

	if (version)
		p = comment_end(skip_version(p, end), end);
	else
		p = memmem(p + 2, (size_t)(end - p) - 2, "*/", 2);
	in->broken |= !p;
	if (!p)
		return end;
	return version ? p : p + 2;
}

/* skip_mark: of a version comment's beginning or end at p, or NULL. */
static const char *skip_mark(struct tokens *in, const char *p)
{
	const char *inside = skip_version(p, in->end);

	if (inside) {
		in->in_version = true;
		return inside;
	}
	if (!starts(p, in->end, "*/"))
		return NULL;
	in->broken |= !in->in_version;
	in->in_version = false;
	return p + 2;
}

static const char *skip_space(struct tokens *in)
{
	const char *p = in->pos, *end = in->end, *behind;

	while (p < end) {
		if (in->skip_mysql && at_mysql_comment(p, end))
			p = skip_comment(in, p, true);
		else if ((behind = skip_mark(in, p)))
			p = behind;
		else if (is_space(*p))
			p++;
		else if (starts(p, end, "/*"))
			p = skip_comment(in, p, false);
		else if (*p == '#')
			p = skip_line(p, end);
		else if (starts(p, end, "--") &&
			(end - p == 2 || (unsigned char)p[2] <= ' '))
			p = skip_line(p, end);
		else
			return p;
	}
	in->broken |= in->in_version;
	return p;
}

const char *token_skip_space(const char *p, const char *end)
{
	struct tokens in = {.pos = p, .end = end};

	return skip_space(&in);
}

static bool has_escapes(const struct tokens *in, char quote)
{
	return !in->no_backslash_escapes && quote != '`' &&
		!(quote == '"' && in->ansi_quotes);
}

const char *token_quoted_end(const struct tokens *in, const char *p)
{
	const char *end = in->end;
	char quote = *p;
	char other = has_escapes(in, quote) ? '\\' : quote;

	for (p++;; p += 2) {
		p = scan_pair(p, end, quote, other);
		if (end - p < 2)
			return p < end && *p == quote ? end : NULL;
		if (*p == quote && p[1] != quote)
			return p + 1;
	}
}

static enum token_kind set_token(struct tokens *in, struct token *t,
	enum token_kind kind, const char *from, const char *to)
{
	t->kind = kind;
	t->text = from;
	t->len = (size_t)(to - from);
	in->pos = to;
	return kind;
}

/* set_open: what is open at the end of the text. */
static enum token_kind set_open(struct tokens *in, struct token *t)
{
	in->broken = true;
	return set_token(in, t, TOKEN_END, in->end, in->end);
}

/* next_variable: p is at the first '@'. */
static enum token_kind next_variable(
	struct tokens *in, struct token *t, const char *p)
{
	bool system = in->end - p >= 2 && p[1] == '@';
	const char *from = p + (system ? 2 : 1);

	if (!system && from < in->end && strchr("'\"`", *from) && *from) {
		p = token_quoted_end(in, from);
		if (!p)
			return set_open(in, t);
		set_token(in, t, TOKEN_USERVAR, from + 1, p - 1);
		in->pos = p;
		return TOKEN_USERVAR;
	}
	for (p = from; p < in->end && (is_word(*p) || *p == '.'); p++)
		;
	return set_token(in, t, system ? TOKEN_SYSVAR : TOKEN_USERVAR, from, p);
}

enum token_kind token_next(struct tokens *in, struct token *t)
{
	const char *p = skip_space(in);
	const char *to;

	if (p == in->end)
		return set_token(in, t, TOKEN_END, p, p);
	if (*p == '\'' || *p == '"' || *p == '`') {
		to = token_quoted_end(in, p);
		if (!to)
			return set_open(in, t);
		return set_token(in, t,
			*p == '`' || (*p == '"' && in->ansi_quotes)
				? TOKEN_NAME
				: TOKEN_STRING,
			p, to);
	}
	if (*p == '@')
		return next_variable(in, t, p);
	for (to = p; to < in->end && is_word(*to); to++)
		;
	if (to > p)
		return set_token(in, t, TOKEN_WORD, p, to);
	return set_token(in, t, TOKEN_MARK, p, p + 1);
}

bool bytes_equal_nocase(const char *bytes, size_t len, const char *text)
{
	return strlen(text) == len && !strncasecmp(bytes, text, len);
}

bool token_word(const struct token *t, const char *word)
{
	return t->kind == TOKEN_WORD &&
		bytes_equal_nocase(t->text, t->len, word);
}

bool token_mark(const struct token *t, char mark)
{
	return t->kind == TOKEN_MARK && *t->text == mark;
}

void token_value(
	const struct tokens *in, const struct token *t, struct strbuf *out)
{
	const char *p = t->text, *end = p + t->len;
	char quote = *p;
	bool escapes;

	if (t->kind != TOKEN_STRING && t->kind != TOKEN_NAME) {
		strbuf_add(out, p, t->len);
		return;
	}
	escapes = has_escapes(in, quote);
	for (p++, end--; p < end; p++) {
		if (*p == '\\' && escapes && p + 1 < end)
			strbuf_addch(out, text_unescape(*++p));
		else if (*p == quote) /* doubled */
			strbuf_addch(out, *p++);
		else
			strbuf_addch(out, *p);
	}
}
