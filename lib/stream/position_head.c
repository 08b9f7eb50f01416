/* position_head.c: the positions in JSON of our own: the head of a compressed
 * dump, which has those that its text states, and dbsnap's first member.
 */
#include "stream/position.h"

#include <string.h>

#include "base/alloc.h"
#include "base/version.h"
#include "data/json_read.h"
#include "stream/position_internal.h"

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
		(!json_read_uint(json, "log_pos", &p->log_pos) &&
			!json_read_null(json, "log_pos")))
		return false;
	json_read_bool(json, "use_gtid", &p->use_gtid);
	if (log_file && !*log_file) {
		log_file = NULL; /* of a replica that has never run */
		p->log_pos = 0;
	}
	p->log_file = copy(log_file);
	if (gtid && !position_set_gtid(p, gtid, strlen(gtid)))
		return false;
	return !p->log_file == !p->log_pos && p->log_pos <= POSITION_NUMBER_MAX;
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
	return (json_read_uint(json, "port", &pos->port) ||
		       json_read_null(json, "port")) &&
		pos->port <= POSITION_NUMBER_MAX && read_coordinates(json, pos);
}

/* read_upstreams: an array, or of one its object. */
static bool read_upstreams(const struct json_value *json, struct positions *p)
{
	const struct json_value *all = json_read_array(json, "upstreams");
	const struct json_value *one = json_read_object(json, "upstream");

	if (!all)
		return one ? read_upstream(one, p)
			   : json_read_null(json, "upstream");
	for (size_t i = 0; i < json_read_count(all); i++)
		if (!read_upstream(json_read_item(all, i), p))
			return false;
	return true;
}

static bool read_positions(const struct json_value *json, struct positions *p)
{
	const struct json_value *own = json_read_object(json, "position");

	if (!own && !json_read_null(json, "position"))
		return false;
	p->has_own = own;
	return (!own || read_coordinates(own, &p->own)) &&
		read_upstreams(json, p);
}

int positions_from_head(struct positions *p, const char *head, struct err *e)
{
	struct json_value *json = json_read(head, strlen(head));
	const char *server = NULL;
	int rc = 0;

	p->format = "dbdump";
	if (json && json_read_text(json, "server", &server)) {
		p->mysql = !strstr(server, "MariaDB");
		p->version = version_number(server);
	}
	if (!json || !read_positions(json, p)) {
		err_set(e, ERR_DATA,
			"the head of the dump states no position that makes "
			"sense");
		rc = err_hint(e, "look at it: tail -c +9 FILE | head -n 1");
	}
	json_read_free(json);
	return rc;
}

int positions_from_snapshot(struct positions *p, const struct json_value *json,
	const char *name, struct err *e)
{
	if (positions_found(p) || !read_positions(json, p)) {
		err_set(e, ERR_DATA, "%s: states no position that makes sense",
			name);
		return err_hint(e, "the snapshot is damaged: fetch it again");
	}
	p->format = "dbsnap";
	return 0;
}
