/* replica.h: make a server a replica: set the position, start, wait.
 *
 * All of it works on a session of its own, not on the one that loads: a dump
 * sets what it likes there, and may even change the accounts.
 */
#ifndef DBPIPES_DB_REPLICA_H
#define DBPIPES_DB_REPLICA_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strlist.h"
#include "db/conn.h"
#include "db/flavor.h"

/* The source to replicate from, and where to begin. Strings are borrowed. */
struct replica_plan {
	const struct flavor *flavor; /* of the target */
	const char *host;
	uint64_t port; /* 0: 3306 */
	const char *user;
	const char *password; /* never logged; masked in errors */
	const char *channel;  /* connection name; NULL or "": the default one */
	bool use_gtid;
	const char *gtid;     /* with use_gtid; else recorded if known */
	const char *log_file; /* without use_gtid these two */
	uint64_t log_pos;
	bool ssl;
	const char *ssl_ca, *ssl_cert, *ssl_key;
	bool ssl_verify;
	uint64_t connect_retry; /* seconds */
};

/* What a replica says of itself. Released with replica_status_release. */
struct replica_status {
	bool configured;
	bool shared;        /* there are other connections */
	bool io_running;    /* "Yes", not "Connecting" */
	bool io_connecting; /* still trying */
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

#define REPLICA_STATUS_INIT                                                    \
	{                                                                      \
		.configured = false                                            \
	}

/* replica_session: set the session up for what follows: it stays out of the
 * binary log and may idle as long as the load takes. Errors: ERR_DENIED. */
int replica_session(struct db *db, struct err *e);

/* replica_check: before the load: error ERR_UNAVAILABLE if the channel is
 * configured already, or another one for the same source, if the server_id is
 * unset or the same as the source's, or if the source writes no binary log;
 * ERR_DENIED if the target's user may not control replication. `source` is a
 * session there, or NULL. */
int replica_check(struct db *db, const struct replica_plan *plan,
	struct db *source, struct err *e);

/* replica_check_position: error ERR_UNAVAILABLE if the plan's position is not
 * yet in the source's log: then it is not the dump's source, or its log was
 * reset. A source that cannot be asked passes. */
int replica_check_position(const struct replica_plan *plan,
	const struct db_options *source, struct err *e);

/* replica_configure: set the GTID state (replica_gtid.h), with or without
 * use_gtid; then CHANGE MASTER TO. */
int replica_configure(
	struct db *db, const struct replica_plan *plan, struct err *e);

/* replica_start: START SLAVE. If that fails the channel is removed again, so
 * that another try finds it as it was. */
int replica_start(
	struct db *db, const struct replica_plan *plan, struct err *e);

/* replica_read_only: at the end. It does not outlive a restart. */
int replica_read_only(struct db *db, struct err *e);

int replica_status(struct db *db, const struct replica_plan *plan,
	struct replica_status *status, struct err *e);
void replica_status_release(struct replica_status *status);

/* replica_rival: the name of another connection that the target has to the same
 * host and port, where connections have such names (MariaDB). */
int replica_rival(struct db *db, const struct replica_plan *plan,
	struct strbuf *name, bool *found, struct err *e);

/* replica_others: the sources of the target's other connections, where the plan
 * is to go by file and position without those that do, too; and whether one of
 * them is running. */
int replica_others(struct db *db, const struct replica_plan *plan,
	struct strbuf *hosts, bool *running, struct err *e);

/* replica_events_list: the events of the server that are enabled, as quoted
 * names; replica_events_disable: disable all of them but `except` for a
 * replica (DISABLE ON SLAVE), as if replication had brought them: else source
 * and replica would both run them. What is not there any more goes from
 * `except`: under its name the dump makes another. Definer and character sets
 * stay. */
int replica_events_list(struct db *db, struct strlist *names, struct err *e);
int replica_events_disable(struct db *db, const struct flavor *flavor,
	struct strlist *except, struct err *e);

/* replica_wait: until the replica has applied what the source had when the
 * wait began; `source` are options to ask the source itself (NULL or
 * refused: what the replica has received counts). A thread that stops with
 * an error, or cannot connect for some seconds, is reported (ERR_UNAVAILABLE,
 * with the server's words). On success *reached tells
 * where the replica is. Errors: ERR_TEMP when the time is up. */
int replica_wait(struct db *db, const struct replica_plan *plan,
	const struct db_options *source, uint64_t timeout_ms,
	struct replica_status *reached, struct err *e);

#endif
