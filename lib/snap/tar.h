/* tar.h: writing a POSIX pax archive.
 *
 * Plain ustar headers; what does not fit in them (long names, large sizes,
 * holes) goes into extended headers. Sparse files are in GNU's format 1.0,
 * which GNU tar and libarchive read: their holes take no room. Memory is some
 * buffers, whatever the files: what is read of them goes on out of each in
 * turn, so that the sink may still be at the last ones.
 *
 * Source: POSIX.1-2017, pax, "pax Interchange Format"; GNU tar manual,
 * "Storing Sparse Files".
 */
#ifndef DBPIPES_SNAP_TAR_H
#define DBPIPES_SNAP_TAR_H

#include <stdint.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/progress.h"
#include "base/sink.h"
#include "base/strbuf.h"

enum { TAR_BUFFERS = 4 };

struct tar {
	struct sink to;
	struct progress *progress; /* its bytes are counted; or NULL */
	uint64_t written;          /* bytes of the archive so far */
	/* private */
	char *buf[TAR_BUFFERS];
	unsigned turn;
	struct strbuf pax; /* extended header being made */
	uid_t uid;         /* whose names are at hand */
	gid_t gid;
	char user[32], group[32];
};

/* tar_begin: Owns: ended by tar_release. */
void tar_begin(struct tar *tar, struct sink to, struct progress *progress);
void tar_release(struct tar *tar);

/* tar_text: a regular file with these bytes; mode, owner and time as in st. */
int tar_text(struct tar *tar, const char *path, const struct stat *st,
	const struct strbuf *text, struct err *e);
/* tar_directory: one, without what is in it. */
int tar_directory(struct tar *tar, const char *path, const struct stat *st,
	struct err *e);
/* tar_file: a regular file that nobody changes, open for reading, st its own.
 * Errors: ERR_DATA if it changes nevertheless. */
int tar_file(struct tar *tar, const char *path, const struct stat *st, int fd,
	struct err *e);
/* tar_end: the two empty blocks. */
int tar_end(struct tar *tar, struct err *e);

#endif
