/* writer.c: see writer.h. What the frames look like: container.h. */
#include "stream/writer.h"

#include <stdlib.h>
#include <zstd.h>

#include "base/alloc.h"
#include "base/json.h"
#include "stream/container.h"
#include "stream/text_seal.h"

struct stream_writer {
	struct sink below;
	bool compressed, comments;
	uint64_t bytes, written;
	struct sha256 *text;       /* of the text so far */
	char sha256[SHA256_TEXT];  /* its end, as hex */
	struct json comment_lines; /* "-- dbpipes-table", one a table */

	/* Of compressed dumps only. */
	struct frame_packer *packer;
	struct strbuf pending; /* text that waits for more to be packed with */
	struct strbuf frame;
	struct sha256 *file; /* of what has been written */
	struct strbuf seek;  /* the entries of the seek table */
	struct json lines;   /* of the manifest, one a table */
	struct json last;    /* its last line */
	uint64_t tables;
	char *db, *table; /* the one at work */
	uint64_t table_offset, table_bytes;
};

struct stream_writer *stream_writer_new(
	struct sink below, const struct stream_writer_options *options)
{
	struct stream_writer *w = xcalloc(1, sizeof(*w));

	w->below = below;
	w->compressed = options->compressed;
	w->comments = options->comments;
	w->text = sha256_new();
	strbuf_init(&w->comment_lines.out);
	strbuf_init(&w->pending);
	strbuf_init(&w->frame);
	strbuf_init(&w->seek);
	strbuf_init(&w->lines.out);
	strbuf_init(&w->last.out);
	if (w->compressed) {
		w->packer = frame_packer_new(options->level);
		w->file = sha256_new();
	}
	return w;
}

void stream_writer_free(struct stream_writer *w)
{
	if (!w)
		return;
	sha256_free(w->text);
	sha256_free(w->file);
	frame_packer_free(w->packer);
	json_release(&w->comment_lines);
	strbuf_release(&w->pending);
	strbuf_release(&w->frame);
	strbuf_release(&w->seek);
	json_release(&w->lines);
	json_release(&w->last);
	free(w->db);
	free(w->table);
	free(w);
}

static int put(
	struct stream_writer *w, const char *data, size_t len, struct err *e)
{
	w->written += len;
	if (w->file)
		sha256_add(w->file, data, len);
	return w->below.write(w->below.ctx, data, len, e);
}

static void add_entry(struct stream_writer *w, size_t packed, uint64_t text)
{
	add_le32(&w->seek, (uint32_t)packed);
	add_le32(&w->seek, (uint32_t)text);
}

/* put_skippable: a whole skippable frame. Errors: ERR_DATA if it is larger
 * than one can be, or than readers take. */
static int put_skippable(struct stream_writer *w, uint32_t magic,
	const struct strbuf *content, struct err *e)
{
	struct strbuf header = STRBUF_INIT;
	int rc;

	if (content->len > UINT32_MAX ||
		(magic == FRAME_HEAD && content->len > HEAD_MOST)) {
		err_set(e, ERR_DATA,
			"%zu bytes do not fit into the %s of a compressed dump",
			content->len,
			magic == FRAME_HEAD ? "head" : "manifest");
		return err_hint(e, "dump without --zstd, or in several parts");
	}
	add_skippable(&header, magic, content->len);
	rc = put(w, header.buf, header.len, e) ||
			put(w, content->buf, content->len, e)
		? -1
		: 0;
	add_entry(w, header.len + content->len, 0);
	strbuf_release(&header);
	return rc;
}

static void add_position(
	struct json *j, const char *key, const struct stream_position *p)
{
	if (key && !p->log_file && !p->gtid && !p->use_gtid) {
		json_null(j, key);
		return;
	}
	json_begin_object(j, key);
	if (!key) {
		json_string(j, "channel", p->channel ? p->channel : "");
		json_string_or_null(j, "host", p->host);
		json_uint(j, "port", p->port);
	}
	json_string_or_null(j, "log_file", p->log_file);
	json_uint(j, "log_pos", p->log_file ? p->log_pos : 0);
	json_string_or_null(j, "gtid", p->gtid);
	json_bool(j, "use_gtid", p->use_gtid);
	json_end_object(j);
}

static void add_positions(struct json *j, const struct stream_head *head)
{
	add_position(j, "position", &head->position);
	json_begin_array(j, "upstreams");
	for (size_t i = 0; i < head->upstream_count; i++)
		add_position(j, NULL, &head->upstreams[i]);
	json_end_array(j);
}

int stream_writer_head(
	struct stream_writer *w, const struct stream_head *head, struct err *e)
{
	struct json j = JSON_INIT;
	int rc;

	if (!w->compressed)
		return 0;
	strbuf_addstr(&j.out, HEAD_BEGIN);
	json_string_or_null(&j, "tool", head->tool);
	json_string_or_null(&j, "tool_version", head->tool_version);
	json_string_or_null(&j, "time", head->time);
	json_string_or_null(&j, "server", head->server);
	add_positions(&j, head);
	json_string_or_null(&j, "options", head->options);
	json_end_object(&j);
	strbuf_addch(&j.out, '\n');
	rc = put_skippable(w, FRAME_HEAD, &j.out, e);
	json_release(&j);
	json_begin_object(&w->last, NULL);
	add_positions(&w->last, head);
	return rc;
}

/* put_frames: frames that hold `len` bytes of text. */
static int put_frames(struct stream_writer *w, const struct strbuf *packed,
	size_t len, struct err *e)
{
	size_t done = 0, left = len;

	while (done < packed->len) {
		const char *frame = packed->buf + done;
		size_t size =
			ZSTD_findFrameCompressedSize(frame, packed->len - done);
		unsigned long long text =
			ZSTD_getFrameContentSize(frame, packed->len - done);

		if (ZSTD_isError(size) || text > left || size > UINT32_MAX)
			break;
		add_entry(w, size, text);
		done += size;
		left -= (size_t)text;
	}
	if (done < packed->len || left)
		return err_set(
			e, ERR_BUG, "frames that are not those of their text");
	w->table_bytes += len;
	return put(w, packed->buf, packed->len, e);
}

static int pack(
	struct stream_writer *w, const char *text, size_t len, struct err *e)
{
	if (frame_pack(w->packer, text, len, &w->frame, e) ||
		put_frames(w, &w->frame, len, e))
		return -1;
	strbuf_shrink(&w->frame, 2 * (size_t)FRAME_TEXT);
	return 0;
}

static int flush(struct stream_writer *w, struct err *e)
{
	if (!w->pending.len)
		return 0;
	if (pack(w, w->pending.buf, w->pending.len, e))
		return -1;
	strbuf_reset(&w->pending);
	return 0;
}

/* gather: text that came unpacked. */
static int gather(
	struct stream_writer *w, const char *text, size_t len, struct err *e)
{
	if (w->pending.len + len > FRAME_TEXT && flush(w, e))
		return -1;
	if (len >= FRAME_TEXT)
		return pack(w, text, len, e);
	strbuf_add(&w->pending, text, len);
	return 0;
}

/* pass: text into the form that is wanted. */
static int pass(struct stream_writer *w, const char *text, size_t len,
	const struct strbuf *packed, struct err *e)
{
	w->bytes += len;
	if (!w->compressed)
		return put(w, text, len, e);
	if (!packed)
		return gather(w, text, len, e);
	return flush(w, e) ? -1 : put_frames(w, packed, len, e);
}

int stream_writer_piece(struct stream_writer *w, const char *text, size_t len,
	const struct strbuf *packed, struct err *e)
{
	if (!len)
		return 0;
	sha256_add(w->text, text, len);
	return pass(w, text, len, packed, e);
}

int stream_writer_table_begin(struct stream_writer *w, const char *db,
	const char *table, struct err *e)
{
	if (flush(w, e))
		return -1;
	free(w->db);
	free(w->table);
	w->db = xstrdup(db);
	w->table = xstrdup(table);
	w->table_offset = w->written;
	w->table_bytes = 0;
	return 0;
}

/* begin_line: what both manifests say of a table. */
static void begin_line(const struct stream_writer *w, struct json *j,
	uint64_t rows, const struct row_digest *digest)
{
	char text[sizeof(ROW_DIGEST_PREFIX) + ROW_DIGEST_TEXT] =
		ROW_DIGEST_PREFIX;

	j->comma = false;
	json_begin_object(j, NULL);
	json_string(j, "db", w->db);
	json_string(j, "table", w->table);
	if (!digest) {
		json_null(j, "rows");
		json_null(j, "digest");
		return;
	}
	row_digest_text(digest, text + sizeof(ROW_DIGEST_PREFIX) - 1);
	json_uint(j, "rows", rows);
	json_string(j, "digest", text);
}

static void end_line(struct json *j)
{
	json_end_object(j);
	strbuf_addch(&j->out, '\n');
}

int stream_writer_table_end(struct stream_writer *w, uint64_t rows,
	const struct row_digest *digest, struct err *e)
{
	if (flush(w, e))
		return -1;
	w->tables++;
	if (digest && w->comments) {
		strbuf_addstr(&w->comment_lines.out, "-- dbpipes-table ");
		begin_line(w, &w->comment_lines, rows, digest);
		end_line(&w->comment_lines);
	}
	if (!w->compressed)
		return 0;
	begin_line(w, &w->lines, rows, digest);
	json_uint(&w->lines, "bytes", w->table_bytes);
	json_uint(&w->lines, "offset", w->table_offset);
	json_uint(&w->lines, "length", w->written - w->table_offset);
	end_line(&w->lines);
	return 0;
}

int stream_writer_manifest(
	struct stream_writer *w, const char *completed, struct err *e)
{
	const struct strbuf *lines = &w->comment_lines.out;
	unsigned char digest[SHA256_SIZE];
	struct strbuf line = STRBUF_INIT;
	uint64_t bytes;
	int rc;

	if (stream_writer_piece(w, lines->buf, lines->len, NULL, e))
		return -1;
	sha256_end(w->text, digest);
	sha256_text(digest, w->sha256);
	bytes = w->bytes;
	sha256_free(w->text);
	w->text = sha256_new(); /* of what follows, which nobody asks for */
	if (w->compressed) {
		json_uint(&w->last, "text_bytes", bytes);
		json_string(&w->last, "text_sha256", w->sha256);
	}
	if (!w->comments)
		return 0;
	text_seal_line(&line, w->sha256, bytes);
	strbuf_addf(&line, "%s%s\n", completed ? " " : "",
		completed ? completed : "");
	rc = pass(w, line.buf, line.len, NULL, e);
	strbuf_release(&line);
	return rc;
}

/* add_last_line: the manifest's last line, which says what it is of. */
static void add_last_line(
	struct stream_writer *w, const unsigned char digest[SHA256_SIZE])
{
	char hex[SHA256_TEXT];

	sha256_text(digest, hex);
	json_uint(&w->last, "tables", w->tables);
	json_uint(&w->last, "bytes", w->bytes);
	json_string(&w->last, "sha256", hex);
	end_line(&w->last);
	strbuf_add(&w->lines.out, w->last.out.buf, w->last.out.len);
}

/* put_end: footer and seek table, with the checksum over them and over what
 * w->file has seen, the manifest. */
static int put_end(
	struct stream_writer *w, const struct footer *at, struct err *e)
{
	unsigned char digest[SHA256_SIZE];
	struct strbuf end = STRBUF_INIT, table = STRBUF_INIT;
	int rc;

	add_footer(&end, at);
	add_entry(w, end.len + SHA256_SIZE, 0);
	add_skippable(
		&table, FRAME_SEEK_TABLE, w->seek.len + SEEK_TABLE_FOOTER);
	strbuf_add(&table, w->seek.buf, w->seek.len);
	add_le32(&table, (uint32_t)(w->seek.len / SEEK_ENTRY));
	strbuf_addch(&table, 0); /* no checksums in the entries */
	add_le32(&table, SEEK_TABLE_MAGIC);
	sha256_add(w->file, end.buf, end.len);
	sha256_add(w->file, table.buf, table.len);
	sha256_end(w->file, digest);
	strbuf_add(&end, digest, sizeof(digest));
	strbuf_add(&end, table.buf, table.len);
	w->written += end.len;
	rc = w->below.write(w->below.ctx, end.buf, end.len, e);
	strbuf_release(&table);
	strbuf_release(&end);
	return rc;
}

int stream_writer_finish(struct stream_writer *w, struct err *e)
{
	unsigned char digest[SHA256_SIZE];
	struct footer at;

	if (!w->compressed)
		return 0;
	if (flush(w, e))
		return -1;
	if (w->seek.len / SEEK_ENTRY + 2 > FRAMES_MOST) {
		err_set(e, ERR_DATA, "more frames than a seek table can have");
		return err_hint(e, "dump without --zstd, or in several parts");
	}
	at.offset = w->written;
	sha256_end(w->file, digest);
	sha256_free(w->file);
	w->file = sha256_new(); /* from here on: of the end */
	add_last_line(w, digest);
	if (put_skippable(w, FRAME_MANIFEST, &w->lines.out, e))
		return -1;
	at.length = w->written - at.offset;
	return put_end(w, &at, e);
}

uint64_t stream_writer_bytes(const struct stream_writer *w)
{
	return w->bytes;
}

uint64_t stream_writer_written(const struct stream_writer *w)
{
	return w->written;
}

const char *stream_writer_sha256(const struct stream_writer *w)
{
	return w->sha256;
}
