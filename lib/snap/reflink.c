/* reflink.c: a snapshot made file by file, each in an instant, by sharing its
 * blocks (XFS, btrfs). Source: ioctl_ficlone(2).
 *
 * A clone of one file is atomic, for it waits for the writes on their way and
 * keeps off others; those of several files are of different instants. What is
 * copied early does not change any more, or is a tablespace of InnoDB, which
 * the redo log, copied last of all, brings to the state at its end (redo.h).
 * The rest, logs, tables of Aria and those that the server itself writes to, is
 * copied early, too, and while commits wait, what of it has changed since then
 * once more.
 *
 * Aria writes to its files also while commits wait. Its recovery begins at the
 * checkpoint that its control file states, and takes for granted that the
 * tables hold what was logged before; and they must not hold what is not in the
 * log. So, then: control file, tables, log.
 *
 * Binary and relay logs go on as well, and FLUSH LOGS and the thread that
 * receives events start new ones, and PURGE removes old ones: what names logs
 * is cloned first, an index again and again until all that it names has been
 * cloned right behind it, for a server does not start without the newest one.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/io.h"
#include "base/strbuf.h"
#include "base/strmap.h"
#include "snap/redo.h"
#include "snap/rules.h"
#include "snap/share.h"
#include "snap/snap.h"
#include "snap/tree.h"

static const char aria_control[] = "aria_log_control";

/* A file's times move on by ticks of the kernel's clock, so that one written to
 * twice in a tick may look unchanged the second time. After this time it does
 * not: by far longer than a tick. */
enum { SETTLED_SECONDS = 1 };

/* Of an index of logs. The tries are bounded, for commits wait, and what it
 * names may have gone for good. */
enum {
	INDEX_TRIES = 50,
	INDEX_MOST = 4 * 1024 * 1024 /* bytes of it that are read */
};

/* A clone that may not be the last one of its file. */
struct clone {
	ino_t ino;
	struct timespec changed; /* of the file, when it was cloned */
	bool settled;            /* that was a while ago */
	bool there;              /* still, while commits wait */
};

struct work {
	int from, to; /* data directory, and the copy of it */
	struct redo_mark mark;
	struct clone *clones;
	size_t count, cap;
	struct strmap index; /* of the clones, from 1 on, by their paths */
	struct strmap late;  /* directories that they are in, and above those */
	struct strmap lists; /* of these, those of what names logs */
};

/* What a walk needs to know. */
struct pass {
	struct snap *snap;
	struct work *work;
};

/* is_last: of all, and while commits wait, whatever it looks like. */
static bool is_last(const char *path)
{
	return !strcmp(path, REDO_NAME) || !strcmp(path, aria_control);
}

/* note_directories: all that lead to a file. */
static void note_directories(struct strmap *to, const char *path)
{
	for (const char *slash = strchr(path, '/'); slash;
		slash = strchr(slash + 1, '/')) {
		char *dir = xstrndup(path, (size_t)(slash - path));

		strmap_add(to, dir);
		free(dir);
	}
}

/* note_clone: what the file is like that is going to be cloned. */
static void note_clone(struct work *w, const struct tree_entry *entry)
{
	const struct timespec changed = entry->st.st_ctim;
	struct timespec now;

	clock_gettime(CLOCK_REALTIME_COARSE, &now);
	w->clones =
		grow_array(w->clones, w->count, &w->cap, sizeof(*w->clones));
	w->clones[w->count++] = (struct clone){.ino = entry->st.st_ino,
		.changed = changed,
		.settled = now.tv_sec - changed.tv_sec > SETTLED_SECONDS};
	*strmap_add(&w->index, entry->path) = w->count;
	note_directories(&w->late, entry->path);
	if (rules_log_list(entry->path))
		note_directories(&w->lists, entry->path);
}

/* has_late: a directory, in which something may still change. */
static bool has_late(const struct work *w, const char *path)
{
	return !w || strmap_find(&w->late, path);
}

/* is_cloned: there is a clone, and the file is as it was. */
static bool is_cloned(struct work *w, const struct tree_entry *entry)
{
	const uint64_t *index = strmap_find(&w->index, entry->path);
	struct clone *clone;

	if (!index)
		return false;
	clone = &w->clones[*index - 1];
	clone->there = true;
	return clone->settled && clone->ino == entry->st.st_ino &&
		clone->changed.tv_sec == entry->st.st_ctim.tv_sec &&
		clone->changed.tv_nsec == entry->st.st_ctim.tv_nsec;
}

static int clone_early(void *ctx, const struct tree_entry *entry, struct err *e)
{
	const struct pass *p = ctx;

	if (rules_unwanted(entry, p->snap->exclude))
		return 1;
	if (rules_check_engine(entry, e))
		return -1;
	if (S_ISDIR(entry->st.st_mode))
		return share_directory(p->work->to, entry, e);
	if (is_last(entry->path))
		return 0;
	if (!rules_early(entry->path))
		note_clone(p->work, entry);
	return share_file(p->work->to, entry, e);
}

/* clone_again: unless the clone that there is will do. */
static int clone_again(
	struct work *w, const struct tree_entry *entry, struct err *e)
{
	if (is_cloned(w, entry))
		return 0;
	if (unlinkat(w->to, entry->path, 0) && errno != ENOENT)
		return err_sys(e, ERR_IO, "cannot replace the copy of %s",
			entry->path);
	return share_file(w->to, entry, e);
}

/* clone_log: as clone_again. If it is purged just now, what there is stays: an
 * index may name it. */
static int clone_log(
	struct work *w, const struct tree_entry *entry, struct err *e)
{
	static const char kept[] = ".dbpipes-kept";
	int rc;

	if (is_cloned(w, entry))
		return 0;
	if (renameat(w->to, entry->path, w->to, kept))
		return share_file(w->to, entry, e);
	if (share_file(w->to, entry, e))
		return -1;
	rc = faccessat(w->to, entry->path, F_OK, AT_SYMLINK_NOFOLLOW)
		? renameat(w->to, kept, w->to, entry->path)
		: unlinkat(w->to, kept, 0);
	return rc ? err_sys(e, ERR_IO, "cannot replace the copy of %s",
			    entry->path)
		  : 0;
}

/* look_at: what a file is like. -1: it is not there, and e->code is not set; or
 * that cannot be seen. */
static int look_at(struct tree_entry *entry, struct err *e)
{
	e->code = ERR_NONE;
	if (!fstatat(entry->dir, entry->name, &entry->st, AT_SYMLINK_NOFOLLOW))
		return 0;
	return errno == ENOENT
		? -1
		: err_sys(e, ERR_IO, "cannot look at %s", entry->path);
}

/* clone_named: a log that an index names, which is beside it. Returns 1, 0 if
 * it is not there, -1. */
static int clone_named(const struct pass *p, const struct tree_entry *index,
	const char *name, struct err *e)
{
	struct strbuf path = STRBUF_INIT;
	struct tree_entry log = {.dir = index->dir, .name = name};
	int rc = 1;

	strbuf_add(
		&path, index->path, strlen(index->path) - strlen(index->name));
	strbuf_addstr(&path, name);
	log.path = path.buf;
	if (look_at(&log, e))
		rc = e->code ? -1 : 0;
	else if (!S_ISREG(log.st.st_mode) || !rules_log(log.path) ||
		rules_unwanted(&log, p->snap->exclude))
		rc = 1;
	else if (clone_again(p->work, &log, e))
		rc = -1;
	else
		rc = !faccessat(
			p->work->to, log.path, F_OK, AT_SYMLINK_NOFOLLOW);
	strbuf_release(&path);
	return rc;
}

/* clone_all_named: those of an index that was cloned. Returns as clone_named.
 */
static int clone_all_named(
	const struct pass *p, const struct tree_entry *index, struct err *e)
{
	int fd = openat(
		p->work->to, index->path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	struct strbuf text = STRBUF_INIT;
	char *rest, *line;
	ssize_t n;
	int rc = 1;

	if (fd < 0 && errno == ENOENT)
		return 1; /* it has vanished itself */
	if (fd < 0)
		return err_sys(
			e, ERR_IO, "cannot open the copy of %s", index->path);
	strbuf_grow(&text, INDEX_MOST);
	n = io_read_full(fd, text.buf, INDEX_MOST, index->path, e);
	close(fd);
	strbuf_setlen(&text, n > 0 ? (size_t)n : 0);
	rest = text.buf;
	if (n < 0)
		rc = -1;
	while (rc > 0 && (line = strsep(&rest, "\n"))) {
		const char *slash = strrchr(line, '/');
		const char *name = slash ? slash + 1 : line;

		if (*name)
			rc = clone_named(p, index, name, e);
	}
	strbuf_release(&text);
	return rc;
}

/* clone_index: and what it names. One may name what is elsewhere, or has gone
 * for good: that ends the tries, too. */
static int clone_index(
	const struct pass *p, const struct tree_entry *entry, struct err *e)
{
	struct tree_entry now = *entry;
	int rc = 0;

	for (int i = 0; !rc && i < INDEX_TRIES; i++) {
		if (look_at(&now, e))
			return e->code ? -1 : 0;
		rc = clone_again(p->work, &now, e)
			? -1
			: clone_all_named(p, &now, e);
	}
	return rc < 0 ? -1 : 0;
}

/* clone_lists: what names logs. A log that is seen here stays, though it may be
 * purged before its turn comes: it may be named. */
static int clone_lists(void *ctx, const struct tree_entry *entry, struct err *e)
{
	const struct pass *p = ctx;

	if (rules_unwanted(entry, p->snap->exclude))
		return 1;
	if (S_ISDIR(entry->st.st_mode))
		return !strmap_find(&p->work->lists, entry->path);
	if (rules_log_index(entry->path))
		return clone_index(p, entry, e);
	if (rules_log_list(entry->path))
		return clone_again(p->work, entry, e);
	is_cloned(p->work, entry);
	return 0;
}

/* clone_late: only directories with such files are looked at: commits wait for
 * it. */
static int clone_late(void *ctx, const struct tree_entry *entry, struct err *e)
{
	const struct pass *p = ctx;

	if (rules_unwanted(entry, p->snap->exclude))
		return 1;
	if (S_ISDIR(entry->st.st_mode))
		return !has_late(p->work, entry->path);
	if (rules_early(entry->path) || is_last(entry->path) ||
		rules_aria_log(entry->path) || rules_log_list(entry->path))
		return 0;
	if (rules_log(entry->path))
		return clone_log(p->work, entry, e);
	return clone_again(p->work, entry, e);
}

/* clone_aria_log: behind the tables; it is in the data directory itself. */
static int clone_aria_log(
	void *ctx, const struct tree_entry *entry, struct err *e)
{
	const struct pass *p = ctx;

	if (S_ISDIR(entry->st.st_mode) || !rules_aria_log(entry->path) ||
		rules_unwanted(entry, p->snap->exclude))
		return 1;
	return clone_again(p->work, entry, e);
}

/* forget_gone: clones of files that were removed before commits waited: logs
 * that have been purged. */
static void forget_gone(const struct work *w)
{
	for (size_t i = 0; i < w->index.slots; i++) {
		const struct strmap_entry *at = &w->index.slot[i];

		if (at->name && !w->clones[at->value - 1].there)
			unlinkat(w->to, at->name, 0);
	}
}

/* clone_one: a file of the data directory by its name; none: done. */
static int clone_one(struct work *w, const char *name, struct err *e)
{
	struct tree_entry entry = {w->from, name, name, {0}};

	if (look_at(&entry, e))
		return e->code ? -1 : 0;
	return share_file(w->to, &entry, e);
}

/* suits: whether the redo log is one that can be copied after the rest. */
static int suits(const struct snap *snap, struct err *e)
{
	struct redo_mark mark;
	int from = tree_open(AT_FDCWD, snap->datadir, e);
	int rc = from < 0 ? -1 : redo_mark_read(&mark, from, e);

	if (from >= 0)
		close(from);
	return !rc ? 1 : e->code == ERR_UNAVAILABLE ? 0 : -1;
}

static int reflink_probe(struct snap *snap, struct err *e)
{
	char *place;
	int dir, fits = 0;

	if (snap->rocksdb) {
		err_set(e, ERR_UNAVAILABLE,
			"the server runs RocksDB, whose files can only be "
			"frozen all at once");
		return 0;
	}
	dir = snap_directory(snap, &place, e);
	if (dir >= 0) {
		fits = share_try(dir, snap->datadir, e);
		close(dir);
	}
	free(place);
	return fits > 0 ? suits(snap, e) : fits;
}

static int open_both(struct snap *snap, struct work *w, struct err *e)
{
	struct stat st;

	w->from = tree_open(AT_FDCWD, snap->datadir, e);
	if (w->from < 0)
		return -1;
	if (snap_make_directory(snap, e))
		return -1;
	if (fstat(w->from, &st) || mkdir(snap->path, 0700))
		return err_sys(
			e, ERR_CANTCREATE, "cannot create %s", snap->path);
	w->to = tree_open(AT_FDCWD, snap->path, e);
	if (w->to < 0)
		return -1;
	share_attributes(w->to, &st);
	return 0;
}

/* sync_late: what is still to be written to disk of the files that are cloned
 * while commits wait; a clone would wait for it. */
static int sync_late(void *ctx, const struct tree_entry *entry, struct err *e)
{
	const struct pass *p = ctx;
	int fd;

	(void)e;
	if (rules_unwanted(entry, p->snap->exclude))
		return 1;
	if (S_ISDIR(entry->st.st_mode))
		return !has_late(p->work, entry->path);
	if (rules_early(entry->path))
		return 0;
	fd = openat(entry->dir, entry->name,
		O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd >= 0) {
		fdatasync(fd);
		close(fd);
	}
	return 0;
}

static int reflink_settle(struct snap *snap, struct err *e)
{
	struct pass pass = {.snap = snap, .work = snap->work};

	return tree_walk(AT_FDCWD, snap->datadir, sync_late, &pass, e);
}

static void close_work(struct snap *snap)
{
	struct work *w = snap->work;

	if (w && w->from >= 0)
		close(w->from);
	if (w && w->to >= 0)
		close(w->to);
	if (w) {
		free(w->clones);
		strmap_release(&w->index);
		strmap_release(&w->late);
		strmap_release(&w->lists);
	}
	free(w);
	snap->work = NULL;
}

static int reflink_early(struct snap *snap, struct err *e)
{
	struct work *w = xcalloc(1, sizeof(*w));
	struct pass pass = {.snap = snap, .work = w};

	w->from = w->to = -1;
	snap->work = w;
	if (open_both(snap, w, e) || redo_mark_read(&w->mark, w->from, e))
		return -1;
	if (snap->innodb && !w->mark.lsn)
		return err_set(e, ERR_UNAVAILABLE,
			"there is no " REDO_NAME " in '%s'", snap->datadir);
	return tree_walk(w->from, ".", clone_early, &pass, e);
}

/* In this order: see above. */
static int reflink_create(struct snap *snap, struct err *e)
{
	struct work *w = snap->work;
	struct pass pass = {.snap = snap, .work = w};

	if (clone_one(w, aria_control, e) ||
		tree_walk(w->from, ".", clone_lists, &pass, e) ||
		tree_walk(w->from, ".", clone_late, &pass, e) ||
		tree_walk(w->from, ".", clone_aria_log, &pass, e))
		return -1;
	return clone_one(w, REDO_NAME, e);
}

static int reflink_right(struct snap *snap, uint64_t redo_end, struct err *e)
{
	const struct work *w = snap->work;

	(void)e;
	return redo_mark_holds(&w->mark, w->from, redo_end);
}

static int reflink_finish(struct snap *snap, struct err *e)
{
	struct work *w = snap->work;
	int fd, rc = 0;

	forget_gone(w);
	if (w->mark.lsn) {
		fd = openat(
			w->to, REDO_NAME, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
		rc = fd < 0
			? err_sys(e, ERR_IO, "cannot open the snapshot's %s",
				  REDO_NAME)
			: redo_mark_write(&w->mark, fd, e);
		if (fd >= 0)
			close(fd);
	}
	close_work(snap);
	return rc;
}

static int reflink_drop(struct snap *snap, struct err *e)
{
	close_work(snap);
	return tree_remove(snap->keep, e);
}

const struct snap_method snap_reflink = {.name = "reflink",
	.probe = reflink_probe,
	.plan = snap_plan_directory,
	.exists = snap_exists_directory,
	.settle = reflink_settle,
	.early = reflink_early,
	.create = reflink_create,
	.right = reflink_right,
	.finish = reflink_finish,
	.drop = reflink_drop};
