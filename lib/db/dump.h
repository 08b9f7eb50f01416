/* dump.h: a server's data as one consistent SQL stream: what to dump, how, and
 * what came of it. The program joins it with the sinks its bytes go to.
 */
#ifndef DBPIPES_DB_DUMP_H
#define DBPIPES_DB_DUMP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/opt.h"
#include "base/progress.h"
#include "base/strbuf.h"
#include "base/strlist.h"
#include "base/workers.h"
#include "data/row_digest.h"
#include "db/conn.h"

enum dump_lock {
	DUMP_LOCK_AUTO,
	DUMP_LOCK_NONE,
	DUMP_LOCK_STAGE,
	DUMP_LOCK_FTWRL
};

/* --master-data, --dump-slave: the value is how the position is written. */
enum dump_position_mode {
	DUMP_POSITION_DEFAULT, /* a comment where there is one to be had */
	DUMP_POSITION_STATEMENT,
	DUMP_POSITION_COMMENT
};

/* --events, in the order of its choices. */
enum dump_events { DUMP_EVENTS_SKIP, DUMP_EVENTS_KEEP, DUMP_EVENTS_DISABLE };

/* --on-broken: what becomes of views that no longer work. */
enum dump_on_broken { DUMP_BROKEN_FAIL, DUMP_BROKEN_COMMENT };

/* What was asked for. Names as mariadb-dump's options. */
struct dump_options {
	bool all_databases, databases;
	struct strlist names; /* databases; or one database and its tables */
	int lock;             /* enum dump_lock */
	uint64_t lock_wait_ms;
	int master_data; /* enum dump_position_mode */
	int dump_slave;
	bool include_host_port; /* of the upstreams, with dump_slave */
	bool gtid;
	bool block_ddl;
	bool alone;    /* nobody else writes there: no word of locks */
	uint64_t jobs; /* readers */
	bool no_data, no_create_info, no_create_db;
	char *where;
	struct strlist ignore_table, ignore_database;
	bool add_drop_database, add_drop_table;
	bool complete_insert, extended_insert, insert_ignore, replace;
	bool hex_blob;
	bool routines, triggers, users;
	int events;    /* enum dump_events */
	char *definer; /* see db/definer.h; NULL: as they are */
	int on_broken; /* enum dump_on_broken */
	bool comments, dump_date, compact, sandbox;
	bool dump_history;
	uint64_t net_buffer_length; /* bytes; a statement's size aimed at */
};

#define DUMP_OPTIONS_INIT                                                      \
	{                                                                      \
		.lock_wait_ms = 60000, .add_drop_table = true,                 \
		.extended_insert = true, .routines = true,                     \
		.events = DUMP_EVENTS_KEEP, .triggers = true,                  \
		.comments = true, .dump_date = true, .dump_history = true,     \
		.net_buffer_length = 1046528, .jobs = JOBS_USUAL               \
	}

extern const struct opt_def dump_option_defs[];

/* dump_options_finish: after opt_parse: take the operands, apply --compact,
 * refuse what contradicts. Errors: ERR_USAGE. */
int dump_options_finish(
	struct dump_options *options, int argc, char **argv, struct err *e);

/* dump_options_tables_only: tables and views of one database were named, and
 * nothing else is meant. */
bool dump_options_tables_only(const struct dump_options *options);

/* A position as the head of the dump states it. Strings are borrowed, and NULL
 * where it does not. */
struct dump_position {
	const char *channel; /* of an upstream: its connection, or "" */
	const char *host;
	uint64_t port;
	const char *log_file;
	uint64_t log_pos;
	const char *gtid;
	bool use_gtid; /* a replica is to go by GTID */
};

/* What is known before the first byte. */
struct dump_head {
	const char *server; /* its version */
	const struct dump_position *own;
	const struct dump_position *upstream;
	size_t upstreams;
};

/* A piece of the stream: whole statements. */
struct dump_piece {
	struct strbuf text;
	struct strbuf packed; /* the same as it is written, where the program
			       * packs; else empty */
	uint64_t rows;
	struct row_digest digest;
	struct dump_piece *next; /* private: lineup.c */
};

/* Where the dump goes. pack is called in several threads at once, each with a
 * piece and a packer of its own; the others in one, in the order of the stream.
 */
struct dump_output {
	/* Fills piece->packed. NULL: nothing is packed. */
	int (*pack)(void *packer, struct dump_piece *piece, struct err *e);
	void *(*packer_new)(const void *ctx); /* Owns: by packer_free */
	void (*packer_free)(void *packer);
	/* The snapshot is there, and what it is; nothing is written yet. */
	int (*begin)(void *ctx, const struct dump_head *head, struct err *e);
	int (*piece)(void *ctx, const struct dump_piece *piece, struct err *e);
	/* The pieces between are a table's: its definition, rows, triggers. */
	int (*table_begin)(
		void *ctx, const char *db, const char *table, struct err *e);
	/* digest: of all its rows; NULL: they were not wanted. */
	int (*table_end)(void *ctx, uint64_t rows,
		const struct row_digest *digest, struct err *e);
	/* Called between the last object and the stream's last line, which
	 * says that the dump was completed then; NULL: it does not say when. */
	int (*trailer)(void *ctx, const char *completed, struct err *e);
	void *ctx;
	struct progress *progress;
};

/* What came of it. Released with dump_result_release. */
struct dump_result {
	char *server;   /* its version */
	char *log_file; /* NULL: no position was to be had */
	uint64_t log_pos;
	char *gtid; /* NULL likewise */
	uint64_t tables, rows;
	uint64_t stopped_ms; /* how long a replica's SQL threads stood still */
	const char *lock; /* how consistency was reached: "none", "stage", … */
	uint64_t lock_ms; /* how long that was held at once, at most */
};

/* dump_run: dump. Errors before the first byte: ERR_NOINPUT for databases and
 * tables that do not exist, ERR_UNAVAILABLE for a position that was asked for
 * and is not to be had, ERR_TEMP for locks not to be had in time; behind it,
 * too: those of the connection, and ERR_TEMP or ERR_NOINPUT for tables that
 * were altered or dropped before they were locked. */
int dump_run(const struct db_options *server,
	const struct dump_options *options, const struct dump_output *output,
	struct dump_result *result, struct err *e);

void dump_result_release(struct dump_result *result);

#endif
