/* Files that appear whole or not at all. */
#include "base/atomic.h"

#include "base/io.h"
#include "base/prog.h"
#include "base/undo.h"
#include "fixture.h"
#include "tap.h"

static void test_commit(void)
{
	struct atomic_file file;
	struct stat st = {0};
	struct err e;
	const char *path = in_dir("new");

	is_int(atomic_open(&file, path, &e), 0, "a file is begun");
	is_int(io_write_all(file.fd, "whole\n", 6, path, &e), 0, "and written");
	is_int(access(path, F_OK), -1, "its name is not there before the end");
	stat(file.temp, &st);
	is_int(st.st_mode & 0777, 0600, "its temporary file is private");
	ok(fcntl(file.fd, F_GETFD) & FD_CLOEXEC, "and not for children");
	is_int(atomic_commit(&file, &e), 0, "it is ended");
	is_str(get_file(path), "whole\n", "then the name holds the bytes");
	stat(path, &st);
	is_int(st.st_mode & 0777, 0600, "and is private");
	is_int(count_files(), 1, "and nothing else is left");
	atomic_abort(&file);
	is_str(get_file(path), "whole\n", "dropping an ended file is harmless");
}

static void test_abort(void)
{
	struct atomic_file file;
	struct err e;
	const char *path = in_dir("new");

	atomic_open(&file, path, &e);
	io_write_all(file.fd, "half", 4, path, &e);
	atomic_abort(&file);
	is_str(get_file(path), "whole\n", "a dropped file leaves the old one");
	atomic_open(&file, path, &e);
	io_write_all(file.fd, "half", 4, path, &e);
	undo_run_all();
	is_int(count_files(), 1, "an early end removes the temporary file");
	ok(atomic_commit(&file, &e) == -1 && e.code == ERR_CANTCREATE,
		"after which it cannot be ended");
	is_str(get_file(path), "whole\n", "and the old one is still there");
}

static int die_while_writing(void)
{
	struct atomic_file file;
	struct err e;

	prog_init("atomic");
	if (!atomic_open(&file, in_dir("half"), &e))
		err_set(&e, ERR_TEMP, "server gone");
	die_err(&e);
}

static void test_links(void)
{
	struct atomic_file file;
	struct stat st;
	struct err e;

	put_file("target", "old");
	if (symlink("target", in_dir("link")))
		return;
	atomic_open(&file, in_dir("link"), &e);
	io_write_all(file.fd, "new", 3, "link", &e);
	is_int(atomic_commit(&file, &e), 0, "a symbolic link can be written");
	is_str(get_file(in_dir("target")), "new",
		"what it points to is replaced");
	ok(!lstat(in_dir("link"), &st) && S_ISLNK(st.st_mode),
		"and the link stays a link");
}

static void test_special(void)
{
	struct atomic_file file;
	struct err e;

	is_int(atomic_open(&file, "/dev/full", &e), 0, "a device is opened");
	is_str(file.temp, NULL, "without a temporary file");
	ok(io_write_all(file.fd, "x", 1, "/dev/full", &e) == -1 &&
			e.code == ERR_IO,
		"and written directly");
	atomic_abort(&file);
	is_int(access("/dev/full", F_OK), 0, "and is never removed");
	atomic_open(&file, "/dev/null", &e);
	io_write_all(file.fd, "x", 1, "/dev/null", &e);
	is_int(atomic_commit(&file, &e), 0, "and is ended like a file");
}

static void test_refused(void)
{
	struct atomic_file file;
	struct err e;

	ok(atomic_open(&file, in_dir("none/file"), &e) == -1 &&
			e.code == ERR_CANTCREATE && strstr(e.hint, "directory"),
		"a missing directory is ERR_CANTCREATE with a hint");
	ok(atomic_open(&file, fixture_dir, &e) == -1 &&
			e.code == ERR_CANTCREATE,
		"a directory's name is ERR_CANTCREATE");
}

static void test_long_name(void)
{
	struct atomic_file file;
	struct err e;
	char name[251];

	memset(name, 'n', 250);
	name[250] = '\0';
	if (chdir(fixture_dir))
		return;
	is_int(atomic_open(&file, name, &e), 0,
		"a name as long as names can be has room for a temporary one");
	is_int(atomic_commit(&file, &e), 0, "and is ended");
	is_int(access(name, F_OK), 0, "in the current directory");
	unlink(name);
}

int main(void)
{
	struct ended end;

	fixture_begin();
	test_commit();
	test_abort();
	end = in_fork(die_while_writing);
	is_int(end.status, ERR_TEMP, "a program that dies while writing");
	is_int(count_files(), 1, "leaves neither half nor temporary file");
	test_links();
	test_special();
	test_refused();
	test_long_name();
	fixture_end();
	return done_testing();
}
