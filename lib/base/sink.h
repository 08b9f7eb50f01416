/* sink.h: where bytes go, as one function: lets a layer write without knowing
 * whether a file, a digest or a compressor takes it. */
#ifndef DBPIPES_BASE_SINK_H
#define DBPIPES_BASE_SINK_H

#include <stddef.h>

#include "base/err.h"

struct sink {
	int (*write)(void *ctx, const void *data, size_t len, struct err *e);
	void *ctx;
};

#endif
