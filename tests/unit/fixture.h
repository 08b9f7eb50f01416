/* fixture.h: what unit tests need around them: a folder of their own, files in
 * it, and a forked process whose end and messages are caught. */
#ifndef DBPIPES_TESTS_FIXTURE_H
#define DBPIPES_TESTS_FIXTURE_H

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char fixture_dir[64];

static inline int fixture_remove(
	const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)st;
	(void)kind;
	(void)ftw;
	return remove(path);
}

static inline void fixture_end(void)
{
	nftw(fixture_dir, fixture_remove, 8, FTW_DEPTH | FTW_PHYS);
}

/* An empty folder, gone again when the test calls fixture_end. */
static inline void fixture_begin(void)
{
	snprintf(fixture_dir, sizeof(fixture_dir), "/tmp/dbpipes-unit.XXXXXX");
	if (!mkdtemp(fixture_dir)) {
		perror(fixture_dir);
		exit(1);
	}
}

/* A path in that folder; valid until the sixteenth call after this one. */
static inline const char *in_dir(const char *name)
{
	static char path[16][256];
	static unsigned turn;
	char *to = path[turn++ % 16];

	snprintf(to, 256, "%s/%s", fixture_dir, name);
	return to;
}

static inline const char *put_file(const char *name, const char *text)
{
	const char *path = in_dir(name);
	FILE *file = fopen(path, "we");

	if (!file || fputs(text, file) < 0 || fclose(file)) {
		perror(path);
		exit(1);
	}
	return path;
}

/* What a descriptor holds from its beginning, or a pipe until its end. */
static inline void slurp(int fd, char *text, size_t size)
{
	size_t len = 0;
	ssize_t n;

	while (len < size - 1 && (n = read(fd, text + len, size - 1 - len)) > 0)
		len += (size_t)n;
	text[len] = '\0';
}

static inline const char *get_file(const char *path)
{
	static char text[8192];
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return NULL;
	slurp(fd, text, sizeof(text));
	close(fd);
	return text;
}

static inline int count_files(void)
{
	DIR *dir = opendir(fixture_dir);
	int count = 0;

	while (dir && readdir(dir))
		count++;
	if (dir)
		closedir(dir);
	return count - 2;
}

/* How a forked process ended. */
struct ended {
	int status; /* exit status, or 128 + signal */
	char out[8192], err[8192];
};

/* Run body in a process of its own, which ends with its result. */
static inline struct ended in_fork(int (*body)(void))
{
	static struct ended end;
	FILE *out = tmpfile(), *err = tmpfile();
	int raw = 0;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (!pid) {
		dup2(fileno(out), STDOUT_FILENO);
		dup2(fileno(err), STDERR_FILENO);
		fclose(out);
		fclose(err);
		exit(body());
	}
	waitpid(pid, &raw, 0);
	end.status = WIFSIGNALED(raw) ? 128 + WTERMSIG(raw) : WEXITSTATUS(raw);
	rewind(out);
	rewind(err);
	slurp(fileno(out), end.out, sizeof(end.out));
	slurp(fileno(err), end.err, sizeof(end.err));
	fclose(out);
	fclose(err);
	return end;
}

#endif
