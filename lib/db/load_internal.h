/* load_internal.h: a load, for its parts alone: load.c begins and ends it,
 * load_dispatch.c decides what becomes of each statement. */
#ifndef DBPIPES_DB_LOAD_INTERNAL_H
#define DBPIPES_DB_LOAD_INTERNAL_H

#include "base/strbuf.h"
#include "db/load.h"
#include "db/load_digest.h"
#include "db/load_queue.h"
#include "db/load_resume.h"
#include "db/load_session.h"
#include "db/load_work.h"

struct load {
	struct db *db; /* where all runs that is not left to the threads */
	const struct load_options *options;
	uint64_t statements, rows;
	uint64_t max_packet;
	bool log_bin;
	bool quiet; /* it is turned off for the sessions of the load */
	bool bulk;  /* the target takes bound rows */
	/* Rows were handed over while the dump had a transaction open. */
	bool open_rows;
	struct load_sessions *sessions;
	struct load_queue *queue;
	struct load_workers *workers;
	struct load_resume *resume; /* NULL: no progress is kept */
	struct load_digest *digest; /* with resume */
	struct load_job *job;       /* rows that are being gathered; or NULL */
	struct load_table *table;   /* the latest one that had rows */
	struct load_table **closed; /* whose record is still to be given */
	size_t closed_count, closed_cap;
};

#endif
