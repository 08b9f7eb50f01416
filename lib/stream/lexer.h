/* lexer.h: a dump cut into statements and comments, as the stock client cuts
 * it: quotes, comments, version comments, DELIMITER, and the sql_mode and
 * character sets that the stream itself sets on its way.
 *
 * Source: MariaDB manual, "Comment Syntax", "Delimiters", "SQL_MODE"; the
 * stock client's treatment is the judge where the manual is silent.
 */
#ifndef DBPIPES_STREAM_LEXER_H
#define DBPIPES_STREAM_LEXER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "stream/input.h"
#include "stream/sqlmode.h"

enum piece_kind {
	PIECE_STATEMENT, /* SQL for the server, without its delimiter */
	PIECE_LINE,      /* a comment between statements, "-- ..." or "# ...",
			  * to the end of its line, without the newline */
	PIECE_COMMENT    /* any other comment between statements: slash-star
			  * ones and the sandbox line; the server needs none */
};

/* A piece of the stream. text is valid until the next call. */
struct piece {
	enum piece_kind kind;
	const char *text;
	size_t len;      /* bytes at text, not more than the lexer's `keep` */
	uint64_t total;  /* bytes of the whole piece */
	uint64_t offset; /* where it begins in the decompressed stream */
};

struct lexer;

/* lexer_new: read pieces from `in` (borrowed). `keep`: bytes of each piece to
 * keep, 0 for all of it; with a limit memory stays bounded whatever the
 * size of a statement. */
struct lexer *lexer_new(struct input *in, size_t keep);
void lexer_free(struct lexer *lx);

/* lexer_next: the next piece. Returns 1, or 0 at the end of the stream, or -1.
 * With `keep` 0, a piece of more than 1 GiB and a bit is ERR_DATA.
 * A statement that ends with the stream but without its delimiter, an open
 * string and an open comment are ERR_DATA with the offset where it began and
 * the remedy: the dump is truncated. As an exception, a last statement that
 * is only missing its delimiter is returned if `lenient` was asked for. */
int lexer_next(struct lexer *lx, struct piece *piece, struct err *e);

/* lexer_lenient: accept a last statement without delimiter, as the stock
 * client does; for hand-written SQL, not for dumps. */
void lexer_lenient(struct lexer *lx);

/* lexer_offset: how far the pieces returned so far reach into the stream. */
uint64_t lexer_offset(const struct lexer *lx);

/* What the SQL seen so far has set. */
struct lexer_modes {
	bool no_backslash_escapes;
	bool ansi_quotes;
	bool wide_charset; /* character_set_client is one whose second bytes can
			    * look like ASCII: big5, cp932, gbk, gb18030, sjis
			    */
	char charset[CHARSET_NAME]; /* that one, as it is written; "": none
				     * was named */
};
struct lexer_modes lexer_modes(const struct lexer *lx);

/* sql_word: compare the next word of a statement, skipping white space and
 * comments before it (and entering version comments): returns the text
 * behind the word if the piece of SQL at `sql` goes on with `word` (ASCII,
 * any case, ended by a non-word byte), else NULL. */
const char *sql_word(const char *sql, const char *end, const char *word);

#endif
