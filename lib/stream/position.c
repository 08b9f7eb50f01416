/* position.c: what positions are: kept, merged, compared.
 *
 * Not here: finding them in SQL (position_sql.c) or in other documents
 * (position_info.c), reading inputs (position_read.c), writing them
 * (position_write.c).
 */
#include "stream/position.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "stream/position_internal.h"

void position_release(struct position *pos)
{
	free(pos->log_file);
	free(pos->gtid);
	free(pos->channel);
	free(pos->host);
}

void positions_release(struct positions *p)
{
	position_release(&p->own);
	for (size_t i = 0; i < p->upstream_count; i++)
		position_release(&p->upstream[i]);
	free(p->upstream);
	*p = (struct positions)POSITIONS_INIT;
}

static bool stated(const struct position *pos)
{
	return pos->log_file || (pos->gtid && *pos->gtid);
}

bool positions_found(const struct positions *p)
{
	if (stated(&p->own))
		return true;
	for (size_t i = 0; i < p->upstream_count; i++)
		if (stated(&p->upstream[i]))
			return true;
	return false;
}

bool positions_agree(const struct positions *p)
{
	if (p->contradict)
		return false;
	return p->dumps < 2 || !positions_found(p) ||
		(!p->silent_dumps && p->stated);
}

bool position_merge_text(char **to, const char *from)
{
	if (!from)
		return true;
	if (*to)
		return !strcmp(*to, from);
	*to = xstrdup(from);
	return true;
}

bool position_merge(struct position *to, const struct position *from)
{
	bool same = !to->log_file || !from->log_file ||
		to->log_pos == from->log_pos;

	if (from->log_file)
		to->log_pos = from->log_pos;
	if (from->port) {
		same = same && (!to->port || to->port == from->port);
		to->port = from->port;
	}
	to->use_gtid |= from->use_gtid;
	return position_merge_text(&to->log_file, from->log_file) &&
		position_merge_text(&to->gtid, from->gtid) &&
		position_merge_text(&to->host, from->host) &&
		position_merge_text(&to->channel, from->channel) && same;
}

static bool same_channel(const char *a, const char *b)
{
	return !strcmp(a ? a : "", b ? b : "");
}

const char *positions_shared_gtid(const struct positions *p)
{
	for (size_t i = 0; i < p->upstream_count; i++)
		if (p->upstream[i].gtid)
			return p->upstream[i].gtid;
	return NULL;
}

/* A GTID that came first has made an entry that belongs to no channel yet. */
struct position *positions_upstream(struct positions *p, const char *channel)
{
	struct position *pos;
	const char *gtid = positions_shared_gtid(p);

	for (size_t i = 0; i < p->upstream_count; i++) {
		pos = &p->upstream[i];
		if (same_channel(pos->channel, channel) ||
			(!pos->channel && !pos->log_file && !pos->use_gtid))
			return pos;
	}
	p->upstream = grow_array(p->upstream, p->upstream_count,
		&p->upstream_cap, sizeof(*p->upstream));
	pos = &p->upstream[p->upstream_count++];
	*pos = (struct position){0};
	if (gtid)
		pos->gtid = xstrdup(gtid);
	return pos;
}

void positions_add_upstream(
	struct positions *p, const struct position *upstream)
{
	struct position *to;

	p->upstream = grow_array(p->upstream, p->upstream_count,
		&p->upstream_cap, sizeof(*p->upstream));
	to = &p->upstream[p->upstream_count++];
	*to = (struct position){0};
	/* Into an empty one everything fits. */
	position_merge(to, upstream);
}

/* gtid_byte_ok: may the byte stand in a GTID list or set? Source: MariaDB
 * manual, "Global Transaction ID"; MySQL manual, "GTID Format and Storage". */
static bool gtid_byte_ok(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
		(c >= 'A' && c <= 'Z') || c == '-' || c == ':' || c == ',' ||
		c == '_';
}

bool position_clean_gtid(struct strbuf *text)
{
	size_t to = 0;

	for (size_t i = 0; i < text->len; i++) {
		char c = text->buf[i];

		if (c == ' ' || c == '\n' || c == '\r' || c == '\t' ||
			(c == '+' && !to))
			continue;
		if (!gtid_byte_ok(c))
			return false;
		text->buf[to++] = c;
	}
	strbuf_setlen(text, to);
	return true;
}

bool position_set_gtid(struct position *pos, const char *text, size_t len)
{
	struct strbuf gtid = STRBUF_INIT;
	bool good;

	strbuf_add(&gtid, text, len);
	good = position_clean_gtid(&gtid);
	if (good && gtid.len)
		pos->gtid = xstrdup(gtid.buf);
	strbuf_release(&gtid);
	return good;
}

unsigned positions_awaited(const struct positions *p)
{
	unsigned open = 0;

	if (!p->own.gtid)
		open |= GTID_OWN;
	if (p->upstream_count && !positions_shared_gtid(p))
		open |= GTID_UPSTREAM;
	return open & p->announced;
}
