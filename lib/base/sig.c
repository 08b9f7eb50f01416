/* sig.c: signals become a flag. The handler does nothing that is not
 * async-signal-safe: atomics, write(2), shutdown(2). */
#include "base/sig.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/socket.h>
#include <unistd.h>

enum { WATCHED_MAX = 64 };

static const int stopping[] = {SIGHUP, SIGINT, SIGTERM};
enum { STOPPING = sizeof(stopping) / sizeof(stopping[0]) };

static atomic_int pending;
static atomic_int last;
static atomic_int watched[WATCHED_MAX]; /* descriptor + 1; 0: a free place */
static int wake[2] = {-1, -1};

static void handle(int signo)
{
	int saved = errno;
	size_t i;

	atomic_store(&last, signo);
	atomic_store(&pending, signo);
	/* A full pipe is as good as one byte: its reader wakes either way. */
	if (write(wake[1], "", 1) < 0)
		errno = saved;
	for (i = 0; i < WATCHED_MAX; i++) {
		int fd = atomic_load(&watched[i]) - 1;

		if (fd >= 0)
			shutdown(fd, SHUT_RDWR);
	}
	errno = saved;
}

void sig_init(void)
{
	struct sigaction action = {.sa_handler = handle}, old;
	size_t i;

	if (wake[0] < 0 && pipe2(wake, O_CLOEXEC | O_NONBLOCK))
		wake[0] = wake[1] = -1;
	sigemptyset(&action.sa_mask);
	for (i = 0; i < STOPPING; i++)
		sigaddset(&action.sa_mask, stopping[i]);
	for (i = 0; i < STOPPING; i++) {
		if (!sigaction(stopping[i], NULL, &old) &&
			old.sa_handler != SIG_IGN)
			sigaction(stopping[i], &action, NULL);
	}
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
}

int sig_pending(void)
{
	return atomic_load(&pending);
}

int sig_last(void)
{
	return atomic_load(&last);
}

int sig_clear(void)
{
	int signo = atomic_exchange(&pending, 0);
	char byte;

	while (read(wake[0], &byte, 1) > 0)
		;
	return signo;
}

int sig_fd(void)
{
	return wake[0];
}

void sig_watch_socket(int fd)
{
	size_t i;

	if (fd < 0)
		return;
	for (i = 0; i < WATCHED_MAX; i++) {
		int free_place = 0;

		if (atomic_compare_exchange_strong(
			    &watched[i], &free_place, fd + 1))
			break;
	}
	/* The signal may have come before the handler could see this one. */
	if (sig_pending())
		shutdown(fd, SHUT_RDWR);
}

void sig_unwatch_socket(int fd)
{
	size_t i;

	for (i = 0; i < WATCHED_MAX; i++) {
		int mine = fd + 1;

		if (fd >= 0 &&
			atomic_compare_exchange_strong(&watched[i], &mine, 0))
			return;
	}
}

void sig_block_in_thread(void)
{
	sigset_t set;
	size_t i;

	sigemptyset(&set);
	for (i = 0; i < STOPPING; i++)
		sigaddset(&set, stopping[i]);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
}

void sig_reraise(int signo)
{
	sigset_t set;

	signal(signo, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, signo);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
	raise(signo);
	/* Not reached but for signals whose default is not to die. */
	_exit(128 + signo);
}
