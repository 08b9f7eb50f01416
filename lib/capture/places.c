/* places.c: a server's files, and what of them a snapshot would not hold. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/prog.h"
#include "capture/capture_internal.h"

/* note_binlog: a position is worth more with the log that it points to. */
static void note_binlog(const struct snap *snap, const char *basename)
{
	char *dir = xstrdup(basename), *slash = strrchr(dir, '/');
	struct err outside;

	*(slash ? slash : dir) = '\0';
	if (snap_inside(snap, "log_bin_basename", dir, &outside))
		log_info("the binary logs are in '%s' and are not part of the "
			 "snapshot",
			dir);
	free(dir);
}

/* check_redo: without it what was frozen is worth nothing. MySQL 8.0.30 and
 * later have a directory of that name for it. */
static int check_redo(const char *dir, struct err *e)
{
	static const char *const names[] = {"ib_logfile0", "#innodb_redo"};
	struct strbuf path = STRBUF_INIT;
	struct stat st;
	bool found = false;

	for (size_t i = 0; !found && i < 2; i++) {
		strbuf_reset(&path);
		strbuf_addf(&path, "%s/%s", dir, names[i]);
		found = !lstat(path.buf, &st);
	}
	strbuf_release(&path);
	if (found)
		return 0;
	err_set(e, ERR_UNAVAILABLE,
		"innodb_log_group_home_dir is '%s', where no redo log can be "
		"seen",
		dir);
	return err_hint(e,
		"is that directory another one for the server than here? Then "
		"give both the same path; or dump with dbdump");
}

static int check_places(
	const struct freeze_places *p, const struct snap *snap, struct err *e)
{
	const struct {
		const char *name, *path;
	} inside[] = {{"innodb_log_group_home_dir", p->redo},
		{"innodb_undo_directory", p->undo},
		{"innodb_data_home_dir", p->data_home},
		{"aria_log_dir_path", p->aria}, {"rocksdb_datadir", p->rocksdb},
		{"rocksdb_wal_dir", p->rocksdb_wal}};

	for (size_t i = 0; i < sizeof(inside) / sizeof(*inside); i++)
		if (snap_inside(snap, inside[i].name, inside[i].path, e))
			return -1;
	if (p->redo && check_redo(p->redo, e))
		return -1;
	if (p->data_file_path && strchr(p->data_file_path, '/'))
		return err_set(e, ERR_UNAVAILABLE,
			"innodb_data_file_path is '%s', with directories, and "
			"would not all be in the snapshot",
			p->data_file_path);
	if (p->binlog)
		note_binlog(snap, p->binlog);
	return 0;
}

int capture_places(struct capture *c, struct err *e)
{
	const struct freeze_places *places = &c->freeze.places;
	const struct capture_options *options = c->options;

	if (freeze_open(&c->freeze, &options->server, &options->freeze, e))
		return -1;
	c->snap.datadir = realpath(places->datadir, NULL);
	if (!c->snap.datadir)
		return err_sys(e, ERR_NOINPUT, "cannot find data directory %s",
			places->datadir);
	c->snap.innodb = places->redo != NULL;
	c->snap.rocksdb = places->rocksdb != NULL;
	c->snap.mysql = c->freeze.flavor.vendor == VENDOR_MYSQL;
	return check_places(places, &c->snap, e);
}

/* inode_of: its number; 0: there is none. */
static ino_t inode_of(const char *dir, const char *name)
{
	struct strbuf path = STRBUF_INIT;
	struct stat st;
	bool found;

	strbuf_addf(&path, "%s/%s", dir, name);
	found = !stat(path.buf, &st);
	strbuf_release(&path);
	return found ? st.st_ino : 0;
}

/* By what every server has in its data directory: the root of a file system
 * has another number in a snapshot of ZFS (zfs_getattr_fast in its source), and
 * the same one for all in btrfs. */
int capture_check_path(const struct snap *snap, struct err *e)
{
	const char *name = inode_of(snap->datadir, "mysql") ? "mysql" : ".";

	if (!snap->method->keeps_inodes ||
		inode_of(snap->path, name) == inode_of(snap->datadir, name))
		return 0;
	err_set(e, ERR_UNAVAILABLE,
		"'%s' in the snapshot is not what the server has as '%s'",
		snap->path, snap->datadir);
	return err_hint(e,
		"is that mounted from elsewhere? Then let the server's datadir "
		"be the place that it is mounted from; or dump with dbdump");
}
