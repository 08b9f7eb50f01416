/* frame.c: see frame.h. */
#include "stream/frame.h"

#include <stdint.h>
#include <stdlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "base/alloc.h"

struct frame_packer {
	ZSTD_CCtx *zstd;
};

struct frame_packer *frame_packer_new(int level)
{
	struct frame_packer *packer = xcalloc(1, sizeof(*packer));

	packer->zstd = ZSTD_createCCtx();
	if (!packer->zstd)
		abort(); /* only for want of memory */
	ZSTD_CCtx_setParameter(packer->zstd, ZSTD_c_compressionLevel, level);
	ZSTD_CCtx_setParameter(packer->zstd, ZSTD_c_checksumFlag, 1);
	return packer;
}

void frame_packer_free(struct frame_packer *packer)
{
	if (!packer)
		return;
	ZSTD_freeCCtx(packer->zstd);
	free(packer);
}

int frame_pack(struct frame_packer *packer, const char *text, size_t len,
	struct strbuf *out, struct err *e)
{
	size_t room = ZSTD_compressBound(len), size;

	strbuf_reset(out);
	/* The seek table has 32 bits for either size. */
	if (len > UINT32_MAX || room > UINT32_MAX) {
		err_set(e, ERR_DATA,
			"a statement of %zu bytes does not fit into a frame of "
			"a compressed dump",
			len);
		return err_hint(e, "dump without --zstd");
	}
	strbuf_grow(out, room);
	size = ZSTD_compress2(packer->zstd, out->buf, room, text, len);
	if (ZSTD_getErrorCode(size) == ZSTD_error_memory_allocation)
		return err_set(e, ERR_OS, "no memory to compress by zstd");
	if (ZSTD_isError(size))
		return err_set(e, ERR_BUG, "zstd: %s", ZSTD_getErrorName(size));
	strbuf_setlen(out, size);
	return 0;
}
