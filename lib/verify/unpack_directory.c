/* unpack_directory.c: a data directory copied; see unpack.h. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "snap/rules.h"
#include "snap/share.h"
#include "snap/stream.h"
#include "snap/tree.h"
#include "verify/datadir.h"
#include "verify/unpack.h"

enum { NOTE_MOST = 1 << 20 };

struct copying {
	struct unpacked *u;
	int to;
	dev_t dev;
	bool bytes; /* blocks cannot be shared */
};

static int refused(struct err *e)
{
	if (e->code == ERR_UNAVAILABLE)
		e->code = ERR_DATA;
	return -1;
}

static int read_note(
	const struct tree_entry *entry, struct strbuf *note, struct err *e)
{
	int fd = openat(entry->dir, entry->name,
		O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return err_sys(e, ERR_IO, "cannot open %s", entry->path);
	strbuf_grow(note, NOTE_MOST);
	n = io_read_full(fd, note->buf, NOTE_MOST, entry->path, e);
	close(fd);
	strbuf_setlen(note, n > 0 ? (size_t)n : 0);
	return n < 0 ? -1 : 0;
}

static int copy_entry(void *ctx, const struct tree_entry *entry, struct err *e)
{
	struct copying *c = ctx;

	if (rules_unwanted(entry, NULL))
		return 1;
	if (rules_check(entry, c->dev, e))
		return refused(e);
	if (S_ISDIR(entry->st.st_mode))
		return share_directory(c->to, entry, e);
	if (!strcmp(entry->path, SNAP_RECORD_NAME))
		return read_note(entry, &c->u->note, e);
	c->u->files++;
	c->u->bytes += (uint64_t)entry->st.st_size;
	if (datadir_leaves_out(entry->path))
		return 0;
	return c->bytes ? share_copy(c->to, entry, e)
			: share_file(c->to, entry, e);
}

/* check_quiet: a server that runs has a lock on this file. Asking for it takes
 * no right to write. Source: fcntl_locking(2). */
static int check_quiet(int from, const char *path, struct err *e)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	int fd = openat(from, "ibdata1", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	bool busy = fd >= 0 && !fcntl(fd, F_OFD_GETLK, &lock) &&
		lock.l_type != F_UNLCK;

	if (fd >= 0)
		close(fd);
	if (!busy)
		return 0;
	err_set(e, ERR_UNAVAILABLE, "a server is running on %s", path);
	return err_hint(e, "verify a snapshot of it: dbsnap | dbverify -");
}

int unpack_directory(
	const char *from, const char *folder, struct unpacked *u, struct err *e)
{
	struct copying c = {.u = u, .to = -1};
	struct err why;
	struct stat status;
	int fd = tree_open(AT_FDCWD, from, e), rc = -1;

	if (fd >= 0)
		c.to = tree_open(AT_FDCWD, folder, e);
	if (c.to >= 0 && !fstat(fd, &status) && !check_quiet(fd, from, e)) {
		c.dev = status.st_dev;
		c.bytes = !share_try(c.to, from, &why);
		rc = tree_walk(fd, ".", copy_entry, &c, e);
	}
	if (c.to >= 0)
		close(c.to);
	if (fd >= 0)
		close(fd);
	return rc;
}
