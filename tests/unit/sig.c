/* Signals as a flag that ordinary code looks at. */
#include "base/sig.h"

#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"
#include "tap.h"

static void test_flag(void)
{
	struct pollfd on = {.events = POLLIN};

	on.fd = sig_fd();
	is_int(sig_pending(), 0, "nothing is pending at first");
	is_int(poll(&on, 1, 0), 0, "and the descriptor is quiet");
	raise(SIGTERM);
	is_int(sig_pending(), SIGTERM, "a signal is pending once it has come");
	is_int(poll(&on, 1, 0), 1, "and the descriptor tells");
	is_int(sig_clear(), SIGTERM, "clearing it tells which it was");
	is_int(sig_pending(), 0, "then nothing is pending");
	is_int(poll(&on, 1, 0), 0, "and the descriptor is quiet again");
	is_int(sig_last(), SIGTERM, "the last signal is remembered");
}

static void test_sockets(void)
{
	int watched[2], left[2];
	char c;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, watched) ||
		socketpair(AF_UNIX, SOCK_STREAM, 0, left))
		return;
	sig_watch_socket(watched[0]);
	sig_watch_socket(left[0]);
	sig_unwatch_socket(left[0]);
	raise(SIGINT);
	is_int(read(watched[0], &c, 1), 0, "a watched socket is shut down");
	is_int(write(left[0], "x", 1), 1, "one no longer watched is not");
	sig_watch_socket(left[0]);
	is_int(read(left[0], &c, 1), 0,
		"one watched only after the signal is shut down at once");
	sig_unwatch_socket(left[0]);
	sig_unwatch_socket(watched[0]);
	sig_clear();
	close(watched[0]);
	close(watched[1]);
	close(left[0]);
	close(left[1]);
}

static void test_io(void)
{
	struct err e;
	int fd[2];
	char c;
	pid_t pid;

	if (pipe(fd))
		return;
	raise(SIGTERM);
	ok(io_read(fd[0], &c, 1, "pipe", &e) == -1 && e.code == ERR_SIGNAL,
		"reading stops for a pending signal");
	ok(io_write_all(fd[1], "x", 1, "pipe", &e) == -1 &&
			e.code == ERR_SIGNAL,
		"so does writing");
	sig_clear();
	pid = fork();
	if (!pid) {
		usleep(100000);
		kill(getppid(), SIGTERM);
		_exit(0);
	}
	ok(io_read(fd[0], &c, 1, "pipe", &e) == -1 && e.code == ERR_SIGNAL,
		"a blocked read comes back when a signal comes");
	while (waitpid(pid, NULL, 0) < 0)
		;
	sig_clear();
	close(fd[0]);
	close(fd[1]);
}

static void test_reraise(void)
{
	int raw = 0;
	pid_t pid = fork();

	if (!pid)
		sig_reraise(SIGTERM);
	waitpid(pid, &raw, 0);
	ok(WIFSIGNALED(raw) && WTERMSIG(raw) == SIGTERM,
		"a reraised signal is what the process dies of");
}

static void test_ignored(void)
{
	int raw = 0;
	pid_t pid = fork();

	if (!pid) {
		signal(SIGHUP, SIG_IGN);
		sig_init();
		raise(SIGHUP);
		_exit(sig_pending() ? 1 : 0);
	}
	waitpid(pid, &raw, 0);
	is_int(raw, 0, "a signal ignored from the start stays ignored");
}

int main(void)
{
	sig_init();
	test_flag();
	test_sockets();
	test_io();
	test_reraise();
	test_ignored();
	return done_testing();
}
