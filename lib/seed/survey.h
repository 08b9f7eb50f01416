/* survey.h: a look at all of a dump before any of it is loaded, where that can
 * be had: of a file. Of a compressed dump of dbdump only what is no table's is
 * read, and the ends of each table.
 */
#ifndef DBPIPES_SEED_SURVEY_H
#define DBPIPES_SEED_SURVEY_H

#include <stdbool.h>

#include "base/err.h"
#include "base/progress.h"
#include "db/replica.h"
#include "seed/findings.h"
#include "seed/gate.h"
#include "seed/reading.h"
#include "stream/position.h"

struct survey {
	bool done; /* the dump could be looked at */
	struct findings findings;
	struct positions positions;
	uint64_t statements; /* that would be sent */
};

#define SURVEY_INIT                                                            \
	{                                                                      \
		.findings = FINDINGS_INIT, .positions = POSITIONS_INIT         \
	}

void survey_release(struct survey *survey);

/* survey_take: read the dump, unless it can be read only once; with
 * options->dry_run that, too. Errors: ERR_DATA for a dump that is damaged,
 * truncated or without a statement, or lacks what is picked; not for
 * findings. */
int survey_take(struct survey *survey, struct input *in,
	const struct load_options *options, struct target *target,
	struct progress *progress, struct err *e);

/* survey_unharmed: put before the hint of an error that nothing was loaded.
 * Returns -1. */
int survey_unharmed(struct err *e);

/* survey_print: one record a table, and one of the plan as a whole, on the
 * standard output. `plan`: a replica is to be made; NULL: none. `log_bin`: the
 * target's binary log will have the load. */
int survey_print(const struct survey *survey,
	const struct load_options *options, const struct replica_plan *plan,
	bool log_bin, struct err *e);

#endif
