/* position.h: replication coordinates, as SQL dumps state them. What finds them
 * in other documents too: position_find.h.
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
#include "base/progress.h"
#include "base/strbuf.h"
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

/* Whose GTIDs: bits of positions_awaited. */
enum { GTID_OWN = 1, GTID_UPSTREAM = 2 };

/* What a dump says: at most one position of its own server, any number of
 * positions of servers that one replicated from (--dump-slave). */
struct positions {
	const char *format; /* "mariadb-dump", "mysqldump", "dbdump", "sql" */
	bool mysql;         /* the dump says that its server is one of MySQL */
	unsigned version;   /* of that, see base/version.h; 0: not stated */
	bool has_own;
	struct position own;
	struct position *upstream;
	size_t upstream_count, upstream_cap;
	bool complete;           /* the completion line was seen */
	bool expects_completion; /* a header was seen that promises one */
	/* Set by the caller: positions_read shall read everything. */
	bool full;
	/* Set by the caller: several dumps may state several positions; then
	 * there is none, which positions_agree tells. */
	bool apart;
	/* Shown while positions_read scans; may be NULL. */
	struct progress *progress;
	/* Private: the reader's state between pieces. */
	int section;           /* whose position the latest comment announced */
	bool body;             /* behind the first statement of the data */
	unsigned announced;    /* GTIDs that the head says are at the end */
	unsigned missing;      /* GTIDs that the head left open */
	unsigned dumps;        /* whose first line was seen */
	uint64_t dump_offset;  /* of the last one */
	unsigned silent_dumps; /* those before it that state no position */
	bool stated;           /* that it does */
	bool contradict;       /* two that do */
	bool upstreams_only;   /* no statement is of the own position */
};

#define POSITIONS_INIT                                                         \
	{                                                                      \
		.format = "sql"                                                \
	}

void positions_release(struct positions *p);
bool positions_found(const struct positions *p);

/* positions_agree: whether what is stated holds for all of the input: several
 * dumps, one behind the other, have a position only if all state the same. */
bool positions_agree(const struct positions *p);

/* positions_take: look at one piece of a dump; *taken tells whether it is a
 * statement for replication that a loader must hold back: one that states a
 * position, and STOP and START SLAVE. Errors: ERR_DATA for a position that
 * makes no sense, or two that contradict each other. */
int positions_take(struct positions *p, const struct piece *piece, bool *taken,
	struct err *e);

/* positions_awaited: the GTIDs that the head of the dump says come at its end
 * and that have not come yet. */
unsigned positions_awaited(const struct positions *p);

/* positions_from_head: take those of an input_head. Errors: ERR_DATA. */
int positions_from_head(struct positions *p, const char *head, struct err *e);

/* positions_read: find the positions in a whole input with as little reading
 * as can be: the head; of a plain file the tail; else all of it. A compressed
 * dump of dbdump has them in its first frame, and of a file the end is checked
 * as well. `first`: stop at the first answer. Errors: ERR_DATA for a truncated
 * dump. */
int positions_read(
	struct positions *p, struct input *in, bool first, struct err *e);

/* positions_show_progress: of what has been read of the input. */
void positions_show_progress(struct positions *p, const struct input *in);

/* positions_choose: where a replica begins: the dump's own position, else that
 * of its only upstream, else that of the connection's name. `name` is the
 * input's. NULL and ERR_DATA if there is none. */
const struct position *positions_choose(const struct positions *p,
	const char *name, const char *channel, struct err *e);

/* positions_check_head: for the place before the first object: a dump states
 * its position there, or at least that it will. One that does not must not be
 * loaded in vain: ERR_DATA. */
int positions_check_head(
	const struct positions *p, const char *name, struct err *e);

/* positions_check_dumps: for the end: ERR_DATA unless positions_agree. */
int positions_check_dumps(
	const struct positions *p, const char *name, struct err *e);

/* positions_check_complete: for the end: ERR_DATA for a truncated dump. */
int positions_check_complete(
	const struct positions *p, const char *name, struct err *e);

/* position_to_json: the keys log_file, log_pos, gtid (null where not stated),
 * into an open object. */
void position_to_json(struct json *j, const struct position *p);

/* positions_own_to_json: the key position: an object with those of the dump's
 * server, or null, also where several dumps do not agree. */
void positions_own_to_json(struct json *j, const struct positions *p);

/* positions_to_json: the keys format, those of the own position, upstream (the
 * only one, or null) and upstreams. */
void positions_to_json(struct json *j, const struct positions *p);

/* positions_add_upstream: one more, which is copied. */
void positions_add_upstream(
	struct positions *p, const struct position *upstream);

/* Where a replica made from a backup will replicate from. Strings are borrowed,
 * NULL where not given. */
struct position_source {
	char *host;
	uint64_t port; /* 0: not given */
	char *user;
	bool ssl, ssl_verify; /* ssl is implied by those below */
	char *ssl_ca, *ssl_cert, *ssl_key;
};

/* Who reads the statements: MySQL has other words for them from 8.0.23 on. */
enum position_flavor { POSITION_MARIADB, POSITION_MYSQL, POSITION_MYSQL_57 };

/* position_quotable: whether text can be a string literal in the SQL of a
 * position. That may be read under any sql_mode, and CHANGE MASTER takes no hex
 * literals: so what a backslash would be needed for cannot be written, and what
 * one would alter neither. */
bool position_quotable(const char *text);

/* position_to_sql: append the statements, one a line, that make a replica begin
 * there, by GTID where the dump means that or states nothing else. Host and
 * port of the source win over the position's own. Errors: ERR_DATA for a
 * position that this flavor cannot take, or text that cannot be quoted for
 * every sql_mode. */
int position_to_sql(struct strbuf *sql, const struct position *p,
	enum position_flavor flavor, const struct position_source *source,
	struct err *e);

/* Which of the positions are meant, and for whom. */
struct position_choice {
	const char *name; /* of the input, for messages */
	bool upstream;    /* those of upstreams, not the own one */
	/* With upstream: that of this connection alone; else what the new
	 * connection is called. NULL: not given. */
	char *channel;
	enum position_flavor flavor;
};

/* positions_one: the one that is meant. NULL if it is not stated (ERR_NO), or
 * more than one could be meant (ERR_USAGE). */
const struct position *positions_one(const struct positions *p, bool upstream,
	const char *channel, const char *name, struct err *e);

/* positions_to_sql: as position_to_sql, of the one that is meant; of upstreams
 * all, unless the choice or the source names one. */
int positions_to_sql(struct strbuf *sql, const struct positions *p,
	const struct position_choice *choice,
	const struct position_source *source, struct err *e);

/* positions_to_sh: append assignments for a shell's eval, one a line, to
 * variables named prefix_format, and of the own position prefix_log_file,
 * _log_pos, _gtid, _channel, _host, _port; to prefix_upstreams their number,
 * and of each the same with prefix_upstream1 and so on; empty where not
 * stated. Right whatever bytes the values hold. */
void positions_to_sh(
	struct strbuf *sh, const char *prefix, const struct positions *p);

/* sh_assign: append NAME='value' and a newline; NULL is empty. */
void sh_assign(struct strbuf *sh, const char *prefix, const char *name,
	const char *value);

/* sh_assign_number: the same for a number, empty unless it is stated. */
void sh_assign_number(struct strbuf *sh, const char *prefix, const char *name,
	uint64_t value, bool stated);

#endif
