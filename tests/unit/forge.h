/* forge.h: compressed dumps for tests: a right one, and ones whose manifest
 * says what the test wants, under checksums that are right. */
#ifndef DBPIPES_TESTS_FORGE_H
#define DBPIPES_TESTS_FORGE_H

#include <stdlib.h>
#include <string.h>

#include "stream/container.h"
#include "stream/writer.h"

static inline int forge_append(
	void *ctx, const void *data, size_t len, struct err *e)
{
	(void)e;
	strbuf_add(ctx, data, len);
	return 0;
}

static inline struct sink forge_sink(struct strbuf *to)
{
	return (struct sink){forge_append, to};
}

/* What must not fail in a test. */
static inline void forge_must(int rc)
{
	if (rc)
		abort();
}

static inline struct stream_writer *forge_begin(
	struct strbuf *to, bool compressed)
{
	const struct stream_position upstream = {.log_file = "up.1",
		.log_pos = 77,
		.channel = "c",
		.port = 3306};
	const struct stream_head head = {.tool = "dbdump",
		.tool_version = "1",
		.server = "10.11",
		.position = {.log_file = "bin.1",
			.log_pos = 4,
			.gtid = "0-1-2"},
		.upstreams = &upstream,
		.upstream_count = 1};
	const struct stream_writer_options options = {
		compressed, FRAME_LEVEL, true};
	struct stream_writer *w = stream_writer_new(forge_sink(to), &options);
	struct err e;

	forge_must(stream_writer_head(w, &head, &e));
	forge_must(stream_writer_piece(w, "-- dbdump 1\n", 12, NULL, &e));
	return w;
}

static inline void forge_end(struct stream_writer *w)
{
	static const char last[] = "-- Dump completed\n";
	struct err e;

	forge_must(stream_writer_manifest(w, NULL, &e));
	forge_must(stream_writer_piece(w, last, strlen(last), NULL, &e));
	forge_must(stream_writer_finish(w, &e));
	stream_writer_free(w);
}

/* A table of so many rows; its frames are those of a reader of its own, a
 * thousand rows each, two to a piece. */
static inline void forge_table(
	struct stream_writer *w, const char *name, int rows)
{
	struct frame_packer *packer = frame_packer_new(1);
	struct strbuf text = STRBUF_INIT, part = STRBUF_INIT;
	struct strbuf packed = STRBUF_INIT, frame = STRBUF_INIT;
	struct row_digest digest = {0};
	struct err e;

	forge_must(stream_writer_table_begin(w, "shop", name, &e));
	strbuf_addf(&text, "CREATE TABLE `%s` (a INT, b TEXT);\n", name);
	forge_must(stream_writer_piece(w, text.buf, text.len, NULL, &e));
	strbuf_reset(&text);
	for (int i = 1; i <= rows; i++) {
		struct row_digest one;
		size_t from = part.len + strlen("INSERT INTO `` VALUES ") +
			strlen(name);

		strbuf_addf(&part, "INSERT INTO `%s` VALUES (%d,'%d');\n", name,
			i, i * 7919 % 10007);
		one = row_digest_of(part.buf + from, part.len - from - 2);
		row_digest_sum(&digest, &one);
		if (i % 1000 && i < rows)
			continue;
		forge_must(frame_pack(packer, part.buf, part.len, &frame, &e));
		strbuf_add(&text, part.buf, part.len);
		strbuf_add(&packed, frame.buf, frame.len);
		strbuf_reset(&part);
		if (i % 2000 && i < rows)
			continue;
		forge_must(stream_writer_piece(
			w, text.buf, text.len, &packed, &e));
		strbuf_reset(&text);
		strbuf_reset(&packed);
	}
	forge_must(stream_writer_table_end(w, (uint64_t)rows, &digest, &e));
	frame_packer_free(packer);
	strbuf_release(&text);
	strbuf_release(&part);
	strbuf_release(&packed);
	strbuf_release(&frame);
}

/* A dump with tables of some frames, of one, and one without rows. */
static inline void forge_dump(struct strbuf *to, bool compressed)
{
	struct stream_writer *w = forge_begin(to, compressed);
	struct err e;

	forge_table(w, "many", 4500);
	forge_table(w, "one", 3);
	forge_must(stream_writer_table_begin(w, "shop", "bare", &e));
	forge_must(
		stream_writer_piece(w, "CREATE TABLE `bare`;\n", 21, NULL, &e));
	forge_must(stream_writer_table_end(w, 0, NULL, &e));
	forge_must(stream_writer_piece(w, "CREATE VIEW v;\n", 15, NULL, &e));
	forge_end(w);
}

/* Where a dump has what. */
struct forge_parts {
	size_t manifest, manifest_end; /* its lines */
	size_t seek, seek_end;         /* the seek table's entries */
	const char *last_line;         /* of the manifest, to its end */
};

static inline struct forge_parts forge_parts(const struct strbuf *dump)
{
	const unsigned char *p = (const unsigned char *)dump->buf;
	size_t tail = dump->len - SEEK_TABLE_FOOTER;
	struct forge_parts parts = {.seek_end = tail};
	struct footer footer;

	parts.seek = tail - get_le32(p + tail) * (size_t)SEEK_ENTRY;
	if (!parse_footer(
		    p + parts.seek - SKIPPABLE_HEADER - FOOTER_SIZE, &footer))
		abort();
	parts.manifest = footer.offset + SKIPPABLE_HEADER;
	parts.manifest_end = footer.offset + footer.length;
	parts.last_line = (const char *)memrchr(p + parts.manifest, '\n',
				  parts.manifest_end - parts.manifest - 1) +
		1;
	return parts;
}

/* The dump with another manifest, and all that follows from that. */
static inline void forge(const struct strbuf *dump, const void *lines,
	size_t len, struct strbuf *to)
{
	struct forge_parts parts = forge_parts(dump);
	struct footer footer = {
		parts.manifest - SKIPPABLE_HEADER, SKIPPABLE_HEADER + len, {0}};
	size_t kept = parts.seek_end - parts.seek - 2 * (size_t)SEEK_ENTRY;
	struct strbuf table = STRBUF_INIT;
	struct sha256 *sum = sha256_new();

	add_skippable(&table, FRAME_SEEK_TABLE,
		parts.seek_end - parts.seek + SEEK_TABLE_FOOTER);
	strbuf_add(&table, dump->buf + parts.seek, kept);
	add_le32(&table, (uint32_t)footer.length);
	add_le32(&table, 0);
	strbuf_add(&table, dump->buf + parts.seek_end - SEEK_ENTRY,
		SEEK_ENTRY + SEEK_TABLE_FOOTER);
	strbuf_reset(to);
	strbuf_add(to, dump->buf, footer.offset);
	add_skippable(to, FRAME_MANIFEST, len);
	strbuf_add(to, lines, len);
	add_footer(to, &footer);
	sha256_add(sum, to->buf + footer.offset, to->len - footer.offset);
	sha256_add(sum, table.buf, table.len);
	sha256_end(sum, footer.checksum);
	sha256_free(sum);
	strbuf_add(to, footer.checksum, SHA256_SIZE);
	strbuf_add(to, table.buf, table.len);
	strbuf_release(&table);
}

#endif
