/* beside.c: see beside.h. Source: proc_pid_cwd(5), proc_pid_fd(5);
 * net/unix/af_unix.c for the columns of /proc/net/unix. */
#include "db/beside.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/prog.h"
#include "base/strbuf.h"

/* works_in: whether a process has this as its working directory, as a server
 * has its data directory. Returns 1, 0; -1: it may not be asked. */
static int works_in(pid_t pid, const char *dir)
{
	char cwd[64];
	struct stat there, here;

	snprintf(cwd, sizeof(cwd), "/proc/%ld/cwd", (long)pid);
	if (stat(cwd, &there))
		return errno == EACCES ? -1 : 0;
	return !stat(dir, &here) && here.st_dev == there.st_dev &&
		here.st_ino == there.st_ino;
}

/* has_open: whether a process has the socket with this inode open. Returns as
 * works_in. */
static int has_open(pid_t pid, unsigned long inode)
{
	char name[64], wanted[64];
	const struct dirent *entry;
	int found = 0;
	DIR *dir;

	snprintf(name, sizeof(name), "/proc/%ld/fd", (long)pid);
	snprintf(wanted, sizeof(wanted), "socket:[%lu]", inode);
	dir = opendir(name);
	if (!dir)
		return errno == EACCES ? -1 : 0;
	while (!found && (entry = readdir(dir))) {
		char target[64];
		ssize_t n = readlinkat(
			dirfd(dir), entry->d_name, target, sizeof(target) - 1);

		target[n > 0 ? n : 0] = '\0';
		found = !strcmp(target, wanted);
	}
	closedir(dir);
	return found;
}

/* listener: the inode of a line of /proc/net/unix, if that is a socket on which
 * connections to `path` arrive; 0. */
static unsigned long listener(const char *line, const char *path)
{
	enum { ACCEPTS = 1 << 16 }; /* __SO_ACCEPTCON, <linux/net.h> */
	unsigned flags;
	unsigned long inode;
	int at = 0;

	if (sscanf(line, "%*s %*s %*s %x %*s %*s %lu %n", &flags, &inode, &at) <
			2 ||
		!at || !(flags & ACCEPTS))
		return 0;
	return !strncmp(line + at, path, strlen(path)) &&
			line[at + (int)strlen(path)] == '\n'
		? inode
		: 0;
}

/* listens: whether a process has the socket open at which connections to `path`
 * arrive. Returns as works_in. */
static int listens(pid_t pid, const char *path)
{
	FILE *sockets = fopen("/proc/net/unix", "re");
	char *line = NULL;
	size_t size = 0;
	int found = 0;

	if (!sockets)
		return 0;
	while (!found && getline(&line, &size, sockets) > 0) {
		unsigned long inode = listener(line, path);

		if (inode)
			found = has_open(pid, inode);
	}
	free(line);
	fclose(sockets);
	return found;
}

static pid_t read_pid(const char *path)
{
	char text[32] = "";
	struct err ignored;
	int fd = path ? io_open_read(path, &ignored) : -1;

	if (fd < 0)
		return 0;
	if (io_read_full(fd, text, sizeof(text) - 1, path, &ignored) < 0)
		text[0] = '\0';
	close(fd);
	return (pid_t)strtol(text, NULL, 10);
}

/* at_home: whether the process of the pid file both works in the data directory
 * and listens at our socket. Returns as works_in. */
static int at_home(const struct db *db, const char *datadir, pid_t pid)
{
	struct strbuf path = STRBUF_INIT;
	int found = 0;

	if (pid > 0 && db_socket(db, &path))
		found = works_in(pid, datadir);
	if (found > 0)
		found = listens(pid, path.buf);
	strbuf_release(&path);
	return found;
}

int beside_check(
	struct db *db, const char *datadir, const char *pid_file, struct err *e)
{
	pid_t pid, listed = read_pid(pid_file);
	int found, home;

	if (!db_peer(db, &pid)) {
		err_set(e, ERR_UNAVAILABLE,
			"the server's files can only be frozen beside it, and "
			"it was reached over TCP");
		return err_hint(e,
			"run %s on the server's machine with --socket",
			prog_name());
	}
	found = pid ? works_in(pid, datadir) : 0;
	home = found > 0 ? found : at_home(db, datadir, listed);
	if (home > 0)
		return 0;
	if (home < 0)
		pid = listed;
	if (found < 0 || home < 0) {
		err_set(e, ERR_DENIED,
			"cannot see which directory the server (process %ld) "
			"works in",
			(long)pid);
		return err_hint(e, "run as root or as the server's user");
	}
	err_set(e, ERR_UNAVAILABLE,
		"the server's data directory '%s' is not the one of that name "
		"here",
		datadir);
	return err_hint(e,
		"does the socket lead to another machine or a container? Then "
		"run %s there, or give both the same path",
		prog_name());
}
