/* tar.h: the members of a tar, read one by one from an input.
 *
 * For finding small files in backups: names and contents, nothing else. Not a
 * library for archives: one that knows all their formats takes several times
 * as long to load as dbpos takes to answer. Sources: POSIX.1-2017, pax, "pax
 * Interchange Format", "ustar Interchange Format"; GNU tar 1.34 manual, "Basic
 * Tar Format".
 */
#ifndef DBPIPES_STREAM_TAR_H
#define DBPIPES_STREAM_TAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "stream/input.h"

enum { TAR_BLOCK = 512 };

struct tar_member {
	const char *name; /* valid until the next tar_next */
	uint64_t size;    /* bytes of its content as stored */
	bool file;        /* a regular file, and stored without holes */
};

struct tar;

/* tar_begins: are these the first bytes of a tar? By the checksum of its first
 * header. */
bool tar_begins(const char *data, size_t len);

/* tar_new: read members from `in` (borrowed), which stands at its beginning.
 * Owns: ended by tar_free. */
struct tar *tar_new(struct input *in);
void tar_free(struct tar *tar);

/* tar_next: the next member; what is left of the one before is passed over.
 * Returns 1, 0 at the end of the archive, -1. Errors: ERR_DATA with the offset
 * for damage, and for an archive without its end. */
int tar_next(struct tar *tar, struct tar_member *member, struct err *e);

/* tar_read: up to len bytes of the member's content; 0 at its end. */
ssize_t tar_read(struct tar *tar, void *buf, size_t len, struct err *e);

#endif
