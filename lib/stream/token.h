/* token.h: the tokens of one statement, for those who look at SETs and
 * positions. Not a parser of SQL, and not for cutting a stream: lexer.h.
 *
 * White space and comments are skipped; version comments are entered, that
 * is, their opening and closing marks are skipped and their inside counts.
 */
#ifndef DBPIPES_STREAM_TOKEN_H
#define DBPIPES_STREAM_TOKEN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"

enum token_kind {
	TOKEN_END,
	TOKEN_WORD,    /* an unquoted word or number: letters, digits, _ $ and
			* bytes from 0x80 on */
	TOKEN_STRING,  /* '...' or "..." */
	TOKEN_NAME,    /* `...`, and "..." under ANSI_QUOTES */
	TOKEN_USERVAR, /* @name; text is the name alone, without quotes */
	TOKEN_SYSVAR,  /* @@name or @@scope.name; text is without the @@ */
	TOKEN_MARK     /* any other byte, one each: ":=" is two of them */
};

struct token {
	enum token_kind kind;
	const char *text; /* as written, quotes included */
	size_t len;
};

/* What is still to be read, and how to read it. */
struct tokens {
	const char *pos, *end;
	bool no_backslash_escapes;
	bool ansi_quotes;
	/* Version comments that MariaDB skips, those for MySQL from 5.7 on, are
	 * comments. */
	bool skip_mysql;
	/* For who wants to know whether the server can read it all: within a
	 * version comment; and: a string or comment is open at the end, or one
	 * ends that has not begun. */
	bool in_version, broken;
};

/* token_next: returns t->kind. An open string or comment is TOKEN_END. */
enum token_kind token_next(struct tokens *in, struct token *t);

/* token_word, token_mark: is it this word (any case), this byte? */
bool token_word(const struct token *t, const char *word);
bool token_mark(const struct token *t, char mark);

/* token_value: append what a string or name stands for, without quotes and
 * escapes; of other tokens their text. */
void token_value(
	const struct tokens *in, const struct token *t, struct strbuf *out);

/* token_quoted_end: behind the closing quote of what opens at p, one of ' " `,
 * or NULL if it does not end. */
const char *token_quoted_end(const struct tokens *in, const char *p);

/* token_skip_space: the first byte that is no white space, comment, or mark
 * of a version comment. */
const char *token_skip_space(const char *p, const char *end);

/* bytes_equal_nocase: ASCII letters in any case. */
bool bytes_equal_nocase(const char *bytes, size_t len, const char *text);

#endif
