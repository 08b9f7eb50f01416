/* private_owner.c: see private_owner.h. */
#include "db/private_owner.h"

#include <errno.h>
#include <fts.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"

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

/* give_tree: all of an existing data directory. */
static int give_tree(
	const char *path, const struct passwd *owner, struct err *e)
{
	char *const paths[] = {xstrdup(path), NULL};
	FTS *tree = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	const FTSENT *entry;
	int rc = 0;

	/* What is left out no server can read: the backup would seem bad. */
	while (!rc && tree && (errno = 0, entry = fts_read(tree))) {
		const bool unread = entry->fts_info == FTS_DNR ||
			entry->fts_info == FTS_ERR;

		if (unread)
			errno = entry->fts_errno;
		if (unread ||
			(entry->fts_info != FTS_DP &&
				lchown(entry->fts_accpath, owner->pw_uid,
					owner->pw_gid)))
			rc = err_sys(e, ERR_OS, "cannot change the owner of %s",
				entry->fts_path);
	}
	if (!rc && errno)
		rc = err_sys(e, ERR_OS, "cannot change the owner of all in %s",
			path);
	if (tree)
		fts_close(tree);
	free(paths[0]);
	return rc;
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
	return datadir ? give_tree(datadir, user, e) : 0;
}
