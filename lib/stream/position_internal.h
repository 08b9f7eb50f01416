/* position_internal.h: what the files that find positions share. */
#ifndef DBPIPES_STREAM_POSITION_INTERNAL_H
#define DBPIPES_STREAM_POSITION_INTERNAL_H

#include "stream/position.h"

/* Whose position a comment, or the name of a file, has announced. */
enum { SECTION_NONE, SECTION_OWN, SECTION_UPSTREAM };

enum {
	POSITION_NAME_MAX = 512 /* bytes of log files, hosts and channels */
};

/* What JSON can hold without loss; no binary log grows that long. */
#define POSITION_NUMBER_MAX (1ull << 53)

void position_release(struct position *pos);

/* position_merge, position_merge_text: take over what is new; false where the
 * two disagree. */
bool position_merge(struct position *to, const struct position *from);
bool position_merge_text(char **to, const char *from);

/* positions_upstream: the entry of a channel, made if there is none. */
struct position *positions_upstream(struct positions *p, const char *channel);

/* positions_shared_gtid: MariaDB has one GTID position for all upstreams. */
const char *positions_shared_gtid(const struct positions *p);

/* position_clean_gtid: drop blanks, and the "+" by which MySQL adds to what is
 * there. False for anything that is no GTID. */
bool position_clean_gtid(struct strbuf *text);

/* position_set_gtid: what is left of it when cleaned; "" states none. False as
 * above. */
bool position_set_gtid(struct position *pos, const char *text, size_t len);

/* positions_from_mydumper, positions_from_snapshot: two of those that
 * positions_from_document takes. */
struct json_value;
int positions_from_mydumper(struct positions *p, const struct strbuf *text,
	const char *name, struct err *e);
int positions_from_snapshot(struct positions *p, const struct json_value *json,
	const char *name, struct err *e);

#endif
