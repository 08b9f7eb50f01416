/* tar_write.h: tar, member by member, into a sink.
 *
 * The bytes depend on what is given and on nothing else, no version of a
 * library, so that an image has the same digest wherever it is made: ustar,
 * with a pax header only where ustar cannot say it. Source: POSIX.1-2017, pax,
 * "ustar Interchange Format" and "pax Extended Header".
 */
#ifndef DBPIPES_IMAGE_TAR_WRITE_H
#define DBPIPES_IMAGE_TAR_WRITE_H

#include <stdint.h>

#include "base/err.h"
#include "base/sink.h"

enum tar_type {
	TAR_FILE = '0',
	TAR_HARDLINK = '1',
	TAR_SYMLINK = '2',
	TAR_DIRECTORY = '5',
	TAR_PAX = 'x',  /* a header before another one; written only */
	TAR_OTHER = '?' /* devices and pipes; read only */
};

struct tar_member {
	const char *path; /* relative; without a slash at its end */
	const char *link; /* of links: where to */
	enum tar_type type;
	uint32_t mode; /* permission bits */
	uint32_t uid, gid;
	uint64_t size; /* bytes; 0 for all but files */
	int64_t mtime; /* seconds since 1970; what is before is 1970 */
};

/* tar_write_member: the header; `size` bytes must follow, and
 * tar_write_padding. */
int tar_write_member(
	struct sink to, const struct tar_member *member, struct err *e);
int tar_write_padding(struct sink to, uint64_t size, struct err *e);
int tar_write_end(struct sink to, struct err *e);

#endif
