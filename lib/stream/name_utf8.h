/* name_utf8.h: names in a dump's character set as UTF-8. */
#ifndef DBPIPES_STREAM_NAME_UTF8_H
#define DBPIPES_STREAM_NAME_UTF8_H

#include "base/strbuf.h"

/* name_utf8: *name as UTF-8, if it is in this character set, as
 * character_set_client has it: one of one byte for each character. What is in
 * another, or cannot be converted, stays as it is. */
void name_utf8(struct strbuf *name, const char *charset);

#endif
