/* template.h: a line for people out of a template: "{key}" stands for a value,
 * "{{" and "}}" for the braces themselves.
 */
#ifndef DBPIPES_VERIFY_TEMPLATE_H
#define DBPIPES_VERIFY_TEMPLATE_H

#include "base/err.h"
#include "base/strbuf.h"

enum {
	TEMPLATE_VALUE_MOST = 1000, /* bytes of a value */
	TEMPLATE_MOST = 4000        /* of the whole */
};

/* template_check: error ERR_USAGE for a brace without its partner. */
int template_check(const char *text, struct err *e);

/* Appends the value of a key, or nothing. */
typedef void template_value(void *ctx, const char *key, struct strbuf *out);

/* template_fill: append it filled in. Values come from elsewhere: control
 * characters in them, and bytes that are no UTF-8, are escaped, and what is too
 * long is cut off, so that a line stays one. */
void template_fill(
	const char *text, template_value *value, void *ctx, struct strbuf *out);

#endif
