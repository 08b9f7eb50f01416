/* A folder of one's own, gone at the end, and cleared after a killed run. */
#include "base/scratch.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/prog.h"
#include "base/strbuf.h"
#include "base/undo.h"
#include "tap.h"

static bool there(const char *path)
{
	struct stat status;

	return !lstat(path, &status);
}

static void fill(const char *folder)
{
	struct strbuf text = STRBUF_INIT;

	strbuf_addf(&text,
		"mkdir -p %s/a/b && : >%s/a/b/c && ln -s / %s/a/root", folder,
		folder, folder);
	if (system(text.buf)) /* paths of our own making */
		abort();
	strbuf_release(&text);
}

/* leave: a child makes a folder and is killed; returns the folder's name. */
static char *leave(const char *parent)
{
	struct strbuf name = STRBUF_INIT;
	int pipes[2];
	ssize_t n;
	pid_t pid;

	if (pipe(pipes))
		abort();
	pid = fork();
	if (!pid) {
		struct scratch s = SCRATCH_INIT;
		struct err e;

		if (scratch_make(&s, parent, "check", &e) ||
			write(pipes[1], s.path, strlen(s.path)) < 0)
			_exit(1);
		close(pipes[1]);
		pause();
	}
	close(pipes[1]);
	strbuf_grow(&name, 4096);
	n = read(pipes[0], name.buf, 4096);
	strbuf_setlen(&name, n > 0 ? (size_t)n : 0);
	fill(name.buf);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return strbuf_detach(&name);
}

int main(void)
{
	char parent[] = "/tmp/scratch-test.XXXXXX";
	struct scratch one = SCRATCH_INIT, two = SCRATCH_INIT;
	struct stat status = {0};
	char *left, *path;
	struct err e = {0};

	prog_init("dbtest");
	if (!mkdtemp(parent))
		abort();
	left = leave(parent);
	ok(there(left), "a killed run leaves its folder");
	ok(!scratch_make(&one, parent, "check", &e), "the next run makes one");
	ok(!there(left), "and removes what nobody holds");
	stat(one.path, &status);
	ok((status.st_mode & 0777) == 0700, "it is its owner's alone");
	ok(!scratch_make(&two, parent, "check", &e) && there(one.path),
		"one that is in use stays");
	scratch_remove(&two);
	fill(one.path);
	path = strdup(one.path);
	undo_run_all();
	ok(!there(path) && there("/bin"),
		"the end removes all but what links lead to");
	is_int(scratch_make(&two, "/nowhere", "check", &e), -1,
		"a place that is not there is an error");
	is_int(e.code, ERR_CANTCREATE, "that it cannot be made");
	scratch_remove(&one);
	rmdir(parent);
	free(left);
	free(path);
	return done_testing();
}
