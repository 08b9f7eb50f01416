/* share.h: files copied by sharing their blocks (reflink): in a moment,
 * whatever their size. Source: ioctl_ficlone(2). */
#ifndef DBPIPES_SNAP_SHARE_H
#define DBPIPES_SNAP_SHARE_H

#include <sys/stat.h>

#include "base/err.h"
#include "snap/tree.h"

/* share_try: whether files of a data directory can be shared with new ones in
 * `dir`. Returns 1; 0, and *e says why not. */
int share_try(int dir, const char *datadir, struct err *e);

/* share_file: make the same file below `to`, which has its directory. One that
 * has vanished is left out. Errors: ERR_UNAVAILABLE where the file system
 * cannot, ERR_IO, ERR_CANTCREATE. */
int share_file(int to, const struct tree_entry *entry, struct err *e);
/* share_copy: the same by copying the bytes. */
int share_copy(int to, const struct tree_entry *entry, struct err *e);
int share_directory(int to, const struct tree_entry *entry, struct err *e);

/* share_attributes: owner, mode and times, as far as we may. */
void share_attributes(int fd, const struct stat *st);

#endif
