/* template.c: see template.h. */
#include "verify/template.h"

#include <stdbool.h>
#include <string.h>

#include "base/text.h"

/* key_length: of the key that follows an opening brace; 0 if it is none. */
static size_t key_length(const char *key)
{
	size_t len = strcspn(key, "{}");

	return key[len] == '}' ? len : 0;
}

int template_check(const char *text, struct err *e)
{
	for (const char *p = text; *p; p++) {
		if (*p != '{' && *p != '}')
			continue;
		if (p[1] == *p)
			p++;
		else if (*p == '{' && key_length(p + 1))
			p += key_length(p + 1) + 1;
		else
			return err_set(e, ERR_USAGE,
				"the template '%.200s' has a brace without its "
				"partner at byte %zu; '{{' is a brace",
				text, (size_t)(p - text) + 1);
	}
	return 0;
}

/* cut: what is longer, between two characters. */
static void cut(struct strbuf *text, size_t from, size_t most)
{
	size_t end = from, n;

	if (text->len - from <= most)
		return;
	while (true) {
		n = utf8_length(text->buf + end, text->len - end);
		n = n ? n : 1;
		if (end + n - from > most)
			break;
		end += n;
	}
	strbuf_setlen(text, end);
	strbuf_addstr(text, "...");
}

static void add_value(const char *key, size_t len, template_value *value,
	void *ctx, struct strbuf *out)
{
	struct strbuf name = STRBUF_INIT, raw = STRBUF_INIT;
	size_t from = out->len;

	strbuf_add(&name, key, len);
	value(ctx, name.buf, &raw);
	text_escape(out, raw.buf, raw.len);
	cut(out, from, TEMPLATE_VALUE_MOST);
	strbuf_release(&name);
	strbuf_release(&raw);
}

void template_fill(
	const char *text, template_value *value, void *ctx, struct strbuf *out)
{
	size_t from = out->len;

	for (const char *p = text; *p; p++) {
		size_t len = *p == '{' ? key_length(p + 1) : 0;

		if (len) {
			add_value(p + 1, len, value, ctx, out);
			p += len + 1;
			continue;
		}
		strbuf_addch(out, *p);
		if ((*p == '{' || *p == '}') && p[1] == *p)
			p++;
	}
	cut(out, from, TEMPLATE_MOST);
}
