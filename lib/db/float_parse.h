/* float_parse.h: decimal digits as a double. */
#ifndef DBPIPES_DB_FLOAT_PARSE_H
#define DBPIPES_DB_FLOAT_PARSE_H

#include <stdbool.h>
#include <stddef.h>

/* float_parse: digits with or without a sign and a point: the double that is
 * nearest, of two that are as near the even one: what strtod makes of them, in
 * less time. Returns false for anything else, and for so many digits that
 * strtod is to be asked. A zero has no sign. */
bool float_parse(const char *text, size_t len, double *value);

#endif
