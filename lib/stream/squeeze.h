/* squeeze.h: any bytes compressed on their way, by several threads: a sink
 * that writes zstd frames to another one, in order.
 *
 * Plain zstd -d reads it. Memory: twelve pieces of FRAME_TEXT bytes with their
 * frames, more than ten threads two more than these are; a compressor for each
 * thread.
 */
#ifndef DBPIPES_STREAM_SQUEEZE_H
#define DBPIPES_STREAM_SQUEEZE_H

#include "base/err.h"
#include "base/sink.h"

struct squeeze;

/* squeeze_new: level as frame_packer_new's; jobs: threads, at least 1. Owns:
 * ended by squeeze_free. Errors: ERR_OS. */
struct squeeze *squeeze_new(
	struct sink to, int level, unsigned jobs, struct err *e);
struct sink squeeze_sink(struct squeeze *s);
/* squeeze_finish: all that was written has gone to the other sink. */
int squeeze_finish(struct squeeze *s, struct err *e);
/* squeeze_free: drop what is on its way. NULL is fine. */
void squeeze_free(struct squeeze *s);

#endif
