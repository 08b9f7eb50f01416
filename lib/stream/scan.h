/* scan.h: finding the next byte that matters, at memory speed.
 *
 * The lexer's inner loops and nothing else: what the bytes mean is not known
 * here. With SSE2 sixteen bytes are looked at at once; elsewhere one by one.
 */
#ifndef DBPIPES_STREAM_SCAN_H
#define DBPIPES_STREAM_SCAN_H

#include <stddef.h>

/* Each returns the first byte sought, or `end`. */

/* scan_pair: either of two bytes. */
const char *scan_pair(const char *p, const char *end, char a, char b);

/* scan_pair_wide: either of two bytes, or any from 0x80 on. */
const char *scan_pair_wide(const char *p, const char *end, char a, char b);

/* scan_sql: a quote of any kind, backslash, # - / NUL or `delimiter`; any byte
 * from 0x80 on, too, if `wide` is not 0. */
const char *scan_sql(const char *p, const char *end, char delimiter, int wide);

#endif
