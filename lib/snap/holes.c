/* holes.c: see holes.h. */
#include "snap/holes.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/io.h"

enum { COPY_BYTES = 256 * 1024 };

int holes_next(int fd, const char *path, uint64_t size, uint64_t *at,
	uint64_t *end, struct err *e)
{
	off_t data, hole;

	if (*at >= size)
		return 0;
	data = lseek(fd, (off_t)*at, SEEK_DATA);
	if (data < 0 && errno == ENXIO)
		return 0;
	hole = data < 0 ? -1 : lseek(fd, data, SEEK_HOLE);
	if (hole < 0)
		return err_sys(e, ERR_IO, "cannot find the holes of %s", path);
	*at = (uint64_t)data;
	*end = (uint64_t)hole < size ? (uint64_t)hole : size;
	return *at < *end;
}

int holes_read(int fd, const char *path, uint64_t at, void *buf, size_t len,
	struct err *e)
{
	ssize_t n = io_pread_full(fd, buf, len, at, path, e);

	if (n < 0)
		return -1;
	if ((size_t)n < len)
		return err_set(e, ERR_DATA,
			"%s has become shorter while it was read", path);
	return 0;
}

/* copy_data: from one offset to another. */
static int copy_data(int from, int to, const char *path, uint64_t at,
	uint64_t end, char *buf, struct err *e)
{
	if (lseek(to, (off_t)at, SEEK_SET) < 0)
		return err_sys(e, ERR_IO, "cannot write the copy of %s", path);
	while (at < end) {
		size_t want =
			end - at < COPY_BYTES ? (size_t)(end - at) : COPY_BYTES;

		if (holes_read(from, path, at, buf, want, e) ||
			io_write_all(to, buf, want, path, e))
			return -1;
		at += want;
	}
	return 0;
}

int holes_copy(int from, int to, const char *path, uint64_t size, struct err *e)
{
	char *buf = xmalloc(COPY_BYTES);
	uint64_t at = 0, end = 0;
	int rc;

	while ((rc = holes_next(from, path, size, &at, &end, e)) > 0 &&
		!copy_data(from, to, path, at, end, buf, e))
		at = end;
	free(buf);
	if (rc)
		return -1;
	return ftruncate(to, (off_t)size)
		? err_sys(e, ERR_IO, "cannot write the copy of %s", path)
		: 0;
}
