/* out.h: buffered output to a descriptor, as a sink: small pieces are
 * gathered, large ones pass through without a copy. */
#ifndef DBPIPES_BASE_OUT_H
#define DBPIPES_BASE_OUT_H

#include <stdint.h>

#include "base/err.h"
#include "base/sink.h"
#include "base/strbuf.h"

struct out {
	int fd;           /* borrowed */
	const char *name; /* for messages; borrowed */
	struct strbuf buf;
};

void out_init(struct out *out, int fd, const char *name);
int out_write(struct out *out, const void *data, size_t len, struct err *e);
int out_flush(struct out *out, struct err *e);
/* out_release: drop what is not flushed. */
void out_release(struct out *out);
struct sink out_sink(struct out *out);

#endif
