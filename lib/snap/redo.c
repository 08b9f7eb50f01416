/* redo.c: see redo.h. */
#include "snap/redo.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"

enum {
	FORMAT_10_8 = 0x50687973, /* "Phys" */
	BLOCK = 4096,             /* from one checkpoint block to the next */
	CHECKED = 60,             /* bytes before the block's CRC-32C */
	TRIES = 5,
	/* What the server may have written behind the LSN that it states: the
	 * rest of a block, and what came after. */
	MARGIN = 1024 * 1024
};

static uint64_t be(const unsigned char *p, int bytes)
{
	uint64_t value = 0;

	for (int i = 0; i < bytes; i++)
		value = value << 8 | p[i];
	return value;
}

/* crc32c: of a few bytes. Source: RFC 3720, 12.1. */
static uint32_t crc32c(const unsigned char *p, size_t len)
{
	uint32_t crc = 0xffffffff;

	while (len--) {
		crc ^= *p++;
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78 : 0);
	}
	return ~crc;
}

/* newest: the LSN of the checkpoint that recovery would begin at, 0: none. */
static uint64_t newest(const unsigned char *blocks)
{
	uint64_t lsn = 0;

	for (int i = 0; i < REDO_BLOCKS; i += BLOCK) {
		const unsigned char *p = blocks + i;

		if (be(p + CHECKED, 4) == crc32c(p, CHECKED) && be(p, 8) > lsn)
			lsn = be(p, 8);
	}
	return lsn;
}

/* is_known: also that of an encrypted log since 10.11.15, whose header and
 * checkpoints are the same, in the clear. Source: MariaDB,
 * log_t::FORMAT_ENC_11; recv_sys_t::find_checkpoint(). */
static bool is_known(uint64_t format)
{
	return format == FORMAT_10_8 || format == 0xf09f979d;
}

static int other_format(struct err *e)
{
	err_set(e, ERR_UNAVAILABLE,
		REDO_NAME " is not in the format of MariaDB 10.8 and later, so "
			  "its files cannot be copied one after the other");
	return err_hint(
		e, "use --method=btrfs, lvm or zfs; of MariaDB also copy");
}

static int read_header(struct redo_mark *mark, int fd, struct err *e)
{
	unsigned char head[REDO_START];

	if (io_pread_full(fd, head, sizeof(head), 0, REDO_NAME, e) < 0)
		return -1;
	if (!is_known(be(head, 4)))
		return other_format(e);
	memcpy(mark->blocks, head + REDO_CHECKPOINTS, REDO_BLOCKS);
	mark->lsn = newest(mark->blocks);
	return 0;
}

int redo_mark_read(struct redo_mark *mark, int datadir, struct err *e)
{
	int fd = openat(datadir, REDO_NAME, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;
	int rc = 0;

	*mark = (struct redo_mark){.lsn = 0};
	if (fd < 0 && errno == ENOENT)
		return faccessat(datadir, "#innodb_redo", F_OK, 0)
			? 0
			: other_format(e);
	if (fd < 0 || fstat(fd, &st))
		rc = err_sys(e, ERR_IO, "cannot open " REDO_NAME);
	else
		*mark = (struct redo_mark){.dev = st.st_dev,
			.ino = st.st_ino,
			.size = (uint64_t)st.st_size};
	/* A block may just be being written. */
	for (int i = 0; !rc && !mark->lsn && i < TRIES; i++)
		rc = read_header(mark, fd, e);
	if (fd >= 0)
		close(fd);
	if (!rc && !mark->lsn)
		rc = err_set(e, ERR_DATA,
			REDO_NAME " has no checkpoint that could be read");
	return rc;
}

bool redo_mark_holds(
	const struct redo_mark *mark, int datadir, uint64_t end_lsn)
{
	struct stat st;

	if (!mark->lsn)
		return true;
	return !fstatat(datadir, REDO_NAME, &st, AT_SYMLINK_NOFOLLOW) &&
		st.st_dev == mark->dev && st.st_ino == mark->ino &&
		(uint64_t)st.st_size == mark->size && end_lsn >= mark->lsn &&
		end_lsn - mark->lsn + MARGIN < mark->size - REDO_START;
}

int redo_mark_write(const struct redo_mark *mark, int fd, struct err *e)
{
	ssize_t n = pwrite(fd, mark->blocks, REDO_BLOCKS, REDO_CHECKPOINTS);

	if (n == REDO_BLOCKS && !fdatasync(fd))
		return 0;
	return err_sys(e, ERR_IO, "cannot write the snapshot's " REDO_NAME);
}
