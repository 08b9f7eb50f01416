/* ahead.h: frames of an archive as one text, unpacked by several threads ahead
 * of who reads it.
 *
 * The frames may be any of the archive's, in its order: with the ones of a
 * table and those that are no table's, a dump of that table alone is read. Text
 * that is ahead of its turn waits in memory up to a limit; then the threads
 * wait. The frame whose turn it is always goes on.
 */
#ifndef DBPIPES_STREAM_AHEAD_H
#define DBPIPES_STREAM_AHEAD_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "stream/archive.h"

struct ahead;

/* ahead_new: the archive and the ranges (each one of archive_frames) are
 * borrowed. Memory: 1 MB a thread, and 16 MB of text. Owns: ended by
 * ahead_free, which may come at any time. Errors: ERR_OS. */
struct ahead *ahead_new(const struct archive *a,
	const struct frame_range *frames, size_t count, unsigned threads,
	struct err *e);
void ahead_free(struct ahead *ahead);

/* ahead_read: up to len bytes of the text; 0 at its end. For one thread.
 * Errors: those of archive_read. */
ssize_t ahead_read(struct ahead *ahead, void *buf, size_t len, struct err *e);

/* ahead_consumed: bytes of the frames read so far, as stored. */
uint64_t ahead_consumed(const struct ahead *ahead);

#endif
