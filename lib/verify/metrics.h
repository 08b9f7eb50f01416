/* metrics.h: a file with metrics for the textfile collector of node_exporter.
 *
 * It holds a sample of each kind for each tool and source; a run replaces its
 * own. Metrics of other names stay as they are, at the end. The time of the
 * last success outlives runs that failed. Source: Prometheus, "Exposition
 * formats", text format 0.0.4.
 */
#ifndef DBPIPES_VERIFY_METRICS_H
#define DBPIPES_VERIFY_METRICS_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "base/err.h"
#include "base/strbuf.h"

/* A number that may not be known. */
struct metric {
	bool known;
	double value;
};

/* What came of a run. */
struct metrics {
	const char *tool, *source; /* labels; "" for none */
	const char *file;          /* the backup's name; NULL: there is none */
	bool ok;
	bool gone; /* nothing is told of it any longer: its samples go */
	time_t now;
	struct metric age, size, rows, seconds;
};

/* metrics_text: append the file's new text; `before` is its old one, or "". */
void metrics_text(
	const struct metrics *m, const char *before, struct strbuf *out);

/* metrics_write: the file appears whole, readable for all, and waits for others
 * that write one in the same folder. Errors: those of atomic_open and
 * atomic_commit; ERR_IO; ERR_DATA if what is there is no file of ours. */
int metrics_write(const char *path, const struct metrics *m, struct err *e);

#endif
