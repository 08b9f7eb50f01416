/* out.c: see out.h. */
#include "base/out.h"

#include "base/io.h"

enum { OUT_GATHER = 256 * 1024 }; /* bytes; a few pipes' worth a write(2) */

void out_init(struct out *out, int fd, const char *name)
{
	out->fd = fd;
	out->name = name;
	strbuf_init(&out->buf);
}

int out_flush(struct out *out, struct err *e)
{
	int rc = 0;

	if (out->buf.len)
		rc = io_write_all(
			out->fd, out->buf.buf, out->buf.len, out->name, e);
	strbuf_reset(&out->buf);
	return rc;
}

int out_write(struct out *out, const void *data, size_t len, struct err *e)
{
	if (out->buf.len + len > OUT_GATHER && out_flush(out, e))
		return -1;
	if (len >= OUT_GATHER)
		return io_write_all(out->fd, data, len, out->name, e);
	strbuf_add(&out->buf, data, len);
	return 0;
}

void out_release(struct out *out)
{
	strbuf_release(&out->buf);
}

static int sink_write(void *ctx, const void *data, size_t len, struct err *e)
{
	return out_write(ctx, data, len, e);
}

struct sink out_sink(struct out *out)
{
	return (struct sink){sink_write, out};
}
