/* share.c: see share.h. */
#include "snap/share.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdbool.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "snap/holes.h"

static int cannot_share(const char *path, struct err *e)
{
	int number = errno;

	err_sys(e,
		number == ENOSPC || number == EDQUOT || number == EIO
			? ERR_IO
			: ERR_UNAVAILABLE,
		"cannot reflink %s", path);
	if (number == EOPNOTSUPP || number == ENOTTY || number == EINVAL)
		err_hint(e,
			"the file system cannot share blocks: XFS can if made "
			"with reflink=1, btrfs can");
	else if (number == EXDEV)
		err_hint(e,
			"blocks can be shared on one file system alone, and "
			"this is another one");
	return -1;
}

/* match_cow: let a file that is still empty be written in place or not, as the
 * other one is (chattr +C). */
static bool match_cow(int to, int from)
{
	int flags = 0, own = 0;

	if (ioctl(from, FS_IOC_GETFLAGS, &flags) ||
		ioctl(to, FS_IOC_GETFLAGS, &own) ||
		!((flags ^ own) & FS_NOCOW_FL))
		return false;
	own ^= FS_NOCOW_FL;
	return !ioctl(to, FS_IOC_SETFLAGS, &own);
}

/* share: btrfs refuses it between files of which one alone is written in
 * place. */
static int share(int to, int from)
{
	int rc = ioctl(to, FICLONE, from);

	if (!rc || errno != EINVAL)
		return rc;
	if (match_cow(to, from))
		return ioctl(to, FICLONE, from);
	errno = EINVAL;
	return rc;
}

void share_attributes(int fd, const struct stat *st)
{
	const struct timespec times[] = {st->st_atim, st->st_mtim};

	/* Who is not root may not: then all belongs to this user. */
	if (fchown(fd, st->st_uid, st->st_gid) ||
		fchmod(fd, st->st_mode & 07777))
		errno = 0;
	futimens(fd, times);
}

static int make_copy(
	int to, const struct tree_entry *entry, bool bytes, struct err *e)
{
	int from = openat(entry->dir, entry->name,
		O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	int copy, rc = 0;

	if (from < 0)
		return errno == ENOENT
			? 0
			: err_sys(e, ERR_IO, "cannot open %s", entry->path);
	copy = openat(to, entry->path,
		O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (copy < 0)
		rc = err_sys(e, ERR_CANTCREATE, "cannot create the copy of %s",
			entry->path);
	else if (bytes)
		rc = holes_copy(from, copy, entry->path,
			(uint64_t)entry->st.st_size, e);
	else if (share(copy, from))
		rc = cannot_share(entry->path, e);
	if (!rc)
		share_attributes(copy, &entry->st);
	if (copy >= 0)
		close(copy);
	close(from);
	return rc;
}

int share_file(int to, const struct tree_entry *entry, struct err *e)
{
	return make_copy(to, entry, false, e);
}

int share_copy(int to, const struct tree_entry *entry, struct err *e)
{
	return make_copy(to, entry, true, e);
}

int share_directory(int to, const struct tree_entry *entry, struct err *e)
{
	int fd;

	if (mkdirat(to, entry->path, 0700))
		return err_sys(e, ERR_CANTCREATE,
			"cannot create the copy of %s", entry->path);
	fd = tree_open(to, entry->path, e);
	if (fd < 0)
		return -1;
	share_attributes(fd, &entry->st);
	close(fd);
	return 0;
}

/* some_file: one that every data directory has. */
static int some_file(const char *datadir)
{
	static const char *const names[] = {
		"aria_log_control", "ibdata1", "auto.cnf"};
	int dir = open(datadir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), file = -1;

	for (size_t i = 0; dir >= 0 && file < 0 && i < 3; i++)
		file = openat(dir, names[i], O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (dir >= 0)
		close(dir);
	return file;
}

int share_try(int dir, const char *datadir, struct err *e)
{
	int from = some_file(datadir), rc = 0;
	int to = openat(dir, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (from < 0)
		rc = err_set(e, ERR_UNAVAILABLE,
			"'%s' is no data directory, or may not be read",
			datadir);
	else if (to < 0)
		rc = err_sys(e, ERR_UNAVAILABLE, "cannot try a reflink");
	else if (share(to, from))
		rc = cannot_share("its files", e);
	if (to >= 0)
		close(to);
	if (from >= 0)
		close(from);
	return rc ? 0 : 1;
}
