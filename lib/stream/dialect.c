/* dialect.c: the collations, character sets and modes that a statement names.
 * What MariaDB has not of MySQL's clauses is dialect_mysql.c. */
#include "stream/dialect.h"

#include <ctype.h>
#include <string.h>

#include "stream/token.h"

enum named { NAMED_NOTHING, NAMED_COLLATION, NAMED_CHARSET, NAMED_MODES };

/* The statement while it is read: the two tokens before what is next. */
struct names {
	struct tokens in;
	struct token before, last;
	bool sets; /* SET, where NAMES is a word of SQL */
};

static struct token first_token(const struct tokens *in)
{
	struct tokens ahead = *in;
	struct token t;

	token_next(&ahead, &t);
	return t;
}

static bool is_insert(const struct tokens *in)
{
	struct token t = first_token(in);

	return token_word(&t, "INSERT") || token_word(&t, "REPLACE");
}

/* ends_with: does the name of a variable, with or without a scope, end so? */
static bool ends_with(const struct token *t, const char *word)
{
	size_t len = strlen(word);

	return (t->kind == TOKEN_WORD || t->kind == TOKEN_SYSVAR) &&
		t->len >= len &&
		bytes_equal_nocase(t->text + t->len - len, len, word) &&
		(t->len == len || t->text[t->len - len - 1] == '.');
}

static bool is_one_of(const struct token *t, const char *const *words)
{
	for (; *words; words++)
		if (ends_with(t, *words))
			return true;
	return false;
}

/* what_follows: what the token after these is a name of. */
static enum named what_follows(const struct names *n)
{
	static const char *const collations[] = {"collation_connection",
		"collation_database", "collation_server", NULL};
	static const char *const charsets[] = {"character_set_client",
		"character_set_connection", "character_set_results",
		"character_set_database", "character_set_server", NULL};
	bool assigned = token_mark(&n->last, '=');
	const struct token *t = assigned ? &n->before : &n->last;

	if (token_word(t, "COLLATE") || (assigned && is_one_of(t, collations)))
		return NAMED_COLLATION;
	if (token_word(t, "CHARSET") || (n->sets && token_word(t, "NAMES")) ||
		(assigned && is_one_of(t, charsets)))
		return NAMED_CHARSET;
	if (assigned && ends_with(t, "sql_mode"))
		return NAMED_MODES;
	return NAMED_NOTHING;
}

/* step: t is behind. CHARACTER SET is one word then, and := one mark. */
static void step(struct names *n, struct token t)
{
	static const char charset[] = "CHARSET";

	if (token_mark(&t, ':'))
		return;
	if (token_word(&t, "SET") &&
		(token_word(&n->last, "CHARACTER") ||
			token_word(&n->last, "CHAR"))) {
		t.text = charset;
		t.len = sizeof(charset) - 1;
	}
	n->before = n->last;
	n->last = t;
}

/* is_type: by the name of a type in a definition of a column. Source: MariaDB
 * manual, "Data Types". */
static bool is_type(const struct token *t)
{
	static const char *const types[] = {"tinyint", "smallint", "mediumint",
		"int", "bigint", "integer", "decimal", "dec", "numeric",
		"fixed", "float", "double", "real", "bool", "boolean", "year",
		"bit", "char", "varchar", "tinytext", "text", "mediumtext",
		"longtext", "json", "binary", "varbinary", "tinyblob", "blob",
		"mediumblob", "longblob", "geometry", "point", "linestring",
		"polygon", "multipoint", "multilinestring", "multipolygon",
		"geometrycollection", "geomcollection", NULL};

	for (size_t i = 0; types[i]; i++)
		if (token_word(t, types[i]))
			return true;
	return false;
}

/* is_name: can the token be the name of a collation or character set? A column
 * may be named charset: then a type comes behind it. */
static bool is_name(const struct token *t)
{
	if (t->kind == TOKEN_WORD)
		return !token_word(t, "DEFAULT") && !is_type(t);
	return t->kind == TOKEN_STRING || t->kind == TOKEN_NAME;
}

/* next_name: the next name of these, in *name; returns
 * NAMED_NOTHING at the end. */
static enum named next_name(struct names *n, struct token *name)
{
	enum named kind;

	while (token_next(&n->in, name) != TOKEN_END) {
		kind = what_follows(n);
		step(n, *name);
		if (kind != NAMED_NOTHING && is_name(name))
			return kind;
	}
	return NAMED_NOTHING;
}

static struct names names_of(
	const char *sql, size_t len, const struct lexer_modes *modes)
{
	struct names n = {
		.in = {.pos = sql,
			.end = sql + len,
			.no_backslash_escapes = modes->no_backslash_escapes,
			.ansi_quotes = modes->ansi_quotes,
			.skip_mysql = true},
	};
	struct token first = first_token(&n.in);

	n.sets = token_word(&first, "SET");
	return n;
}

static void add_once(struct strlist *list, struct strbuf *name)
{
	for (size_t i = 0; i < name->len; i++)
		name->buf[i] = (char)tolower((unsigned char)name->buf[i]);
	if (name->len && !strlist_has(list, name->buf))
		strlist_add(list, name->buf);
}

void dialect_collations(const char *sql, size_t len,
	const struct lexer_modes *modes, struct strlist *collations,
	struct strlist *charsets)
{
	struct names n = names_of(sql, len, modes);
	struct strbuf value = STRBUF_INIT;
	struct token name;
	enum named kind;

	if (is_insert(&n.in))
		return;
	while ((kind = next_name(&n, &name)) != NAMED_NOTHING) {
		struct strlist *list =
			kind == NAMED_COLLATION ? collations : charsets;

		strbuf_reset(&value);
		token_value(&n.in, &name, &value);
		if (list && kind != NAMED_MODES)
			add_once(list, &value);
	}
	strbuf_release(&value);
}

size_t dialect_map_collations(const char *sql, size_t len,
	const struct lexer_modes *modes, const struct name_map *map,
	struct strbuf *out)
{
	struct names n = names_of(sql, len, modes);
	struct strbuf value = STRBUF_INIT;
	const char *from = sql;
	struct token name;
	enum named kind;
	size_t found = 0;

	if (is_insert(&n.in))
		return 0;
	while ((kind = next_name(&n, &name)) != NAMED_NOTHING) {
		const struct name_pair *pair;

		strbuf_reset(&value);
		token_value(&n.in, &name, &value);
		pair = name_map_find(map, value.buf, true);
		if (!pair || kind != NAMED_COLLATION)
			continue;
		strbuf_add(out, from, (size_t)(name.text - from));
		strbuf_addstr(out, pair->to);
		from = name.text + name.len;
		found++;
	}
	if (found)
		strbuf_add(out, from, (size_t)(sql + len - from));
	strbuf_release(&value);
	return found;
}

/* add_other: a list of modes without one of them; false: that is not there. */
static bool add_other(const char *list, const char *mode, struct strbuf *out)
{
	bool found = false, first = true;

	while (*list) {
		size_t len = strcspn(list, ",");

		if (bytes_equal_nocase(list, len, mode)) {
			found = true;
		} else {
			strbuf_addstr(out, first ? "" : ",");
			strbuf_add(out, list, len);
			first = false;
		}
		list += len + (list[len] == ',');
	}
	return found;
}

bool dialect_drop_mode(const char *sql, size_t len,
	const struct lexer_modes *modes, const char *mode, struct strbuf *out)
{
	struct names n = names_of(sql, len, modes);
	struct strbuf value = STRBUF_INIT, other = STRBUF_INIT;
	const char *from = sql;
	struct token name;
	enum named kind;

	while ((kind = next_name(&n, &name)) != NAMED_NOTHING) {
		strbuf_reset(&value);
		strbuf_reset(&other);
		if (kind != NAMED_MODES || name.kind != TOKEN_STRING)
			continue;
		token_value(&n.in, &name, &value);
		/* No mode has a quote or a backslash in its name. */
		if (strpbrk(value.buf, "'\\\"") ||
			!add_other(value.buf, mode, &other))
			continue;
		strbuf_add(out, from, (size_t)(name.text - from));
		strbuf_addf(out, "'%s'", other.buf);
		from = name.text + name.len;
	}
	if (from > sql)
		strbuf_add(out, from, (size_t)(sql + len - from));
	strbuf_release(&value);
	strbuf_release(&other);
	return from > sql;
}
