/* archive_internal.h: what archive.c and archive_read.c share. */
#ifndef DBPIPES_STREAM_ARCHIVE_INTERNAL_H
#define DBPIPES_STREAM_ARCHIVE_INTERNAL_H

#include "stream/archive.h"

/* What is read from the file at once. */
enum { ARCHIVE_STEP = 256 * 1024 };

struct archive {
	struct input *in; /* borrowed */
	uint64_t size;
	uint64_t text; /* bytes in the frames */
	struct frame_range *frames;
	size_t frame_count;
	struct manifest_table *tables;
	size_t table_count, table_cap;
	uint64_t manifest_at; /* where the manifest begins in the file */
	struct manifest_end end;
};

int archive_damaged(const struct archive *a, const char *why, struct err *e);
/* archive_pread: all of len bytes from an offset. */
int archive_pread(const struct archive *a, void *buf, size_t len,
	uint64_t offset, struct err *e);

/* archive_hash: bytes of the file into a sum. */
int archive_hash(const struct archive *a, struct sha256 *sum, uint64_t from,
	uint64_t to, struct err *e);

#endif
