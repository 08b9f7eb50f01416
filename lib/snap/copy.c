/* copy.c: for what cannot be frozen: a copy by mariadb-backup, which takes the
 * locks that it needs itself, prepared, so that a server can start on it.
 * Source: MariaDB manual, "mariadb-backup". */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/child.h"
#include "base/strbuf.h"
#include "snap/snap.h"
#include "snap/tree.h"

static int copy_probe(struct snap *snap, struct err *e)
{
	const char *const argv[] = {"mariadb-backup", "--version", NULL};
	struct strbuf out = STRBUF_INIT;
	int rc;

	if (snap->mysql) {
		err_set(e, ERR_UNAVAILABLE,
			"mariadb-backup copies no server of MySQL");
		err_hint(e, "use --method=btrfs, lvm or zfs, or dbdump");
		return 0;
	}
	rc = child_capture(argv, &out, e);
	strbuf_release(&out);
	return rc ? 0 : 1;
}

static int give_back(void *ctx, const struct tree_entry *entry, struct err *e)
{
	const struct stat *owner = ctx;

	if (!fchownat(entry->dir, entry->name, owner->st_uid, owner->st_gid,
		    AT_SYMLINK_NOFOLLOW) ||
		errno == EPERM)
		return 0;
	return err_sys(e, ERR_IO, "cannot change the owner of %s", entry->path);
}

/* run: mariadb-backup, which blocks SIGTERM. What it may do it checks first. */
static int run(const char *const *argv, struct strbuf *out, struct err *e)
{
	int rc = child_capture_bound(argv, SIGKILL, out, e);

	if (rc && strstr(e->msg, "missing required privilege"))
		e->code = ERR_DENIED;
	else if (rc && strstr(e->msg, strerror(ENOSPC)))
		e->code = ERR_IO;
	return rc;
}

/* back_up: of the server that snap->login names, whatever stands in option
 * files. */
static int back_up(const struct snap *snap, const char *client, const char *to,
	struct strbuf *out, struct err *e)
{
	enum { FIXED = 4 };
	const char **argv =
		xcalloc(FIXED + snap->login.count + 1, sizeof(*argv));
	int rc;

	argv[0] = "mariadb-backup";
	argv[1] = client; /* the first one, or it is none of its options */
	argv[2] = "--backup";
	argv[3] = to;
	for (size_t i = 0; i < snap->login.count; i++)
		argv[FIXED + i] = snap->login.item[i];
	rc = run(argv, out, e);
	free(argv);
	return rc;
}

static int copy_create(struct snap *snap, struct err *e)
{
	struct strbuf client = STRBUF_INIT, to = STRBUF_INIT, out = STRBUF_INIT;
	struct stat owner;
	int rc;

	strbuf_addf(&client, "--defaults-extra-file=%s/" SNAP_CLIENT_FILE,
		snap->keep);
	strbuf_addf(&to, "--target-dir=%s", snap->path);
	{
		const char *const prepare[] = {
			"mariadb-backup", "--prepare", to.buf, NULL};

		rc = back_up(snap, client.buf, to.buf, &out, e) ||
			run(prepare, &out, e);
	}
	/* All of it shall be the server's, as in the directory itself. */
	if (!rc && stat(snap->datadir, &owner))
		rc = err_sys(e, ERR_IO, "cannot look at %s", snap->datadir);
	if (!rc)
		rc = tree_walk(AT_FDCWD, snap->keep, give_back, &owner, e);
	strbuf_release(&client);
	strbuf_release(&to);
	strbuf_release(&out);
	return rc ? -1 : 0;
}

static int copy_drop(struct snap *snap, struct err *e)
{
	return tree_remove(snap->keep, e);
}

const struct snap_method snap_copy = {.name = "copy",
	.self_locking = true,
	.probe = copy_probe,
	.plan = snap_plan_directory,
	.exists = snap_exists_directory,
	.settle = snap_make_directory,
	.create = copy_create,
	.drop = copy_drop};
