/* io.c: the only callers of read(2) and write(2). */
#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/sig.h"

enum { COPY_BYTES = 128 * 1024, MESSAGE_WAIT_MS = 1000, GATHER_MS = 1 };

static int stopped(struct err *e)
{
	return err_set(e, ERR_SIGNAL, "stopped by signal %d", sig_pending());
}

/* Wait until fd can be read or written, or a signal has come: without this a
 * signal that comes just before a blocking call would go unnoticed. */
static void wait_ready(int fd, short events)
{
	struct pollfd on[2] = {
		{.fd = fd, .events = events},
		{.fd = sig_fd(), .events = POLLIN},
	};

	poll(on, 2, -1);
}

static bool again(int number)
{
	return number == EINTR || number == EAGAIN || number == EWOULDBLOCK;
}

ssize_t io_read(int fd, void *buf, size_t len, const char *name, struct err *e)
{
	ssize_t n;

	for (;;) {
		wait_ready(fd, POLLIN);
		if (sig_pending())
			return stopped(e);
		n = read(fd, buf, len);
		if (n >= 0)
			return n;
		if (!again(errno))
			return err_sys(e, ERR_IO, "cannot read %s", name);
	}
}

void io_let_gather(void)
{
	struct pollfd on = {.fd = sig_fd(), .events = POLLIN};

	poll(&on, 1, GATHER_MS);
}

ssize_t io_read_full(
	int fd, void *buf, size_t len, const char *name, struct err *e)
{
	char *to = buf;
	size_t done = 0;
	ssize_t n;

	while (done < len) {
		n = io_read(fd, to + done, len - done, name, e);
		if (n < 0)
			return -1;
		if (!n)
			break;
		done += (size_t)n;
	}
	return (ssize_t)done;
}

ssize_t io_pread_full(int fd, void *buf, size_t len, uint64_t offset,
	const char *name, struct err *e)
{
	char *to = buf;
	size_t done = 0;
	ssize_t n;

	while (done < len) {
		if (sig_pending())
			return stopped(e);
		n = pread(fd, to + done, len - done, (off_t)(offset + done));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(e, ERR_IO,
				"cannot read %s at offset %" PRIu64, name,
				offset + done);
		if (!n)
			break;
		done += (size_t)n;
	}
	return (ssize_t)done;
}

static int write_failed(const char *name, struct err *e)
{
	int number = errno;

	if (number == EPIPE)
		return err_sys(e, ERR_PIPE, "cannot write %s", name);
	err_sys(e, ERR_IO, "cannot write %s", name);
	if (number == ENOSPC)
		err_hint(e,
			"free space where %s is written, or write elsewhere",
			name);
	else if (number == EDQUOT)
		err_hint(e, "free space or raise the quota where %s is written",
			name);
	else if (number == EFBIG)
		err_hint(e,
			"raise the limit on file sizes (ulimit -f), or "
			"write to a file system that allows larger files");
	return -1;
}

int io_write_all(
	int fd, const void *buf, size_t len, const char *name, struct err *e)
{
	const char *from = buf;
	ssize_t n;

	while (len) {
		if (sig_pending())
			return stopped(e);
		n = write(fd, from, len);
		if (n < 0 && errno == EAGAIN)
			wait_ready(fd, POLLOUT);
		if (n < 0 && again(errno))
			continue;
		if (!n)
			errno = ENOSPC;
		if (n <= 0)
			return write_failed(name, e);
		from += n;
		len -= (size_t)n;
	}
	return 0;
}

void io_write_message(int fd, const void *buf, size_t len)
{
	const char *from = buf;
	struct pollfd on = {.fd = fd, .events = POLLOUT};
	ssize_t n;

	while (len) {
		n = write(fd, from, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN &&
			poll(&on, 1, MESSAGE_WAIT_MS) > 0)
			continue;
		if (n <= 0)
			return;
		from += n;
		len -= (size_t)n;
	}
}

static const char *fd_name(int fd, char text[32])
{
	if (fd == STDIN_FILENO)
		return "standard input";
	if (fd == STDOUT_FILENO)
		return "standard output";
	if (fd == STDERR_FILENO)
		return "standard error";
	snprintf(text, 32, "descriptor %d", fd);
	return text;
}

int io_copy(int from, int to, struct err *e)
{
	char from_text[32], to_text[32];
	char *buf = xmalloc(COPY_BYTES);
	const char *from_name = fd_name(from, from_text);
	const char *to_name = fd_name(to, to_text);
	ssize_t n;

	while ((n = io_read(from, buf, COPY_BYTES, from_name, e)) > 0 &&
		!io_write_all(to, buf, (size_t)n, to_name, e))
		;
	free(buf);
	return n ? -1 : 0;
}

static int open_failed(const char *path, struct err *e)
{
	enum err_code code = ERR_OS;

	switch (errno) {
	case ENOENT:
	case ENOTDIR:
	case ELOOP:
	case ENAMETOOLONG:
		code = ERR_NOINPUT;
		break;
	case EACCES:
	case EPERM:
		code = ERR_DENIED;
		break;
	}
	return err_sys(e, code, "cannot open %s", path);
}

int io_open_read(const char *path, struct err *e)
{
	struct stat st;
	int fd;

	do {
		if (sig_pending())
			return stopped(e);
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	} while (fd < 0 && errno == EINTR);
	if (fd < 0)
		return open_failed(path, e);
	if (!fstat(fd, &st) && S_ISDIR(st.st_mode)) {
		close(fd);
		return err_set(e, ERR_NOINPUT, "%s is a directory", path);
	}
	return fd;
}

void io_widen_pipe(int fd)
{
	/* An unprivileged user may have this much. Source: pipe(7). */
	fcntl(fd, F_SETPIPE_SZ, 1 << 20);
}

bool io_is_folder(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISDIR(st.st_mode);
}

int io_close(int fd, const char *name, struct err *e)
{
	/* On Linux the descriptor is gone after EINTR, too. */
	if (close(fd) && errno != EINTR)
		return write_failed(name, e);
	return 0;
}

bool io_is_regular(int fd, uint64_t *size)
{
	struct stat st;

	if (fstat(fd, &st) || !S_ISREG(st.st_mode))
		return false;
	if (size)
		*size = (uint64_t)st.st_size;
	return true;
}
