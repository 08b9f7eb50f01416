/* spool.c: see spool.h. */
#include "base/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/io.h"

enum { SPOOL_CHUNK = 64 * 1024 };

static const char spool_name[] = "temporary file";

/* open_unlinked: O_TMPFILE where the file system has it, else a name that is
 * removed at once. */
static int open_unlinked(const char *dir)
{
	struct strbuf path = STRBUF_INIT;
	int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR)) {
		strbuf_addf(&path, "%s/dbpipes-XXXXXX", dir);
		fd = mkostemp(path.buf, O_CLOEXEC);
		if (fd >= 0)
			unlink(path.buf);
		strbuf_release(&path);
	}
	return fd;
}

int spool_open(struct spool *spool, struct err *e)
{
	const char *dir = getenv("TMPDIR");

	if (!dir || !*dir)
		dir = "/tmp";
	spool->fd = open_unlinked(dir);
	if (spool->fd < 0) {
		err_sys(e, ERR_CANTCREATE,
			"cannot create a temporary file in "
			"'%s'",
			dir);
		return err_hint(e, "set TMPDIR to a directory with some room");
	}
	out_init(&spool->out, spool->fd, spool_name);
	return 0;
}

struct sink spool_sink(struct spool *spool)
{
	return out_sink(&spool->out);
}

int spool_rewind(struct spool *spool, struct err *e)
{
	strbuf_reset(&spool->out.buf);
	if (ftruncate(spool->fd, 0) || lseek(spool->fd, 0, SEEK_SET) < 0)
		return err_sys(e, ERR_IO, "cannot empty a %s", spool_name);
	return 0;
}

int spool_copy(struct spool *spool, struct sink to, struct err *e)
{
	char *chunk;
	uint64_t offset = 0;
	ssize_t got;

	if (out_flush(&spool->out, e))
		return -1;
	chunk = xmalloc(SPOOL_CHUNK);
	do {
		got = io_pread_full(
			spool->fd, chunk, SPOOL_CHUNK, offset, spool_name, e);
		if (got > 0 && to.write(to.ctx, chunk, (size_t)got, e))
			got = -1;
		offset += got > 0 ? (uint64_t)got : 0;
	} while (got > 0);
	free(chunk);
	return got < 0 ? -1 : 0;
}

void spool_close(struct spool *spool)
{
	out_release(&spool->out);
	if (spool->fd >= 0)
		close(spool->fd);
	spool->fd = -1;
}
