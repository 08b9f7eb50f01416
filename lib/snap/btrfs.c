/* btrfs.c: a read-only snapshot of the subvolume that holds the data
 * directory, all of it in one instant. Source: linux/btrfs.h; btrfs(5). */
#include <errno.h>
#include <fcntl.h>
#include <linux/btrfs.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/strbuf.h"
#include "snap/mounts.h"
#include "snap/snap.h"
#include "snap/tree.h"

enum { SUBVOLUME_INODE = 256 }; /* BTRFS_FIRST_FREE_OBJECTID */

/* find_subvolume: the path of the one that a directory is in. Owns: the caller
 * frees it; NULL: none. */
static char *find_subvolume(const char *dir)
{
	char *path = xstrdup(dir);
	struct stat st;

	while (!stat(path, &st) && st.st_ino != SUBVOLUME_INODE) {
		char *slash = strrchr(path, '/');

		if (!slash || slash == path)
			break;
		*slash = '\0';
	}
	if (!stat(path, &st) && st.st_ino == SUBVOLUME_INODE)
		return path;
	free(path);
	return NULL;
}

/* is_privileged: has CAP_SYS_ADMIN, for real, which in a user namespace only
 * the kernel knows. This search needs it, and asks for nothing. */
static bool is_privileged(const char *subvolume)
{
	struct btrfs_ioctl_search_args nothing = {.key = {.nr_items = 0}};
	struct err ignored;
	int fd = tree_open(AT_FDCWD, subvolume, &ignored), rc;

	if (fd < 0)
		return false;
	rc = ioctl(fd, BTRFS_IOC_TREE_SEARCH, &nothing);
	close(fd);
	return !rc || errno != EPERM;
}

/* check_rights: an ordinary user can make a snapshot of what is his, but not
 * remove it again. Returns 1, 0, -1, as probe. */
static int check_rights(const char *subvolume, struct err *e)
{
	struct mount_entry mount;
	struct stat st;
	bool removable;

	if (is_privileged(subvolume))
		return 1;
	if (stat(subvolume, &st) || st.st_uid != geteuid()) {
		err_set(e, ERR_DENIED,
			"the subvolume '%s' belongs to another user",
			subvolume);
		return 0;
	}
	if (mounts_find(&mount, subvolume, e))
		return -1;
	removable = mounts_has(&mount, "user_subvol_rm_allowed");
	mounts_release(&mount);
	if (removable)
		return 1;
	err_set(e, ERR_DENIED,
		"only root could remove the snapshot again, unless btrfs is "
		"mounted with user_subvol_rm_allowed");
	return 0;
}

static int btrfs_probe(struct snap *snap, struct err *e)
{
	struct statfs fs;
	char *subvolume;
	int rc;

	if (statfs(snap->datadir, &fs) || fs.f_type != BTRFS_SUPER_MAGIC) {
		err_set(e, ERR_UNAVAILABLE,
			"the data directory is not on btrfs");
		return 0;
	}
	subvolume = find_subvolume(snap->datadir);
	if (!subvolume) {
		err_set(e, ERR_UNAVAILABLE,
			"the subvolume's root cannot be seen here");
		return 0;
	}
	rc = check_rights(subvolume, e);
	free(subvolume);
	return rc;
}

/* place_in: the subvolume itself may be all that is mounted, so that the
 * directory above is another file system: then it is in the subvolume. */
static char *place_in(const struct snap *snap, const char *subvolume)
{
	struct strbuf path = STRBUF_INIT;
	struct statfs fs;

	if (snap->where)
		return xstrdup(snap->where);
	strbuf_addf(&path, "%s/..", subvolume);
	if (statfs(path.buf, &fs) || fs.f_type != BTRFS_SUPER_MAGIC)
		strbuf_setlen(&path, path.len - 3);
	else
		strbuf_setlen(
			&path, (size_t)(strrchr(subvolume, '/') - subvolume));
	strbuf_addstr(&path, "/.dbsnap");
	return strbuf_detach(&path);
}

static int btrfs_plan(struct snap *snap, struct err *e)
{
	char *subvolume = find_subvolume(snap->datadir), *place;
	struct strbuf path = STRBUF_INIT;
	int dir;

	if (!subvolume)
		return err_set(e, ERR_UNAVAILABLE, "there is no subvolume");
	place = snap->where;
	snap->where = place_in(snap, subvolume);
	free(place);
	dir = snap_directory(snap, &place, e);
	if (dir >= 0) {
		close(dir);
		strbuf_addf(&path, "%s/%s", place, snap->name);
		snap->keep = xstrdup(path.buf);
		strbuf_addstr(&path, snap->datadir + strlen(subvolume));
		snap->path = strbuf_detach(&path);
	}
	free(place);
	free(subvolume);
	return dir < 0 ? -1 : 0;
}

/* btrfs_settle: what has to be written before a snapshot, the snapshot waits
 * for. */
static int btrfs_settle(struct snap *snap, struct err *e)
{
	int fd = tree_open(AT_FDCWD, snap->datadir, e);

	if (fd < 0)
		return -1;
	syncfs(fd);
	close(fd);
	return 0;
}

/* open_place: the directory of `keep`, opened, and the name in it. */
static int open_place(const struct snap *snap, const char **name, struct err *e)
{
	const char *slash = strrchr(snap->keep, '/');
	char *dir = xstrndup(snap->keep, (size_t)(slash - snap->keep));
	int fd = tree_open(AT_FDCWD, dir, e);

	*name = slash + 1;
	free(dir);
	return fd;
}

static int btrfs_create(struct snap *snap, struct err *e)
{
	struct btrfs_ioctl_vol_args_v2 args = {.flags = BTRFS_SUBVOL_RDONLY};
	char *subvolume = find_subvolume(snap->datadir);
	int from = subvolume ? tree_open(AT_FDCWD, subvolume, e) : -1;
	const char *name;
	int place = open_place(snap, &name, e), rc = -1;

	if (from >= 0 && place >= 0) {
		args.fd = from;
		strncpy(args.name, name, sizeof(args.name) - 1);
		rc = ioctl(place, BTRFS_IOC_SNAP_CREATE_V2, &args);
		if (rc && errno == EEXIST)
			snap_taken(snap, e);
		else if (rc)
			err_sys(e,
				errno == EPERM ? ERR_DENIED : ERR_UNAVAILABLE,
				"cannot make snapshot %s", snap->keep);
	}
	if (from >= 0)
		close(from);
	if (place >= 0)
		close(place);
	free(subvolume);
	return rc ? -1 : 0;
}

/* make_writable: an ordinary user can remove no other one. */
static void make_writable(int place, const char *name)
{
	struct err ignored;
	uint64_t flags;
	int fd = tree_open(place, name, &ignored);

	if (fd < 0)
		return;
	if (!ioctl(fd, BTRFS_IOC_SUBVOL_GETFLAGS, &flags)) {
		flags &= ~(uint64_t)BTRFS_SUBVOL_RDONLY;
		ioctl(fd, BTRFS_IOC_SUBVOL_SETFLAGS, &flags);
	}
	close(fd);
}

static int btrfs_drop(struct snap *snap, struct err *e)
{
	struct btrfs_ioctl_vol_args args = {0};
	const char *name;
	int place = open_place(snap, &name, e), rc;

	if (place < 0)
		return e->code == ERR_NOINPUT ? 0 : -1;
	strncpy(args.name, name, sizeof(args.name) - 1);
	rc = ioctl(place, BTRFS_IOC_SNAP_DESTROY, &args);
	if (rc && errno == EROFS) {
		make_writable(place, name);
		rc = ioctl(place, BTRFS_IOC_SNAP_DESTROY, &args);
	}
	if (rc && errno == ENOENT)
		rc = 0;
	if (rc)
		err_sys(e, errno == EPERM ? ERR_DENIED : ERR_IO,
			"cannot remove snapshot %s", snap->keep);
	close(place);
	return rc ? -1 : 0;
}

const struct snap_method snap_btrfs = {.name = "btrfs",
	.probe = btrfs_probe,
	.plan = btrfs_plan,
	.exists = snap_exists_directory,
	.settle = btrfs_settle,
	.create = btrfs_create,
	.drop = btrfs_drop};
