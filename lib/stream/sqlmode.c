/* sqlmode.c: following SET statements. Expressions are not evaluated, but for
 * the CONCAT and REPLACE that people write around @@sql_mode.
 *
 * Source: MariaDB manual, "SQL_MODE", "SET", "SET NAMES".
 */
#include "stream/sqlmode.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "stream/token.h"

/* Bits of a numeric sql_mode. Source: MariaDB server, sql/sql_class.h. */
#define MODE_ANSI_QUOTES (1ull << 2)
#define MODE_NO_BACKSLASH_ESCAPES (1ull << 20)

enum { MODE_LIST_MAX = 2048 }; /* a list of all modes has some 600 bytes */

/* Modes that turn on ANSI_QUOTES, among others. */
static const char *const combined_modes[] = {
	"ANSI", "DB2", "MAXDB", "MSSQL", "ORACLE", "POSTGRESQL"};

static const struct {
	const char *name;
	enum wide_charset wide;
} wide_names[] = {
	{"big5", WIDE_BIG5},
	{"gbk", WIDE_GBK},
	{"gb18030", WIDE_GBK},
	{"sjis", WIDE_SJIS},
	{"cp932", WIDE_SJIS},
};

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static void add_mode(struct mode_value *v, const char *name, size_t len)
{
	if (bytes_equal_nocase(name, len, "NO_BACKSLASH_ESCAPES"))
		v->no_backslash_escapes = true;
	if (bytes_equal_nocase(name, len, "ANSI_QUOTES"))
		v->ansi_quotes = true;
	for (size_t i = 0; i < COUNT(combined_modes); i++)
		if (bytes_equal_nocase(name, len, combined_modes[i]))
			v->combined = v->ansi_quotes = true;
}

/* value_of_text: a list of modes, or a character set. */
static struct mode_value value_of_text(const char *text, size_t len)
{
	struct mode_value v = {0};
	const char *end = text + len;

	for (size_t i = 0; i < COUNT(wide_names); i++)
		if (bytes_equal_nocase(text, len, wide_names[i].name))
			v.wide = wide_names[i].wide;
	for (;;) {
		const char *comma = memchr(text, ',', (size_t)(end - text));
		const char *to = comma ? comma : end;

		while (to > text && to[-1] == ' ')
			to--;
		add_mode(&v, text, (size_t)(to - text));
		if (!comma)
			return v;
		text = comma + 1;
	}
}

static struct mode_value value_of_number(const char *text, size_t len)
{
	struct mode_value v = {0};
	uint64_t bits = 0;

	for (size_t i = 0; i < len; i++)
		bits = bits * 10 + (uint64_t)(text[i] - '0');
	v.ansi_quotes = bits & MODE_ANSI_QUOTES;
	v.no_backslash_escapes = bits & MODE_NO_BACKSLASH_ESCAPES;
	return v;
}

static struct mode_var *find_var(
	struct sql_modes *modes, const char *name, size_t len)
{
	for (size_t i = 0; i < MODE_VARS; i++)
		if (*modes->vars[i].name &&
			bytes_equal_nocase(name, len, modes->vars[i].name))
			return &modes->vars[i];
	return NULL;
}

static void set_var(struct sql_modes *modes, const char *name, size_t len,
	struct mode_value value)
{
	struct mode_var *var = find_var(modes, name, len);

	if (!var) {
		if (!len || len >= MODE_VAR_NAME)
			return;
		var = &modes->vars[modes->next_var++ % MODE_VARS];
		memcpy(var->name, name, len);
		var->name[len] = '\0';
	}
	var->value = value;
}

enum scope { SCOPE_SESSION, SCOPE_GLOBAL };

/* split_scope: cut "session.", "local." or "global." off a @@ variable. */
static enum scope split_scope(const char **name, size_t *len)
{
	const char *dot = memchr(*name, '.', *len);
	size_t before;

	if (!dot)
		return SCOPE_SESSION;
	before = (size_t)(dot - *name);
	if (bytes_equal_nocase(*name, before, "global")) {
		*name = dot + 1;
		*len -= before + 1;
		return SCOPE_GLOBAL;
	}
	if (bytes_equal_nocase(*name, before, "session") ||
		bytes_equal_nocase(*name, before, "local")) {
		*name = dot + 1;
		*len -= before + 1;
	}
	return SCOPE_SESSION;
}

/* value_of_token: what one token stands for; false for one that says nothing,
 * such as a variable never set. */
static bool value_of_token(struct sql_modes *modes, const struct tokens *in,
	const struct token *t, struct mode_value *v)
{
	struct strbuf text = STRBUF_INIT;
	const struct mode_var *var;
	const char *name = t->text;
	size_t len = t->len;

	*v = (struct mode_value){0};
	switch (t->kind) {
	case TOKEN_USERVAR:
		var = find_var(modes, name, len);
		if (var)
			*v = var->value;
		return var;
	case TOKEN_SYSVAR:
		/* What is global was never told: taken for the default. */
		if (split_scope(&name, &len) == SCOPE_SESSION)
			*v = modes->now;
		return true;
	case TOKEN_WORD:
		if (strspn(name, "0123456789") >= len)
			*v = value_of_number(name, len);
		else
			*v = value_of_text(name, len);
		return true;
	case TOKEN_STRING:
	case TOKEN_NAME:
		if (len > MODE_LIST_MAX)
			return false;
		token_value(in, t, &text);
		*v = value_of_text(text.buf, text.len);
		strbuf_release(&text);
		return true;
	default:
		return false;
	}
}

/* What an expression of several tokens comes to. */
struct sum {
	struct mode_value value;
	struct mode_value word; /* of the latest bare word */
	unsigned tokens;        /* all of them */
	unsigned words;         /* bare words: names of modes or of functions */
	unsigned known;         /* the others that had a value */
	bool replace; /* REPLACE(list, what, by): the literals go away */
};

static void sum_token(struct sql_modes *modes, const struct tokens *in,
	const struct token *t, struct sum *sum)
{
	struct mode_value v;
	bool literal = t->kind == TOKEN_STRING;

	sum->tokens++;
	if (token_word(t, "REPLACE"))
		sum->replace = true;
	if (!value_of_token(modes, in, t, &v))
		return;
	if (t->kind == TOKEN_WORD) {
		sum->words++;
		sum->word = v;
		return;
	}
	sum->known++;
	if (literal && sum->replace) {
		sum->value.no_backslash_escapes &= !v.no_backslash_escapes;
		/* ANSI stays in the list and brings ANSI_QUOTES back. */
		sum->value.combined &= !v.combined;
		sum->value.ansi_quotes &= !v.ansi_quotes || sum->value.combined;
	} else {
		sum->value.no_backslash_escapes |= v.no_backslash_escapes;
		sum->value.ansi_quotes |= v.ansi_quotes;
		sum->value.combined |= v.combined;
		sum->value.wide = v.wide;
	}
}

/* read_value: the expression up to the next comma outside parentheses. *t is
 * left at that comma, or at the end. Returns false if nothing is known. */
static bool read_value(struct sql_modes *modes, struct tokens *in,
	struct token *t, struct mode_value *v)
{
	struct sum sum = {0};
	int depth = 0;

	while (token_next(in, t) != TOKEN_END) {
		if (token_mark(t, ',') && !depth)
			break;
		if (token_mark(t, '('))
			depth++;
		if (token_mark(t, ')'))
			depth--;
		sum_token(modes, in, t, &sum);
	}
	if (sum.tokens == 1 && sum.words) {
		*v = sum.word;
		return true;
	}
	*v = sum.value;
	return sum.known > 0;
}

static void assign(
	struct sql_modes *modes, const struct token *to, struct mode_value v)
{
	const char *name = to->text;
	size_t len = to->len;

	if (to->kind == TOKEN_USERVAR) {
		set_var(modes, name, len, v);
		return;
	}
	if (to->kind == TOKEN_SYSVAR &&
		split_scope(&name, &len) == SCOPE_GLOBAL)
		return;
	if (to->kind == TOKEN_NAME) {
		name++;
		len -= 2;
	}
	if (bytes_equal_nocase(name, len, "sql_mode")) {
		modes->now.no_backslash_escapes = v.no_backslash_escapes;
		modes->now.ansi_quotes = v.ansi_quotes;
		modes->now.combined = v.combined;
	}
	if (bytes_equal_nocase(name, len, "character_set_client"))
		modes->now.wide = v.wide;
}

/* set_names: NAMES x and CHARACTER SET x. *t is left behind x. */
static void set_names(
	struct sql_modes *modes, struct tokens *in, struct token *t)
{
	struct mode_value v;

	token_next(in, t);
	if (value_of_token(modes, in, t, &v))
		modes->now.wide = v.wide;
	do {
		token_next(in, t);
	} while (t->kind != TOKEN_END && !token_mark(t, ','));
}

/* take_scope: GLOBAL, SESSION and their like; they hold for what follows in
 * the list, too, until the next one. */
static void take_scope(struct tokens *in, struct token *t, enum scope *scope)
{
	if (token_word(t, "GLOBAL") || token_word(t, "PERSIST") ||
		token_word(t, "PERSIST_ONLY"))
		*scope = SCOPE_GLOBAL;
	else if (token_word(t, "SESSION") || token_word(t, "LOCAL"))
		*scope = SCOPE_SESSION;
	else
		return;
	token_next(in, t);
}

/* track_one: one part of a SET; *t is at its first token, and is left at the
 * comma or the end behind it. Returns false for another kind of SET. */
static bool track_one(struct sql_modes *modes, struct tokens *in,
	struct token *t, enum scope *scope)
{
	struct mode_value v;
	struct token to;

	if (token_word(t, "NAMES") || token_word(t, "CHARSET")) {
		set_names(modes, in, t);
		return true;
	}
	if (token_word(t, "CHARACTER")) {
		token_next(in, t); /* SET */
		set_names(modes, in, t);
		return true;
	}
	take_scope(in, t, scope);
	to = *t;
	token_next(in, t);
	if (token_mark(t, ':'))
		token_next(in, t);
	if (!token_mark(t, '='))
		return false;
	if (!read_value(modes, in, t, &v))
		return true;
	if (*scope == SCOPE_SESSION || to.kind == TOKEN_USERVAR ||
		to.kind == TOKEN_SYSVAR)
		assign(modes, &to, v);
	return true;
}

void sql_modes_track(struct sql_modes *modes, const char *sql, size_t len)
{
	struct tokens in = {sql, sql + len, modes->now.no_backslash_escapes,
		modes->now.ansi_quotes, true};
	enum scope scope = SCOPE_SESSION;
	struct token t;

	token_next(&in, &t);
	if (!token_word(&t, "SET"))
		return;
	do {
		token_next(&in, &t);
	} while (track_one(modes, &in, &t, &scope) && token_mark(&t, ','));
}

static bool within(unsigned char c, unsigned char low, unsigned char high)
{
	return c >= low && c <= high;
}

/* gbk_length: the four bytes of gb18030 are four single ones in gbk, none of
 * which is a quote or a backslash: the same for us. */
static size_t gbk_length(const unsigned char *p, size_t avail)
{
	if (avail < 2 || !within(p[0], 0x81, 0xfe))
		return 1;
	if (avail >= 4 && within(p[1], 0x30, 0x39) &&
		within(p[2], 0x81, 0xfe) && within(p[3], 0x30, 0x39))
		return 4;
	return within(p[1], 0x40, 0xfe) && p[1] != 0x7f ? 2 : 1;
}

size_t wide_char_length(enum wide_charset wide, const char *p, size_t avail)
{
	unsigned char lead = (unsigned char)p[0];
	unsigned char second = avail > 1 ? (unsigned char)p[1] : 0;

	switch (wide) {
	case WIDE_BIG5:
		return within(lead, 0xa1, 0xf9) &&
				(within(second, 0x40, 0x7e) ||
					within(second, 0xa1, 0xfe))
			? 2
			: 1;
	case WIDE_GBK:
		return gbk_length((const unsigned char *)p, avail);
	case WIDE_SJIS:
		return (within(lead, 0x81, 0x9f) || within(lead, 0xe0, 0xfc)) &&
				within(second, 0x40, 0xfc) && second != 0x7f
			? 2
			: 1;
	case WIDE_NONE:
		break;
	}
	return 1;
}
