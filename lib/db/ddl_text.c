/* ddl_text.c: see ddl_text.h. */
#include "db/ddl_text.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static const struct ddl_rules own_rules = {false, false, false, NULL};

/* Only sets that a client can speak count. Source: MariaDB manual, "Supported
 * Character Sets". */
bool ddl_pair(const char *s, const char *charset)
{
	unsigned char lead = (unsigned char)*s;

	if (!charset || lead < 0x81 || !s[1])
		return false;
	if (!strcasecmp(charset, "big5") || !strcasecmp(charset, "gbk"))
		return lead <= 0xfe;
	if (!strcasecmp(charset, "sjis") || !strcasecmp(charset, "cp932"))
		return lead <= 0x9f || (lead >= 0xe0 && lead <= 0xfc);
	return false;
}

/* skip_quoted: its quote doubled stands for itself, and in strings a backslash
 * takes the next byte along. */
static const char *skip_quoted(const char *s, const struct ddl_rules *rules)
{
	char quote = *s++;
	bool name = quote == '`' || (quote == '"' && rules->ansi_quotes);
	bool backslash = !name && !rules->no_backslash;

	for (; *s; s++) {
		if (ddl_pair(s, rules->charset))
			s++;
		else if (*s == '\\' && backslash && s[1])
			s++;
		else if (*s == quote && s[1] == quote)
			s++;
		else if (*s == quote)
			return s + 1;
	}
	return s;
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* skip_comment: behind the comment at s; s itself if there is none. */
static const char *skip_comment(const char *s)
{
	const char *end;

	if (s[0] == '/' && s[1] == '*') {
		end = strstr(s + 2, "*/");
		return end ? end + 2 : s + strlen(s);
	}
	if (*s == '#' || (s[0] == '-' && s[1] == '-' && is_space(s[2])))
		return s + strcspn(s, "\n");
	return s;
}

const char *ddl_next(const char *s, const struct ddl_rules *rules)
{
	for (;;) {
		const char *begin = s;

		while (is_space(*s))
			s++;
		if (rules && rules->comments)
			s = skip_comment(s);
		if (s == begin)
			return s;
	}
}

const char *ddl_word_end(const char *s)
{
	while (isalnum((unsigned char)*s) || *s == '_')
		s++;
	return s;
}

const char *ddl_skip(const char *s, const struct ddl_rules *rules)
{
	const char *end = ddl_word_end(s);

	if (!rules)
		rules = &own_rules;
	if (*s == '`' || *s == '\'' || *s == '"')
		return skip_quoted(s, rules);
	if (end != s)
		return end;
	if (ddl_pair(s, rules->charset))
		return s + 2;
	return *s ? s + 1 : s;
}

const char *ddl_after(const char *s, const struct ddl_rules *rules)
{
	return ddl_next(ddl_skip(s, rules), rules);
}

bool ddl_is(const char *s, const char *word)
{
	size_t len = strlen(word);

	return !strncasecmp(s, word, len) && ddl_word_end(s) == s + len;
}

bool ddl_is_any(const char *s, const char *const *words)
{
	for (; *words; words++)
		if (ddl_is(s, *words))
			return true;
	return false;
}
