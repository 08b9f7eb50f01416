/* Child processes. */
#include "base/child.h"

#include <signal.h>

#include "base/sig.h"
#include "fixture.h"
#include "tap.h"

static int run(const char *const *argv, struct err *e)
{
	const struct child_spec spec = {
		.argv = argv, .in = -1, .out = -1, .err = -1};

	return child_run(&spec, e);
}

static void test_status(void)
{
	const char *const good[] = {"true", NULL};
	const char *const bad[] = {"sh", "-c", "exit 3", NULL};
	const char *const killed[] = {"sh", "-c", "kill -TERM $$", NULL};
	const char *const missing[] = {"dbpipes-no-such-program", NULL};
	const char *const folder[] = {"/tmp", NULL};
	const struct child_spec spec = {
		.argv = killed, .in = -1, .out = -1, .err = -1};
	const struct child_spec absent = {
		.argv = missing, .in = -1, .out = -1, .err = -1};
	struct err e;
	pid_t pid;
	int status = 0;

	is_int(run(good, &e), 0, "a program that succeeds is no error");
	ok(run(bad, &e) == -1 && e.code == ERR_OS, "one that fails is");
	is_str(e.msg, "sh failed with status 3", "which names it and how");
	ok(run(killed, &e) == -1 && strstr(e.msg, "ended by signal 15"),
		"so is one that a signal ended");
	ok(!child_start(&spec, &pid, &e) && !child_wait(pid, &status, &e),
		"a program can be started and waited for");
	is_int(status, 143, "a signal's status is what a shell would show");
	ok(run(missing, &e) == -1 && e.code == ERR_NOINPUT && e.hint[0],
		"a missing program is ERR_NOINPUT with a hint");
	ok(run(folder, &e) == -1 && e.code == ERR_OS,
		"one that cannot be started is ERR_OS");
	ok(child_start(&absent, &pid, &e) == -1 && !pid,
		"of a program that was not started there is no process");
	ok(child_wait(1, &status, &e) == -1 && e.code == ERR_OS,
		"waiting for no child of ours is an error");
}

/* The text that a command writes to the end of a pipe. */
static const char *output(const char *const *argv, int in)
{
	static char text[1024];
	struct child_spec spec = {.argv = argv, .in = in, .err = -1};
	struct err e;
	pid_t pid;
	int fd[2], status;

	if (pipe2(fd, O_CLOEXEC))
		return NULL;
	spec.out = fd[1];
	if (child_start(&spec, &pid, &e))
		return NULL;
	close(fd[1]);
	slurp(fd[0], text, sizeof(text));
	close(fd[0]);
	child_wait(pid, &status, &e);
	return text;
}

static void test_descriptors(void)
{
	const char *const cat[] = {"cat", NULL};
	const char *const list[] = {"sh", "-c",
		"for f in /proc/$$/fd/*; do echo ${f##*/}; done", NULL};
	int in = open(put_file("in", "through"), O_RDONLY | O_CLOEXEC);

	is_str(output(cat, in), "through", "input and output are redirected");
	close(in);
	ok(!strstr(output(list, -1), "\n4"),
		"other descriptors are not handed on");
}

static int swapped(void)
{
	const char *const argv[] = {"sh", "-c", "echo out; echo err >&2", NULL};
	const struct child_spec spec = {
		.argv = argv, .in = -1, .out = 2, .err = 1};
	struct err e;

	return child_run(&spec, &e);
}

static void test_signals(void)
{
	/* Signals 32 and 33 are the C library's own: programs cannot touch
	 * them, and make's children have them ignored (glibc, spawni.c). */
	const char *const argv[] = {"sh", "-c",
		"grep -E 'Sig(Blk|Ign)' /proc/$$/status | tr -d '\\n\\t' |"
		"sed 's/180000000$/000000000/'",
		NULL};
	sigset_t set;
	const char *text;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	text = output(argv, -1);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	has_str(text, "SigBlk:0000000000000000", "no signal is blocked in it");
	has_str(text, "SigIgn:0000000000000000", "and none ignored");
}

static int signalled_early(void)
{
	const char *const argv[] = {"sleep", "10", NULL};
	const struct child_spec spec = {
		.argv = argv, .in = -1, .out = -1, .err = -1};
	struct err e;
	int status;
	pid_t pid;

	if (child_start(&spec, &pid, &e))
		return 99;
	kill(pid, SIGTERM);
	if (child_wait(pid, &status, &e))
		return 98;
	return sig_pending() ? 97 : status;
}

/* It has us stopped, and would go on for longer than a test may take. */
static int interrupted(void)
{
	const char *const argv[] = {"sh", "-c",
		"trap '' TERM; kill -TERM $PPID; exec sleep 3000", NULL};
	const struct child_spec spec = {.argv = argv,
		.in = -1,
		.out = -1,
		.err = -1,
		.death_signal = SIGKILL};
	struct err e;

	if (!child_run(&spec, &e) || e.code != ERR_SIGNAL)
		return 99;
	return waitpid(-1, NULL, WNOHANG) < 0 ? 0 : 98;
}

int main(void)
{
	struct ended end;

	sig_init();
	fixture_begin();
	test_status();
	test_descriptors();
	end = in_fork(swapped);
	is_str(end.out, "err\n", "standard output and error can be swapped:");
	is_str(end.err, "out\n", "each goes where the other did");
	test_signals();
	is_int(in_fork(signalled_early).status, 143,
		"a signal to the child is the child's alone");
	is_int(in_fork(interrupted).status, 0,
		"one to us ends a child with a death signal, and is told");
	fixture_end();
	return done_testing();
}
