/* scratch.c: see scratch.h. */
#include "base/scratch.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/prog.h"
#include "base/strbuf.h"
#include "base/undo.h"

enum { WALK_FDS = 16, TRIES = 8 };

/* Between the program's name and six characters of chance: nobody calls a
 * folder of his own so. */
#define MARK ".tmp."

static int remove_one(const char *path, const struct stat *status, int kind,
	struct FTW *place)
{
	(void)status;
	(void)place;
	(void)(kind == FTW_DP ? rmdir(path) : unlink(path));
	return 0;
}

static void remove_tree(const char *path)
{
	nftw(path, remove_one, WALK_FDS, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

/* lock_folder: returns the locked descriptor, or -1 if it is another's, or
 * gone. */
static int lock_folder(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat held, there;

	if (fd < 0)
		return -1;
	/* Whoever removes a folder holds its lock: it may be gone by now. */
	if (!flock(fd, LOCK_EX | LOCK_NB) && !fstat(fd, &held) &&
		!lstat(path, &there) && held.st_ino == there.st_ino &&
		held.st_dev == there.st_dev && held.st_uid == geteuid())
		return fd;
	close(fd);
	return -1;
}

/* is_leftover: a name that scratch_make gives. */
static bool is_leftover(const char *entry, const char *name)
{
	size_t len = strlen(name);

	return !strncmp(entry, name, len) &&
		!strncmp(entry + len, MARK, strlen(MARK)) &&
		strlen(entry) == len + strlen(MARK) + 6;
}

static void clear_leftovers(const char *parent, const char *name)
{
	DIR *dir = opendir(parent);
	struct dirent *entry;

	if (!dir)
		return;
	while ((entry = readdir(dir))) {
		struct strbuf path = STRBUF_INIT;
		int lock = -1;

		if (is_leftover(entry->d_name, name)) {
			strbuf_addf(&path, "%s/%s", parent, entry->d_name);
			lock = lock_folder(path.buf);
		}
		if (lock >= 0) {
			log_debug("removing %s, which a killed run left",
				path.buf);
			remove_tree(path.buf);
			close(lock);
		}
		strbuf_release(&path);
	}
	closedir(dir);
}

static void undo(void *arg)
{
	struct scratch *s = arg;

	if (s->path)
		remove_tree(s->path);
}

/* try_make: returns 1, 0 for a folder that another run took for a leftover
 * before it was locked, -1. */
static int try_make(
	struct scratch *s, const char *parent, const char *name, struct err *e)
{
	struct strbuf path = STRBUF_INIT;
	int rc = 0;

	strbuf_addf(&path, "%s/%s" MARK "XXXXXX", parent, name);
	if (!mkdtemp(path.buf)) {
		err_sys(e, ERR_CANTCREATE, "cannot make a folder in %s",
			parent);
		err_hint(e, "set TMPDIR to a place with room");
		strbuf_release(&path);
		return -1;
	}
	s->path = strbuf_detach(&path);
	errno = 0;
	s->lock = lock_folder(s->path);
	if (s->lock >= 0)
		return 1;
	if (errno && errno != EWOULDBLOCK && errno != ENOENT)
		rc = err_sys(e, ERR_CANTCREATE, "cannot lock a folder in %s",
			parent);
	rmdir(s->path); /* whosever it is by now, it is empty or gone */
	free(s->path);
	s->path = NULL;
	return rc;
}

int scratch_make(
	struct scratch *s, const char *parent, const char *name, struct err *e)
{
	const char *place = parent ? parent : getenv("TMPDIR");
	char *full = realpath(place && *place ? place : "/tmp", NULL);
	int rc = 0;

	if (!full)
		return err_sys(e, ERR_CANTCREATE, "cannot use %s", place);
	clear_leftovers(full, name);
	undo_push(undo, s);
	for (int i = 0; i < TRIES && !rc; i++)
		rc = try_make(s, full, name, e);
	if (!rc)
		err_set(e, ERR_CANTCREATE, "cannot keep a folder in %s", full);
	free(full);
	if (rc > 0)
		return 0;
	undo_drop(undo, s);
	return -1;
}

void scratch_remove(struct scratch *s)
{
	if (!s->path)
		return;
	remove_tree(s->path);
	if (!access(s->path, F_OK))
		log_warn("%s cannot be removed: the next run tries again",
			s->path);
	undo_drop(undo, s);
	free(s->path);
	close(s->lock);
	*s = (struct scratch)SCRATCH_INIT;
}
