/* spool.h: bytes kept for later without keeping them in memory: an unlinked
 * file in $TMPDIR (or /tmp), gone with the process whatever happens. */
#ifndef DBPIPES_BASE_SPOOL_H
#define DBPIPES_BASE_SPOOL_H

#include "base/err.h"
#include "base/out.h"
#include "base/sink.h"

struct spool {
	int fd; /* -1: not open */
	struct out out;
};

#define SPOOL_INIT                                                             \
	{                                                                      \
		.fd = -1, .out = {.fd = -1, .buf = STRBUF_INIT }               \
	}

/* spool_file: the file alone, without the spool around it. Returns its
 * descriptor. Owns: the caller closes it. Errors: ERR_CANTCREATE. */
int spool_file(struct err *e);

/* spool_open: Owns: ended by spool_close. Errors: ERR_CANTCREATE. */
int spool_open(struct spool *spool, struct err *e);
struct sink spool_sink(struct spool *spool);
/* spool_rewind: drop what was written and begin again. */
int spool_rewind(struct spool *spool, struct err *e);
/* spool_copy: the same writes again, into a sink. */
int spool_copy(struct spool *spool, struct sink to, struct err *e);
void spool_close(struct spool *spool);

#endif
