/* outcome.h: what came of a run, told to those who were not there: by notices
 * and metrics, all made of the run's record.
 *
 * A record has an outcome if its "ok" is true or false. Other keys that are
 * looked at, where they are there: tool, source, file, input, msg, reason,
 * size, written, age, rows, seconds; and event: "gone" takes the tool's samples
 * of this source out of the metrics, and is told to nobody.
 */
#ifndef DBPIPES_VERIFY_OUTCOME_H
#define DBPIPES_VERIFY_OUTCOME_H

#include <stdbool.h>

#include "base/err.h"
#include "base/opt.h"
#include "base/strbuf.h"
#include "base/strlist.h"

struct outcome_options {
	struct strlist notify; /* URLs: see notice.h */
	int when;              /* enum outcome_when */
	char *template, *ca_file, *metrics;
	struct opt_password password;
};

enum outcome_when { OUTCOME_ALWAYS, OUTCOME_FAILURE, OUTCOME_NEVER };

/* The option table; its target starts as zeros. */
extern const struct opt_def outcome_option_defs[];

struct outcome;

/* outcome_open: the options checked, before there is anything to tell. They are
 * borrowed. Owns: ended by outcome_close. Errors: ERR_USAGE; ERR_CONFIG for a
 * user without a password. */
struct outcome *outcome_open(const struct outcome_options *o, struct err *e);
void outcome_close(struct outcome *outcome);

/* outcome_tell: a record's, to all. What cannot be told is a warning, a record
 * "notice-failed" on the standard output, and counts. Returns how many that
 * are, or -1 if that record cannot be written or a signal has come. */
int outcome_tell(
	struct outcome *outcome, const char *record, size_t len, struct err *e);

/* outcome_last: the last record with an outcome in a file, or in the standard
 * input for "-"; of a long file its last part counts. Errors: ERR_DATA if there
 * is none; those of reading. */
int outcome_last(const char *path, struct strbuf *record, struct err *e);

#endif
