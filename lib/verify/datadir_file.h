/* datadir_file.h: files of a data directory; within the parts of datadir.h. */
#ifndef DBPIPES_VERIFY_DATADIR_FILE_H
#define DBPIPES_VERIFY_DATADIR_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strbuf.h"

/* datadir_inside: the path of one. Owns: the caller frees. */
char *datadir_inside(const char *folder, const char *name);

/* datadir_read: its first bytes, `most` of them, into *text (reset first).
 * Returns 1, 0 if there is none, -1. */
int datadir_read(const char *folder, const char *name, size_t most,
	struct strbuf *text, struct err *e);

/* datadir_size: in bytes; 0: there is none. */
uint64_t datadir_size(const char *folder, const char *name);

/* datadir_uint32: as InnoDB writes numbers: the first byte is the highest. */
uint32_t datadir_uint32(const char *at);

#endif
