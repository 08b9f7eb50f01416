/* ddl_text.h: the words of a definition as SHOW CREATE gives it: names, strings
 * and single bytes, skipped one by one. Nothing is copied; every function stops
 * at the NUL that ends the text.
 */
#ifndef DBPIPES_DB_DDL_TEXT_H
#define DBPIPES_DB_DDL_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* How a text is to be read. NULL in its place: as the server writes tables for
 * us, in UTF-8 and without ANSI_QUOTES. */
struct ddl_rules {
	bool no_backslash;   /* a backslash in a string is one */
	bool ansi_quotes;    /* "…" is a name */
	bool comments;       /* a person wrote it: there may be comments */
	const char *charset; /* of the bytes; NULL: UTF-8 */
};

/* ddl_next: the beginning of the next token at or behind s. */
const char *ddl_next(const char *s, const struct ddl_rules *rules);
/* ddl_skip: behind the token that begins at s: a word, a quoted name or string,
 * or a byte. */
const char *ddl_skip(const char *s, const struct ddl_rules *rules);
/* ddl_after: the token behind the one at s. */
const char *ddl_after(const char *s, const struct ddl_rules *rules);
/* ddl_word_end: behind the word at s; s itself if there is none. */
const char *ddl_word_end(const char *s);
/* ddl_pair: does the byte at s begin a character whose second byte may look
 * like a quote or a backslash? A NULL charset is UTF-8, which has none. */
bool ddl_pair(const char *s, const char *charset);
/* ddl_is: is the token at s this word, in any case of letters? */
bool ddl_is(const char *s, const char *word);
/* ddl_is_any: is it one of a NULL-ended list? */
bool ddl_is_any(const char *s, const char *const *words);

#endif
