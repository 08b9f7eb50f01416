/* lvm.c: a snapshot of the logical volume that holds the data directory, thin
 * or thick, mounted read-only; by LVM's own commands. Making it suspends the
 * volume, which freezes its file system. Source: lvcreate(8), lvs(8).
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/child.h"
#include "base/strbuf.h"
#include "snap/mounts.h"
#include "snap/snap.h"
#include "snap/tree.h"

enum { SECTOR = 512, REMOVE_TRIES = 20, REMOVE_PAUSE_US = 250000 };

struct work {
	char volume[256];     /* "vg/lv" */
	uint64_t size, spare; /* bytes: of the volume, free in its group */
	bool thin;
};

/* device_name: what device mapper calls the file system's device, if that is a
 * logical volume. */
static bool device_name(dev_t dev, char *name, size_t size)
{
	static const char *const files[] = {"uuid", "name"};
	bool lvm = true;

	for (int i = 0; lvm && i < 2; i++) {
		char path[64];
		FILE *file;

		snprintf(path, sizeof(path), "/sys/dev/block/%u:%u/dm/%s",
			major(dev), minor(dev), files[i]);
		file = fopen(path, "re");
		lvm = file && fgets(name, (int)size, file);
		if (file)
			fclose(file);
		if (lvm && i == 0)
			lvm = !strncmp(name, "LVM-", 4);
	}
	name[lvm ? strcspn(name, "\n") : 0] = '\0';
	return lvm;
}

/* ask: columns of a volume, separated by '|'. */
static int ask(const char *volume, const char *columns, struct strbuf *out,
	struct err *e)
{
	const char *const argv[] = {"lvs", "--noheadings", "--nosuffix",
		"--units", "b", "--separator", "|", "-o", columns, volume,
		NULL};

	return child_capture(argv, out, e);
}

static int look_at(struct work *w, dev_t dev, struct err *e)
{
	char name[256] = "", path[300], vg[128], lv[128], type[32];
	struct strbuf out = STRBUF_INIT;
	int rc = 0;

	if (!device_name(dev, name, sizeof(name)))
		return err_set(e, ERR_UNAVAILABLE,
			"the data directory is not on a logical volume");
	snprintf(path, sizeof(path), "/dev/mapper/%s", name);
	if (ask(path, "vg_name,lv_name,segtype,lv_size,vg_free", &out, e))
		rc = -1;
	else if (sscanf(out.buf,
			 " %127[^|]|%127[^|]|%31[^|]|%" SCNu64 "|%" SCNu64, vg,
			 lv, type, &w->size, &w->spare) != 5)
		rc = err_set(e, ERR_UNAVAILABLE, "lvs does not know %s", path);
	if (!rc) {
		snprintf(w->volume, sizeof(w->volume), "%.127s/%.127s", vg, lv);
		w->thin = !strcmp(type, "thin");
	}
	strbuf_release(&out);
	return rc;
}

static int lvm_probe(struct snap *snap, struct err *e)
{
	struct mount_entry mount;
	struct work w;
	int rc;

	if (mounts_find(&mount, snap->datadir, e))
		return -1;
	rc = look_at(&w, mount.dev, e);
	if (!rc && strcmp(mount.type, "xfs") != 0 &&
		strcmp(mount.type, "ext4") != 0)
		rc = err_set(e, ERR_UNAVAILABLE,
			"the logical volume has a file system %s, not xfs or "
			"ext4",
			mount.type);
	if (!rc && geteuid())
		rc = err_set(e, ERR_DENIED,
			"only root can make a snapshot of a logical volume");
	mounts_release(&mount);
	return rc ? 0 : 1;
}

static int lvm_plan(struct snap *snap, struct err *e)
{
	struct strbuf text = STRBUF_INIT;
	struct work *w = xcalloc(1, sizeof(*w));
	struct mount_entry mount;
	int rc;

	snap->work = w;
	if (mounts_find(&mount, snap->datadir, e))
		return -1;
	rc = look_at(w, mount.dev, e);
	strbuf_addf(&text, "%.*s/dbsnap-%s", (int)strcspn(w->volume, "/"),
		w->volume, snap->name);
	snap->keep = strbuf_detach(&text);
	strbuf_addf(&text, "%s/%s.mnt", snap->state, snap->name);
	snap->mount = xstrdup(text.buf);
	strbuf_addstr(&text, mount.inside);
	snap->path = strbuf_detach(&text);
	mounts_release(&mount);
	if (!rc && !w->thin && !w->spare) {
		err_set(e, ERR_UNAVAILABLE,
			"the volume group of %s has no free space for what a "
			"snapshot keeps",
			w->volume);
		rc = err_hint(e,
			"add a disk with vgextend, or make the volume smaller");
	}
	return rc;
}

/* lvm_settle: what has to be written before the volume can be suspended. */
static int lvm_settle(struct snap *snap, struct err *e)
{
	int fd = tree_open(AT_FDCWD, snap->datadir, e);

	if (fd < 0)
		return -1;
	syncfs(fd);
	close(fd);
	return 0;
}

/* room: of a thick snapshot: as asked for, or a fifth of the volume, as far as
 * the group has that; in whole sectors, or lvcreate refuses it. */
static uint64_t room(const struct snap *snap, const struct work *w)
{
	uint64_t bytes = snap->size ? snap->size : w->size / 5;

	if (!snap->size && bytes > w->spare)
		bytes = w->spare;
	return (bytes + SECTOR - 1) / SECTOR * SECTOR;
}

static int lvm_exists(const struct snap *snap, struct err *e)
{
	const char *volume = snap->keep;
	const char *name = strchr(volume, '/') + 1;
	char group[128], chosen[128];
	const char *const argv[] = {"lvs", "--noheadings", "-o", "lv_name",
		"--select", chosen, group, NULL};
	struct strbuf out = STRBUF_INIT;
	int rc;

	snprintf(
		group, sizeof(group), "%.*s", (int)(name - volume - 1), volume);
	snprintf(chosen, sizeof(chosen), "lv_name=%s", name);
	rc = child_capture(argv, &out, e);
	if (!rc)
		rc = strstr(out.buf, name) != NULL;
	strbuf_release(&out);
	return rc;
}

static int lvm_create(struct snap *snap, struct err *e)
{
	const struct work *w = snap->work;
	const char *name = strchr(snap->keep, '/') + 1;
	struct strbuf out = STRBUF_INIT;
	char size[32];
	/* Thin ones are skipped at activation unless told otherwise. */
	const char *const thin[] = {"lvcreate", "--quiet", "--yes",
		"--snapshot", "--setactivationskip", "n", "--name", name,
		w->volume, NULL};
	const char *const thick[] = {"lvcreate", "--quiet", "--yes",
		"--snapshot", "--name", name, "--size", size, w->volume, NULL};
	int rc;

	snprintf(size, sizeof(size), "%" PRIu64 "b", room(snap, w));
	/* It closes our lock with all that it does not know, so it must not
	 * begin when we are gone. Behind the volume group's lock it blocks
	 * signals (lib/misc/lvm-signal.c in its source): it makes all or
	 * nothing. */
	rc = child_capture_bound(w->thin ? thin : thick, SIGTERM, &out, e);
	strbuf_release(&out);
	if (rc && strstr(e->msg, "already exists"))
		return snap_taken(snap, e);
	if (rc && e->code == ERR_OS)
		e->code = ERR_UNAVAILABLE;
	return rc;
}

/* lvm_finish: mount it, if it is not. Its file system has the identity of the
 * one it was taken of, which XFS refuses by itself (case 63). Not read-only for
 * the device: the journal must be played back. */
static int lvm_finish(struct snap *snap, struct err *e)
{
	struct mount_entry source;
	struct strbuf device = STRBUF_INIT, out = STRBUF_INIT;
	int rc = 0;

	if (mounts_is_point(snap->mount))
		return 0;
	if (mounts_find(&source, snap->datadir, e))
		return -1;
	strbuf_addf(&device, "/dev/%s", snap->keep);
	if (mkdir(snap->mount, 0700) && errno != EEXIST)
		rc = err_sys(
			e, ERR_CANTCREATE, "cannot create %s", snap->mount);
	if (!rc) {
		const char *const argv[] = {"mount", "-t", source.type, "-o",
			!strcmp(source.type, "xfs")
				? "ro,nosuid,nodev,noexec,nouuid"
				: "ro,nosuid,nodev,noexec",
			device.buf, snap->mount, NULL};

		rc = child_capture(argv, &out, e);
	}
	mounts_release(&source);
	strbuf_release(&device);
	strbuf_release(&out);
	return rc;
}

/* is_broken: by lv_attr and data_percent. A thick snapshot is worth nothing
 * once it is full; a thin one shares the room of its pool, and what is in it
 * stays readable, unless it has failed. Source: lvs(8). */
static bool is_broken(const char *attr, double used)
{
	if (strlen(attr) < 9)
		return true;
	/* State: invalid, or invalid and suspended. Health: failed. */
	return attr[4] == 'I' || attr[4] == 'S' || attr[8] == 'F' ||
		(attr[0] == 's' && used >= 100);
}

static int lvm_check(const struct snap *snap, int *percent, struct err *e)
{
	struct strbuf out = STRBUF_INIT;
	char attr[16] = "";
	double used = -1;
	int rc = ask(snap->keep, "lv_attr,data_percent", &out, e);

	if (!rc) {
		sscanf(out.buf, " %15[^|]|%lf", attr, &used);
		*percent = (int)used;
	}
	strbuf_release(&out);
	if (rc)
		return rc;
	if (!is_broken(attr, used))
		return 0;
	err_set(e, ERR_IO,
		"snapshot %s has overflowed: more was changed than it has room "
		"for, so it is worth nothing",
		snap->keep);
	return err_hint(e,
		"give it more room with --size, or the thin pool more space");
}

static int unmount(const struct snap *snap, struct err *e)
{
	if (mounts_is_point(snap->mount) && umount2(snap->mount, 0))
		return err_sys(e, ERR_IO, "cannot unmount %s", snap->mount);
	if (rmdir(snap->mount) && errno != ENOENT)
		return err_sys(e, ERR_IO, "cannot remove %s", snap->mount);
	return 0;
}

/* Somebody may have the device open for a moment: udev looks at new ones. */
static int lvm_drop(struct snap *snap, struct err *e)
{
	const char *const argv[] = {
		"lvremove", "--quiet", "--yes", "--force", snap->keep, NULL};
	struct strbuf out = STRBUF_INIT;
	int there = unmount(snap, e) ? -1 : lvm_exists(snap, e);

	for (int i = 0; there > 0 && i < REMOVE_TRIES; i++) {
		if (!child_capture(argv, &out, e))
			there = 0;
		else if (i + 1 < REMOVE_TRIES)
			usleep(REMOVE_PAUSE_US);
	}
	strbuf_release(&out);
	return there ? -1 : 0;
}

const struct snap_method snap_lvm = {.name = "lvm",
	.keeps_inodes = true,
	.probe = lvm_probe,
	.plan = lvm_plan,
	.settle = lvm_settle,
	.exists = lvm_exists,
	.create = lvm_create,
	.finish = lvm_finish,
	.check = lvm_check,
	.drop = lvm_drop};
