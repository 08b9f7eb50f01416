/* position_mydumper.c: the file `metadata` of mydumper, both of its layouts.
 *
 * Up to 0.12 it is text for people, with a block "SHOW MASTER STATUS:" and one
 * "SHOW SLAVE STATUS:" a source. From 0.13 on it has sections like an INI
 * file: [master], later [source], and [replication] or [replication.CHANNEL];
 * what is not for myloader is commented out, and counts here all the same.
 * Source: write_snapshot_info, write_source_info and write_replica_info in
 * mydumper.c of 0.9.5 and 0.10.1, mydumper_working_thread.c of 0.14.1 to 1.0.1.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "stream/position_internal.h"
#include "stream/token.h"

enum field { NO_FIELD, FILE_NAME, LOG_POS, GTID, HOST, PORT, CHANNEL, BY_GTID };

/* The keys by section. */
static const struct {
	int section;
	const char *key;
	enum field field;
} keys[] = {
	{SECTION_OWN, "Log", FILE_NAME},
	{SECTION_OWN, "Pos", LOG_POS},
	{SECTION_OWN, "GTID", GTID},
	{SECTION_OWN, "File", FILE_NAME},
	{SECTION_OWN, "Position", LOG_POS},
	{SECTION_OWN, "Executed_Gtid_Set", GTID},
	{SECTION_OWN, "SOURCE_LOG_FILE", FILE_NAME},
	{SECTION_OWN, "SOURCE_LOG_POS", LOG_POS},
	{SECTION_UPSTREAM, "Connection name", CHANNEL},
	{SECTION_UPSTREAM, "Host", HOST},
	{SECTION_UPSTREAM, "Log", FILE_NAME},
	{SECTION_UPSTREAM, "Pos", LOG_POS},
	{SECTION_UPSTREAM, "GTID", GTID},
	{SECTION_UPSTREAM, "SOURCE_LOG_FILE", FILE_NAME},
	{SECTION_UPSTREAM, "SOURCE_LOG_POS", LOG_POS},
	{SECTION_UPSTREAM, "SOURCE_AUTO_POSITION", BY_GTID},
	{SECTION_UPSTREAM, "Relay_Master_Log_File", FILE_NAME},
	{SECTION_UPSTREAM, "Exec_Master_Log_Pos", LOG_POS},
	{SECTION_UPSTREAM, "Relay_Source_Log_File", FILE_NAME},
	{SECTION_UPSTREAM, "Exec_Source_Log_Pos", LOG_POS},
	{SECTION_UPSTREAM, "Executed_Gtid_Set", GTID},
	{SECTION_UPSTREAM, "Gtid_Slave_Pos", GTID},
	{SECTION_UPSTREAM, "Gtid_Source_Pos", GTID},
	{SECTION_UPSTREAM, "Connection_name", CHANNEL},
	{SECTION_UPSTREAM, "Channel_Name", CHANNEL},
	{SECTION_UPSTREAM, "Master_Host", HOST},
	{SECTION_UPSTREAM, "Source_Host", HOST},
	{SECTION_UPSTREAM, "Master_Port", PORT},
	{SECTION_UPSTREAM, "Source_Port", PORT},
};

/* The file on its way: one position at a time is gathered. */
struct reader {
	struct positions *p;
	const char *name;
	uint64_t offset; /* of the line at work */
	int section;
	struct position pos;
	struct strbuf gtid; /* may go on on the next line */
	bool in_gtid;
	bool finished; /* "Finished dump at" was seen */
};

/* A part of a line. */
struct span {
	const char *text;
	size_t len;
};

static int refuse(const struct reader *r, const char *what, struct err *e)
{
	err_set(e, ERR_DATA, "%s: %s at byte %llu", r->name, what,
		(unsigned long long)r->offset);
	return err_hint(e, "it is truncated or damaged: fetch it again");
}

static struct span trimmed(const char *text, const char *end)
{
	while (text < end && (*text == ' ' || *text == '\t'))
		text++;
	while (text < end &&
		(end[-1] == ' ' || end[-1] == '\t' || end[-1] == '\r'))
		end--;
	return (struct span){text, (size_t)(end - text)};
}

static struct span unquoted(struct span s)
{
	if (s.len >= 2 && (*s.text == '"' || *s.text == '\'') &&
		s.text[s.len - 1] == *s.text)
		return (struct span){s.text + 1, s.len - 2};
	return s;
}

static bool is(struct span s, const char *text)
{
	return bytes_equal_nocase(s.text, s.len, text);
}

static bool begins(struct span s, const char *text)
{
	return s.len >= strlen(text) && !memcmp(s.text, text, strlen(text));
}

/* set_text: false if it is not what has been said before. */
static bool set_text(char **to, struct span value)
{
	char *text = xstrndup(value.text, value.len);
	bool same = position_merge_text(to, text);

	free(text);
	return same;
}

static bool set_number(uint64_t *to, struct span value)
{
	uint64_t number = 0;

	for (size_t i = 0; i < value.len; i++) {
		char c = value.text[i];

		if (c < '0' || c > '9' || number > POSITION_NUMBER_MAX / 10)
			return false;
		number = number * 10 + (uint64_t)(c - '0');
	}
	if (*to && *to != number)
		return false;
	*to = number;
	return true;
}

static void release(struct reader *r)
{
	position_release(&r->pos);
	r->pos = (struct position){0};
	strbuf_reset(&r->gtid);
	r->in_gtid = false;
}

/* take_position: what a section has said is complete. */
static int take_position(struct reader *r, struct err *e)
{
	struct position *pos = &r->pos, *to;
	bool own = r->section == SECTION_OWN;

	if (r->section == SECTION_NONE)
		return 0;
	r->section = SECTION_NONE;
	if (!position_clean_gtid(&r->gtid))
		return refuse(r, "what is no GTID ends", e);
	if (r->gtid.len)
		pos->gtid = xstrdup(r->gtid.buf);
	if (!pos->log_file)
		pos->log_pos = 0; /* of a replica that has never run */
	else if (!pos->log_pos)
		return refuse(r, "a position without its number ends", e);
	if (own)
		r->p->has_own = true;
	to = own ? &r->p->own : positions_upstream(r->p, pos->channel);
	if (!position_merge(to, pos))
		return refuse(r, "a position ends that contradicts another", e);
	release(r);
	return 0;
}

static bool set_field(struct reader *r, enum field field, struct span value)
{
	struct position *pos = &r->pos;

	if (field == GTID) {
		/* Said twice, it is the same. */
		if (!r->gtid.len)
			strbuf_add(&r->gtid, value.text, value.len);
		r->in_gtid = value.len && value.text[value.len - 1] == ',';
		return true;
	}
	if (value.len > POSITION_NAME_MAX ||
		memchr(value.text, '\0', value.len))
		return false;
	switch (field) {
	case FILE_NAME:
		return set_text(&pos->log_file, value);
	case HOST:
		return set_text(&pos->host, value);
	case CHANNEL:
		return set_text(&pos->channel, value);
	case LOG_POS:
		return set_number(&pos->log_pos, value);
	case PORT:
		return set_number(&pos->port, value);
	case BY_GTID:
		pos->use_gtid |= is(value, "1");
		break;
	case NO_FIELD:
	case GTID:
		break;
	}
	return true;
}

/* take_value: KEY, a separator, VALUE, of the section at work. */
static int take_value(
	struct reader *r, struct span line, char separator, struct err *e)
{
	const char *end = line.text + line.len;
	const char *at = memchr(line.text, separator, line.len);
	struct span key, value;

	if (!at)
		return 0;
	key = trimmed(line.text, at);
	value = unquoted(trimmed(at + 1, end));
	if (!value.len || is(value, "(null)"))
		return 0;
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		if (keys[i].section != r->section || !is(key, keys[i].key))
			continue;
		if (!set_field(r, keys[i].field, value))
			return refuse(r, "a value that makes no sense", e);
		break;
	}
	return 0;
}

/* begin_section: "[replication.nord]" and the like. */
static int begin_section(struct reader *r, struct span line, struct err *e)
{
	static const char named[] = "[replication.";
	size_t len = sizeof(named) - 1;

	if (take_position(r, e))
		return -1;
	if (is(line, "[master]") || is(line, "[source]"))
		r->section = SECTION_OWN;
	else if (is(line, "[replication]"))
		r->section = SECTION_UPSTREAM;
	if (!begins(line, named) || line.text[line.len - 1] != ']')
		return 0;
	r->section = SECTION_UPSTREAM;
	if (set_field(r, CHANNEL,
		    (struct span){line.text + len, line.len - len - 1}))
		return 0;
	return refuse(r, "a channel that makes no sense", e);
}

/* take_new_line: of the layout with sections. */
static int take_new_line(struct reader *r, struct span line, struct err *e)
{
	if (begins(line, "["))
		return begin_section(r, line, e);
	r->finished |= begins(line, "# Finished dump at: ");
	while (begins(line, "#"))
		line = trimmed(line.text + 1, line.text + line.len);
	return r->section == SECTION_NONE ? 0 : take_value(r, line, '=', e);
}

/* take_old_line: of the layout for people. */
static int take_old_line(struct reader *r, struct span line, struct err *e)
{
	if (r->in_gtid) {
		strbuf_add(&r->gtid, line.text, line.len);
		r->in_gtid = line.len && line.text[line.len - 1] == ',';
		return 0;
	}
	if (!line.len)
		return take_position(r, e);
	if (is(line, "SHOW MASTER STATUS:") || is(line, "SHOW SLAVE STATUS:")) {
		if (take_position(r, e))
			return -1;
		r->section = is(line, "SHOW MASTER STATUS:") ? SECTION_OWN
							     : SECTION_UPSTREAM;
		return 0;
	}
	r->finished |= begins(line, "Finished dump at: ");
	return r->section == SECTION_NONE ? 0 : take_value(r, line, ':', e);
}

static int take_lines(
	struct reader *r, const char *text, const char *end, struct err *e)
{
	bool old = *text != '#';
	const char *newline, *p;
	int rc = 0;

	for (p = text; !rc && p < end; p = newline + 1) {
		struct span line;

		r->offset = (uint64_t)(p - text);
		newline = memchr(p, '\n', (size_t)(end - p));
		if (!newline)
			return refuse(r, "a line without an end", e);
		line = trimmed(p, newline);
		rc = old ? take_old_line(r, line, e)
			 : take_new_line(r, line, e);
	}
	r->offset = (uint64_t)(end - text);
	return rc ? -1 : take_position(r, e);
}

int positions_from_mydumper(struct positions *p, const struct strbuf *text,
	const char *name, struct err *e)
{
	struct reader r = {.p = p, .name = name, .gtid = STRBUF_INIT};
	int rc = take_lines(&r, text->buf, text->buf + text->len, e);

	if (!rc && !r.finished)
		rc = refuse(&r, "ends before the dump was finished,", e);
	release(&r);
	strbuf_release(&r.gtid);
	return rc;
}
