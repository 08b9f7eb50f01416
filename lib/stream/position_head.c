/* position_head.c: the positions in the head of a compressed dump: those that
 * its text states, without a look at the text.
 */
#include "stream/position.h"

#include <string.h>

#include "base/alloc.h"
#include "data/json_read.h"

/* What JSON can hold without loss; no binary log grows that long. */
#define NUMBER_MAX (1ull << 53)

static char *copy(const char *text)
{
	return text ? xstrdup(text) : NULL;
}

/* read_coordinates: what an own position and one of an upstream have. */
static bool read_coordinates(const struct json_value *json, struct position *p)
{
	const char *log_file, *gtid;

	if (!json_read_text_or_null(json, "log_file", &log_file) ||
		!json_read_text_or_null(json, "gtid", &gtid) ||
		!json_read_uint(json, "log_pos", &p->log_pos) ||
		!json_read_bool(json, "use_gtid", &p->use_gtid))
		return false;
	p->log_file = copy(log_file);
	p->gtid = copy(gtid);
	return !p->log_file == !p->log_pos && p->log_pos <= NUMBER_MAX;
}

static bool read_upstream(const struct json_value *json, struct positions *p)
{
	const char *channel, *host;
	struct position *pos;

	if (!json || !json_read_text(json, "channel", &channel) ||
		!json_read_text_or_null(json, "host", &host))
		return false;
	p->upstream = grow_array(p->upstream, p->upstream_count,
		&p->upstream_cap, sizeof(*p->upstream));
	pos = &p->upstream[p->upstream_count++];
	*pos = (struct position){0};
	pos->channel = copy(channel);
	pos->host = copy(host);
	return json_read_uint(json, "port", &pos->port) &&
		pos->port <= NUMBER_MAX && read_coordinates(json, pos);
}

static bool read_positions(const struct json_value *head, struct positions *p)
{
	const struct json_value *own = json_read_object(head, "position");
	const struct json_value *upstreams = json_read_array(head, "upstreams");

	if (!upstreams || (!own && !json_read_null(head, "position")))
		return false;
	p->has_own = own;
	if (own && !read_coordinates(own, &p->own))
		return false;
	for (size_t i = 0; i < json_read_count(upstreams); i++)
		if (!read_upstream(json_read_item(upstreams, i), p))
			return false;
	return true;
}

int positions_from_head(struct positions *p, const char *head, struct err *e)
{
	struct json_value *json = json_read(head, strlen(head));
	int rc = 0;

	p->format = "dbdump";
	if (!json || !read_positions(json, p)) {
		err_set(e, ERR_DATA,
			"the head of the dump states no position that makes "
			"sense");
		rc = err_hint(e, "look at it: tail -c +9 FILE | head -n 1");
	}
	json_read_free(json);
	return rc;
}
