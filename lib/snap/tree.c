/* tree.c: see tree.h. */
#include "snap/tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/sig.h"
#include "base/strbuf.h"
#include "base/strlist.h"

/* Deeper than any data directory; against loops that should not be there. */
enum { DEPTH_MOST = 32 };

struct walk {
	tree_fn *fn;
	void *ctx;
	const char *root;
	struct strbuf path; /* from the root on */
	unsigned depth;
};

static int failed(const char *what, const char *path, struct err *e)
{
	enum err_code code = ERR_IO;

	if (errno == ENOENT || errno == ENOTDIR || errno == ELOOP)
		code = ERR_NOINPUT;
	else if (errno == EACCES || errno == EPERM)
		code = ERR_DENIED;
	return err_sys(e, code, "cannot %s %s", what, path);
}

int tree_open(int dir, const char *path, struct err *e)
{
	int fd = openat(
		dir, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	return fd < 0 ? failed("open directory", path, e) : fd;
}

const char *tree_below(const char *dir, const char *path)
{
	size_t len = strlen(dir);

	if (strncmp(path, dir, len) != 0 || (path[len] && path[len] != '/'))
		return NULL;
	return path + len;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* list: the names in a directory, sorted. */
static int list(int fd, struct strlist *names, const char *path, struct err *e)
{
	int copy = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = copy < 0 ? NULL : fdopendir(copy);
	const struct dirent *entry;

	if (!dir) {
		if (copy >= 0)
			close(copy);
		return failed("read directory", path, e);
	}
	errno = 0;
	while ((entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			strlist_add(names, entry->d_name);
	closedir(dir);
	if (names->count)
		qsort(names->item, names->count, sizeof(*names->item), compare);
	return errno ? failed("read directory", path, e) : 0;
}

static int walk_directory(struct walk *w, int fd, struct err *e);

static int walk_entry(struct walk *w, int dir, const char *name, struct err *e)
{
	struct tree_entry entry = {dir, name, w->path.buf, {0}};
	int fd, rc;

	if (sig_pending())
		return err_set(e, ERR_SIGNAL, "stopped by a signal");
	if (fstatat(dir, name, &entry.st, AT_SYMLINK_NOFOLLOW))
		return errno == ENOENT ? 0 : failed("look at", entry.path, e);
	rc = w->fn(w->ctx, &entry, e);
	if (rc || !S_ISDIR(entry.st.st_mode))
		return rc < 0 ? -1 : 0;
	if (w->depth == DEPTH_MOST)
		return err_set(e, ERR_DATA, "%s is too deep", entry.path);
	fd = tree_open(dir, name, e);
	if (fd < 0)
		return errno == ENOENT ? 0 : -1;
	rc = walk_directory(w, fd, e);
	close(fd);
	return rc;
}

static int walk_directory(struct walk *w, int fd, struct err *e)
{
	struct strlist names = STRLIST_INIT;
	size_t len = w->path.len;
	int rc = list(fd, &names, len ? w->path.buf : w->root, e);

	w->depth++;
	for (size_t i = 0; !rc && i < names.count; i++) {
		strbuf_addf(&w->path, "%s%s", len ? "/" : "", names.item[i]);
		rc = walk_entry(w, fd, names.item[i], e);
		strbuf_setlen(&w->path, len);
	}
	w->depth--;
	strlist_release(&names);
	return rc;
}

int tree_walk(int dir, const char *path, tree_fn *fn, void *ctx, struct err *e)
{
	struct walk w = {fn, ctx, path, STRBUF_INIT, 0};
	int fd = tree_open(dir, path, e), rc;

	if (fd < 0)
		return -1;
	rc = walk_directory(&w, fd, e);
	close(fd);
	strbuf_release(&w.path);
	return rc;
}

static int remove_content(int fd, dev_t dev, const char *path, struct err *e);

/* remove_below: the content of a directory of this one. */
static int remove_below(int fd, dev_t dev, const char *name, struct err *e)
{
	int below = openat(
		fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;
	int rc = -1;

	if (below < 0 || fstat(below, &st)) {
		failed("remove", name, e);
	} else if (st.st_dev != dev) {
		errno = EBUSY; /* something is mounted there */
		failed("remove", name, e);
	} else {
		rc = remove_content(below, dev, name, e);
	}
	if (below >= 0)
		close(below);
	return rc;
}

static int remove_content(int fd, dev_t dev, const char *path, struct err *e)
{
	struct strlist names = STRLIST_INIT;
	int rc = list(fd, &names, path, e);

	for (size_t i = 0; !rc && i < names.count; i++) {
		const char *name = names.item[i];

		if (!unlinkat(fd, name, 0) || errno == ENOENT)
			continue;
		if (errno != EISDIR)
			rc = failed("remove", name, e);
		else if (remove_below(fd, dev, name, e))
			rc = -1;
		else if (unlinkat(fd, name, AT_REMOVEDIR))
			rc = failed("remove", name, e);
	}
	strlist_release(&names);
	return rc;
}

int tree_remove(const char *path, struct err *e)
{
	int fd = tree_open(AT_FDCWD, path, e), rc;
	struct stat st;

	if (fd < 0)
		return errno == ENOENT ? 0 : -1;
	rc = fstat(fd, &st) ? failed("look at", path, e)
			    : remove_content(fd, st.st_dev, path, e);
	close(fd);
	if (!rc && rmdir(path))
		rc = failed("remove", path, e);
	return rc;
}
