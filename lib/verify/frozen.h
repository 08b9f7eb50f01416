/* frozen.h: a data directory verified: that of a tar of dbsnap or another
 * one, or a directory.
 *
 * It is read to its last byte; then a server of our own recovers a copy of it,
 * checks every table, view, routine, trigger and event, and reads every row.
 */
#ifndef DBPIPES_VERIFY_FROZEN_H
#define DBPIPES_VERIFY_FROZEN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/json.h"
#include "base/progress.h"
#include "stream/input.h"
#include "stream/position.h"
#include "verify/verdict.h"

struct frozen_options {
	const char *program; /* of the server, see private_program_find */
	const char *tmpdir;  /* NULL: TMPDIR, or /tmp */
	uint64_t jobs;
	bool quick; /* only read */
	enum progress_when progress;
};

struct frozen {
	char *method; /* of dbsnap, or NULL */
	char *server; /* the version that checked it; NULL: none did */
	bool whole;   /* it was read to its end */
	bool sealed;  /* and every byte is as it was written */
	bool checked; /* tables and rows are known */
	uint64_t tables, rows, files, bytes;
	bool upgrade_known, upgrade_needed;
};

void frozen_release(struct frozen *s);

/* frozen_is_tar: the input begins as a tar does. */
int frozen_is_tar(struct input *in, bool *is, struct err *e);

/* frozen_verify: `in`: the tar; NULL: the directory `path`. *p gets the
 * position that it states. What is not as it should be is a fault of the
 * verdict. Errors: ERR_TEMP for too little room; those of reading and of
 * private_start. */
int frozen_verify(struct frozen *s, struct input *in, const char *path,
	const struct frozen_options *options, struct positions *p,
	struct verdict *v, struct err *e);

/* frozen_to_json: tables, rows, bytes, files, method, whether it wants an
 * upgrade: what is not known is null. */
void frozen_to_json(struct json *j, const struct frozen *s);

#endif
