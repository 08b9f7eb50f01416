/* replica.h: make a server a replica: set the position, start, wait. */
#ifndef DBPIPES_DB_REPLICA_H
#define DBPIPES_DB_REPLICA_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "db/conn.h"
#include "db/flavor.h"

/* The source to replicate from, and where to begin. Strings are borrowed. */
struct replica_plan {
	const char *host;
	uint64_t port; /* 0: 3306 */
	const char *user;
	const char *password; /* never logged; masked in errors */
	const char *channel;  /* connection name; NULL or "": the default one */
	bool use_gtid;
	const char *gtid;     /* with use_gtid */
	const char *log_file; /* else these two */
	uint64_t log_pos;
	bool ssl;
	const char *ssl_ca, *ssl_cert, *ssl_key;
	bool ssl_verify;
	uint64_t connect_retry; /* seconds */
};

/* What a replica says of itself. Released with replica_status_release. */
struct replica_status {
	bool configured;
	bool io_running; /* "Yes", not "Connecting" */
	bool sql_running;
	char *io_state;
	char *source_host;
	char *log_file;   /* executed: Relay_Master_Log_File */
	uint64_t log_pos; /* executed: Exec_Master_Log_Pos */
	char *read_file;  /* received */
	uint64_t read_pos;
	char *gtid; /* executed: gtid_slave_pos */
	unsigned io_errno, sql_errno;
	char *io_error, *sql_error;
};

/* replica_check: before the load: error ERR_UNAVAILABLE if the channel is
 * configured already, or the server_id is unset or equal to the source's. */
int replica_check(struct db *db, const struct flavor *flavor,
	const struct replica_plan *plan, struct err *e);

/* replica_configure: CHANGE MASTER TO with the plan's position. By GTID,
 * gtid_slave_pos is set first, keeping domains that the plan does not name. */
int replica_configure(struct db *db, const struct flavor *flavor,
	const struct replica_plan *plan, struct err *e);
int replica_start(struct db *db, const struct flavor *flavor,
	const struct replica_plan *plan, struct err *e);

int replica_status(struct db *db, const struct flavor *flavor,
	const char *channel, struct replica_status *status, struct err *e);
void replica_status_release(struct replica_status *status);

/* replica_wait: until the replica has applied what the source had when the
 * wait began; `source` are options to ask the source itself (NULL or
 * refused: what the replica has received counts). A thread that stops with
 * an error is reported at once (ERR_UNAVAILABLE, with the server's words).
 * timeout_ms 0: for ever. Errors: ERR_TEMP when the time is up. */
int replica_wait(struct db *db, const struct flavor *flavor,
	const struct replica_plan *plan, const struct db_options *source,
	uint64_t timeout_ms, struct err *e);

#endif
