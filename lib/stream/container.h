/* container.h: the frames around those of the text in a compressed dump, as
 * dbpipes-stream(5), COMPRESSED DUMP, describes them byte for byte:
 *
 *     head | frames of text ... | manifest | footer | seek table
 *
 * All but the text are skippable frames, which stock zstd passes over. For
 * the writer and the readers of lib/stream alone. Sources: RFC 8878, 3.1;
 * zstd_seekable_compression_format.md 0.1.0 of zstd.
 */
#ifndef DBPIPES_STREAM_CONTAINER_H
#define DBPIPES_STREAM_CONTAINER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "data/sha256.h"

/* The first four bytes of frames. */
#define FRAME_ZSTD 0xFD2FB528u
#define FRAME_SKIPPABLE 0x184D2A50u
#define FRAME_SKIPPABLE_MASK 0xFFFFFFF0u
#define FRAME_HEAD 0x184D2A5Bu
#define FRAME_MANIFEST 0x184D2A5Cu
#define FRAME_FOOTER 0x184D2A5Du
#define FRAME_SEEK_TABLE 0x184D2A5Eu

/* The last four bytes of a seek table. */
#define SEEK_TABLE_MAGIC 0x8F92EAB1u

/* How the JSON line of a head begins, and of any version of it. */
#define HEAD_BEGIN "{\"format\":\"dbpipes-stream\",\"version\":1,"
#define HEAD_BEGIN_ANY "{\"format\":\"dbpipes-stream\","

#define FOOTER_MAGIC "dbpipes\n"

enum {
	SKIPPABLE_HEADER = 8, /* magic and size */
	STREAM_VERSION = 1,
	FOOTER_SIZE = 64,      /* without its header */
	FOOTER_UNHASHED = 32,  /* its last bytes: the checksum */
	SEEK_ENTRY = 8,        /* a frame's size, packed and not */
	SEEK_TABLE_FOOTER = 9, /* count, descriptor, magic */
	HEAD_MOST = 1 << 20,   /* bytes of JSON that a head may have */
	LAST_LINE_MOST =
		2 << 20,      /* of a manifest: it repeats what the head says */
	LINE_MOST = 16 << 10, /* of one table's line of a manifest */
	FRAMES_MOST = 0x8000000 /* as the stock reader of seek tables */
};

struct footer {
	uint64_t offset, length; /* of the manifest's frame, its header too */
	unsigned char checksum[SHA256_SIZE];
};

uint32_t get_le32(const unsigned char *p);
uint64_t get_le64(const unsigned char *p);
void add_le32(struct strbuf *out, uint32_t value);
void add_le64(struct strbuf *out, uint64_t value);

/* is_skippable: any skippable frame begins like this. */
bool is_skippable(uint32_t magic);

/* add_skippable: a skippable frame's header; the content must follow. */
void add_skippable(struct strbuf *out, uint32_t magic, size_t size);

/* add_footer: the footer's frame without its checksum. */
void add_footer(struct strbuf *out, const struct footer *footer);

/* parse_footer: from its content, FOOTER_SIZE bytes. Returns false for what is
 * none of this version. */
bool parse_footer(const unsigned char *p, struct footer *footer);

/* parse_seek_table_footer: the last SEEK_TABLE_FOOTER bytes of a seek table
 * without checksums; *frames gets how many entries it has. */
bool parse_seek_table_footer(const unsigned char *p, uint64_t *frames);

/* check_head: the content of a head: one line that begins as one of this
 * version. Returns why it is not, or NULL. What it says is not looked at. */
const char *check_head(const char *line, size_t len);

#endif
