/* name_utf8.c: see name_utf8.h. */
#include "stream/name_utf8.h"

#include <iconv.h>
#include <strings.h>

#include "base/text.h"

/* What iconv(3) calls a character set. No other is asked of it: a dump may name
 * anything, and what iconv makes of a name, and loads for it, is not ours to
 * answer for. Source: MariaDB manual, "Supported Character Sets and
 * Collations"; its latin1 is that of Windows. */
static const char *const known[][2] = {{"latin1", "CP1252"},
	{"latin2", "ISO-8859-2"}, {"latin5", "ISO-8859-9"},
	{"latin7", "ISO-8859-13"}, {"greek", "ISO-8859-7"},
	{"hebrew", "ISO-8859-8"}, {"koi8r", "KOI8-R"}, {"koi8u", "KOI8-U"},
	{"cp850", "CP850"}, {"cp852", "CP852"}, {"cp866", "CP866"},
	{"cp1250", "CP1250"}, {"cp1251", "CP1251"}, {"cp1256", "CP1256"},
	{"cp1257", "CP1257"}, {"tis620", "TIS-620"}};

static const char *iconv_name(const char *charset)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (!strcasecmp(charset, known[i][0]))
			return known[i][1];
	return NULL;
}

void name_utf8(struct strbuf *name, const char *charset)
{
	struct strbuf out = STRBUF_INIT;
	const char *known_as;
	char *from = name->buf, *to;
	size_t left = name->len, room = left * 4;
	iconv_t how;

	if (text_is_ascii(name->buf))
		return;
	known_as = iconv_name(charset);
	how = known_as ? iconv_open("UTF-8", known_as) : (iconv_t)-1;
	if (how == (iconv_t)-1)
		return;
	strbuf_grow(&out, room);
	to = out.buf;
	if (iconv(how, &from, &left, &to, &room) != (size_t)-1) {
		strbuf_setlen(&out, (size_t)(to - out.buf));
		strbuf_reset(name);
		strbuf_add(name, out.buf, out.len);
	}
	strbuf_release(&out);
	iconv_close(how);
}
