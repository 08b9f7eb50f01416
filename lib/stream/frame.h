/* frame.h: text packed into zstd frames of its own: each can be unpacked
 * without the others, and knows its size and a checksum of its text.
 *
 * A packer is for one thread; several pack side by side, each its own text.
 */
#ifndef DBPIPES_STREAM_FRAME_H
#define DBPIPES_STREAM_FRAME_H

#include <stddef.h>

#include "base/err.h"
#include "base/strbuf.h"

enum {
	/* Of text in one frame: what a reader of a dump should gather before
	 * it packs. Against one frame for all, 153 MB of mixed tables at level
	 * 3 are larger by 0.6 percent in frames of 1 MiB, 0.3 of 2, 0.15 of 4;
	 * larger ones cost memory, times the readers. */
	FRAME_TEXT = 2 * 1024 * 1024,
	FRAME_LEVEL = 3, /* what --zstd means without a level */
	FRAME_LEVEL_MAX = 19
};

struct frame_packer;

/* frame_packer_new: level as of zstd, 1 to FRAME_LEVEL_MAX. Owns: ended by
 * frame_packer_free. */
struct frame_packer *frame_packer_new(int level);
void frame_packer_free(struct frame_packer *packer);

/* frame_pack: one frame of this text, into out, which is reset first. Errors:
 * ERR_DATA for more than a frame can hold (4 GiB), ERR_BUG. */
int frame_pack(struct frame_packer *packer, const char *text, size_t len,
	struct strbuf *out, struct err *e);

#endif
