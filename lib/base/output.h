/* output.h: where a program's bytes go: into a file, which appears when it is
 * whole, or to the standard output, unless that is a terminal. */
#ifndef DBPIPES_BASE_OUTPUT_H
#define DBPIPES_BASE_OUTPUT_H

#include <stdbool.h>

#include "base/atomic.h"
#include "base/err.h"
#include "base/out.h"

struct output {
	struct out out;          /* what is written to */
	struct atomic_file file; /* path NULL: it is the standard output */
};

#define OUTPUT_INIT                                                            \
	{                                                                      \
		.out = {.buf = STRBUF_INIT }                                   \
	}

/* output_open: `path` NULL for the standard output, which is refused if it is a
 * terminal, unless forced; `what` says in that error what is not for one.
 * Borrows path. Owns: ended by output_release. Errors: those of atomic_open;
 * ERR_USAGE. */
int output_open(struct output *output, const char *path, const char *what,
	bool forced, struct err *e);
/* output_commit: all is written; a file appears. */
int output_commit(struct output *output, struct err *e);
void output_release(struct output *output);

#endif
