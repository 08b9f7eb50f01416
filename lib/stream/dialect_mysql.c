/* dialect_mysql.c: clauses of MySQL that MariaDB has not. */
#include "stream/dialect.h"
#include "stream/token.h"

enum { WORDS = 3 };

/* Tokens one behind the other: words, or marks; "*" is any word. Those of
 * comments that MariaDB skips are lost, all others refused.
 * Source: MySQL 8.4 manual, "CREATE TABLE", "SHOW CREATE TABLE"; what MariaDB
 * 10.11 refuses was tried. */
struct clause {
	const char *words[WORDS];
	const char *name, *remedy;
};

static const struct clause refused[] = {
	{{"NOT", "ENFORCED"}, "NOT ENFORCED",
		"leave the CHECK out; MariaDB enforces every one, unless "
		"check_constraint_checks is off"},
	{{"-", ">"}, "the operator ->",
		"write JSON_EXTRACT(column, path), for ->> JSON_UNQUOTE of it"},
	{{"STORED", "NOT", "NULL"}, "NOT NULL of a generated column",
		"leave it out, or add CHECK (column IS NOT NULL)"},
	{{"VIRTUAL", "NOT", "NULL"}, "NOT NULL of a generated column",
		"leave it out, or add CHECK (column IS NOT NULL)"},
	{{"GEOMCOLLECTION"}, "GEOMCOLLECTION",
		"write GEOMETRYCOLLECTION, the same type"},
	{{"SRID", "*"}, "SRID", "write REF_SYSTEM_ID=number, or leave it out"},
	{{"ENCRYPTION"}, "ENCRYPTION",
		"leave it out; MariaDB has ENCRYPTED=YES"},
	{{"SECONDARY_ENGINE"}, "SECONDARY_ENGINE", "leave it out"},
	{{"ENGINE_ATTRIBUTE"}, "ENGINE_ATTRIBUTE", "leave it out"},
	{{"SECONDARY_ENGINE_ATTRIBUTE"}, "SECONDARY_ENGINE_ATTRIBUTE",
		"leave it out"},
	{{"AUTOEXTEND_SIZE"}, "AUTOEXTEND_SIZE", "leave it out"},
	{{"COMPRESSION", "="}, "COMPRESSION",
		"leave it out; MariaDB has PAGE_COMPRESSED=1"},
	{{"COLUMN_FORMAT", "*"}, "COLUMN_FORMAT", "leave it out"},
	{{"STORAGE", "DISK"}, "STORAGE DISK", "leave it out"},
	{{"STORAGE", "MEMORY"}, "STORAGE MEMORY", "leave it out"},
	{{"WITH", "PARSER"}, "WITH PARSER",
		"leave it out, unless the target has a parser of that name"},
	{{"UUID_TO_BIN", "("}, "UUID_TO_BIN()",
		"MariaDB has the type UUID, or a function of one's own"},
	{{"BIN_TO_UUID", "("}, "BIN_TO_UUID()",
		"MariaDB has the type UUID, or a function of one's own"},
	{{"REGEXP_LIKE", "("}, "REGEXP_LIKE()", "write text REGEXP pattern"},
	{{"ANY_VALUE", "("}, "ANY_VALUE()",
		"write the column alone, or MIN() of it"},
	{{"GROUPING", "("}, "GROUPING()", "tell NULLs of ROLLUP otherwise"},
	{{"JSON_STORAGE_SIZE", "("}, "JSON_STORAGE_SIZE()", "write LENGTH()"},
	{{"ST_LATITUDE", "("}, "ST_LATITUDE()", "write ST_Y()"},
	{{"ST_LONGITUDE", "("}, "ST_LONGITUDE()", "write ST_X()"},
	{{"MEMBER", "OF"}, "MEMBER OF", "write JSON_CONTAINS()"},
	{{"AS", "JSON", ")"}, "CAST AS JSON",
		"leave the CAST out; JSON is text to MariaDB"},
	{{"VALUES", "ROW", "("}, "VALUES ROW()", "write VALUES (...)"},
	{{"LATERAL", "("}, "LATERAL", "write a join, or a function"},
	{{"PASSWORD", "HISTORY"}, "PASSWORD HISTORY", "leave it out"},
	{{"PASSWORD", "REUSE"}, "PASSWORD REUSE", "leave it out"},
	{{"PASSWORD", "REQUIRE"}, "PASSWORD REQUIRE", "leave it out"},
	{{"RESOURCE", "GROUP"}, "RESOURCE GROUP", "leave the statement out"},
	{{"SPATIAL", "REFERENCE", "SYSTEM"}, "SPATIAL REFERENCE SYSTEM",
		"leave the statement out"},
};

static const struct clause lost[] = {
	{{"INVISIBLE"}, "INVISIBLE",
		"a column or key is visible; ALTER TABLE makes a column "
		"INVISIBLE, a key IGNORED"},
	{{"NOT", "ENFORCED"}, "NOT ENFORCED",
		"the CHECK is enforced, and rows that break it are refused "
		"unless check_constraint_checks is off"},
	{{"SRID", "*"}, "SRID",
		"the column takes values of any reference system"},
	{{"SECONDARY_ENGINE"}, "SECONDARY_ENGINE", "nothing has to be done"},
};

static const struct dialect_finding functional_key = {
	.clause = "a key of an expression",
	.remedy = "add a generated column of the expression and a key of it",
	.refused = true,
};

/* What is found, and where. */
struct findings {
	struct dialect_finding *found;
	size_t count, max;
	const char *sql;
};

static void add(
	struct findings *f, struct dialect_finding finding, const char *at)
{
	finding.offset = (size_t)(at - f->sql);
	if (f->count < f->max)
		f->found[f->count++] = finding;
}

static bool is_word(const struct token *t, const char *word)
{
	if (*word == '*')
		return t->kind == TOKEN_WORD;
	return token_word(t, word) || (!word[1] && token_mark(t, *word));
}

/* match: do these tokens begin with the clause? */
static bool match(const struct clause *clause, const struct token *t)
{
	for (size_t i = 0; i < WORDS && clause->words[i]; i++)
		if (!is_word(&t[i], clause->words[i]))
			return false;
	return true;
}

static void look(struct findings *f, const struct token *t,
	const struct clause *clauses, size_t count, bool is_refused)
{
	for (size_t i = 0; i < count; i++) {
		const struct dialect_finding finding = {
			.clause = clauses[i].name,
			.remedy = clauses[i].remedy,
			.refused = is_refused,
		};

		if (!match(&clauses[i], t))
			continue;
		add(f, finding, t->text);
		return;
	}
}

/* Where we are in KEY [name] (parts), of which an expression is one that is in
 * parentheses of its own. */
struct key {
	enum { KEY_NONE, KEY_WORD, KEY_PARTS } state;
	int depth;
	bool part_begins;
};

static bool is_functional(struct key *k, const struct token *t)
{
	bool found = false;

	if (token_word(t, "KEY") || token_word(t, "INDEX")) {
		*k = (struct key){.state = KEY_WORD};
	} else if (k->state == KEY_WORD && token_mark(t, '(')) {
		*k = (struct key){KEY_PARTS, 1, true};
	} else if (k->state == KEY_WORD &&
		(token_mark(t, ',') || token_mark(t, ')'))) {
		k->state = KEY_NONE;
	} else if (k->state == KEY_PARTS) {
		found = k->part_begins && token_mark(t, '(');
		k->depth += token_mark(t, '(') - token_mark(t, ')');
		k->part_begins = k->depth == 1 && token_mark(t, ',');
		if (!k->depth)
			k->state = KEY_NONE;
	}
	return found;
}

/* look_between: into the comments between two tokens that MariaDB skips. */
static void look_between(struct findings *f, const struct tokens *rules,
	const char *from, const char *to)
{
	struct tokens in = *rules;
	struct token t[WORDS];

	in.pos = memmem(from, (size_t)(to - from), "/*!", 3);
	if (!in.pos)
		return;
	in.end = to;
	in.skip_mysql = false;
	for (size_t i = 0; i < WORDS; i++)
		token_next(&in, &t[i]);
	while (t[0].kind != TOKEN_END) {
		look(f, t, lost, sizeof(lost) / sizeof(*lost), false);
		memmove(t, t + 1, sizeof(t) - sizeof(*t));
		token_next(&in, &t[WORDS - 1]);
	}
}

size_t dialect_foreign_clauses(const char *sql, size_t len,
	const struct lexer_modes *modes, struct dialect_finding *found,
	size_t max)
{
	struct findings f = {.found = found, .max = max, .sql = sql};
	struct tokens in = {
		.pos = sql,
		.end = sql + len,
		.no_backslash_escapes = modes->no_backslash_escapes,
		.ansi_quotes = modes->ansi_quotes,
		.skip_mysql = true,
	};
	struct key key = {.state = KEY_NONE};
	struct token t[WORDS] = {{.kind = TOKEN_END}};
	const char *behind = sql;

	/* t is filled from its end: t[WORDS - 1] is the newest token. */
	for (size_t left = WORDS; left;) {
		memmove(t, t + 1, sizeof(t) - sizeof(*t));
		if (token_next(&in, &t[WORDS - 1]) == TOKEN_END)
			left--;
		look_between(&f, &in, behind, t[WORDS - 1].text);
		behind = in.pos;
		if (t[0].kind == TOKEN_END)
			continue;
		if (is_functional(&key, &t[0]))
			add(&f, functional_key, t[0].text);
		look(&f, t, refused, sizeof(refused) / sizeof(*refused), true);
	}
	return f.count;
}
