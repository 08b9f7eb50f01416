/* atomic.c: files that appear whole or not at all. */
#include "base/atomic.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/io.h"
#include "base/sig.h"
#include "base/strbuf.h"
#include "base/undo.h"

/* NAME_KEPT + what temp_name adds stays below NAME_MAX, 255 bytes. */
enum { TRIES = 100, NAME_KEPT = 200 };

static void remove_temp(void *arg)
{
	const char *temp = arg;

	unlink(temp);
}

static int cannot_create(const char *path, struct err *e)
{
	enum err_code code = ERR_CANTCREATE;
	int number = errno;

	if (number == EACCES || number == EPERM)
		code = ERR_DENIED;
	err_sys(e, code, "cannot create %s", path);
	if (number == ENOENT || number == ENOTDIR)
		err_hint(e, "its directory must be there already");
	else if (number == ENOSPC || number == EDQUOT)
		err_hint(e, "free space there, or write elsewhere");
	return -1;
}

/* Where the bytes will really be: behind symbolic links. Owns: the caller
 * frees the result. */
static char *final_path(const char *path, struct err *e)
{
	struct stat st;
	char *real;

	if (lstat(path, &st) || !S_ISLNK(st.st_mode))
		return xstrdup(path);
	real = realpath(path, NULL);
	if (!real)
		err_sys(e, ERR_CANTCREATE, "cannot follow symbolic link %s",
			path);
	return real;
}

/* "/dir/name" gives "/dir/", "name" gives "". */
static size_t directory_length(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? (size_t)(slash - path) + 1 : 0;
}

static char *temp_name(const char *path)
{
	struct strbuf name = STRBUF_INIT;
	size_t dir = directory_length(path);
	uint64_t random = 0;

	/* Only against collisions: O_EXCL is what keeps others out. */
	if (getrandom(&random, sizeof(random), GRND_NONBLOCK) < 0)
		random = (uint64_t)getpid();
	strbuf_add(&name, path, dir);
	strbuf_addf(&name, ".%.*s.%016llx.tmp", NAME_KEPT, path + dir,
		(unsigned long long)random);
	return strbuf_detach(&name);
}

static int open_temp(struct atomic_file *file, struct err *e)
{
	int tries;

	for (tries = 0; tries < TRIES; tries++) {
		file->temp = temp_name(file->path);
		undo_push(remove_temp, file->temp);
		file->fd = open(file->temp,
			O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
			0600);
		if (file->fd >= 0)
			return 0;
		undo_drop(remove_temp, file->temp);
		free(file->temp);
		file->temp = NULL;
		if (errno != EEXIST && errno != EINTR)
			break;
	}
	return cannot_create(file->path, e);
}

static int open_directly(struct atomic_file *file, struct err *e)
{
	do {
		if (sig_pending())
			return err_set(e, ERR_SIGNAL, "stopped by signal %d",
				sig_pending());
		file->fd = open(file->path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	} while (file->fd < 0 && errno == EINTR);
	return file->fd < 0 ? cannot_create(file->path, e) : 0;
}

int atomic_open(struct atomic_file *file, const char *path, struct err *e)
{
	struct stat st;
	int result;

	*file = (struct atomic_file){.fd = -1};
	file->path = final_path(path, e);
	if (!file->path)
		return -1;
	if (stat(file->path, &st) || S_ISREG(st.st_mode))
		result = open_temp(file, e);
	else if (S_ISDIR(st.st_mode))
		result = err_set(e, ERR_CANTCREATE,
			"cannot create %s: it is a directory", path);
	else
		result = open_directly(file, e);
	if (result)
		atomic_abort(file);
	return result;
}

int atomic_sync_name(const char *path, struct err *e)
{
	char *dir = xstrndup(path, directory_length(path));
	int fd, result = 0;

	fd = open(*dir ? dir : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	/* A directory that may be written but not read cannot be synced. */
	if (fd < 0)
		goto out;
	if (fsync(fd) && errno != EINVAL && errno != ENOTSUP)
		result = err_sys(
			e, ERR_IO, "cannot sync the directory of %s", path);
	close(fd);
out:
	free(dir);
	return result;
}

static int make_appear(struct atomic_file *file, struct err *e)
{
	int fd = file->fd;

	if (fsync(fd)) {
		err_sys(e, ERR_IO, "cannot write %s", file->path);
		if (errno == ENOSPC || errno == EDQUOT)
			err_hint(e, "free space there, or write elsewhere");
		return -1;
	}
	file->fd = -1;
	if (io_close(fd, file->path, e))
		return -1;
	if (rename(file->temp, file->path))
		return cannot_create(file->path, e);
	undo_drop(remove_temp, file->temp);
	free(file->temp);
	file->temp = NULL;
	return atomic_sync_name(file->path, e);
}

int atomic_commit(struct atomic_file *file, struct err *e)
{
	int fd = file->fd, result;

	if (file->temp) {
		result = make_appear(file, e);
	} else {
		file->fd = -1;
		result = io_close(fd, file->path, e);
	}
	atomic_abort(file);
	return result;
}

void atomic_abort(struct atomic_file *file)
{
	if (file->fd >= 0)
		close(file->fd);
	if (file->temp) {
		undo_drop(remove_temp, file->temp);
		unlink(file->temp);
	}
	free(file->temp);
	free(file->path);
	*file = (struct atomic_file){.fd = -1};
}
