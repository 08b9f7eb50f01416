/* Reading and writing whole. */
#include "base/io.h"

#include <sys/mman.h>
#include <sys/resource.h>

#include "base/sig.h"
#include "fixture.h"
#include "tap.h"

/* A child that writes `text` byte by byte, so that every read is short. */
static pid_t drip(int to, const char *text)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	for (; *text; text++) {
		if (write(to, text, 1) != 1)
			_exit(1);
		usleep(1000);
	}
	_exit(0);
}

static void test_read(void)
{
	struct err e;
	int fd[2];
	char buf[32] = "";
	pid_t pid;

	if (pipe(fd))
		return;
	pid = drip(fd[1], "twelve bytes");
	close(fd[1]);
	is_int(io_read_full(fd[0], buf, 7, "pipe", &e), 7,
		"short reads from a pipe are continued");
	is_int(io_read_full(fd[0], buf + 7, 20, "pipe", &e), 5,
		"fewer bytes come only at the end");
	is_str(buf, "twelve bytes", "and they are the bytes written");
	is_int(io_read(fd[0], buf, 1, "pipe", &e), 0, "then there is no more");
	close(fd[0]);
	waitpid(pid, NULL, 0);
	ok(io_read(fd[0], buf, 1, "x", &e) == -1 && e.code == ERR_IO &&
			strstr(e.msg, "cannot read x"),
		"a failed read names the file");
}

static void test_nonblocking(void)
{
	static char big[300000];
	struct err e;
	int fd[2], to = memfd_create("copy", MFD_CLOEXEC), raw = 1;
	pid_t pid;

	if (pipe2(fd, O_NONBLOCK))
		return;
	pid = fork();
	if (!pid) {
		close(fd[1]);
		if (io_copy(fd[0], to, &e))
			_exit(1);
		_exit(lseek(to, 0, SEEK_END) == sizeof(big) ? 0 : 2);
	}
	is_int(io_write_all(fd[1], big, sizeof(big), "pipe", &e), 0,
		"a write into a full non-blocking pipe waits for room");
	close(fd[0]);
	close(fd[1]);
	close(to);
	waitpid(pid, &raw, 0);
	is_int(raw, 0, "and a copy from one waits for bytes, up to the last");
}

static void test_write_errors(void)
{
	struct err e;
	struct rlimit limit, tight;
	int fd[2], full, result;

	if (pipe(fd))
		return;
	close(fd[0]);
	ok(io_write_all(fd[1], "x", 1, "standard output", &e) == -1 &&
			e.code == ERR_PIPE,
		"writing to a reader that has gone is ERR_PIPE");
	close(fd[1]);
	full = open("/dev/full", O_WRONLY | O_CLOEXEC);
	ok(io_write_all(full, "x", 1, "a.sql", &e) == -1 && e.code == ERR_IO,
		"a full disk is ERR_IO");
	is_str(e.msg, "cannot write a.sql: No space left on device",
		"its message names the file");
	has_str(e.hint, "free space", "its hint is to free space");
	close(full);
	full = open(in_dir("big"), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	getrlimit(RLIMIT_FSIZE, &limit);
	tight = limit;
	tight.rlim_cur = 10;
	setrlimit(RLIMIT_FSIZE, &tight);
	result = io_write_all(full, "more than ten", 13, "big", &e);
	/* Our own output may be a file, too. */
	setrlimit(RLIMIT_FSIZE, &limit);
	ok(result == -1 && e.code == ERR_IO && strstr(e.hint, "ulimit -f"),
		"a file over the limit is ERR_IO with a hint, not a signal");
	close(full);
}

static void test_open(void)
{
	struct err e;
	const char *path = put_file("data", "0123456789");
	char buf[16] = "";
	uint64_t size = 0;
	int fd = io_open_read(path, &e);

	ok(fd >= 0, "a file is opened");
	ok(fcntl(fd, F_GETFD) & FD_CLOEXEC, "and closed in children");
	ok(io_is_regular(fd, &size) && size == 10, "its size is known");
	is_int(io_pread_full(fd, buf, 15, 6, path, &e), 4,
		"reading at an offset ends at the end");
	is_str(buf, "6789", "with the bytes from there");
	is_int(io_close(fd, path, &e), 0, "it is closed");
	ok(io_close(fd, path, &e) == -1 && e.code == ERR_IO,
		"a failed close is told");
	ok(io_open_read(in_dir("none"), &e) == -1 && e.code == ERR_NOINPUT,
		"a missing file is ERR_NOINPUT");
	ok(io_open_read(fixture_dir, &e) == -1 && e.code == ERR_NOINPUT &&
			strstr(e.msg, "is a directory"),
		"so is a directory");
}

int main(void)
{
	sig_init();
	fixture_begin();
	test_read();
	test_nonblocking();
	test_write_errors();
	test_open();
	fixture_end();
	return done_testing();
}
