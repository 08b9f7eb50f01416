/* charset_text.c: see charset_text.h. */
#include "db/charset_text.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/strbuf.h"
#include "db/ddl_text.h"
#include "db/result.h"

enum { NAME_MOST = 64 };

/* What is stated; "": it is not. */
struct clause {
	char charset[NAME_MOST], collation[NAME_MOST];
};

int charsets_read(struct charsets *charsets, struct db *db, struct err *e)
{
	struct db_result *result = db_query_shape(db, "ss",
		"SELECT CHARACTER_SET_NAME, DEFAULT_COLLATE_NAME "
		"FROM information_schema.CHARACTER_SETS",
		e);
	char **row;

	*charsets = (struct charsets){STRLIST_INIT, STRLIST_INIT};
	if (!result)
		return -1;
	while ((row = db_next(result))) {
		strlist_add(&charsets->name, row[0]);
		strlist_add(&charsets->collation, row[1]);
	}
	db_result_free(result);
	return 0;
}

void charsets_release(struct charsets *charsets)
{
	strlist_release(&charsets->name);
	strlist_release(&charsets->collation);
}

/* take_name: the word at s, into to; its old name utf8, also as the beginning
 * of a collation's, becomes utf8mb3. Returns the byte behind it. */
static const char *take_name(char to[NAME_MOST], const char *s)
{
	const char *end = ddl_word_end(s);
	const bool old =
		!strncasecmp(s, "utf8", 4) && (end == s + 4 || s[4] == '_');

	snprintf(to, NAME_MOST, "%s%.*s", old ? "utf8mb3" : "",
		(int)(end - s) - (old ? 4 : 0), s + (old ? 4 : 0));
	return end;
}

/* complete: what is meant where something is not stated. */
static void complete(const struct charsets *charsets,
	const struct clause *table, struct clause *clause)
{
	char name[NAME_MOST];

	if (!*clause->charset)
		memcpy(clause->charset, table->charset, NAME_MOST);
	for (size_t i = 0; i < charsets->name.count && !*clause->collation;
		i++) {
		take_name(name, charsets->name.item[i]);
		if (!strcasecmp(name, clause->charset))
			take_name(
				clause->collation, charsets->collation.item[i]);
	}
}

/* behind_group: behind the parenthesis that ends the one at s. */
static const char *behind_group(const char *s)
{
	unsigned depth = 0;

	for (; *s; s = ddl_after(s, NULL)) {
		depth += *s == '(';
		depth -= *s == ')';
		if (!depth)
			return s + 1;
	}
	return s;
}

/* definition_end: the comma or parenthesis behind the definition at s. */
static const char *definition_end(const char *s)
{
	while (*s && *s != ',' && *s != ')')
		s = ddl_next(
			*s == '(' ? behind_group(s) : ddl_skip(s, NULL), NULL);
	return s;
}

/* type_end: behind the type of the column at s. */
static const char *type_end(const char *s)
{
	s = ddl_skip(ddl_after(s, NULL), NULL);
	return *s == '(' ? behind_group(s) : s;
}

/* take_clause: CHARACTER SET and COLLATE, behind a type. Returns the byte
 * behind them. */
static const char *take_clause(struct clause *clause, const char *s)
{
	const char *word = ddl_next(s, NULL);

	*clause = (struct clause){"", ""};
	if (ddl_is(word, "CHARACTER")) {
		word = ddl_after(ddl_after(word, NULL), NULL);
		s = take_name(clause->charset, word);
		word = ddl_next(s, NULL);
	}
	if (ddl_is(word, "COLLATE"))
		s = take_name(clause->collation, ddl_after(word, NULL));
	return s;
}

/* take_option: NAME=value of the table, if that is at s. Returns the byte
 * behind it, or NULL. */
static const char *take_option(
	const char *name, char to[NAME_MOST], const char *s)
{
	const char *equal = ddl_after(s, NULL);

	if (!ddl_is(s, name) || *equal != '=')
		return NULL;
	return take_name(to, ddl_after(equal, NULL));
}

/* take_options: CHARSET=… and COLLATE=… of the table, whose options begin at s.
 * Returns where they are, *end is behind them; NULL: there are none. */
static const char *take_options(
	struct clause *clause, const char *s, const char **end)
{
	const char *more;

	*clause = (struct clause){"", ""};
	while (*s && !(*end = take_option("CHARSET", clause->charset, s)))
		s = ddl_after(s, NULL);
	if (!*s)
		return NULL;
	more = take_option("COLLATE", clause->collation, ddl_next(*end, NULL));
	*end = more ? more : *end;
	return s;
}

/* add_column: the definition from s to `end`. */
static void add_column(const struct charsets *charsets,
	const struct clause *table, const char *s, const char *end,
	struct strbuf *out)
{
	const char *type = type_end(s), *rest;
	struct clause clause;

	rest = take_clause(&clause, type);
	strbuf_add(out, s, (size_t)(type - s));
	complete(charsets, table, &clause);
	if (rest != type &&
		(strcasecmp(clause.charset, table->charset) ||
			strcasecmp(clause.collation, table->collation)))
		strbuf_addf(out, " CHARACTER SET %s COLLATE %s", clause.charset,
			clause.collation);
	strbuf_add(out, rest, (size_t)(end - rest));
}

char *charset_text(const struct charsets *charsets, const char *create)
{
	struct strbuf out = STRBUF_INIT;
	struct clause table;
	const char *from = create, *s = create, *end, *options;

	while (*s && *s != '(')
		s = ddl_after(s, NULL);
	options = take_options(&table, *s ? behind_group(s) : s, &end);
	complete(charsets, &(struct clause){"", ""}, &table);
	while (options && (*s == '(' || *s == ',')) {
		const char *next;

		s = ddl_next(s + 1, NULL);
		next = definition_end(s);
		strbuf_add(&out, from, (size_t)(s - from));
		if (*s == '`')
			add_column(charsets, &table, s, next, &out);
		else
			strbuf_add(&out, s, (size_t)(next - s));
		from = s = next;
	}
	if (options) {
		strbuf_add(&out, from, (size_t)(options - from));
		strbuf_addf(&out, "CHARSET=%s COLLATE=%s", table.charset,
			table.collation);
		from = end;
	}
	strbuf_addstr(&out, from);
	return strbuf_detach(&out);
}
