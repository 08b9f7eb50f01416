/* ddl_same.c: see ddl_same.h. */
#include "db/ddl_same.h"

#include <ctype.h>
#include <string.h>

#include "base/strbuf.h"
#include "db/ddl_text.h"

/* A line while it is read. */
struct line {
	const char *at; /* the next token; "" at the end */
	bool padded;    /* ZEROFILL: widths of integers show in what is read */
	bool json;      /* as MariaDB keeps it: a text with a check */
};

static const char *after(const char *s)
{
	return ddl_after(s, NULL);
}

/* is_width: of an integer's type: (11). */
static bool is_width(const char *s)
{
	return *s == '(' && isdigit((unsigned char)*after(s)) &&
		*after(after(s)) == ')';
}

/* skip_value: behind [=] and one token. */
static const char *skip_value(const char *s)
{
	if (*s == '=')
		s = after(s);
	return after(s);
}

/* skip_charset: behind what states a character set or collation; s itself if
 * that does not. */
static const char *skip_charset(const char *s)
{
	const char *word = ddl_is(s, "DEFAULT") ? after(s) : s;

	if (ddl_is(word, "CHARSET") || ddl_is(word, "COLLATE"))
		return skip_value(after(word));
	if (ddl_is(word, "CHARACTER") && ddl_is(after(word), "SET"))
		return skip_value(after(after(word)));
	return s;
}

/* skip_silent: behind what only some servers write; s itself if it is nothing
 * of that. */
static const char *skip_silent(const struct line *l, const char *s)
{
	const char *next;

	if (s[0] == '/' && s[1] == '*' && s[2] == '!')
		return ddl_next(s + 3 + strspn(s + 3, "0123456789"), NULL);
	if (s[0] == '*' && s[1] == '/')
		return ddl_next(s + 2, NULL);
	if (*s == '(' || *s == ')')
		return after(s);
	if (ddl_is(s, "DEFAULT") && ddl_is(after(s), "NULL"))
		return after(after(s));
	if (*s == '_' && (*ddl_word_end(s) == '\'')) /* _utf8mb4'…' */
		return ddl_word_end(s);
	next = skip_charset(s);
	if (next == s && l->json && ddl_is(s, "CHECK"))
		return s + strlen(s);
	return next;
}

/* add_quoted: a name without its quotes, and a string if it is a number. */
static void add_quoted(const char *s, size_t len, struct strbuf *out)
{
	const bool number = len > 2 && strspn(s + 1, "0123456789.-") == len - 2;

	if (*s == '`' || number)
		strbuf_add(out, s + 1, len - 2);
	else
		strbuf_add(out, s, len);
}

/* add_token: the one that is next, and past it. */
static void add_token(struct line *l, struct strbuf *out)
{
	static const char *const integers[] = {"tinyint", "smallint",
		"mediumint", "int", "bigint", "year", NULL};
	const char *s = l->at, *end = ddl_skip(s, NULL);
	const bool integer = !l->padded && ddl_is_any(s, integers);

	l->at = ddl_next(end, NULL);
	if (integer && is_width(l->at))
		l->at = after(after(after(l->at)));
	strbuf_addch(out, ' ');
	if (strchr("`'\"", *s) && end - s > 1) {
		add_quoted(s, (size_t)(end - s), out);
		return;
	}
	if (l->json && ddl_is(s, "longtext"))
		strbuf_addstr(out, "json");
	else
		for (; s < end; s++)
			strbuf_addch(out, (char)tolower((unsigned char)*s));
}

/* common: the line in words that all servers would write. */
static void common(const char *text, size_t len, struct strbuf *out)
{
	struct strbuf copy = STRBUF_INIT;
	struct line l;

	strbuf_add(&copy, text, len);
	l.padded = strcasestr(copy.buf, "zerofill") != NULL;
	l.json = strstr(copy.buf, "json_valid") != NULL;
	l.at = ddl_next(copy.buf, NULL);
	while (*l.at) {
		const char *next = skip_silent(&l, l.at);

		if (next == l.at)
			add_token(&l, out);
		else
			l.at = next;
	}
	strbuf_release(&copy);
}

bool ddl_same_line(const char *a, size_t a_len, const char *b, size_t b_len)
{
	struct strbuf one = STRBUF_INIT, other = STRBUF_INIT;
	bool same;

	common(a, a_len, &one);
	common(b, b_len, &other);
	same = !strcmp(one.buf, other.buf);
	strbuf_release(&one);
	strbuf_release(&other);
	return same;
}
