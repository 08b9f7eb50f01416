/* sql_dump.h: a dump read from its first byte to its last: its bytes are those
 * that were written, its statements whole, its rows those that its manifest
 * states. frozen.h is the same of a data directory.
 */
#ifndef DBPIPES_VERIFY_SQL_DUMP_H
#define DBPIPES_VERIFY_SQL_DUMP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/progress.h"
#include "stream/contents.h"
#include "stream/input.h"
#include "stream/position.h"
#include "verify/sample.h"
#include "verify/verdict.h"

struct sql_dump {
	/* Borrowed: what it is in, and what is taken out of it. */
	struct input *in;
	struct contents *contents;
	struct positions *positions;
	/* The catalogue that may have its digest; NULL: the one beside it. */
	const char *catalog;
	/* private, but that its text may be given on to who loads it */
	struct input *text;          /* what is read: in, or the sample of it */
	struct sample_input *sample; /* NULL: all of it is read */
	bool ended;                  /* it was read to its end */
	bool proven;                 /* every byte is as it was written */
	uint64_t bytes;              /* of the text that was read */
};

/* sql_dump_open: ready to be read, a part of it if that is asked for. Owns:
 * ended by sql_dump_close, which is also fine if this has failed. Errors:
 * those of sample_open. */
int sql_dump_open(
	struct sql_dump *d, const struct sample *sample, struct err *e);
void sql_dump_close(struct sql_dump *d);

/* sql_dump_home: before it is read: the database that it is of, if it leaves
 * that to the loader; NULL: it does not say. Owns: the caller frees *home.
 * Errors: those of input_read. */
int sql_dump_home(struct sql_dump *d, char **home, struct err *e);

/* sql_dump_read: to its end. Returns 1, 0 if the dump is not good, which the
 * verdict is told, or -1. Errors: all but ERR_DATA; ERR_PIPE from whoever its
 * text is given on to. */
int sql_dump_read(struct sql_dump *d, enum progress_when progress,
	struct verdict *verdict, struct err *e);

/* sql_dump_proof: what vouches for it being whole, by now: "digest" or
 * "completion"; NULL: nothing does, in a dump without its last line that is not
 * compressed either. */
const char *sql_dump_proof(const struct sql_dump *d);

#endif
