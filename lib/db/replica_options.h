/* replica_options.h: what a person says about the replica to be made: where
 * its source is, how to log in there, how to replicate, how long to wait. */
#ifndef DBPIPES_DB_REPLICA_OPTIONS_H
#define DBPIPES_DB_REPLICA_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/opt.h"
#include "db/conn.h"
#include "db/replica.h"

enum use_gtid { USE_GTID_AUTO, USE_GTID_YES, USE_GTID_NO };

struct replica_options {
	bool replicate; /* the rest means nothing without it */
	char *host, *user;
	uint64_t port, connect_retry;
	struct opt_password password;
	bool ssl, ssl_verify;
	char *ssl_ca, *ssl_cert, *ssl_key;
	char *channel;
	int use_gtid;      /* enum use_gtid */
	bool check_source; /* log in there ourselves, before the load */
	uint64_t wait_ms;  /* 0: do not wait */
	bool read_only;    /* the target, when all is done */
};

/* The option table for opt_parse; its target is a struct replica_options that
 * started as REPLICA_OPTIONS_INIT. */
extern const struct opt_def replica_option_defs[];
/* clang-format off */
#define REPLICA_OPTIONS_INIT \
	{.ssl_verify = true, .connect_retry = 60, .check_source = true}
/* clang-format on */

/* replica_options_finish: after opt_parse: refuse what contradicts or is
 * missing, and prompt for a password that was to be asked for. */
int replica_options_finish(struct replica_options *options, struct err *e);

/* replica_options_plan: the source as the replica will see it; the position is
 * not known yet. Strings are borrowed. */
struct replica_plan replica_options_plan(const struct replica_options *options);

/* replica_options_expect_gtid: it will be by GTID, as far as can be told before
 * the dump has stated one; `meant`: the dump says so. */
bool replica_options_expect_gtid(
	const struct replica_options *options, bool meant);

/* replica_options_position: the plan has what the dump states, its use_gtid
 * what the dump means; decide by what to replicate. By GTID only where the
 * target knows that kind of GTID, unless --use-gtid insists. `input` is named
 * in errors: ERR_DATA if the dump does not state what is needed. */
int replica_options_position(const struct replica_options *options,
	struct replica_plan *plan, const char *input, struct err *e);

/* replica_options_source: the same source as we log in there. Strings are
 * borrowed. */
struct db_options replica_options_source(
	const struct replica_options *options, uint64_t connect_timeout_ms);

#endif
