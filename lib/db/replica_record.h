/* replica_record.h: the records of a replica: how it began, where it is. */
#ifndef DBPIPES_DB_REPLICA_RECORD_H
#define DBPIPES_DB_REPLICA_RECORD_H

#include "base/err.h"
#include "db/replica.h"

/* Each writes one record to the standard output. Errors: those of
 * json_record_write. */
int replica_record_started(const struct replica_plan *plan, struct err *e);
int replica_record_caught_up(
	const struct replica_status *at, uint64_t waited_ms, struct err *e);

#endif
