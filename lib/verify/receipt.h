/* receipt.h: the last record of a run: what was verified, how, and what came of
 * it. In the catalogue it is the receipt of the backup.
 */
#ifndef DBPIPES_VERIFY_RECEIPT_H
#define DBPIPES_VERIFY_RECEIPT_H

#include <stdint.h>

#include "base/err.h"
#include "base/report.h"
#include "base/strbuf.h"
#include "stream/contents.h"
#include "stream/input.h"
#include "stream/position.h"
#include "verify/against.h"
#include "verify/frozen.h"
#include "verify/sample.h"
#include "verify/verdict.h"

/* All of it borrowed. */
struct receipt {
	const char *source; /* as the user calls the server; NULL */
	const struct verdict *verdict;
	const char *mode;            /* "quick", "restore", "against" */
	const char *format;          /* of a backup; NULL: servers alone */
	const char *proof;           /* that it is whole; NULL: there is none */
	const char *server;          /* the version that it went into; NULL */
	struct input *in;            /* NULL: a directory, or servers alone */
	const struct frozen *frozen; /* NULL: no data directory */
	const struct contents *contents;
	const struct against_result *against;
	const struct positions *positions;
	const struct sample *sample;
	uint64_t bytes; /* of the text that was read */
	uint64_t ms;    /* that all took */
};

/* receipt_write: the record, with its newline, in the place of what is in
 * *record. */
void receipt_write(const struct receipt *r, struct strbuf *record);

/* receipt_write_error: the same where there is no result: without it a reader
 * of the records would take what stands before it for one. input: what was to
 * be verified; NULL: it was not known yet. */
void receipt_write_error(const char *source, const char *input,
	const struct err *why, struct strbuf *record);

/* receipt_give: to the standard output and to the catalogue, if there is one,
 * and to that also if the former cannot be written. */
int receipt_give(const struct strbuf *record, const struct report *catalog,
	struct err *e);

#endif
