/* spool.c: see spool.h. */
#include "base/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/io.h"

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

int spool_file(struct err *e)
{
	const char *dir = getenv("TMPDIR");
	int fd;

	if (!dir || !*dir)
		dir = "/tmp";
	fd = open_unlinked(dir);
	if (fd >= 0)
		return fd;
	err_sys(e, ERR_CANTCREATE, "cannot create a temporary file in '%s'",
		dir);
	return err_hint(e, "set TMPDIR to a directory with some room");
}

int spool_open(struct spool *spool, struct err *e)
{
	spool->fd = spool_file(e);
	if (spool->fd < 0)
		return -1;
	out_init(&spool->out, spool->fd, spool_name);
	return 0;
}

/* spool_write: the length first, so that what was written at once comes back
 * at once. */
static int spool_write(void *ctx, const void *data, size_t len, struct err *e)
{
	struct spool *spool = ctx;

	if (out_write(&spool->out, &len, sizeof(len), e))
		return -1;
	return out_write(&spool->out, data, len, e);
}

struct sink spool_sink(struct spool *spool)
{
	return (struct sink){spool_write, spool};
}

int spool_rewind(struct spool *spool, struct err *e)
{
	strbuf_reset(&spool->out.buf);
	if (ftruncate(spool->fd, 0) || lseek(spool->fd, 0, SEEK_SET) < 0)
		return err_sys(e, ERR_IO, "cannot empty a %s", spool_name);
	return 0;
}

/* spool_read: so many bytes, or none at the end. Returns 1, 0, -1. */
static int spool_read(struct spool *spool, uint64_t offset, void *to,
	size_t len, struct err *e)
{
	ssize_t got = io_pread_full(spool->fd, to, len, offset, spool_name, e);

	if (got < 0)
		return -1;
	if (got && (size_t)got < len)
		return err_set(e, ERR_IO, "a %s was cut off", spool_name);
	return got > 0;
}

int spool_copy(struct spool *spool, struct sink to, struct err *e)
{
	struct strbuf data = STRBUF_INIT;
	uint64_t offset = 0;
	size_t len;
	int rc;

	if (out_flush(&spool->out, e))
		return -1;
	while ((rc = spool_read(spool, offset, &len, sizeof(len), e)) > 0) {
		offset += sizeof(len);
		strbuf_reset(&data);
		strbuf_grow(&data, len);
		rc = len ? spool_read(spool, offset, data.buf, len, e) : 1;
		offset += len;
		if (rc > 0 && to.write(to.ctx, data.buf, len, e))
			rc = -1;
		if (rc <= 0)
			break;
	}
	strbuf_release(&data);
	return rc;
}

void spool_close(struct spool *spool)
{
	out_release(&spool->out);
	if (spool->fd >= 0)
		close(spool->fd);
	spool->fd = -1;
}
