/* child.c: child processes from argument vectors, never through a shell. */
#include "base/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* Three descriptors for 0, 1 and 2, moved out of their own way: one that is
 * itself 0, 1 or 2 would be overwritten before it is copied. */
struct plumbing {
	int fd[3];
	bool ours[3]; /* a copy made here, to be closed */
};

static void plumbing_close(struct plumbing *p)
{
	int i;

	for (i = 0; i < 3; i++) {
		if (p->ours[i])
			close(p->fd[i]);
	}
}

static int plumbing_open(
	struct plumbing *p, const struct child_spec *spec, struct err *e)
{
	const int wanted[3] = {spec->in, spec->out, spec->err};
	int i;

	memset(p, 0, sizeof(*p));
	for (i = 0; i < 3; i++) {
		p->fd[i] = wanted[i];
		if (wanted[i] < 0 || wanted[i] > 2 || wanted[i] == i)
			continue;
		p->fd[i] = fcntl(wanted[i], F_DUPFD_CLOEXEC, 3);
		if (p->fd[i] < 0) {
			err_sys(e, ERR_OS, "cannot start %s", spec->argv[0]);
			plumbing_close(p);
			return -1;
		}
		p->ours[i] = true;
	}
	return 0;
}

static int spawn(
	const struct child_spec *spec, const struct plumbing *p, pid_t *pid)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	sigset_t set;
	int i, failed = 0;

	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attr);
	for (i = 0; i < 3 && !failed; i++) {
		if (p->fd[i] >= 0)
			failed = posix_spawn_file_actions_adddup2(
				&actions, p->fd[i], i);
	}
	/* What we handle falls back to its default by itself; what we ignore
	 * does not. */
	sigemptyset(&set);
	posix_spawnattr_setsigmask(&attr, &set);
	sigaddset(&set, SIGPIPE);
	sigaddset(&set, SIGXFSZ);
	posix_spawnattr_setsigdefault(&attr, &set);
	posix_spawnattr_setflags(
		&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	if (!failed)
		failed = posix_spawnp(pid, spec->argv[0], &actions, &attr,
			(char *const *)(uintptr_t)spec->argv, environ);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&actions);
	return failed;
}

int child_start(const struct child_spec *spec, pid_t *pid, struct err *e)
{
	struct plumbing p;
	int number;

	if (plumbing_open(&p, spec, e))
		return -1;
	number = spawn(spec, &p, pid);
	plumbing_close(&p);
	if (!number)
		return 0;
	errno = number;
	if (number != ENOENT)
		return err_sys(e, ERR_OS, "cannot start %s", spec->argv[0]);
	err_set(e, ERR_NOINPUT, "there is no program %s", spec->argv[0]);
	return err_hint(e, "install it, or put its directory into PATH");
}

static int wait_for(pid_t pid, int *status, struct err *e)
{
	while (waitpid(pid, status, 0) < 0) {
		if (errno != EINTR)
			return err_sys(e, ERR_OS, "cannot wait for process %ld",
				(long)pid);
	}
	return 0;
}

int child_wait(pid_t pid, int *status, struct err *e)
{
	int raw;

	if (wait_for(pid, &raw, e))
		return -1;
	*status = WIFSIGNALED(raw) ? 128 + WTERMSIG(raw) : WEXITSTATUS(raw);
	return 0;
}

int child_run(const struct child_spec *spec, struct err *e)
{
	pid_t pid;
	int raw;

	if (child_start(spec, &pid, e) || wait_for(pid, &raw, e))
		return -1;
	if (WIFSIGNALED(raw))
		return err_set(e, ERR_OS, "%s was ended by signal %d (%s)",
			spec->argv[0], WTERMSIG(raw), strsignal(WTERMSIG(raw)));
	if (WEXITSTATUS(raw))
		return err_set(e, ERR_OS, "%s failed with status %d",
			spec->argv[0], WEXITSTATUS(raw));
	return 0;
}
