/* json.c: writing JSON into a strbuf. */
#include "base/json.h"

#include <inttypes.h>
#include <time.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/prog.h"
#include "base/text.h"

void json_release(struct json *j)
{
	strbuf_release(&j->out);
	j->comma = false;
}

static void quoted(struct json *j, const char *s, size_t len)
{
	strbuf_addch(&j->out, '"');
	json_escape(&j->out, s, len);
	strbuf_addch(&j->out, '"');
}

/* What stands before every value. */
static void lead(struct json *j, const char *key)
{
	if (j->comma)
		strbuf_addch(&j->out, ',');
	j->comma = true;
	if (!key)
		return;
	quoted(j, key, strlen(key));
	strbuf_addch(&j->out, ':');
}

static void begin(struct json *j, const char *key, char bracket)
{
	lead(j, key);
	strbuf_addch(&j->out, bracket);
	j->comma = false;
}

static void end(struct json *j, char bracket)
{
	strbuf_addch(&j->out, bracket);
	j->comma = true;
}

void json_begin_object(struct json *j, const char *key)
{
	begin(j, key, '{');
}

void json_end_object(struct json *j)
{
	end(j, '}');
}

void json_begin_array(struct json *j, const char *key)
{
	begin(j, key, '[');
}

void json_end_array(struct json *j)
{
	end(j, ']');
}

void json_string(struct json *j, const char *key, const char *value)
{
	json_stringn(j, key, value, strlen(value));
}

void json_stringn(
	struct json *j, const char *key, const char *value, size_t len)
{
	lead(j, key);
	quoted(j, value, len);
}

void json_string_or_null(struct json *j, const char *key, const char *value)
{
	if (value)
		json_string(j, key, value);
	else
		json_null(j, key);
}

void json_uint(struct json *j, const char *key, uint64_t value)
{
	lead(j, key);
	strbuf_addf(&j->out, "%" PRIu64, value);
}

void json_uint_string(struct json *j, const char *key, uint64_t value)
{
	lead(j, key);
	strbuf_addf(&j->out, "\"%" PRIu64 "\"", value);
}

void json_seconds(struct json *j, const char *key, uint64_t milliseconds)
{
	lead(j, key);
	strbuf_addf(&j->out, "%" PRIu64 ".%03" PRIu64, milliseconds / 1000,
		milliseconds % 1000);
}

void json_bool(struct json *j, const char *key, bool value)
{
	lead(j, key);
	strbuf_addstr(&j->out, value ? "true" : "false");
}

void json_null(struct json *j, const char *key)
{
	lead(j, key);
	strbuf_addstr(&j->out, "null");
}

void json_record_begin(struct json *j, const char *event)
{
	char now[CLOCK_TEXT_SIZE];

	strbuf_reset(&j->out);
	j->comma = false;
	clock_rfc3339(time(NULL), now);
	json_begin_object(j, NULL);
	json_string(j, "tool", prog_name());
	json_string(j, "event", event);
	json_string(j, "time", now);
}

int json_record_write(struct json *j, int fd, const char *name, struct err *e)
{
	json_end_object(j);
	strbuf_addch(&j->out, '\n');
	return io_write_all(fd, j->out.buf, j->out.len, name, e);
}

void json_escape(struct strbuf *out, const char *s, size_t len)
{
	size_t i, n;

	for (i = 0; i < len; i += n ? n : 1) {
		unsigned char c = (unsigned char)s[i];

		n = utf8_length(s + i, len - i);
		if (!n)
			strbuf_addstr(out, "\xef\xbf\xbd");
		else if (c == '"' || c == '\\')
			strbuf_addf(out, "\\%c", c);
		else if (c == '\n')
			strbuf_addstr(out, "\\n");
		else if (c == '\t')
			strbuf_addstr(out, "\\t");
		else if (c == '\r')
			strbuf_addstr(out, "\\r");
		else if (c < 0x20 || c == 0x7f)
			strbuf_addf(out, "\\u%04x", c);
		else
			strbuf_add(out, s + i, n);
	}
}
