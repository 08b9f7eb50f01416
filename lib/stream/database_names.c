/* database_names.c: see database_names.h. */
#include "stream/database_names.h"

#include <string.h>
#include <strings.h>

#include "base/strlist.h"
#include "stream/cursor.h"

/* A statement on its way from name to name of the map; c is behind it. */
struct walk {
	struct cursor c;
	const struct database_names *names;
	struct token t;         /* the name */
	struct name_pair *pair; /* what the map has for it */
	bool behind_dot;        /* a dot is before it */
	bool pattern;           /* a grant's, that is the name alone */
	struct strbuf value;    /* unquoted */
	const char *copied;     /* how far the statement is in `out` */
};

static void put_name(struct strbuf *out, const char *name, bool pattern)
{
	strbuf_addch(out, '`');
	for (; *name; name++) {
		if (*name == '`')
			strbuf_addch(out, '`');
		if (pattern && strchr("_%\\", *name))
			strbuf_addch(out, '\\');
		strbuf_addch(out, *name);
	}
	strbuf_addch(out, '`');
}

static void replace(struct walk *w, struct strbuf *out)
{
	strbuf_add(out, w->copied, (size_t)(w->t.text - w->copied));
	put_name(out, w->pair->to, w->pattern);
	w->copied = w->t.text + w->t.len;
}

/* is_pattern: of a grant on all of a database, and it has escapes: `a\_b`.*, as
 * many write it, for an underscore is any character there. */
static bool is_pattern(const struct walk *w)
{
	struct cursor c = w->c;

	return w->names->kind == STATEMENT_ACCOUNT && !w->behind_dot &&
		memchr(w->value.buf, '\\', w->value.len) &&
		cursor_mark(&c, '.') && token_mark(&c.t, '*');
}

static void unescape(struct strbuf *pattern)
{
	char *to = pattern->buf;

	for (const char *p = pattern->buf; *p; p++) {
		if (*p == '\\' && p[1])
			p++;
		*to++ = *p;
	}
	strbuf_setlen(pattern, (size_t)(to - pattern->buf));
}

/* take: the token at c; returns whether it is a name that the map has. */
static bool take(struct walk *w)
{
	const bool name = cursor_at_name(&w->c);

	w->behind_dot = token_mark(&w->t, '.');
	w->t = w->c.t;
	strbuf_reset(&w->value);
	if (name)
		token_value(&w->c.in, &w->t, &w->value);
	cursor_next(&w->c);
	w->pattern = name && is_pattern(w);
	if (w->pattern)
		unescape(&w->value);
	w->pair = name && strlen(w->value.buf) == w->value.len
		? name_map_find(w->names->map, w->value.buf, w->names->any_case)
		: NULL;
	return w->pair;
}

/* map_noun: USE name, or CREATE, ALTER or DROP DATABASE name. */
static size_t map_noun(struct walk *w, struct strbuf *out)
{
	static const char *const before[] = {"USE", "CREATE", "OR", "REPLACE",
		"ALTER", "DROP", "DATABASE", "SCHEMA", "IF", "NOT", "EXISTS",
		NULL};

	while (cursor_any(&w->c, before))
		;
	if (!take(w))
		return 0;
	replace(w, out);
	return 1;
}

/* is_row: of what a trigger sees. */
static bool is_row(const struct walk *w)
{
	return w->names->kind == STATEMENT_TRIGGER &&
		(!strcasecmp(w->value.buf, "OLD") ||
			!strcasecmp(w->value.buf, "NEW"));
}

static void add_once(struct strlist *names, const char *name)
{
	if (!strlist_has(names, name))
		strlist_add(names, name);
}

/* quote_digits: unquoted, what stands behind the dot at c may begin with a
 * digit only where the name before that is not quoted either. */
static void quote_digits(struct walk *w, struct strbuf *out)
{
	const struct token *t = &w->c.t;

	w->t = *t;
	cursor_next(&w->c);
	if (t->kind != TOKEN_WORD || *t->text < '0' || *t->text > '9')
		return;
	strbuf_add(out, w->copied, (size_t)(t->text - w->copied));
	strbuf_addch(out, '`');
	strbuf_add(out, t->text, t->len);
	strbuf_addch(out, '`');
	w->copied = t->text + t->len;
}

/* at_noun: DATABASE [IF [NOT] EXISTS], and a name: of a DROP in a program. */
static bool at_noun(struct walk *w)
{
	static const char *const between[] = {"IF", "NOT", "EXISTS", NULL};

	if (!cursor_word(&w->c, "DATABASE") && !cursor_word(&w->c, "SCHEMA"))
		return false;
	while (cursor_any(&w->c, between))
		;
	w->t = (struct token){0};
	return cursor_at_name(&w->c);
}

static size_t map_qualifying(
	struct walk *w, struct strbuf *out, const char **doubt)
{
	struct strlist mapped = STRLIST_INIT, alone = STRLIST_INIT;
	size_t count = 0;

	while (w->c.t.kind != TOKEN_END) {
		const bool noun = at_noun(w);

		if (!take(w))
			continue;
		if (noun) {
			replace(w, out);
			count++;
			continue;
		}
		if (!w->behind_dot && token_mark(&w->c.t, '.')) {
			replace(w, out);
			count++;
			w->pair->met = true;
			add_once(&mapped, w->pair->from);
			if (is_row(w))
				add_once(&alone, w->pair->from);
			quote_digits(w, out);
		} else if (w->c.t.kind != TOKEN_USERVAR &&
			w->names->kind != STATEMENT_ACCOUNT) {
			add_once(&alone, w->pair->from);
		}
	}
	for (size_t i = 0; i < w->names->map->count; i++) {
		const char *from = w->names->map->pair[i].from;

		if (strlist_has(&mapped, from) && strlist_has(&alone, from))
			*doubt = from;
	}
	strlist_release(&mapped);
	strlist_release(&alone);
	return count;
}

size_t database_names_map(const char *sql, size_t len,
	const struct lexer_modes *modes, const struct database_names *names,
	struct strbuf *out, const char **doubt)
{
	struct walk w = {.names = names, .value = STRBUF_INIT, .copied = sql};
	size_t count;

	*doubt = NULL;
	cursor_begin(&w.c, sql, len, modes, false);
	count = names->kind == STATEMENT_USE ||
			names->kind == STATEMENT_DATABASE
		? map_noun(&w, out)
		: map_qualifying(&w, out, doubt);
	if (count)
		strbuf_add(out, w.copied, (size_t)(sql + len - w.copied));
	strbuf_release(&w.value);
	return count;
}
