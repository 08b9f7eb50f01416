/* position_write.c: positions as JSON and as shell assignments; as SQL:
 * position_replica.c. */
#include "stream/position.h"

void position_to_json(struct json *j, const struct position *p)
{
	json_string_or_null(j, "log_file", p->log_file);
	if (p->log_file)
		json_uint(j, "log_pos", p->log_pos);
	else
		json_null(j, "log_pos");
	json_string_or_null(j, "gtid", p->gtid);
}

/* add_upstream: one upstream, as a JSON object. */
static void add_upstream(
	struct json *j, const char *key, const struct position *p)
{
	json_begin_object(j, key);
	json_string(j, "channel", p->channel ? p->channel : "");
	json_string_or_null(j, "host", p->host);
	if (p->port)
		json_uint(j, "port", p->port);
	else
		json_null(j, "port");
	position_to_json(j, p);
	json_end_object(j);
}

void positions_own_to_json(struct json *j, const struct positions *p)
{
	if (!p->has_own || !positions_agree(p)) {
		json_null(j, "position");
		return;
	}
	json_begin_object(j, "position");
	position_to_json(j, &p->own);
	json_end_object(j);
}

void positions_to_json(struct json *j, const struct positions *p)
{
	json_string(j, "format", p->format);
	position_to_json(j, &p->own);
	if (p->upstream_count == 1)
		add_upstream(j, "upstream", p->upstream);
	else
		json_null(j, "upstream");
	json_begin_array(j, "upstreams");
	for (size_t i = 0; i < p->upstream_count; i++)
		add_upstream(j, NULL, &p->upstream[i]);
	json_end_array(j);
}

/* Within single quotes the shell changes nothing; a single quote itself is
 * written as '\''. Source: POSIX.1-2017, Shell Command Language, 2.2.2. */
void sh_assign(struct strbuf *sh, const char *prefix, const char *name,
	const char *value)
{
	strbuf_addf(sh, "%s_%s='", prefix, name);
	for (const char *p = value ? value : ""; *p; p++) {
		if (*p == '\'')
			strbuf_addstr(sh, "'\\''");
		else
			strbuf_addch(sh, *p);
	}
	strbuf_addstr(sh, "'\n");
}

void sh_assign_number(struct strbuf *sh, const char *prefix, const char *name,
	uint64_t value, bool stated)
{
	struct strbuf text = STRBUF_INIT;

	if (stated)
		strbuf_addf(&text, "%llu", (unsigned long long)value);
	sh_assign(sh, prefix, name, text.buf);
	strbuf_release(&text);
}

static void position_to_sh(
	struct strbuf *sh, const char *prefix, const struct position *p)
{
	sh_assign(sh, prefix, "log_file", p->log_file);
	sh_assign_number(sh, prefix, "log_pos", p->log_pos, p->log_file);
	sh_assign(sh, prefix, "gtid", p->gtid);
	sh_assign(sh, prefix, "channel", p->channel);
	sh_assign(sh, prefix, "host", p->host);
	sh_assign_number(sh, prefix, "port", p->port, p->port);
}

void positions_to_sh(
	struct strbuf *sh, const char *prefix, const struct positions *p)
{
	struct strbuf name = STRBUF_INIT;

	sh_assign(sh, prefix, "format", p->format);
	position_to_sh(sh, prefix, &p->own);
	strbuf_addf(sh, "%s_upstreams=%zu\n", prefix, p->upstream_count);
	for (size_t i = 0; i < p->upstream_count; i++) {
		strbuf_reset(&name);
		strbuf_addf(&name, "%s_upstream%zu", prefix, i + 1);
		position_to_sh(sh, name.buf, &p->upstream[i]);
	}
	strbuf_release(&name);
}
