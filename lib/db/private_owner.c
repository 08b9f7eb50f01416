/* private_owner.c: see private_owner.h. */
#include "db/private_owner.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/strbuf.h"

/* may_reach: every folder on the way lets everybody through. */
static bool may_reach(const char *folder)
{
	char *path = xstrdup(folder), *slash;
	bool may = true;

	while (may && (slash = strrchr(path, '/')) && slash > path) {
		struct stat status;

		*slash = '\0';
		may = !stat(path, &status) && status.st_mode & S_IXOTH;
	}
	free(path);
	return may;
}

static int give(const char *path, const struct passwd *owner, struct err *e);

/* give_all_in: not by fts(3) or nftw(3), to which a folder ends where it cannot
 * be read. What is left out no server can read: the backup would seem bad. */
static int give_all_in(
	const char *path, const struct passwd *owner, struct err *e)
{
	struct strbuf inner = STRBUF_INIT;
	DIR *dir = opendir(path);
	const struct dirent *entry;
	int rc = 0;

	while (!rc && dir && (errno = 0, entry = readdir(dir))) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		strbuf_reset(&inner);
		strbuf_addf(&inner, "%s/%s", path, entry->d_name);
		rc = give(inner.buf, owner, e);
	}
	if (!rc && errno)
		rc = err_sys(e, ERR_OS, "cannot change the owner of all in %s",
			path);
	if (dir)
		closedir(dir);
	strbuf_release(&inner);
	return rc;
}

/* give: a folder last, so that until then nobody else moves what is in it. */
static int give(const char *path, const struct passwd *owner, struct err *e)
{
	struct stat status;

	if (lstat(path, &status))
		return err_sys(e, ERR_OS, "cannot look at %s", path);
	if (S_ISDIR(status.st_mode) && give_all_in(path, owner, e))
		return -1;
	return lchown(path, owner->pw_uid, owner->pw_gid)
		? err_sys(e, ERR_OS, "cannot change the owner of %s", path)
		: 0;
}

int private_owner_give(const struct passwd **owner, const char *outer,
	const char *folder, const char *datadir, struct err *e)
{
	const struct passwd *user;

	*owner = NULL;
	if (mkdir(folder, 0700))
		return err_sys(e, ERR_CANTCREATE, "cannot make %s", folder);
	user = geteuid() ? NULL : getpwnam("mysql");
	/* Debian's mariadb-server-core makes none. */
	if (!user && !geteuid())
		user = getpwnam("nobody");
	if (!user || !may_reach(outer) ||
		chown(outer, (uid_t)-1, user->pw_gid) || chmod(outer, 0710) ||
		chown(folder, user->pw_uid, user->pw_gid))
		return 0;
	*owner = user;
	return datadir ? give(datadir, user, e) : 0;
}
