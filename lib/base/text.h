/* text.h: bytes from elsewhere: what they are, and fit to be shown. */
#ifndef DBPIPES_BASE_TEXT_H
#define DBPIPES_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"

/* utf8_length: bytes of the well-formed character at s (len bytes are there),
 * or 0 if there is none. Source: RFC 3629, 4. */
size_t utf8_length(const char *s, size_t len);

/* text_is_ascii: whether it has no byte from 0x80 on. */
bool text_is_ascii(const char *s);

/* utf8_valid: whether all of it is well-formed characters. */
bool utf8_valid(const char *s, size_t len);

/* text_escape: append s for a terminal or a log: control characters and bytes
 * that are not UTF-8 become \xNN. */
void text_escape(struct strbuf *out, const char *s, size_t len);

/* text_contains: whether part stands anywhere in s, also within a longer word,
 * ASCII letters in any case. */
bool text_contains(const char *s, size_t len, const char *part);

/* text_unescape: the byte that a backslash and c stand for in SQL.
 * Source: MariaDB manual, "String Literals". */
char text_unescape(char c);

#endif
