/* clone.c: see clone.h. */
#include "snap/clone.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/strbuf.h"
#include "base/undo.h"
#include "snap/rules.h"
#include "snap/share.h"
#include "snap/tree.h"

static const char uuid_file[] = "auto.cnf"; /* of MySQL */

struct cloning {
	const struct clone_options *options;
	struct clone_result *result;
	dev_t dev;
	int to;
};

/* Files that a server has under a lock for as long as it runs: InnoDB's system
 * tablespace and redo log, Aria's control file. A lock of the open file, which
 * ours is, and those of a process, which theirs are, exclude each other. Ours
 * is for reading: so several may clone at once, also from what is read-only.
 * Source: fcntl_locking(2); os_file_lock() and my_lock() of the server. */
static const char *const locked[] = {
	"ibdata1", "ib_logfile0", "aria_log_control", NULL};

int quiet_take(
	struct quiet *quiet, int datadir, const char *path, struct err *e)
{
	struct flock whole = {.l_type = F_RDLCK, .l_whence = SEEK_SET};
	size_t found = 0;

	*quiet = (struct quiet){{-1, -1, -1, -1}};
	for (size_t i = 0; locked[i]; i++) {
		int fd = openat(
			datadir, locked[i], O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

		if (fd < 0 && errno == ENOENT)
			continue;
		if (fd < 0)
			return err_sys(e, ERR_DENIED, "cannot open %s/%s", path,
				locked[i]);
		quiet->fd[found++] = fd;
		if (!fcntl(fd, F_OFD_SETLK, &whole))
			continue;
		err_set(e, ERR_UNAVAILABLE, "a server is running on %s", path);
		return err_hint(e,
			"stop it, or take a snapshot with dbsnap and extract "
			"that");
	}
	return found ? 0
		     : err_set(e, ERR_NOINPUT, "%s is no data directory", path);
}

void quiet_release(struct quiet *quiet)
{
	for (size_t i = 0; i < sizeof(quiet->fd) / sizeof(*quiet->fd); i++)
		if (quiet->fd[i] >= 0)
			close(quiet->fd[i]);
}

/* new_uuid: random. Source: RFC 9562, 5.4. */
static void new_uuid(char text[37])
{
	unsigned char b[16];
	size_t n = 0;

	if (getrandom(b, sizeof(b), 0) != sizeof(b))
		abort(); /* it does not fail for so few */
	b[6] = (unsigned char)((b[6] & 0x0f) | 0x40);
	b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
	for (int i = 0; i < 16; i++)
		n += (size_t)snprintf(text + n, 37 - n, "%s%02x",
			i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", b[i]);
}

/* put_uuid: a server with the same one as its source cannot be its replica. */
static int put_uuid(
	struct cloning *c, const struct tree_entry *entry, struct err *e)
{
	int fd = openat(c->to, entry->path,
		O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	char text[64];
	int len, rc;

	if (fd < 0)
		return err_sys(
			e, ERR_CANTCREATE, "cannot create %s", entry->path);
	new_uuid(c->result->uuid);
	len = snprintf(text, sizeof(text), "[auto]\nserver-uuid=%s\n",
		c->result->uuid);
	rc = io_write_all(fd, text, (size_t)len, entry->path, e);
	share_attributes(fd, &entry->st);
	close(fd);
	return rc;
}

static int clone_entry(void *ctx, const struct tree_entry *entry, struct err *e)
{
	struct cloning *c = ctx;

	if (rules_unwanted(entry, c->options->exclude))
		return 1;
	if (rules_check(entry, c->dev, e))
		return -1;
	if (S_ISDIR(entry->st.st_mode))
		return share_directory(c->to, entry, e);
	c->result->files++;
	c->result->bytes += (uint64_t)entry->st.st_size;
	if (!strcmp(entry->path, uuid_file))
		return put_uuid(c, entry, e);
	return c->options->bytes ? share_copy(c->to, entry, e)
				 : share_file(c->to, entry, e);
}

/* has_any: one of these files or directories. */
static bool has_any(int datadir, const char *const names[])
{
	for (size_t i = 0; names[i]; i++)
		if (!faccessat(datadir, names[i], F_OK, 0))
			return true;
	return false;
}

/* check_innodb: a server does not start on tables of InnoDB without its system
 * tablespace and its redo log, which may both be elsewhere. MySQL 8.0.30 and
 * later have a directory for the log, and 8.0 one tablespace for all of
 * `mysql`.
 */
static int check_innodb(int datadir, const char *path, struct err *e)
{
	static const char *const system[] = {"ibdata1", NULL};
	static const char *const redo[] = {"ib_logfile0", "#innodb_redo", NULL};
	static const char *const table[] = {
		"mysql/innodb_table_stats.ibd", "mysql.ibd", NULL};
	const bool logs = has_any(datadir, redo);

	if (has_any(datadir, system) == logs &&
		(logs || !has_any(datadir, table)))
		return 0;
	err_set(e, ERR_UNAVAILABLE,
		"there is no %s in %s, so a clone of it could not be started",
		logs ? "ibdata1" : "redo log", path);
	return err_hint(e,
		"is %s of its server elsewhere? Then move %s into the data "
		"directory itself",
		logs ? "innodb_data_home_dir" : "innodb_log_group_home_dir",
		logs ? "that file" : "the log");
}

static void remove_half(void *arg)
{
	struct err ignored;

	tree_remove(arg, &ignored);
}

/* half_name: beside the target, so that a rename brings it there. */
static char *half_name(const char *target)
{
	struct strbuf path = STRBUF_INIT;
	size_t len = strlen(target);

	while (len > 1 && target[len - 1] == '/')
		len--;
	strbuf_add(&path, target, len);
	strbuf_addf(&path, ".%ld.tmp", (long)getpid());
	return strbuf_detach(&path);
}

/* check_apart: a clone within its source would be cloned, too, over and over.
 */
static int check_apart(
	const char *source, const char *half, const char *target, struct err *e)
{
	char *real = realpath(half, NULL);
	int rc = 0;

	if (!real)
		rc = err_sys(e, ERR_CANTCREATE, "cannot find %s", half);
	else if (tree_below(source, real))
		rc = err_set(e, ERR_USAGE,
			"%s is within the directory that it is to be a clone "
			"of",
			target);
	free(real);
	return rc;
}

static int fill(struct cloning *c, int from, const char *half, struct err *e)
{
	struct stat st;
	int rc;

	c->to = tree_open(AT_FDCWD, half, e);
	if (c->to < 0 || fstat(from, &st))
		return -1;
	c->dev = st.st_dev;
	rc = tree_walk(from, ".", clone_entry, c, e);
	share_attributes(c->to, &st);
	/* Its name may be on the disk before them otherwise. */
	if (!rc && c->options->bytes && syncfs(c->to))
		rc = err_sys(e, ERR_IO, "cannot write out %s", half);
	close(c->to);
	return rc;
}

/* appear: an empty directory in its place gives way. */
static int appear(const char *half, const char *target, struct err *e)
{
	if (!rename(half, target))
		return 0;
	if (errno != ENOTEMPTY && errno != EEXIST && errno != ENOTDIR)
		return err_sys(e, ERR_CANTCREATE, "cannot create %s", target);
	err_set(e, ERR_CANTCREATE, "%s is there already", target);
	return err_hint(e, "clone to a new or an empty directory");
}

int clone_directory(const char *source, const char *target,
	const struct clone_options *options, struct clone_result *result,
	struct err *e)
{
	struct cloning c = {.options = options, .result = result, .to = -1};
	struct quiet quiet = {{-1, -1, -1, -1}};
	char *real = realpath(source, NULL), *half = half_name(target);
	int from = -1, rc = -1;

	*result = (struct clone_result){0};
	if (!real) {
		err_sys(e, ERR_NOINPUT, "cannot find %s", source);
		goto out;
	}
	from = tree_open(AT_FDCWD, real, e);
	if (from < 0 || quiet_take(&quiet, from, source, e) ||
		check_innodb(from, source, e))
		goto out;
	if (mkdir(half, 0700)) {
		err_sys(e, ERR_CANTCREATE, "cannot create %s", half);
		goto out;
	}
	/* Not before: what was there already is not ours. */
	undo_push(remove_half, half);
	rc = check_apart(real, half, target, e);
	if (!rc)
		rc = fill(&c, from, half, e);
	if (!rc)
		rc = appear(half, target, e);
	if (rc)
		remove_half(half);
	undo_drop(remove_half, half);
out:
	quiet_release(&quiet);
	if (from >= 0)
		close(from);
	free(half);
	free(real);
	return rc;
}
