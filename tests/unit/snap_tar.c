/* Archives of files: GNU tar is the judge. */
#include "snap/tar.h"

#include <sys/time.h>

#include "fixture.h"
#include "tap.h"

enum { MIB = 1024 * 1024 };

static bool shell(const char *command)
{
	char line[1024];

	snprintf(line, sizeof(line), "cd '%s' && { %s; } >/dev/null 2>said",
		fixture_dir, command);
	return !system(line);
}

static int take(void *ctx, const void *data, size_t len, struct err *e)
{
	return fwrite(data, 1, len, ctx) == len
		? 0
		: err_set(e, ERR_IO, "cannot write");
}

/* add: a file or directory of the folder. */
static int add(struct tar *tar, const char *name, struct err *e)
{
	int dir = open(fixture_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC), rc;
	struct stat st;

	close(dir);
	if (fd < 0 || fstat(fd, &st))
		return -1;
	rc = S_ISDIR(st.st_mode) ? tar_directory(tar, name, &st, e)
				 : tar_file(tar, name, &st, fd, e);
	close(fd);
	return rc;
}

/* archive: these names, as the file a.tar. Returns its size; -1. */
static intmax_t archive(const char *const *names, struct err *e)
{
	FILE *file = fopen(in_dir("a.tar"), "we");
	struct tar tar;
	intmax_t written = -1;
	int rc = 0;

	tar_begin(&tar, (struct sink){take, file}, NULL);
	for (; !rc && *names; names++)
		rc = add(&tar, *names, e);
	if (!rc && !tar_end(&tar, e))
		written = (intmax_t)tar.written;
	tar_release(&tar);
	fclose(file);
	return written;
}

static intmax_t size_of(const char *name)
{
	struct stat st;

	return stat(in_dir(name), &st) ? -1 : (intmax_t)st.st_size;
}

static void test_plain(void)
{
	static const char *const names[] = {
		"dir", "dir/empty", "dir/block", "dir/odd", NULL};
	struct err e;
	intmax_t size;

	ok(shell("mkdir dir out && : >dir/empty && "
		 "head -c 512 /dev/urandom >dir/block && "
		 "head -c 700001 /dev/urandom >dir/odd && "
		 "chmod 750 dir && chmod 4711 dir/odd && "
		 "touch -d @1234567890 dir/*"),
		"there are files");
	size = archive(names, &e);
	is_int(size, size_of("a.tar"), "an archive knows its size");
	is_int(size % 512, 0, "which is one of whole blocks");
	ok(shell("tar -xpf a.tar -C out && diff -r dir out/dir && "
		 "test ! -s said"),
		"tar gets the bytes back, without a word");
	ok(shell("test \"$(stat -c '%a %u:%g %Y' dir/*)\" = "
		 "\"$(stat -c '%a %u:%g %Y' out/dir/*)\""),
		"and modes, owners and times");
}

static void test_names(void)
{
	char path[301] = "", name[400];
	const char *const names[] = {path, "dir/\xc3\xa4 x", NULL};
	struct err e;

	memset(path, 'n', 140);
	mkdir(in_dir(path), 0700);
	path[140] = '/';
	memset(path + 141, 'm', 150);
	snprintf(name, sizeof(name), "%s/%s", fixture_dir, path);
	close(open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	close(open(in_dir("dir/\xc3\xa4 x"), O_WRONLY | O_CREAT | O_CLOEXEC,
		0600));
	ok(archive(names, &e) > 0, "long names are archived");
	snprintf(name, sizeof(name),
		"test \"$(LC_ALL=C.UTF-8 tar --quoting-style=literal -tf a.tar "
		"| head -n 1)\" = '%s'",
		path);
	ok(shell(name), "a name of 291 bytes comes back");
	ok(shell("LC_ALL=C.UTF-8 tar --quoting-style=literal -tf a.tar | "
		 "grep -qx 'dir/\xc3\xa4 x'"),
		"and one that is not ASCII");
}

static void test_sparse(void)
{
	static const char *const names[] = {"holes", "hole", NULL};
	struct err e;
	int fd = open(in_dir("holes"), O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (ftruncate(fd, 64 * MIB) || pwrite(fd, "begin", 5, 0) != 5 ||
		pwrite(fd, "middle", 6, 20 * MIB + 3) != 6 ||
		pwrite(fd, "end", 3, 64 * MIB - 3) != 3)
		abort();
	close(fd);
	ok(shell("truncate -s 5000001 hole"), "there are files with holes");
	ok(archive(names, &e) < MIB, "holes are not stored");
	ok(shell("tar -xf a.tar -C out && cmp holes out/holes && "
		 "cmp hole out/hole && test ! -s said"),
		"tar gets the bytes back, the last ones, too");
	ok(shell("test $(du -k out/holes | cut -f 1) -lt 1000"),
		"and the holes");
}

/* shrunk: st says that there is more than there is. */
static void test_changed(void)
{
	FILE *file = fopen(in_dir("a.tar"), "we");
	int fd = open(put_file("short", "five\n"), O_RDONLY | O_CLOEXEC);
	struct stat st;
	struct tar tar;
	struct err e = {0};

	fstat(fd, &st);
	st.st_size = 6;
	tar_begin(&tar, (struct sink){take, file}, NULL);
	ok(tar_file(&tar, "short", &st, fd, &e) && e.code == ERR_DATA,
		"a file that becomes shorter is an error");
	has_str(e.msg, "short", "that names it");
	tar_release(&tar);
	close(fd);
	fclose(file);
}

/* Numbers that no header has room for: over 8 GiB, and large owners. */
static void test_large(void)
{
	struct stat st = {.st_mode = S_IFREG | 0600,
		.st_uid = 3000000,
		.st_gid = 4000000000u,
		.st_mtime = 1};
	FILE *file = fopen(in_dir("a.tar"), "we");
	struct strbuf text = STRBUF_INIT;
	struct tar tar;
	struct err e;

	strbuf_addstr(&text, "{}\n");
	tar_begin(&tar, (struct sink){take, file}, NULL);
	ok(!tar_text(&tar, "record", &st, &text, &e) && !tar_end(&tar, &e),
		"a text becomes a member");
	tar_release(&tar);
	fclose(file);
	ok(shell("tar --numeric-owner -tvf a.tar | "
		 "grep -q '3000000/4000000000 *3 1970-01-01 .* record'"),
		"whose owners may be larger than a header's fields");
	ok(shell("test \"$(tar -xOf a.tar record)\" = '{}'"),
		"and whose bytes are there");
	strbuf_release(&text);
	ok(shell("truncate -s 9G huge"), "there is a file of 9 GiB");
	ok(archive((const char *const[]){"huge", NULL}, &e) > 0 &&
			shell("tar -tvf a.tar | grep -q ' 9663676416 '"),
		"its size is told");
}

int main(void)
{
	setenv("TZ", "UTC", 1);
	fixture_begin();
	test_plain();
	test_names();
	test_sparse();
	test_changed();
	test_large();
	fixture_end();
	return done_testing();
}
