/* cursor.h: a statement read word by word: the token to look at, and steps over
 * what is known. For those who look for a few forms of statements; it is no
 * parser of SQL.
 */
#ifndef DBPIPES_STREAM_CURSOR_H
#define DBPIPES_STREAM_CURSOR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"
#include "stream/lexer.h"
#include "stream/token.h"

struct cursor {
	struct tokens in;   /* behind t */
	struct token t;     /* the token to look at */
	const char *behind; /* behind the token before t */
};

/* cursor_begin: at the first token of a statement, read as `modes` say.
 * `skip_mysql`: what MariaDB skips is skipped (struct tokens). */
void cursor_begin(struct cursor *c, const char *sql, size_t len,
	const struct lexer_modes *modes, bool skip_mysql);

void cursor_next(struct cursor *c);

/* Each of these steps over t if it is the one asked for, and returns whether it
 * was: a word in any case; one of several, which NULL ends; a byte. */
bool cursor_word(struct cursor *c, const char *word);
bool cursor_any(struct cursor *c, const char *const *words);
bool cursor_mark(struct cursor *c, char mark);

/* cursor_at_name: t can be a name. */
bool cursor_at_name(const struct cursor *c);

/* cursor_name: step over a name; *name gets it, unquoted. Returns false for
 * what cannot be one: then *name is empty. */
bool cursor_name(struct cursor *c, struct strbuf *name);

/* cursor_qualified: [db.]table; *db stays empty where none is named. */
bool cursor_qualified(
	struct cursor *c, struct strbuf *db, struct strbuf *table);

/* cursor_parentheses: from the one at t to behind the one that closes it.
 * Returns false if none does. */
bool cursor_parentheses(struct cursor *c);

#endif
