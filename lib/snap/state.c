/* state.c: see state.h. */
#include "snap/state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/atomic.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/prog.h"
#include "base/sig.h"
#include "snap/tree.h"

enum { NAME_MOST = 64, STATE_MOST = 64 * 1024 };

/* Who looks asks lvs, maybe, which is soon done. */
enum { LOOK_MS = 3000, POLL_US = 20000 };

static const char first_line[] = "dbsnap 1\n";

int state_check_name(const char *name, struct err *e)
{
	static const char good[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789._-";
	size_t len = strlen(name);

	if (len && len <= NAME_MOST && strspn(name, good) == len &&
		*name != '.' && *name != '-')
		return 0;
	return err_set(e, ERR_USAGE,
		"'%s' cannot be a snapshot's name: letters, digits, '.', '_' "
		"and '-', at most %d",
		name, NAME_MOST);
}

/* make_directories: all parts of a path. */
static int make_directories(const char *path, struct err *e)
{
	char *copy = xstrdup(path);
	int rc = 0;

	for (char *slash = copy; !rc && slash;) {
		slash = strchr(slash + 1, '/');
		if (slash)
			*slash = '\0';
		if (mkdir(copy, slash ? 0755 : 0700) && errno != EEXIST) {
			rc = err_sys(e,
				errno == EACCES ? ERR_DENIED : ERR_CANTCREATE,
				"cannot create directory %s", copy);
			err_hint(e, "see --state-dir");
		}
		if (slash)
			*slash = '/';
	}
	free(copy);
	return rc;
}

static char *default_directory(void)
{
	const char *home = getenv("HOME"), *state = getenv("XDG_STATE_HOME");
	struct strbuf path = STRBUF_INIT;

	if (!geteuid())
		strbuf_addstr(&path, "/var/lib/dbpipes");
	else if (state && *state == '/')
		strbuf_addf(&path, "%s/dbpipes", state);
	else
		strbuf_addf(&path, "%s/.local/state/dbpipes", home ? home : "");
	return strbuf_detach(&path);
}

char *state_directory(const char *given, struct err *e)
{
	char *path = given ? xstrdup(given) : default_directory(), *real;
	struct stat st;

	if (make_directories(path, e)) {
		free(path);
		return NULL;
	}
	real = realpath(path, NULL);
	if (!real || stat(real, &st))
		err_sys(e, ERR_CANTCREATE, "cannot look at %s", path);
	else if (st.st_uid != geteuid() || (st.st_mode & (S_IWGRP | S_IWOTH)))
		err_set(e, ERR_DENIED,
			"%s is not ours alone: others could tell us what to "
			"remove",
			real);
	else
		goto good;
	err_hint(e, "see --state-dir");
	free(real);
	real = NULL;
good:
	free(path);
	return real;
}

static void file_name(struct strbuf *path, const struct snap *snap,
	const char *name, const char *suffix)
{
	strbuf_reset(path);
	strbuf_addf(path, "%s/%s%s", snap->state, name, suffix);
}

static int add_value(
	struct strbuf *text, const char *key, const char *value, struct err *e)
{
	if (value && strchr(value, '\n'))
		return err_set(e, ERR_USAGE,
			"a path with a line's end in it cannot be kept: %s",
			value);
	if (value)
		strbuf_addf(text, "%s=%s\n", key, value);
	return 0;
}

static int write_plan(struct state *state, const struct snap *snap,
	const char *path, struct err *e)
{
	struct strbuf text = STRBUF_INIT;
	int rc;

	strbuf_addstr(&text, first_line);
	rc = add_value(&text, "method", snap->method->name, e) ||
		add_value(&text, "lasting", state->lasting ? "1" : "0", e) ||
		add_value(&text, "datadir", snap->datadir, e) ||
		add_value(&text, "keep", snap->keep, e) ||
		add_value(&text, "mount", snap->mount, e) ||
		add_value(&text, "path", snap->path, e);
	if (!rc)
		rc = io_write_all(state->fd, text.buf, text.len, path, e);
	if (!rc && fsync(state->fd))
		rc = err_sys(e, ERR_IO, "cannot write %s", path);
	strbuf_release(&text);
	return rc ? -1 : 0;
}

/* open_nameless: a file of the state directory that nothing is left of if its
 * maker dies now; on a file system that cannot do that, NAME.new, of which
 * *named is set. Not close-on-exec: a command (zfs) that outlives us (kill -9)
 * and may yet make the snapshot keeps the lock. */
static int open_nameless(
	const struct snap *snap, const char *fresh, bool *named)
{
	int fd = open(snap->state, O_RDWR | O_TMPFILE, 0600);

	*named = fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR);
	if (*named)
		fd = open(fresh, O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW, 0600);
	return fd;
}

/* name_it: an error if there is one of that name. */
static int name_it(const struct state *state, const char *fresh,
	const char *path, const struct snap *snap, struct err *e)
{
	char self[32];

	snprintf(self, sizeof(self), "/proc/self/fd/%d", state->fd);
	if (!linkat(AT_FDCWD, fresh ? fresh : self, AT_FDCWD, path,
		    fresh ? 0 : AT_SYMLINK_FOLLOW))
		return atomic_sync_name(path, e);
	if (errno != EEXIST)
		return err_sys(e, ERR_CANTCREATE, "cannot write %s", path);
	err_set(e, ERR_CANTCREATE, "there is a snapshot '%s' already",
		snap->name);
	return err_hint(e, "see dbsnap list; give another --name");
}

/* It gets its name only when it is locked and written: nobody shall take it
 * for one whose maker has died. */
int state_create(struct state *state, const struct snap *snap, bool lasting,
	struct err *e)
{
	struct strbuf path = STRBUF_INIT, fresh = STRBUF_INIT;
	bool named;
	int rc = 0;

	state->lasting = lasting;
	file_name(&path, snap, snap->name, ".state");
	file_name(&fresh, snap, snap->name, ".new");
	state->fd = open_nameless(snap, fresh.buf, &named);
	if (state->fd < 0 || flock(state->fd, LOCK_EX | LOCK_NB))
		rc = err_sys(e, ERR_CANTCREATE, "cannot write %s", path.buf);
	else
		rc = write_plan(state, snap, path.buf, e);
	if (!rc)
		rc = name_it(
			state, named ? fresh.buf : NULL, path.buf, snap, e);
	if (named)
		unlink(fresh.buf);
	if (rc)
		state_close(state);
	strbuf_release(&path);
	strbuf_release(&fresh);
	return rc;
}

static void take_value(struct snap *snap, struct state *state, const char *key,
	const char *value)
{
	char **to = !strcmp(key, "datadir") ? &snap->datadir
		: !strcmp(key, "keep")      ? &snap->keep
		: !strcmp(key, "mount")     ? &snap->mount
		: !strcmp(key, "path")      ? &snap->path
					    : NULL;

	if (to && !*to)
		*to = xstrdup(value);
	else if (!strcmp(key, "method"))
		snap->method = snap_method_by_name(value);
	else if (!strcmp(key, "lasting"))
		state->lasting = *value == '1';
}

static int read_plan(struct state *state, struct snap *snap, struct err *e)
{
	char *text = xmalloc(STATE_MOST), *line, *next;
	ssize_t n = io_pread_full(
		state->fd, text, STATE_MOST - 1, 0, snap->name, e);

	text[n > 0 ? n : 0] = '\0';
	for (line = text; line && *line; line = next) {
		char *value;

		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		value = strchr(line, '=');
		if (!value)
			continue;
		*value++ = '\0';
		take_value(snap, state, line, value);
	}
	free(text);
	if (n < 0)
		return -1;
	if (snap->method && snap->keep && snap->path && snap->datadir)
		return 0;
	return err_set(e, ERR_DATA, "the state of snapshot '%s' is damaged",
		snap->name);
}

static int no_such(const char *name, struct err *e)
{
	err_set(e, ERR_NOINPUT, "there is no snapshot '%s'", name);
	return err_hint(e, "dbsnap list shows those that there are");
}

/* lock: as `use` says; not as long as somebody works, who keeps it for long. */
static int lock(int fd, enum state_use use)
{
	const uint64_t began = clock_ms();
	int rc;

	if (use == STATE_LOOK)
		return flock(fd, LOCK_SH | LOCK_NB);
	while ((rc = flock(fd, LOCK_EX | LOCK_NB)) && use == STATE_WORK &&
		!sig_pending() && clock_ms() - began < LOOK_MS &&
		!flock(fd, LOCK_SH | LOCK_NB)) {
		/* They look, too. Not to keep off others that wait as we do: */
		flock(fd, LOCK_UN);
		usleep(POLL_US);
	}
	return rc;
}

int state_open(struct state *state, struct snap *snap, const char *name,
	enum state_use use, struct err *e)
{
	struct strbuf path = STRBUF_INIT;
	struct stat st;
	int rc = 0;

	if (state_check_name(name, e))
		return -1;
	snap->name = xstrdup(name);
	file_name(&path, snap, name, ".state");
	state->fd = open(path.buf, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	if (state->fd < 0) {
		rc = errno == ENOENT
			? no_such(name, e)
			: err_sys(e, ERR_IO, "cannot open %s", path.buf);
	} else if (lock(state->fd, use)) {
		rc = err_set(e, ERR_TEMP, "snapshot '%s' is in use", name);
		err_hint(e, "a dbsnap is at work on it; try again later");
	} else if (fstat(state->fd, &st) || !st.st_nlink) {
		rc = no_such(name, e);
	} else {
		rc = read_plan(state, snap, e);
	}
	if (rc)
		state_close(state);
	strbuf_release(&path);
	return rc;
}

/* sync_files: those of the snapshot, before the record says that it is whole.
 */
static int sync_files(const struct snap *snap, struct err *e)
{
	int fd = tree_open(AT_FDCWD, snap->path, e), rc = 0;

	if (fd < 0)
		return -1;
	if (syncfs(fd))
		rc = err_sys(e, ERR_IO, "cannot write out %s", snap->path);
	close(fd);
	return rc;
}

int state_complete(
	const struct snap *snap, const struct strbuf *record, struct err *e)
{
	struct strbuf path = STRBUF_INIT;
	struct atomic_file file;
	int rc;

	if (sync_files(snap, e))
		return -1;
	file_name(&path, snap, snap->name, ".json");
	rc = atomic_open(&file, path.buf, e);
	if (!rc)
		rc = io_write_all(
			file.fd, record->buf, record->len, path.buf, e);
	if (!rc)
		rc = atomic_commit(&file, e);
	else
		atomic_abort(&file);
	strbuf_release(&path);
	return rc;
}

int state_record(const struct snap *snap, struct strbuf *record, struct err *e)
{
	struct strbuf path = STRBUF_INIT;
	ssize_t n = 0;
	int fd;

	strbuf_reset(record);
	file_name(&path, snap, snap->name, ".json");
	fd = io_open_read(path.buf, e);
	if (fd >= 0) {
		/* As long as it is: with a list of GTIDs, maybe many times. */
		do {
			strbuf_grow(record, STATE_MOST);
			n = io_read_full(fd, record->buf + record->len,
				STATE_MOST, path.buf, e);
			strbuf_setlen(
				record, record->len + (size_t)(n > 0 ? n : 0));
		} while (n == STATE_MOST);
		close(fd);
	} else if (e->code != ERR_NOINPUT) {
		n = -1;
	}
	strbuf_release(&path);
	return n < 0 ? -1 : 0;
}

int state_remove(struct state *state, const struct snap *snap, struct err *e)
{
	static const char *const suffixes[] = {".json", ".state", NULL};
	struct strbuf path = STRBUF_INIT;
	int rc = 0;

	for (size_t i = 0; !rc && suffixes[i]; i++) {
		file_name(&path, snap, snap->name, suffixes[i]);
		if (unlink(path.buf) && errno != ENOENT)
			rc = err_sys(e, ERR_IO, "cannot remove %s", path.buf);
	}
	state_close(state);
	strbuf_release(&path);
	return rc;
}

void state_close(struct state *state)
{
	if (state->fd >= 0)
		close(state->fd);
	state->fd = -1;
}

static int take_name(void *ctx, const struct tree_entry *entry, struct err *e)
{
	static const char suffix[] = ".state";
	size_t len = strlen(entry->name), end = strlen(suffix);
	char *name;

	(void)e;
	if (S_ISREG(entry->st.st_mode) && len > end &&
		!strcmp(entry->name + len - end, suffix)) {
		name = xstrndup(entry->name, len - end);
		strlist_add(ctx, name);
		free(name);
	}
	return 1; /* into no directory: a snapshot may be mounted there */
}

int state_names(const char *dir, struct strlist *names, struct err *e)
{
	return tree_walk(AT_FDCWD, dir, take_name, names, e);
}
