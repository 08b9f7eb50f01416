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

	if (len < sizeof(v.charset) &&
		!bytes_equal_nocase(text, len, "DEFAULT"))
		memcpy(v.charset, text, len);
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

static void set_charset(struct mode_value *to, const struct mode_value *from)
{
	to->wide = from->wide;
	memcpy(to->charset, from->charset, sizeof(to->charset));
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

static const struct mode_var *find_var(
	const struct sql_modes *modes, const char *name, size_t len)
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
	const struct mode_var *known = find_var(modes, name, len);
	struct mode_var *var;

	if (known) {
		var = &modes->vars[known - modes->vars];
	} else {
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

/* A SET while it is read: `t` is the token to look at. What it changes is put
 * into `now`, so that all its values are those of before, and nothing is
 * changed by one that the server cannot read. */
struct set {
	const struct sql_modes *before;
	struct sql_modes now;
	struct tokens in;
	struct token t;
	enum scope scope;
};

static void next(struct set *set)
{
	token_next(&set->in, &set->t);
}

/* ends: behind a part of a SET: its comma, or its end. */
static bool ends(const struct token *t)
{
	return t->kind == TOKEN_END || token_mark(t, ',') || token_mark(t, ';');
}

/* value_of_token: what one token stands for; false for one that says nothing,
 * such as a variable never set. */
static bool value_of_token(struct set *set, struct mode_value *v)
{
	struct strbuf text = STRBUF_INIT;
	const struct token *t = &set->t;
	const struct mode_var *var;
	const char *name = t->text;
	size_t len = t->len;

	*v = (struct mode_value){0};
	switch (t->kind) {
	case TOKEN_USERVAR:
		var = find_var(set->before, name, len);
		if (var)
			*v = var->value;
		return var;
	case TOKEN_SYSVAR:
		/* What is global was never told: taken for the default. */
		if (split_scope(&name, &len) == SCOPE_SESSION)
			*v = set->before->now;
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
		token_value(&set->in, t, &text);
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

static void sum_token(struct set *set, struct sum *sum)
{
	struct mode_value v;
	bool literal = set->t.kind == TOKEN_STRING;

	sum->tokens++;
	if (token_word(&set->t, "REPLACE"))
		sum->replace = true;
	if (!value_of_token(set, &v))
		return;
	if (set->t.kind == TOKEN_WORD) {
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
		set_charset(&sum->value, &v);
	}
}

/* is_operand: a token that is or ends a value. */
static bool is_operand(const struct token *t)
{
	return token_mark(t, ')') ||
		(t->kind != TOKEN_END && t->kind != TOKEN_MARK);
}

/* can_follow: whether the server might read it: two values in a row are no
 * expression. */
static bool can_follow(const struct token *before, const struct token *t)
{
	static const char marks[] = "()+-*/%|&^~!<>=,.:";
	static const char *const operators[] = {
		"COLLATE", "AND", "OR", "XOR", "DIV", "MOD", "IN", "IS"};

	if (t->kind == TOKEN_MARK &&
		!memchr(marks, *t->text, sizeof(marks) - 1))
		return false;
	if (!is_operand(before) || before->kind == TOKEN_WORD)
		return true;
	if (t->kind == TOKEN_STRING)
		return before->kind == TOKEN_STRING;
	for (size_t i = 0; i < COUNT(operators); i++)
		if (token_word(t, operators[i]))
			return true;
	return t->kind == TOKEN_MARK && *t->text != '(';
}

/* read_value: the expression up to the next comma outside parentheses, or the
 * end, where t is left. *known: it has a value. Returns false for none. */
static bool read_value(struct set *set, struct mode_value *v, bool *known)
{
	struct token before = set->t;
	struct sum sum = {0};
	int depth = 0;

	for (next(set); depth ? set->t.kind != TOKEN_END : !ends(&set->t);
		next(set)) {
		if (!depth && !can_follow(&before, &set->t))
			return false;
		depth += token_mark(&set->t, '(') - token_mark(&set->t, ')');
		if (depth < 0)
			return false;
		sum_token(set, &sum);
		before = set->t;
	}
	*known = sum.known > 0;
	*v = sum.value;
	if (sum.tokens == 1 && sum.words) {
		*known = true;
		*v = sum.word;
	}
	return !depth && is_operand(&before);
}

static void assign(struct set *set, const struct token *to, struct mode_value v)
{
	struct mode_value *now = &set->now.now;
	const char *name = to->text;
	size_t len = to->len;

	if (to->kind == TOKEN_USERVAR) {
		set_var(&set->now, name, len, v);
		return;
	}
	if (to->kind == TOKEN_SYSVAR ? split_scope(&name, &len) == SCOPE_GLOBAL
				     : set->scope == SCOPE_GLOBAL)
		return;
	if (to->kind == TOKEN_NAME) {
		name++;
		len -= 2;
	}
	if (bytes_equal_nocase(name, len, "sql_mode")) {
		now->no_backslash_escapes = v.no_backslash_escapes;
		now->ansi_quotes = v.ansi_quotes;
		now->combined = v.combined;
	}
	if (bytes_equal_nocase(name, len, "character_set_client"))
		set_charset(now, &v);
}

/* set_names: NAMES x and CHARACTER SET x. */
static bool set_names(struct set *set)
{
	struct mode_value v;

	next(set);
	if (set->t.kind == TOKEN_MARK || !value_of_token(set, &v))
		return false;
	set_charset(&set->now.now, &v);
	next(set);
	if (token_word(&set->t, "COLLATE")) {
		next(set);
		next(set);
	}
	return ends(&set->t);
}

/* take_scope: GLOBAL, SESSION and their like; they hold for what follows in
 * the list, too, until the next one. */
static void take_scope(struct set *set)
{
	if (token_word(&set->t, "GLOBAL") || token_word(&set->t, "PERSIST") ||
		token_word(&set->t, "PERSIST_ONLY"))
		set->scope = SCOPE_GLOBAL;
	else if (token_word(&set->t, "SESSION") || token_word(&set->t, "LOCAL"))
		set->scope = SCOPE_SESSION;
	else
		return;
	next(set);
}

/* track_one: one part of a SET; t is at its first token, and is left at the
 * comma or the end behind it. Returns false for another kind of SET, and for
 * none. */
static bool track_one(struct set *set)
{
	struct mode_value v;
	struct token to;
	bool known;

	if (token_word(&set->t, "CHARACTER")) {
		next(set);
		return token_word(&set->t, "SET") && set_names(set);
	}
	if (token_word(&set->t, "NAMES") || token_word(&set->t, "CHARSET"))
		return set_names(set);
	take_scope(set);
	to = set->t;
	next(set);
	while (token_mark(&set->t, '.')) { /* a key cache's variable */
		next(set);
		to = set->t;
		next(set);
	}
	if (token_mark(&set->t, ':'))
		next(set);
	if (!token_mark(&set->t, '=') || !read_value(set, &v, &known))
		return false;
	if (known)
		assign(set, &to, v);
	return true;
}

/* track_set: returns whether the server runs it and another statement follows,
 * behind a semicolon that was not the delimiter. */
static bool track_set(struct sql_modes *modes, struct set *set)
{
	set->before = modes;
	set->now = *modes;
	set->scope = SCOPE_SESSION;
	do {
		next(set);
		if (!track_one(set))
			return false;
	} while (token_mark(&set->t, ','));
	if (set->in.broken)
		return false;
	*modes = set->now;
	return set->t.kind != TOKEN_END;
}

/* track_begin: the same of BEGIN, which changes nothing here. */
static bool track_begin(struct set *set)
{
	next(set);
	return token_mark(&set->t, ';');
}

void sql_modes_track(struct sql_modes *modes, const char *sql, size_t len)
{
	struct set set = {.in = {.pos = sql}};
	bool more;

	do {
		set.in = (struct tokens){.pos = set.in.pos,
			.end = sql + len,
			.no_backslash_escapes = modes->now.no_backslash_escapes,
			.ansi_quotes = modes->now.ansi_quotes,
			.skip_mysql = true};
		next(&set);
		if (token_word(&set.t, "SET"))
			more = track_set(modes, &set);
		else
			more = token_word(&set.t, "BEGIN") && track_begin(&set);
	} while (more);
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
