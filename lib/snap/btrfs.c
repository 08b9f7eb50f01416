/* btrfs.c: a read-only snapshot of the subvolume that holds the data
 * directory, all of it in one instant. Source: linux/btrfs.h; btrfs(5). */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
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
#include "snap/rules.h"
#include "snap/snap.h"
#include "snap/tree.h"

enum { SUBVOLUME_INODE = 256 }; /* BTRFS_FIRST_FREE_OBJECTID */

/* What a snapshot is made of, and what of it is frozen. */
struct subvolume {
	struct stat datadir; /* which directory it is, by whatever path */
	char *root;          /* NULL: none was found */
	char *inside;        /* the data directory from there on */
};

static void subvolume_release(struct subvolume *subvolume)
{
	free(subvolume->root);
	free(subvolume->inside);
}

static bool is_in(
	const char *path, const struct stat *subvolume, struct stat *st)
{
	return !stat(path, st) && st->st_dev == subvolume->st_dev;
}

/* climb: from the data directory to the root of its subvolume, but not out of
 * a mount: above that is another place, though the path goes on. */
static bool climb(void *ctx, const char *path, const char *point)
{
	struct subvolume *found = ctx;
	char *dir = xstrdup(path);
	struct stat st;
	bool is = is_in(dir, &found->datadir, &st) &&
		st.st_ino == found->datadir.st_ino;

	while (is && st.st_ino != SUBVOLUME_INODE) {
		char *slash = strrchr(dir, '/');

		is = strcmp(dir, point) != 0;
		slash[slash == dir] = '\0';
		is = is && is_in(dir, &found->datadir, &st);
	}
	if (is) {
		found->root = dir;
		found->inside = xstrdup(mounts_below(path, dir));
	} else {
		free(dir);
	}
	return is;
}

/* find_subvolume: the one that the data directory is in. By its own path, but
 * where that ends at a bind mount, by any other. */
static int find_subvolume(
	struct subvolume *found, const char *datadir, struct err *e)
{
	struct mount_entry mount;

	*found = (struct subvolume){.root = NULL};
	if (mounts_find(&mount, datadir, e))
		return -1;
	if (!stat(datadir, &found->datadir) &&
		!climb(found, datadir, mount.point))
		mounts_each(&mount, climb, found);
	mounts_release(&mount);
	if (found->root)
		return 0;
	err_set(e, ERR_UNAVAILABLE,
		"the root of the subvolume that holds the data directory "
		"cannot be seen here");
	return err_hint(e, "mount the subvolume itself somewhere, too");
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

/* is_same_btrfs: also where it is mounted twice. */
static bool is_same_btrfs(const char *path, const char *subvolume)
{
	struct mount_entry one = {0}, other = {0};
	struct err ignored;
	bool same = !mounts_find(&one, path, &ignored) &&
		!mounts_find(&other, subvolume, &ignored) &&
		one.dev == other.dev;

	mounts_release(&one);
	mounts_release(&other);
	return same;
}

/* place_in: the directory for snapshots. The subvolume itself may be all that
 * is mounted of its file system: then it is in the subvolume. */
static char *place_in(const struct snap *snap, const char *subvolume)
{
	struct strbuf path = STRBUF_INIT;

	if (snap->where)
		return xstrdup(snap->where);
	strbuf_addstr(&path, subvolume);
	strbuf_setlen(&path, (size_t)(strrchr(path.buf, '/') - path.buf));
	if (!is_same_btrfs(path.len ? path.buf : "/", subvolume)) {
		strbuf_reset(&path);
		strbuf_addstr(&path, subvolume);
	}
	strbuf_addstr(&path, "/" RULES_OWN_DIR);
	return strbuf_detach(&path);
}

/* check_place: what the kernel would refuse only under the lock. The directory
 * may have to be made. Returns 1, 0, as probe. */
static int check_place(
	const struct snap *snap, const char *subvolume, struct err *e)
{
	char *place = place_in(snap, subvolume);
	char *real = realpath(place, NULL);
	bool fits;

	if (!real)
		real = realpath(dirname(place), NULL);
	fits = !real || is_same_btrfs(real, subvolume);
	if (!fits) {
		err_set(e, ERR_UNAVAILABLE,
			"snapshots cannot be made in '%s', which is on another "
			"file system than the subvolume '%s'",
			real, subvolume);
		err_hint(e, "see --snapshot-dir");
	}
	free(real);
	free(place);
	return fits;
}

static int btrfs_probe(struct snap *snap, struct err *e)
{
	struct subvolume subvolume;
	struct statfs fs;
	int rc;

	if (statfs(snap->datadir, &fs) || fs.f_type != BTRFS_SUPER_MAGIC) {
		err_set(e, ERR_UNAVAILABLE,
			"the data directory is not on btrfs");
		return 0;
	}
	if (find_subvolume(&subvolume, snap->datadir, e))
		return e->code == ERR_UNAVAILABLE ? 0 : -1;
	rc = check_place(snap, subvolume.root, e);
	if (rc > 0)
		rc = check_rights(subvolume.root, e);
	subvolume_release(&subvolume);
	return rc;
}

static int btrfs_plan(struct snap *snap, struct err *e)
{
	struct strbuf path = STRBUF_INIT;
	struct subvolume subvolume;
	char *place;
	int dir;

	if (find_subvolume(&subvolume, snap->datadir, e))
		return -1;
	snap->work = xstrdup(subvolume.root);
	place = snap->where;
	snap->where = place_in(snap, subvolume.root);
	free(place);
	dir = snap_directory(snap, &place, e);
	if (dir >= 0) {
		close(dir);
		strbuf_addf(&path, "%s/%s", place, snap->name);
		snap->keep = xstrdup(path.buf);
		strbuf_addstr(&path, subvolume.inside);
		snap->path = strbuf_detach(&path);
	}
	free(place);
	subvolume_release(&subvolume);
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
	int from = tree_open(AT_FDCWD, snap->work, e), place, rc = -1;
	const char *name;

	if (from < 0)
		return -1;
	place = open_place(snap, &name, e);
	if (place >= 0) {
		args.fd = from;
		strncpy(args.name, name, sizeof(args.name) - 1);
		rc = ioctl(place, BTRFS_IOC_SNAP_CREATE_V2, &args);
		if (rc && errno == EEXIST)
			snap_taken(snap, e);
		else if (rc)
			err_sys(e,
				errno == EPERM ? ERR_DENIED : ERR_UNAVAILABLE,
				"cannot make snapshot %s", snap->keep);
		close(place);
	}
	close(from);
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
	.keeps_inodes = true,
	.probe = btrfs_probe,
	.plan = btrfs_plan,
	.exists = snap_exists_directory,
	.settle = btrfs_settle,
	.create = btrfs_create,
	.drop = btrfs_drop};
