/* mounts.h: what is mounted where. Source: proc_pid_mountinfo(5). */
#ifndef DBPIPES_SNAP_MOUNTS_H
#define DBPIPES_SNAP_MOUNTS_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"

/* The mount that a path is in. */
struct mount_entry {
	char *point;   /* where it is mounted */
	char *inside;  /* the path within its file system, beginning with '/' */
	char *type;    /* "xfs" */
	char *options; /* of the file system, separated by commas */
	dev_t dev;
};

/* mounts_find: of a real path. Owns: released with mounts_release. */
int mounts_find(struct mount_entry *entry, const char *path, struct err *e);
void mounts_release(struct mount_entry *entry);

/* mounts_each: each path by which the place of `entry` within its file system
 * may be reached, as the table of mounts says, with the mount's own: until fn
 * returns true, which is returned. Another mount may hide what is there. */
typedef bool mounts_fn(void *ctx, const char *path, const char *point);
bool mounts_each(const struct mount_entry *entry, mounts_fn *fn, void *ctx);

/* mounts_below: what of a path is behind a directory, "" for that itself, else
 * from a '/' on; NULL: the path is not in it. */
const char *mounts_below(const char *path, const char *dir);

/* mounts_has: whether the file system has this option. */
bool mounts_has(const struct mount_entry *entry, const char *option);

/* mounts_is_point: whether something is mounted right there. */
bool mounts_is_point(const char *path);

#endif
