/* trigger_text.c: see trigger_text.h. */
#include "db/trigger_text.h"

#include <string.h>
#include <strings.h>

#include "db/conn.h"
#include "db/ddl_text.h"
#include "db/sql_text.h"

/* A text on its way: `rest` is not yet written. */
struct rewriter {
	struct ddl_rules rules;
	const char *rest;
	struct strbuf *out;
};

/* other_case: the token is this name, but for the case of its letters. */
static bool other_case(const char *s, const char *end, const char *name)
{
	size_t len = strlen(name);

	if (end - s > 2 && (*s == '`' || *s == '"')) {
		s++;
		end--;
	}
	return (size_t)(end - s) == len && memcmp(s, name, len) != 0 &&
		!strncasecmp(s, name, len);
}

/* put_name: the text up to the token at s, and the name in its place. */
static void put_name(struct rewriter *w, const char *s, const char *name)
{
	const char *end = ddl_skip(s, &w->rules);

	if (other_case(s, end, name)) {
		strbuf_add(w->out, w->rest, (size_t)(s - w->rest));
		sql_ident(w->out, name);
		w->rest = end;
	}
}

/* put_qualified: [db.]name at s; a NULL name stays as it is. */
static void put_qualified(
	struct rewriter *w, const char *s, const char *db, const char *name)
{
	const char *dot = ddl_after(s, &w->rules);

	if (*dot == '.') {
		put_name(w, s, db);
		s = ddl_after(dot, &w->rules);
	}
	if (name)
		put_name(w, s, name);
}

/* behind: the token behind this word, or the end. */
static const char *behind(
	const struct rewriter *w, const char *s, const char *word)
{
	while (*s && !ddl_is(s, word))
		s = ddl_after(s, &w->rules);
	return *s ? ddl_after(s, &w->rules) : s;
}

/* CREATE [DEFINER=…] TRIGGER [IF NOT EXISTS] [db.]name {BEFORE | AFTER} {INSERT
 * | …} ON [db.]table FOR EACH ROW. Source: MariaDB manual, CREATE TRIGGER. */
void trigger_text_write(const struct program_text *text, const char *db,
	const char *table, struct strbuf *out)
{
	const char *mode = text->sql_mode ? text->sql_mode : "";
	struct rewriter w = {
		.rules = {.no_backslash =
				  strstr(mode, "NO_BACKSLASH_ESCAPES") != NULL,
			.ansi_quotes = strstr(mode, "ANSI_QUOTES") != NULL,
			.comments = true},
		.rest = text->create,
		.out = out};
	const char *s = behind(&w, text->create, "TRIGGER");

	if (ddl_is(s, "IF"))
		s = behind(&w, s, "EXISTS");
	put_qualified(&w, s, db, NULL);
	/* Its name may be any word. */
	s = behind(&w, ddl_after(s, &w.rules), "ON");
	put_qualified(&w, s, db, table);
	strbuf_add(out, w.rest, (size_t)(text->create + text->len - w.rest));
}
