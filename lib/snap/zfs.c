/* zfs.c: a snapshot of the ZFS file system that holds the data directory, by
 * the command. It is read below the hidden directory .zfs. Source: zfs(8). */
#include <string.h>

#include "base/child.h"
#include "base/strbuf.h"
#include "snap/mounts.h"
#include "snap/snap.h"

/* find: the file system's name and where it is mounted, in `out`; *mount
 * points to the second. */
static int find(
	const char *datadir, struct strbuf *out, char **mount, struct err *e)
{
	const char *const argv[] = {"zfs", "list", "-H", "-t", "filesystem",
		"-o", "name,mountpoint", datadir, NULL};

	if (child_capture(argv, out, e))
		return -1;
	*mount = strchr(out->buf, '\t');
	if (!*mount || (*mount)[1] != '/')
		return err_set(e, ERR_UNAVAILABLE,
			"zfs list does not say where '%s' is mounted", datadir);
	*(*mount)++ = '\0';
	(*mount)[strcspn(*mount, "\n")] = '\0';
	if (!mounts_below(datadir, *mount))
		return err_set(e, ERR_UNAVAILABLE,
			"'%s' is not below '%s', where zfs has it mounted",
			datadir, *mount);
	return 0;
}

static int zfs_probe(struct snap *snap, struct err *e)
{
	struct strbuf out = STRBUF_INIT;
	char *mount;
	int rc = find(snap->datadir, &out, &mount, e);

	strbuf_release(&out);
	return rc ? 0 : 1;
}

static int zfs_plan(struct snap *snap, struct err *e)
{
	struct strbuf out = STRBUF_INIT, text = STRBUF_INIT;
	char *mount;

	if (find(snap->datadir, &out, &mount, e)) {
		strbuf_release(&out);
		return -1;
	}
	strbuf_addf(&text, "%s@dbsnap-%s", out.buf, snap->name);
	snap->keep = strbuf_detach(&text);
	strbuf_addf(&text, "%s/.zfs/snapshot/dbsnap-%s%s",
		strcmp(mount, "/") ? mount : "", snap->name,
		mounts_below(snap->datadir, mount));
	snap->path = strbuf_detach(&text);
	strbuf_release(&out);
	return 0;
}

static int zfs_exists(const struct snap *snap, struct err *e)
{
	const char *const argv[] = {"zfs", "list", "-H", "-t", "snapshot", "-o",
		"name", snap->keep, NULL};
	struct strbuf out = STRBUF_INIT;
	int rc = child_capture(argv, &out, e);

	strbuf_release(&out);
	if (!rc)
		return 1;
	return strstr(e->msg, "does not exist") ? 0 : -1;
}

static int zfs_create(struct snap *snap, struct err *e)
{
	const char *const argv[] = {"zfs", "snapshot", snap->keep, NULL};
	struct strbuf out = STRBUF_INIT;
	int rc = child_capture(argv, &out, e);

	strbuf_release(&out);
	if (rc && strstr(e->msg, "already exists"))
		return snap_taken(snap, e);
	if (rc && e->code == ERR_OS)
		e->code = ERR_UNAVAILABLE;
	return rc;
}

static int zfs_drop(struct snap *snap, struct err *e)
{
	const char *const argv[] = {"zfs", "destroy", snap->keep, NULL};
	struct strbuf out = STRBUF_INIT;
	int rc = zfs_exists(snap, e);

	/* None there: that is how it shall be. */
	if (rc > 0)
		rc = child_capture(argv, &out, e);
	strbuf_release(&out);
	return rc;
}

const struct snap_method snap_zfs = {.name = "zfs",
	.keeps_inodes = true,
	.probe = zfs_probe,
	.plan = zfs_plan,
	.exists = zfs_exists,
	.create = zfs_create,
	.drop = zfs_drop};
