/* against.h: a server, or a backup restored into one, compared with another
 * server: which tables either has, their definitions, and their rows, by sums
 * of hashes that the servers make over ranges of the primary key.
 *
 * A replica is compared with its source at the same position, without stopping
 * it: see db/catch_up.h. If it has gone on by some transactions until its
 * snapshot began, rows and tables that these changed differ; so what differs is
 * looked at again, at later and later positions. What was never the same on
 * both sides at any of them is told, but for rows that also changed on both
 * from each look to the next, which may have been the same all the time: these
 * are told of as not compared.
 */
#ifndef DBPIPES_VERIFY_AGAINST_H
#define DBPIPES_VERIFY_AGAINST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/json.h"
#include "base/opt.h"
#include "base/strlist.h"
#include "db/conn.h"
#include "verify/sample.h"
#include "verify/verdict.h"

/* What was asked for. */
struct against_options {
	char *file; /* the other server's option file; NULL: no --against */
	uint64_t wait_ms; /* for a replica to catch up */
	struct strlist ignore_table, ignore_database;
};

#define AGAINST_OPTIONS_INIT                                                   \
	{                                                                      \
		.wait_ms = 60000                                               \
	}

extern const struct opt_def against_option_defs[];

struct against_plan {
	const struct against_options *options;
	const struct db_options *here; /* the replica, or the restored backup */
	bool backup; /* it is a backup: only its databases are compared */
	/* Of a backup: the database there that `into` here stands for. */
	const char *into, *stands_for;
	uint64_t jobs;
	int progress; /* enum progress_when */
	const struct sample *sample;
};

/* What came of it, but for the faults. */
struct against_result {
	char *server;   /* the other one's version; NULL: it was not reached */
	char *log_file; /* its position that was compared at; NULL: none */
	uint64_t log_pos;
	char *gtid;
	bool exact; /* both sides at one position, or neither replicates */
	uint64_t tables, rows, ranges; /* that were compared; rows: here */
	uint64_t again;     /* ranges that were looked at once more */
	uint64_t unsettled; /* and that changed too often to be compared */
};

/* against_run: compare; each difference is a fault. Errors: those of the
 * servers; ERR_TEMP for a replica that does not catch up. */
int against_run(const struct against_plan *plan, struct verdict *v,
	struct against_result *result, struct err *e);
void against_result_release(struct against_result *result);

/* against_to_json: the members of an object. */
void against_to_json(const struct against_result *result, struct json *j);

#endif
