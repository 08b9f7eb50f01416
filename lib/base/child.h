/* child.h: child processes from argument vectors, never through a shell. */
#ifndef DBPIPES_BASE_CHILD_H
#define DBPIPES_BASE_CHILD_H

#include <stdbool.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/strbuf.h"

/* How to start one. A descriptor of -1 means: ours, inherited. */
struct child_spec {
	const char *const *argv; /* argv[0] is looked up in PATH; NULL-ended */
	int in, out, err;        /* descriptors for 0, 1 and 2 */
	int death_signal; /* what it gets if we die before it, or child_run is
			   * interrupted; 0: nothing */
	uid_t uid;        /* who it is; 0: we. Its only group: */
	gid_t gid;
	bool group;   /* it is the first of a process group of its own: kill(2)
		       * of -pid ends those that it has started, too */
	rlim_t files; /* its soft limit of open files, or the hard one where
		       * that is lower (setrlimit(2)); 0: ours */
};

/* child_start: fork and exec; signals and their mask are put back to default
 * in the child, every other descriptor is close-on-exec. Errors: ERR_OS, with
 * the reason exec failed (ERR_NOINPUT and a hint if there is no such program);
 * *pid is 0 then. */
int child_start(const struct child_spec *spec, pid_t *pid, struct err *e);

/* child_wait: wait for the end, EINTR retried. *status gets what a shell
 * would show: the exit status, or 128 + signal. */
int child_wait(pid_t pid, int *status, struct err *e);

/* child_await: as child_wait, but a signal that asks us to stop ends the wait
 * with ERR_SIGNAL; the child goes on. */
int child_await(pid_t pid, int *status, struct err *e);

/* child_run: start and wait; a status other than 0 is an error that names the
 * program and how it ended. With a death signal, one that asks us to stop ends
 * the child, too: ERR_SIGNAL, once it has gone. */
int child_run(const struct child_spec *spec, struct err *e);

/* child_capture: child_run with its standard output in *out (reset first; at
 * most 64 KiB of it). If it fails, the last line of its standard error that
 * calls itself an error, or the last of all, stands in the error's message. */
int child_capture(const char *const *argv, struct strbuf *out, struct err *e);

/* child_capture_bound: the same with a death signal. */
int child_capture_bound(const char *const *argv, int death_signal,
	struct strbuf *out, struct err *e);

#endif
