/* latest.c: see latest.h. */
#include "verify/latest.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/strbuf.h"

static bool may_be_backup(const char *name)
{
	static const char *const others[] = {".jsonl", ".prom", ".log", ".html",
		".md5", ".sha256", ".sha512", ".asc", ".sig", NULL};
	size_t len = strlen(name);

	if (name[0] == '.')
		return false;
	for (size_t i = 0; others[i]; i++) {
		size_t n = strlen(others[i]);

		if (len > n && !strcmp(name + len - n, others[i]))
			return false;
	}
	return true;
}

static bool is_newer(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec != b->tv_sec ? a->tv_sec > b->tv_sec
				      : a->tv_nsec > b->tv_nsec;
}

/* next: a file that may be a backup; one that is gone, or a link to nothing, is
 * none. Returns 1, 0 at the end, -1 with errno: what cannot be looked at may be
 * the newest, and an older one says nothing about it. */
static int next(DIR *dir, const struct dirent **entry, struct stat *status)
{
	while (errno = 0, (*entry = readdir(dir))) {
		if (!may_be_backup((*entry)->d_name))
			continue;
		if (!fstatat(dirfd(dir), (*entry)->d_name, status, 0)) {
			if (S_ISREG(status->st_mode))
				return 1;
		} else if (errno != ENOENT) {
			return -1;
		}
	}
	return errno ? -1 : 0;
}

/* Two of the same time: the later name, so that the answer is always one.
 * Returns 0, or -1 with errno; *name stays NULL if there is none. */
static int newest(DIR *dir, char **name, struct timespec *made)
{
	const struct dirent *entry;
	struct stat status;
	char *found = NULL;
	int rc;

	while ((rc = next(dir, &entry, &status)) > 0) {
		if (found && !is_newer(&status.st_mtim, made) &&
			(is_newer(made, &status.st_mtim) ||
				strcmp(entry->d_name, found) < 0))
			continue;
		free(found);
		found = xstrdup(entry->d_name);
		*made = status.st_mtim;
	}
	*name = found;
	return rc;
}

char *latest_find(const char *folder, time_t *made, struct err *e)
{
	DIR *dir = opendir(folder);
	struct strbuf path = STRBUF_INIT;
	struct timespec when = {0};
	char *name;
	int rc;

	if (!dir) {
		err_sys(e, errno == EACCES ? ERR_DENIED : ERR_NOINPUT,
			"cannot read the folder %s", folder);
		return NULL;
	}
	rc = newest(dir, &name, &when);
	if (rc)
		err_sys(e, errno == EACCES ? ERR_DENIED : ERR_IO,
			"cannot look at all backups in %s", folder);
	closedir(dir);
	if (rc) {
		free(name);
		return NULL;
	}
	if (!name) {
		err_set(e, ERR_NOINPUT, "there is no backup in %s", folder);
		return NULL;
	}
	*made = when.tv_sec;
	strbuf_addf(&path, "%s/%s", folder, name);
	free(name);
	return strbuf_detach(&path);
}
