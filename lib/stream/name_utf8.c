/* name_utf8.c: see name_utf8.h. */
#include "stream/name_utf8.h"

#include <iconv.h>
#include <strings.h>

#include "base/text.h"

/* What iconv(3) calls a character set that has another name there, besides
 * those that it knows by the same one. Source: MariaDB manual, "Supported
 * Character Sets and Collations"; its latin1 is that of Windows. */
static const char *const other_names[][2] = {{"latin1", "CP1252"},
	{"latin2", "ISO-8859-2"}, {"latin5", "ISO-8859-9"},
	{"latin7", "ISO-8859-13"}, {"greek", "ISO-8859-7"},
	{"hebrew", "ISO-8859-8"}, {"koi8r", "KOI8-R"}, {"koi8u", "KOI8-U"},
	{"binary", "UTF-8"}, {"utf8mb3", "UTF-8"}, {"utf8mb4", "UTF-8"}};

static const char *iconv_name(const char *charset)
{
	for (size_t i = 0; i < sizeof(other_names) / sizeof(*other_names); i++)
		if (!strcasecmp(charset, other_names[i][0]))
			return other_names[i][1];
	return charset;
}

void name_utf8(struct strbuf *name, const char *charset)
{
	struct strbuf out = STRBUF_INIT;
	char *from = name->buf, *to;
	size_t left = name->len, room = left * 4;
	iconv_t how;

	if (!*charset || text_is_ascii(name->buf))
		return;
	how = iconv_open("UTF-8", iconv_name(charset));
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
