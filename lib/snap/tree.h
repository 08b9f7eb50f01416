/* tree.h: the files below a directory, which may belong to somebody who is
 * not to be trusted: no symbolic link is ever followed.
 */
#ifndef DBPIPES_SNAP_TREE_H
#define DBPIPES_SNAP_TREE_H

#include <sys/stat.h>

#include "base/err.h"

struct tree_entry {
	int dir;          /* descriptor of the directory that it is in */
	const char *name; /* in there */
	const char *path; /* from the root on, without "./" */
	struct stat st;
};

/* Called for each entry, a directory before what is in it. Returns 0; 1: not
 * into this directory; -1. */
typedef int tree_fn(void *ctx, const struct tree_entry *entry, struct err *e);

/* tree_walk: all below the directory `path` of `dir` (AT_FDCWD), in the order
 * of bytes. Files that vanish meanwhile are left out. Errors: ERR_NOINPUT,
 * ERR_DENIED, ERR_IO; those of fn. */
int tree_walk(int dir, const char *path, tree_fn *fn, void *ctx, struct err *e);

/* tree_open: a directory, never through a link as its last part. */
int tree_open(int dir, const char *path, struct err *e);

/* tree_below: what of a real path is behind that of a directory: "" or "/...";
 * NULL if it is not in there. */
const char *tree_below(const char *dir, const char *path);

/* tree_remove: a directory and all that is in it; not across file systems.
 * None there: done. */
int tree_remove(const char *path, struct err *e);

#endif
