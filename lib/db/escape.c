/* escape.c: see escape.h. */
#include "db/escape.h"

/* What stands behind the backslash for each byte that needs one; 0: none. The
 * double quote needs none between single quotes, which keeps JSON readable. */
static const char escapes[256] = {
	['\0'] = '0',
	['\n'] = 'n',
	['\r'] = 'r',
	['\\'] = '\\',
	['\''] = '\'',
	[26] = 'Z', /* ends a text file for some programs on Windows */
};

void escape_string(struct strbuf *sql, const char *value, size_t len)
{
	const char *end = value + len;
	char *to;

	/* Room for the worst case at once; pages that stay untouched cost
	 * nothing. */
	strbuf_grow(sql, 2 * len);
	to = sql->buf + sql->len;
	for (; value < end; value++) {
		char escape = escapes[(unsigned char)*value];

		if (escape)
			*to++ = '\\';
		*to++ = escape ? escape : *value;
	}
	strbuf_setlen(sql, (size_t)(to - sql->buf));
}

void escape_hex(struct strbuf *sql, const char *value, size_t len)
{
	static const char digits[] = "0123456789ABCDEF";
	char *to;

	strbuf_grow(sql, 2 * len);
	to = sql->buf + sql->len;
	for (size_t i = 0; i < len; i++) {
		*to++ = digits[(unsigned char)value[i] >> 4];
		*to++ = digits[(unsigned char)value[i] & 15];
	}
	strbuf_setlen(sql, (size_t)(to - sql->buf));
}
