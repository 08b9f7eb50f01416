/* redo.c: the redo log's beginning, and whether it is still there. */
#include "snap/redo.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tap.h"

enum { SIZE = 96 * 1024 * 1024 };

/* Of a log that mariadb-install-db 10.11.19 made. */
static const unsigned char head[] = "Phys\0\0\0\0\0\0\0\0\0\0\x30\0";
static const unsigned char older[64] = {
	[6] = 0xae, 0xb8, [14] = 0xae, 0xb8, [60] = 0x30, 0x20, 0x86, 0x35};
static const unsigned char newer[64] = {
	[6] = 0xaf, 0x4e, [14] = 0xaf, 0x4e, [60] = 0xd2, 0x92, 0x68, 0x7e};

/* make: a log with these blocks in a new directory. Returns the directory. */
static int make(char *dir, const unsigned char *one, const unsigned char *two)
{
	int fd, log;

	strcpy(dir, "/tmp/dbpipes-redo-XXXXXX");
	if (!mkdtemp(dir))
		abort();
	fd = open(dir, O_RDONLY | O_DIRECTORY);
	log = openat(fd, REDO_NAME, O_RDWR | O_CREAT, 0600);
	if (pwrite(log, head, 16, 0) != 16 ||
		pwrite(log, one, 64, 4096) != 64 ||
		pwrite(log, two, 64, 8192) != 64 || ftruncate(log, SIZE))
		abort();
	close(log);
	return fd;
}

static void end(int fd, const char *dir)
{
	unlinkat(fd, REDO_NAME, 0);
	close(fd);
	rmdir(dir);
}

static void test_mark(void)
{
	struct redo_mark mark;
	struct err e;
	char dir[32];
	int fd = make(dir, older, newer);

	ok(!redo_mark_read(&mark, fd, &e), "a log of MariaDB 10.11 is read");
	ok(mark.lsn == 0xaf4e, "its newest checkpoint counts");
	ok(redo_mark_holds(&mark, fd, 0xaf4e + 1000),
		"it holds what has been written since");
	ok(!redo_mark_holds(&mark, fd, 0xaf4e + SIZE),
		"but not if it has come round");
	ok(!redo_mark_holds(&mark, fd, 0xaf4e - 1),
		"nor if its end is before its beginning");
	unlinkat(fd, REDO_NAME, 0);
	ok(!redo_mark_holds(&mark, fd, 0xaf4e + 1000),
		"nor if it is another file");
	end(fd, dir);
}

static void test_damage(void)
{
	struct redo_mark mark;
	unsigned char torn[64];
	struct err e;
	char dir[32];
	int fd;

	memcpy(torn, newer, sizeof(torn));
	torn[7] ^= 1;
	fd = make(dir, older, torn);
	ok(!redo_mark_read(&mark, fd, &e) && mark.lsn == 0xaeb8,
		"a block with a wrong checksum does not count");
	end(fd, dir);
	fd = make(dir, torn, torn);
	ok(redo_mark_read(&mark, fd, &e) && e.code == ERR_DATA,
		"without a good one it is an error");
	end(fd, dir);
}

static void test_format(void)
{
	struct redo_mark mark;
	struct err e;
	char dir[32];
	int fd = make(dir, older, newer);
	int log = openat(fd, REDO_NAME, O_RDWR);

	if (pwrite(log, "PHYS", 4, 0) != 4)
		abort();
	close(log);
	ok(redo_mark_read(&mark, fd, &e) && e.code == ERR_UNAVAILABLE,
		"the format of MariaDB 10.5 is refused");
	unlinkat(fd, REDO_NAME, 0);
	ok(!redo_mark_read(&mark, fd, &e) && !mark.lsn, "no log is no error");
	ok(redo_mark_holds(&mark, fd, 0), "and nothing is missing of it");
	end(fd, dir);
}

int main(void)
{
	test_mark();
	test_damage();
	test_format();
	return done_testing();
}
