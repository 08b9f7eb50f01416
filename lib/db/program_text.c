/* program_text.c: see program_text.h. */
#include "db/program_text.h"

#include <string.h>
#include <strings.h>

#include "base/strlist.h"
#include "db/ddl_text.h"
#include "db/definer.h"
#include "db/escape.h"
#include "db/grants.h"
#include "db/result.h"

/* Where the parts of a head begin and end; all NULL where there is none such.
 * In this order in the text, but for `status` and `comment` of an event. */
struct head {
	const char *definer, *definer_end;
	const char *returns, *returns_end; /* of a function: its type */
	const char *status, *status_end;   /* of an event */
	const char *comment, *comment_end; /* the literal */
	const char *end;                   /* of what the server wrote */
};

/* What a head is made into. */
struct writer {
	struct db *db;
	const struct program_text *text;
	enum definer_mode mode;
	struct strbuf clause;
	bool disable;      /* the event is to be switched off */
	bool foreign;      /* the text's character set is not UTF-8 */
	bool no_backslash; /* its sql_mode has NO_BACKSLASH_ESCAPES, and it a
			    * backslash */
};

/* Character sets of clients in which UTF-8 can stand as it is: themselves, and
 * the one that is taken for bytes. */
static const char *const utf8_charsets[] = {
	"utf8mb4", "utf8mb3", "utf8", "binary", NULL};
static const char *const before_definer[] = {"OR", "REPLACE", NULL};
static const char *const routine_words[] = {
	"FUNCTION", "PROCEDURE", "PACKAGE", NULL};
/* What may stand between a routine's parameters and its comment. Source:
 * MariaDB manual, CREATE PROCEDURE, and sp.cc of its server. */
static const char *const characteristics[] = {"LANGUAGE", "SQL", "NOT",
	"DETERMINISTIC", "CONTAINS", "NO", "READS", "MODIFIES", "DATA",
	"SECURITY", "INVOKER", "DEFINER", NULL};

static bool ascii(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)s[i] >= 0x80)
			return false;
	return true;
}

/* skip_name: name, or name@host. */
static const char *skip_name(const char *s, const struct ddl_rules *rules)
{
	s = ddl_skip(s, rules);
	if (*s == '@')
		s = ddl_skip(s + 1, rules);
	return s;
}

/* find_definer: CREATE [OR REPLACE] [ALGORITHM=…] DEFINER=name@host. Returns
 * the token behind it. */
static const char *find_definer(
	struct head *head, const char *s, const struct ddl_rules *rules)
{
	if (!ddl_is(s, "CREATE"))
		return NULL;
	s = ddl_after(s, rules);
	while (ddl_is_any(s, before_definer))
		s = ddl_after(s, rules);
	if (ddl_is(s, "ALGORITHM"))
		/* = and its value */
		for (int i = 0; i < 3; i++)
			s = ddl_after(s, rules);
	/* Where there is none, it would stand here. */
	head->definer = head->definer_end = s;
	if (!ddl_is(s, "DEFINER"))
		return s;
	s = ddl_after(s, rules);
	if (*s != '=')
		return NULL;
	s = skip_name(ddl_next(s + 1, rules), rules);
	head->definer_end = s;
	return ddl_next(s, rules);
}

/* skip_parameters: behind the parenthesis that closes them. */
static const char *skip_parameters(const char *s, const struct ddl_rules *rules)
{
	unsigned depth = 0;

	for (; *s; s = ddl_after(s, rules)) {
		if (*s == '(')
			depth++;
		if (*s == ')' && !--depth)
			return s + 1;
	}
	return NULL;
}

/* find_returns: the type of a function, which ends with its line. */
static const char *find_returns(struct head *head, const char *s)
{
	head->returns = s;
	while (*s && *s != '\n')
		s = ddl_skip(s, NULL);
	head->returns_end = s;
	return s;
}

/* find_comment: the string behind this word, as the server writes it. */
static const char *find_comment(struct head *head, const char *s)
{
	s = ddl_after(s, NULL);
	if (*s != '\'')
		return NULL;
	head->comment = s;
	s = ddl_skip(s, NULL);
	head->comment_end = s;
	return ddl_next(s, NULL);
}

static bool read_routine(
	struct head *head, const char *s, const struct ddl_rules *rules)
{
	const char *word;

	if (ddl_is(s, "AGGREGATE"))
		s = ddl_after(s, rules);
	if (!ddl_is_any(s, routine_words))
		return false;
	word = s;
	s = ddl_after(s, rules);
	if (ddl_is(word, "PACKAGE") && ddl_is(s, "BODY"))
		s = ddl_after(s, rules);
	/* The name; a package has nothing but that. */
	s = ddl_skip(s, rules);
	if (!ddl_is(word, "PACKAGE"))
		s = *s == '(' ? skip_parameters(s, rules) : NULL;
	if (s && ddl_is(word, "FUNCTION"))
		s = find_returns(head, s);
	if (!s)
		return false;
	s = ddl_next(s, NULL);
	while (ddl_is_any(s, characteristics))
		s = ddl_after(s, NULL);
	head->end = s;
	return !ddl_is(s, "COMMENT") || find_comment(head, s);
}

/* find_status: ENABLE, DISABLE, or DISABLE ON SLAVE, in any words for it. */
static const char *find_status(struct head *head, const char *s)
{
	head->status = s;
	head->status_end = ddl_skip(s, NULL);
	if (ddl_is(s, "DISABLE") && ddl_is(ddl_after(s, NULL), "ON"))
		head->status_end =
			ddl_skip(ddl_after(ddl_after(s, NULL), NULL), NULL);
	return ddl_next(head->status_end, NULL);
}

static bool read_event(struct head *head, const char *s)
{
	if (!ddl_is(s, "EVENT"))
		return false;
	/* The name may be any word. */
	s = ddl_after(ddl_after(s, NULL), NULL);
	while (s && *s && !ddl_is(s, "DO")) {
		if (ddl_is(s, "ENABLE") || ddl_is(s, "DISABLE"))
			s = find_status(head, s);
		else if (ddl_is(s, "COMMENT"))
			s = find_comment(head, s);
		else
			s = ddl_after(s, NULL);
	}
	head->end = s;
	return s && *s && head->status &&
		(!head->comment || head->comment > head->status);
}

static bool read_head(struct head *head, const struct program_text *text)
{
	const char *mode = text->sql_mode ? text->sql_mode : "";
	struct ddl_rules rules = {
		.no_backslash = strstr(mode, "NO_BACKSLASH_ESCAPES") != NULL,
		.ansi_quotes = true,
		.charset = text->charset,
	};
	const char *s;

	/* Outside of a definer's name, which no string can be mistaken for. */
	if (text->kind == PROGRAM_EVENT || text->kind == PROGRAM_TRIGGER)
		rules.charset = NULL;
	s = find_definer(head, text->create, &rules);
	if (!s)
		return false;
	head->end = head->definer_end;
	rules.ansi_quotes = strstr(mode, "ANSI_QUOTES") != NULL;
	rules.comments = true;
	if (text->kind == PROGRAM_ROUTINE)
		return read_routine(head, s, &rules);
	return text->kind != PROGRAM_EVENT || read_event(head, s);
}

static int not_there(
	const char *s, size_t len, const char *charset, struct err *e)
{
	err_set(e, ERR_DATA,
		"it was made by a client that spoke %s, which lacks a "
		"character of: %.*s",
		charset, (int)len, s);
	return err_hint(e,
		"make it again, or alter its comment, by a client that "
		"speaks utf8mb4");
}

/* add_converted: append UTF-8 in the text's character set. */
static int add_converted(struct writer *w, const char *s, size_t len,
	struct strbuf *out, struct err *e)
{
	const char *charset = w->text->charset;
	struct strbuf sql = STRBUF_INIT, hex = STRBUF_INIT;
	struct db_result *result;
	char **row;
	int rc = -1;

	if (!w->foreign || ascii(s, len)) {
		strbuf_add(out, s, len);
		return 0;
	}
	escape_hex(&hex, s, len);
	strbuf_addf(&sql,
		"SELECT CONVERT(_utf8mb4 X'%s' USING %s), HEX(CONVERT(CONVERT("
		"_utf8mb4 X'%s' USING %s) USING utf8mb4)) = '%s'",
		hex.buf, charset, hex.buf, charset, hex.buf);
	result = db_query_shape(w->db, "--", sql.buf, e);
	row = result ? db_next(result) : NULL;
	if (row && row[0] && row[1] && *row[1] == '1') {
		strbuf_add(out, row[0], db_lengths(result)[0]);
		rc = 0;
	} else if (row) {
		not_there(s, len, charset, e);
	}
	db_result_free(result);
	strbuf_release(&sql);
	strbuf_release(&hex);
	return rc;
}

/* unescaped: what a backslash and this byte stand for in the server's words.
 */
static char unescaped(char c)
{
	return c == 'n' ? '\n' : c == 'r' ? '\r' : c == 't' ? '\t' : c;
}

/* add_words: what the server wrote with escapes: without them where the text's
 * sql_mode knows none. */
static int add_words(struct writer *w, const char *s, const char *end,
	struct strbuf *out, struct err *e)
{
	struct strbuf plain = STRBUF_INIT;
	int rc;

	for (; s < end; s++) {
		bool escape = *s == '\\' && w->no_backslash;

		strbuf_addch(&plain, escape ? unescaped(*++s) : *s);
	}
	rc = add_converted(w, plain.buf, plain.len, out, e);
	strbuf_release(&plain);
	return rc;
}

static int add_definer(struct writer *w, const struct head *head,
	const char **rest, struct strbuf *out, struct err *e)
{
	const char *s = head->definer, *end = head->definer_end;
	bool utf8 = w->text->kind == PROGRAM_EVENT ||
		w->text->kind == PROGRAM_TRIGGER;

	*rest = end;
	if (w->mode == DEFINER_DROP) {
		*rest = ddl_next(end, NULL);
		return 0;
	}
	if (w->mode == DEFINER_SET) {
		if (add_converted(w, w->clause.buf, w->clause.len, out, e))
			return -1;
		if (s == end)
			strbuf_addch(out, ' ');
		return 0;
	}
	if (utf8)
		return add_converted(w, s, (size_t)(end - s), out, e);
	strbuf_add(out, s, (size_t)(end - s));
	return 0;
}

/* add_status: off, where it was on. On a replica's events do not fire; that is
 * what a copy is, and unlike DISABLE it tells who was on. */
static void add_status(
	struct writer *w, const struct head *head, struct strbuf *out)
{
	if (w->disable && ddl_is(head->status, "ENABLE"))
		strbuf_addstr(out, "DISABLE ON SLAVE");
	else
		strbuf_add(out, head->status,
			(size_t)(head->status_end - head->status));
}

static int add_event(struct writer *w, const struct head *head, const char *s,
	struct strbuf *out, struct err *e)
{
	const char *comment = head->comment ? head->comment : head->end;

	if (add_converted(w, s, (size_t)(head->status - s), out, e))
		return -1;
	add_status(w, head, out);
	strbuf_add(out, head->status_end, (size_t)(comment - head->status_end));
	if (!head->comment)
		return 0;
	if (add_words(w, head->comment, head->comment_end, out, e))
		return -1;
	strbuf_add(out, head->comment_end,
		(size_t)(head->end - head->comment_end));
	return 0;
}

static int add_routine(struct writer *w, const struct head *head, const char *s,
	struct strbuf *out, struct err *e)
{
	if (head->returns) {
		strbuf_add(out, s, (size_t)(head->returns - s));
		s = head->returns_end;
		if (add_words(w, head->returns, head->returns_end, out, e))
			return -1;
	}
	if (!head->comment) {
		strbuf_add(out, s, (size_t)(head->end - s));
		return 0;
	}
	strbuf_add(out, s, (size_t)(head->comment - s));
	return add_words(w, head->comment, head->comment_end, out, e);
}

static int write_head(struct writer *w, const struct head *head,
	struct strbuf *out, const char **rest, struct err *e)
{
	const char *s = w->text->create;

	strbuf_add(out, s, (size_t)(head->definer - s));
	if (add_definer(w, head, rest, out, e))
		return -1;
	s = *rest;
	if (w->text->kind == PROGRAM_EVENT) {
		*rest = head->end;
		return add_event(w, head, s, out, e);
	}
	if (w->text->kind != PROGRAM_ROUTINE)
		return 0;
	*rest = head->comment ? head->comment_end : head->end;
	return add_routine(w, head, s, out, e);
}

/* as_it_is: whether there is nothing to change, as in most texts. */
static bool as_it_is(const struct writer *w)
{
	if (w->text->kind == PROGRAM_LIBRARY)
		return true;
	return w->mode == DEFINER_KEEP &&
		(w->text->kind != PROGRAM_EVENT || !w->disable) &&
		!w->no_backslash &&
		(!w->foreign || ascii(w->text->create, w->text->len));
}

static int write_text(struct writer *w, struct strbuf *out, struct err *e)
{
	struct head head = {0};
	const char *rest = w->text->create;

	if (!as_it_is(w)) {
		if (!read_head(&head, w->text))
			return err_set(e, ERR_BUG, "not understood: %.200s",
				w->text->create);
		if (write_head(w, &head, out, &rest, e))
			return -1;
	}
	strbuf_add(out, rest, (size_t)(w->text->create + w->text->len - rest));
	return 0;
}

/* dollar_body: where the quotes of a body in another language begin, AS $x$ …
 * $x$ of MySQL 9; NULL: there is none. *len: of the quote. Source: MySQL
 * manual, CREATE LIBRARY, and what its SHOW CREATE writes. */
static const char *dollar_body(const char *text, size_t *len)
{
	const char *language = grants_find(text, "\n    LANGUAGE ");
	const char *as = language ? grants_find(language, "\nAS $") : NULL;
	const char *close = as ? strchr(as + 5, '$') : NULL;
	size_t rest;

	if (!close)
		return NULL;
	*len = (size_t)(close + 1 - (as + 4));
	rest = strlen(close + 1);
	if (rest < *len || strncmp(close + 1 + rest - *len, as + 4, *len) != 0)
		return NULL;
	return as + 4;
}

/* plain_quotes: such a body as a string, which means the same: clients that do
 * not know the other quotes look for strings within them. */
static void plain_quotes(const struct program_text *text, struct strbuf *out)
{
	const bool escapes = !text->sql_mode ||
		!strstr(text->sql_mode, "NO_BACKSLASH_ESCAPES");
	struct strbuf plain = STRBUF_INIT;
	const char *body, *end;
	size_t len;

	body = dollar_body(out->buf, &len);
	if (!body)
		return;
	strbuf_add(&plain, out->buf, (size_t)(body - out->buf));
	strbuf_addch(&plain, '\'');
	end = out->buf + out->len - len;
	for (body += len; body < end; body++) {
		if (*body == '\'' || (*body == '\\' && escapes))
			strbuf_addch(&plain, *body);
		strbuf_addch(&plain, *body);
	}
	strbuf_addch(&plain, '\'');
	strbuf_reset(out);
	strbuf_add(out, plain.buf, plain.len);
	strbuf_release(&plain);
}

int program_text_write(struct db *db, const struct program_text *text,
	const struct dump_options *options, struct strbuf *out, struct err *e)
{
	struct writer w = {
		.db = db,
		.text = text,
		.clause = STRBUF_INIT,
		.disable = options->events == DUMP_EVENTS_DISABLE,
		.foreign =
			text->charset && !name_in(utf8_charsets, text->charset),
		.no_backslash = text->sql_mode &&
			strstr(text->sql_mode, "NO_BACKSLASH_ESCAPES") &&
			strchr(text->create, '\\'),
	};
	int rc = definer_parse(options->definer, &w.mode, &w.clause, e);

	if (!rc)
		rc = write_text(&w, out, e);
	if (!rc &&
		(text->kind == PROGRAM_LIBRARY ||
			text->kind == PROGRAM_ROUTINE))
		plain_quotes(text, out);
	strbuf_release(&w.clause);
	return rc;
}
