/* child.c: child processes from argument vectors, never through a shell. */
#include "base/child.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"
#include "base/sig.h"

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

/* In the child, signals blocked: our handlers must not run here, for they would
 * shut down sockets that the parent still uses. */
static void default_signals(void)
{
	static const int ours[] = {SIGHUP, SIGINT, SIGTERM, SIGPIPE, SIGXFSZ};
	struct sigaction action;
	sigset_t none;
	size_t i;

	for (i = 0; i < sizeof(ours) / sizeof(ours[0]); i++) {
		/* Ignored since before us (nohup): so it shall stay. PIPE and
		 * XFSZ are ignored by us. */
		if (i < 3 && !sigaction(ours[i], NULL, &action) &&
			action.sa_handler == SIG_IGN)
			continue;
		signal(ours[i], SIG_DFL);
	}
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* In the child. Whether it is enough shows there. */
static void allow_files(rlim_t files)
{
	struct rlimit limit;

	if (!files || getrlimit(RLIMIT_NOFILE, &limit))
		return;
	limit.rlim_cur = files < limit.rlim_max ? files : limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

/* In the child; only async-signal-safe calls. Returns if exec failed. */
static void become(
	const struct child_spec *spec, const struct plumbing *p, pid_t parent)
{
	int i;

	default_signals();
	if (spec->group)
		setpgid(0, 0);
	allow_files(spec->files);
	if (spec->uid &&
		(setgroups(1, &spec->gid) || setgid(spec->gid) ||
			setuid(spec->uid)))
		return;
	/* After that: who changes the user loses it (prctl(2)). */
	if (spec->death_signal) {
		prctl(PR_SET_PDEATHSIG, spec->death_signal);
		if (getppid() != parent)
			raise(spec->death_signal);
	}
	for (i = 0; i < 3; i++) {
		if (p->fd[i] < 0)
			continue;
		/* dup2 onto itself would leave close-on-exec set. */
		if (p->fd[i] == i ? fcntl(i, F_SETFD, 0) < 0
				  : dup2(p->fd[i], i) < 0)
			return;
	}
	execvp(spec->argv[0], (char *const *)(uintptr_t)spec->argv);
}

/* The errno that the child sends up the pipe when exec failed; 0 when exec
 * closed it. Not io_read: a pending signal must not hide the answer. */
static int exec_result(int fd)
{
	int number = 0;
	ssize_t n;

	do {
		n = read(fd, &number, sizeof(number));
	} while (n < 0 && errno == EINTR);
	return n == (ssize_t)sizeof(number) ? number : 0;
}

/* Returns 0 or the errno of what failed. */
static int spawn(
	const struct child_spec *spec, const struct plumbing *p, pid_t *pid)
{
	const pid_t parent = getpid();
	sigset_t all, before;
	int answer[2], number;

	if (pipe2(answer, O_CLOEXEC))
		return errno;
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	*pid = fork();
	number = errno;
	if (!*pid) {
		become(spec, p, parent);
		number = errno;
		io_write_message(answer[1], &number, sizeof(number));
		_exit(127);
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	close(answer[1]);
	if (*pid > 0) {
		number = exec_result(answer[0]);
		while (number && waitpid(*pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	close(answer[0]);
	return number;
}

int child_start(const struct child_spec *spec, pid_t *pid, struct err *e)
{
	struct plumbing p;
	int number;

	*pid = 0;
	if (plumbing_open(&p, spec, e))
		return -1;
	number = spawn(spec, &p, pid);
	plumbing_close(&p);
	if (!number)
		return 0;
	*pid = 0; /* fork's -1 would be everybody to kill(2) */
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

/* await_end: without taking its status; ERR_SIGNAL as child_await. */
static int await_end(pid_t pid, struct err *e)
{
	struct pollfd fds[] = {{.fd = pidfd_open(pid, 0), .events = POLLIN},
		{.fd = sig_fd(), .events = POLLIN}};

	if (fds[0].fd < 0)
		return err_sys(
			e, ERR_OS, "cannot wait for process %ld", (long)pid);
	while (!fds[0].revents && !sig_pending())
		poll(fds, 2, -1);
	close(fds[0].fd);
	return sig_pending() ? err_set(e, ERR_SIGNAL, "interrupted") : 0;
}

int child_await(pid_t pid, int *status, struct err *e)
{
	return await_end(pid, e) ? -1 : child_wait(pid, status, e);
}

/* see_through: to its end, or to ours. What it works on is undone next, so it
 * must be gone by then. */
static int see_through(
	const struct child_spec *spec, pid_t pid, int *raw, struct err *e)
{
	struct err ignored;

	if (!spec->death_signal || !await_end(pid, e))
		return wait_for(pid, raw, e);
	kill(pid, spec->death_signal);
	wait_for(pid, raw, &ignored);
	return -1;
}

int child_run(const struct child_spec *spec, struct err *e)
{
	pid_t pid;
	int raw;

	if (child_start(spec, &pid, e) || see_through(spec, pid, &raw, e))
		return -1;
	if (WIFSIGNALED(raw))
		return err_set(e, ERR_OS, "%s was ended by signal %d (%s)",
			spec->argv[0], WTERMSIG(raw), strsignal(WTERMSIG(raw)));
	if (WEXITSTATUS(raw))
		return err_set(e, ERR_OS, "%s failed with status %d",
			spec->argv[0], WEXITSTATUS(raw));
	return 0;
}

enum { CAPTURED_MOST = 64 * 1024 };

/* take_output: the first, or the last that there is room for. Not io_read: a
 * pending signal must not make it look as if nothing had been said. */
static int take_output(int fd, struct strbuf *out, bool last)
{
	struct stat st;
	off_t from = 0;
	size_t len = 0;
	ssize_t n;

	if (last && !fstat(fd, &st) && st.st_size > CAPTURED_MOST)
		from = st.st_size - CAPTURED_MOST;
	strbuf_reset(out);
	strbuf_grow(out, CAPTURED_MOST);
	do {
		n = pread(fd, out->buf + len, CAPTURED_MOST - len,
			from + (off_t)len);
		if (n > 0)
			len += (size_t)n;
	} while (n > 0 || (n < 0 && errno == EINTR));
	strbuf_setlen(out, len);
	return n < 0 ? -1 : 0;
}

/* has: whether a line holds these words. */
static bool has(const char *line, size_t len, const char *words)
{
	return memmem(line, len, words, strlen(words));
}

/* worth: how well a line tells why a program failed: with the system's reason;
 * as one that calls itself an error. Source: mysys/errors.c of MariaDB. */
static int worth(const char *line, size_t len)
{
	if (has(line, len, "Error") &&
		(has(line, len, "(errno: ") || has(line, len, "(Errcode: ")))
		return 2;
	return has(line, len, "Error: ");
}

/* telling_line: the last one of those that tell most, for mariadb-backup goes
 * on with what it gave up for that, and with the account's grants, where the
 * hash of its password stands. *line is moved there; returns its length. */
static size_t telling_line(const char **line, const struct strbuf *said)
{
	const char *p = said->buf, *end = p + said->len, *newline;
	size_t found = 0;
	int best = 0;

	for (; p < end; p = newline + 1) {
		size_t len;
		int this;

		newline = memchr(p, '\n', (size_t)(end - p));
		newline = newline ? newline : end;
		len = (size_t)(newline - p);
		this = worth(p, len);
		if (!len || this < best)
			continue;
		best = this;
		*line = p;
		found = len;
	}
	return found;
}

/* add_words: what of that which it said tells why it failed. */
static void add_words(const struct strbuf *said, struct err *e)
{
	struct err first = *e;
	const char *line = "";
	size_t len = telling_line(&line, said);

	if (!len)
		return;
	err_set(e, first.code, "%s: %.*s", first.msg, (int)len, line);
	if (first.hint[0])
		err_hint(e, "%s", first.hint);
}

int child_capture_bound(const char *const *argv, int death_signal,
	struct strbuf *out, struct err *e)
{
	/* Memory, so that no one waits for a reader. */
	int to = memfd_create("output", MFD_CLOEXEC);
	int said = memfd_create("messages", MFD_CLOEXEC), rc = -1;
	const struct child_spec spec = {.argv = argv,
		.in = -1,
		.out = to,
		.err = said,
		.death_signal = death_signal};
	struct strbuf words = STRBUF_INIT;

	if (to < 0 || said < 0) {
		err_sys(e, ERR_OS, "cannot start %s", argv[0]);
	} else {
		rc = child_run(&spec, e);
		if (take_output(to, out, false) && !rc)
			rc = err_sys(
				e, ERR_OS, "cannot read what %s said", argv[0]);
		else if (rc && !take_output(said, &words, true))
			add_words(&words, e);
	}
	if (to >= 0)
		close(to);
	if (said >= 0)
		close(said);
	strbuf_release(&words);
	return rc;
}

int child_capture(const char *const *argv, struct strbuf *out, struct err *e)
{
	return child_capture_bound(argv, 0, out, e);
}
