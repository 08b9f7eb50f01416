/* stream.h: a snapshot as a tar archive, its record as the first member and its
 * seal (seal.h) as the last. */
#ifndef DBPIPES_SNAP_STREAM_H
#define DBPIPES_SNAP_STREAM_H

#include <stdint.h>

#include "base/err.h"
#include "base/progress.h"
#include "base/sink.h"
#include "base/strbuf.h"
#include "snap/snap.h"

#define SNAP_RECORD_NAME "dbpipes-snapshot.json"

struct snap_size {
	uint64_t files;
	uint64_t bytes; /* as the files say; holes count, too */
};

/* snap_measure: what a stream would hold. Errors: those of rules_check, for
 * what has come into the data directory between that and the instant. */
int snap_measure(
	const struct snap *snap, struct snap_size *size, struct err *e);

/* snap_stream: Units: *written in bytes of the archive. Errors: ERR_UNAVAILABLE
 * for what is no regular file; those of the method's check, which has the last
 * word; of the sink. */
int snap_stream(struct snap *snap, const struct strbuf *record, struct sink to,
	struct progress *progress, uint64_t *written, struct err *e);

#endif
