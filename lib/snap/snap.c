/* snap.c: see snap.h. */
#include "snap/snap.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/prog.h"
#include "base/strbuf.h"
#include "snap/rules.h"
#include "snap/tree.h"

/* In the order in which `auto` tries them: those that freeze all at once
 * before the one that goes file by file. */
static const struct snap_method *const methods[] = {
	&snap_zfs, &snap_btrfs, &snap_reflink, &snap_lvm, &snap_copy, NULL};

const struct snap_method *snap_method_by_name(const char *name)
{
	for (size_t i = 0; methods[i]; i++)
		if (!strcmp(methods[i]->name, name))
			return methods[i];
	return NULL;
}

static int choose_named(struct snap *snap, const char *name, struct err *e)
{
	int fits;

	snap->method = snap_method_by_name(name);
	if (!snap->method)
		return err_set(e, ERR_BUG, "there is no method %s", name);
	fits = snap->method->probe(snap, e);
	if (!fits)
		err_prefix(e, "--method=%s: ", name);
	return fits > 0 ? 0 : -1;
}

int snap_choose(struct snap *snap, const char *name, struct err *e)
{
	struct strbuf reasons = STRBUF_INIT;
	int fits = 0;

	if (strcmp(name, "auto") != 0)
		return choose_named(snap, name, e);
	for (size_t i = 0; !fits && methods[i] != &snap_copy; i++) {
		snap->method = methods[i];
		fits = methods[i]->probe(snap, e);
		if (!fits)
			strbuf_addf(&reasons, "%s%s: %s",
				reasons.len ? "; " : "", methods[i]->name,
				e->msg);
	}
	if (!fits) {
		err_set(e, ERR_UNAVAILABLE, "nothing can freeze '%s': %s",
			snap->datadir, reasons.buf);
		err_hint(e, "%sdbdump works everywhere",
			snap->mysql ? ""
				    : "--method=copy copies it with "
				      "mariadb-backup; ");
	}
	strbuf_release(&reasons);
	return fits > 0 ? 0 : -1;
}

/* What an inspection needs to know. */
struct inspection {
	const struct snap *snap;
	dev_t dev;
};

static int inspect(void *ctx, const struct tree_entry *entry, struct err *e)
{
	const struct inspection *i = ctx;

	if (rules_unwanted(entry, i->snap->exclude))
		return 1;
	return rules_check(entry, i->dev, e);
}

int snap_inspect(const struct snap *snap, struct err *e)
{
	struct inspection i = {.snap = snap};
	struct stat st;

	if (stat(snap->datadir, &st))
		return err_sys(e, ERR_NOINPUT,
			"cannot look at data directory "
			"%s",
			snap->datadir);
	i.dev = st.st_dev;
	return tree_walk(AT_FDCWD, snap->datadir, inspect, &i, e);
}

int snap_inside(const struct snap *snap, const char *what, const char *path,
	struct err *e)
{
	char *real;
	int rc = 0;

	if (!path)
		return 0;
	real = realpath(path, NULL);
	if (!real) {
		err_sys(e, ERR_UNAVAILABLE, "cannot find '%s', which is %s",
			path, what);
		return err_hint(e,
			"is the server in a container? Then run %s inside it, "
			"or give both the same path",
			prog_name());
	}
	if (!tree_below(snap->datadir, real)) {
		err_set(e, ERR_UNAVAILABLE,
			"%s is '%s', outside of the data directory '%s', and "
			"would not be in the snapshot",
			what, real, snap->datadir);
		rc = err_hint(e,
			"move it into the data directory, or dump with dbdump");
	}
	free(real);
	return rc;
}

/* default_place: beside the data directory if that is the same file system,
 * else in it. */
static char *default_place(const struct snap *snap)
{
	struct strbuf path = STRBUF_INIT;
	struct stat here, above;

	strbuf_addf(&path, "%s/..", snap->datadir);
	if (stat(snap->datadir, &here) || stat(path.buf, &above) ||
		here.st_dev != above.st_dev)
		strbuf_setlen(&path, path.len - 3);
	else
		strbuf_setlen(&path,
			(size_t)(strrchr(snap->datadir, '/') - snap->datadir));
	strbuf_addstr(&path, "/" RULES_OWN_DIR);
	return strbuf_detach(&path);
}

/* make_absolute: for who drops the snapshot may work in another directory. */
static int make_absolute(char **path)
{
	char *real = realpath(*path, NULL);

	if (!real)
		return -1;
	free(*path);
	*path = real;
	return 0;
}

/* check_apart: in the data directory it would be a database to the server, and
 * a part of each snapshot, of its own, too: but for the one place that is left
 * out. */
static int check_apart(const struct snap *snap, const char *path, struct err *e)
{
	static const char own[] = "/" RULES_OWN_DIR;
	const size_t len = sizeof(own) - 1;
	const char *in = tree_below(snap->datadir, path);

	if (!in || (!strncmp(in, own, len) && (!in[len] || in[len] == '/')))
		return 0;
	err_set(e, ERR_USAGE,
		"%s is in the data directory, and would be part of each "
		"snapshot",
		path);
	return err_hint(e,
		"name a --snapshot-dir beside the data directory, "
		"or " RULES_OWN_DIR " in it");
}

int snap_directory(const struct snap *snap, char **path, struct err *e)
{
	struct stat st;
	bool made;
	int fd;

	*path = snap->where ? xstrdup(snap->where) : default_place(snap);
	made = !mkdir(*path, 0700);
	if ((!made && errno != EEXIST) || make_absolute(path)) {
		err_sys(e, errno == EACCES ? ERR_DENIED : ERR_CANTCREATE,
			"cannot create directory %s", *path);
		return err_hint(e, "see --snapshot-dir");
	}
	if (check_apart(snap, *path, e)) {
		if (made)
			rmdir(*path);
		return -1;
	}
	fd = tree_open(AT_FDCWD, *path, e);
	if (fd < 0)
		return -1;
	if (!fstat(fd, &st) && st.st_uid == geteuid() &&
		!(st.st_mode & (S_IWGRP | S_IWOTH)))
		return fd;
	close(fd);
	err_set(e, ERR_DENIED,
		"%s is not ours alone: snapshots there could be changed by "
		"others",
		*path);
	return err_hint(e,
		"it must belong to the user who runs %s, and be writable for "
		"no other",
		prog_name());
}

int snap_plan_directory(struct snap *snap, struct err *e)
{
	struct strbuf path = STRBUF_INIT;
	char *place;
	int dir = snap_directory(snap, &place, e);

	if (dir >= 0) {
		close(dir);
		strbuf_addf(&path, "%s/%s", place, snap->name);
		snap->keep = xstrdup(path.buf);
		strbuf_addstr(&path, "/data");
		snap->path = strbuf_detach(&path);
	}
	free(place);
	return dir < 0 ? -1 : 0;
}

static int there_already(const struct snap *snap, struct err *e)
{
	err_set(e, ERR_CANTCREATE, "there is a snapshot '%s' already: %s",
		snap->name, snap->keep);
	return err_hint(e,
		"see %s list, also with another --state-dir; give another "
		"--name",
		prog_name());
}

int snap_check_new(const struct snap *snap, struct err *e)
{
	int there = snap->method->exists(snap, e);

	return there > 0 ? there_already(snap, e) : there;
}

int snap_taken(struct snap *snap, struct err *e)
{
	snap->foreign = true;
	return there_already(snap, e);
}

int snap_exists_directory(const struct snap *snap, struct err *e)
{
	struct stat st;

	if (!lstat(snap->keep, &st))
		return 1;
	return errno == ENOENT
		? 0
		: err_sys(e, ERR_IO, "cannot look at %s", snap->keep);
}

int snap_make_directory(struct snap *snap, struct err *e)
{
	if (!mkdir(snap->keep, 0700))
		return 0;
	return errno == EEXIST
		? snap_taken(snap, e)
		: err_sys(e, ERR_CANTCREATE, "cannot create %s", snap->keep);
}

void snap_release(struct snap *snap)
{
	free(snap->name);
	free(snap->datadir);
	free(snap->where);
	strlist_release(&snap->login);
	free(snap->state);
	free(snap->keep);
	free(snap->mount);
	free(snap->path);
	free(snap->work);
	*snap = (struct snap){.method = NULL};
}
