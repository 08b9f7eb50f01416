/* position.h: replication coordinates, as SQL dumps state them.
 *
 * A position counts only as a statement of its own or as a "-- " comment line
 * between statements: never inside rows, strings, routines or other comments.
 * The lexer (lexer.h) tells which is which. As a comment it counts only where
 * the dump tools write one: before the first statement that makes or fills an
 * object, and for the GTID that belongs to such a position, at the end.
 */
#ifndef DBPIPES_STREAM_POSITION_H
#define DBPIPES_STREAM_POSITION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/json.h"
#include "stream/input.h"
#include "stream/lexer.h"

/* One place in one server's binary log. */
struct position {
	char *log_file;   /* NULL: not stated */
	uint64_t log_pos; /* bytes; meaningful with log_file */
	char *gtid; /* MariaDB GTID list or MySQL GTID set; NULL: not stated */
	char *channel; /* connection name; NULL or "" for the default one */
	char *host;    /* of the upstream, where the dump names it */
	uint64_t port; /* 0: not stated */
	bool use_gtid; /* the dump means replication to go by GTID */
};

/* What a dump says: at most one position of its own server, any number of
 * positions of servers that one replicated from (--dump-slave). */
struct positions {
	const char *format; /* "mariadb-dump", "mysqldump", "dbdump", "sql" */
	bool has_own;
	struct position own;
	struct position *upstream;
	size_t upstream_count, upstream_cap;
	bool complete;           /* the completion line was seen */
	bool expects_completion; /* a header was seen that promises one */
	/* Private: the reader's state between pieces. */
	int section;        /* whose position the latest comment announced */
	bool body;          /* behind the first statement of the data */
	unsigned announced; /* GTIDs that the head says are at the end */
	unsigned missing;   /* positions that the head left without GTID */
};

#define POSITIONS_INIT                                                         \
	{                                                                      \
		.format = "sql"                                                \
	}

void positions_release(struct positions *p);
bool positions_found(const struct positions *p);

/* positions_take: look at one piece of a dump; *taken tells whether it is a
 * statement for replication that a loader must hold back: one that states a
 * position, and STOP and START SLAVE. Errors: ERR_DATA for a position that
 * makes no sense, or two that contradict each other. */
int positions_take(struct positions *p, const struct piece *piece, bool *taken,
	struct err *e);

/* positions_read: find the positions in a whole input with as little reading
 * as can be: the head; of a plain file the tail; else all of it. `first`: stop
 * at the first answer. Errors: ERR_DATA for a truncated dump. */
int positions_read(
	struct positions *p, struct input *in, bool first, struct err *e);

/* position_to_json: the keys log_file, log_pos, gtid (null where not stated),
 * into an open object. */
void position_to_json(struct json *j, const struct position *p);

#endif
