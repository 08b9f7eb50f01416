/* scan.h: finding the next byte that matters, at memory speed.
 *
 * The lexer's inner loops and nothing else. They know quotes, for these come
 * at every few bytes of a dump; all other meaning is the lexer's. With SSE2
 * sixty-four bytes are looked at at once; elsewhere one by one.
 */
#ifndef DBPIPES_STREAM_SCAN_H
#define DBPIPES_STREAM_SCAN_H

#include <stdbool.h>

/* How a statement is to be read. */
struct scan_rules {
	char delimiter;      /* its first byte */
	bool escapes;        /* backslashes do something in '...' */
	bool double_escapes; /* and in "..." */
	bool wide;           /* bytes from 0x80 on must be looked at */
};

/* Each returns the first byte sought, or `end`. */

/* scan_pair: either of two bytes. */
const char *scan_pair(const char *p, const char *end, char a, char b);

/* scan_pair_wide: either of two bytes, or any from 0x80 on. */
const char *scan_pair_wide(const char *p, const char *end, char a, char b);

/* scan_statement: backslash # - / NUL or the delimiter outside of quotes, or
 * the opening quote of what does not end before `end`. With `wide`, every
 * quote and every byte from 0x80 on. */
const char *scan_statement(
	const char *p, const char *end, const struct scan_rules *rules);

#endif
