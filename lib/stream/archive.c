/* archive.c: opening and checking an archive; see archive.h. */
#include "stream/archive.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "stream/archive_internal.h"
#include "stream/container.h"

int archive_damaged(const struct archive *a, const char *why, struct err *e)
{
	err_set(e, ERR_DATA, "%s: damaged dump: %s", input_name(a->in), why);
	return err_hint(e, "make or fetch it again");
}

int archive_pread(const struct archive *a, void *buf, size_t len,
	uint64_t offset, struct err *e)
{
	ssize_t n = input_pread(a->in, buf, len, offset, e);

	if (n < 0)
		return -1;
	return (size_t)n == len ? 0 : archive_damaged(a, "it has shrunk", e);
}

/* What is known of an archive's end before it has been checked. */
struct end {
	struct footer footer;
	uint64_t footer_at, table_at;
	uint64_t entries; /* of the seek table */
};

/* read_footer: the seek table's last bytes tell where the footer is, and that
 * where the manifest is. */
static int read_footer(const struct archive *a, struct end *end, struct err *e)
{
	unsigned char p[SKIPPABLE_HEADER + FOOTER_SIZE];
	uint64_t size;
	bool sane;

	if (a->size < SEEK_TABLE_FOOTER)
		return archive_damaged(a, "it is cut off", e);
	if (archive_pread(
		    a, p, SEEK_TABLE_FOOTER, a->size - SEEK_TABLE_FOOTER, e))
		return -1;
	if (!parse_seek_table_footer(p, &end->entries))
		return archive_damaged(a,
			"it is cut off, for it has no seek table at its end",
			e);
	size = SKIPPABLE_HEADER + end->entries * SEEK_ENTRY + SEEK_TABLE_FOOTER;
	if (a->size < size + sizeof(p) || end->entries > FRAMES_MOST)
		return archive_damaged(a, "its seek table is too large", e);
	end->table_at = a->size - size;
	end->footer_at = end->table_at - sizeof(p);
	if (archive_pread(a, p, sizeof(p), end->footer_at, e))
		return -1;
	sane = get_le32(p) == FRAME_FOOTER && get_le32(p + 4) == FOOTER_SIZE &&
		parse_footer(p + SKIPPABLE_HEADER, &end->footer) &&
		end->footer.length >= SKIPPABLE_HEADER &&
		end->footer.length <= end->footer_at &&
		end->footer.offset == end->footer_at - end->footer.length;
	return sane ? 0 : archive_damaged(a, "its footer is none", e);
}

/* hash_range: bytes of the file. */
static int hash_range(const struct archive *a, struct sha256 *sum,
	uint64_t from, uint64_t to, struct err *e)
{
	char *buf = xmalloc(ARCHIVE_STEP);
	int rc = 0;

	while (!rc && from < to) {
		size_t n = to - from < ARCHIVE_STEP ? (size_t)(to - from)
						    : ARCHIVE_STEP;

		rc = archive_pread(a, buf, n, from, e);
		if (!rc)
			sha256_add(sum, buf, n);
		from += n;
	}
	free(buf);
	return rc;
}

/* check_end: the checksum over manifest, footer and seek table. */
static int check_end(
	const struct archive *a, const struct end *end, struct err *e)
{
	struct sha256 *sum = sha256_new();
	unsigned char digest[SHA256_SIZE];
	int rc;

	rc = hash_range(
		a, sum, end->footer.offset, end->table_at - FOOTER_UNHASHED, e);
	if (!rc)
		rc = hash_range(a, sum, end->table_at, a->size, e);
	sha256_end(sum, digest);
	sha256_free(sum);
	if (!rc && memcmp(digest, end->footer.checksum, SHA256_SIZE) != 0)
		rc = archive_damaged(a,
			"its end does not have the checksum that its footer "
			"states",
			e);
	return rc;
}

/* take_entries: the seek table's frames, from its bytes. Those that are no
 * text are the first one and the last two. */
static int take_entries(struct archive *a, const struct end *end,
	const unsigned char *entry, struct err *e)
{
	uint64_t at = 0, text = 0;

	a->frames = xcalloc((size_t)end->entries, sizeof(*a->frames));
	for (uint64_t i = 0; i < end->entries; i++, entry += SEEK_ENTRY) {
		struct frame_range frame = {
			at, get_le32(entry), get_le32(entry + 4)};
		bool is_text = i > 0 && i + 2 < end->entries;

		if (!frame.length || (!is_text && frame.bytes) ||
			(i + 2 == end->entries && at != end->footer.offset))
			break;
		at += frame.length;
		text += frame.bytes;
		if (is_text)
			a->frames[a->frame_count++] = frame;
	}
	a->text = text;
	return at == end->table_at ? 0
				   : archive_damaged(a,
					     "its seek table is not that of "
					     "its frames",
					     e);
}

static int read_seek_table(
	struct archive *a, const struct end *end, struct err *e)
{
	size_t len = SKIPPABLE_HEADER + (size_t)end->entries * SEEK_ENTRY;
	unsigned char *p = xmalloc(len);
	int rc = archive_pread(a, p, len, end->table_at, e);

	if (!rc &&
		(get_le32(p) != FRAME_SEEK_TABLE ||
			get_le32(p + 4) !=
				len - SKIPPABLE_HEADER + SEEK_TABLE_FOOTER ||
			end->entries < 3))
		rc = archive_damaged(a, "its seek table is none", e);
	if (!rc)
		rc = take_entries(a, end, p + SKIPPABLE_HEADER, e);
	free(p);
	return rc;
}

/* place_table: its frames are some of those that there are, behind the ones
 * of the tables before it. *at is the first frame that may be its own. */
static int place_table(const struct archive *a, const struct manifest_table *t,
	size_t *at, struct err *e)
{
	uint64_t length = 0, bytes = 0;

	if (!t->frames.length && !t->frames.bytes)
		return 0; /* nothing of it was dumped */
	while (*at < a->frame_count && a->frames[*at].offset < t->frames.offset)
		(*at)++;
	if (*at < a->frame_count && a->frames[*at].offset == t->frames.offset)
		for (; *at < a->frame_count && length < t->frames.length;
			(*at)++) {
			length += a->frames[*at].length;
			bytes += a->frames[*at].bytes;
		}
	if (length == t->frames.length && bytes == t->frames.bytes)
		return 0;
	return archive_damaged(
		a, "a table's frames are not where its manifest says", e);
}

/* take_line: of the manifest. */
static int take_line(struct archive *a, const char *line, size_t len,
	size_t *at, struct err *e)
{
	struct manifest_table *t;

	if (len > LINE_MOST)
		return archive_damaged(
			a, "a line of its manifest is too long", e);
	a->tables = grow_array(
		a->tables, a->table_count, &a->table_cap, sizeof(*a->tables));
	t = &a->tables[a->table_count++];
	if (manifest_read_table(line, len, t, e))
		return err_prefix(e, "%s: ", input_name(a->in));
	return place_table(a, t, at, e);
}

static int take_last_line(
	struct archive *a, const struct strbuf *line, struct err *e)
{
	if (!line->len || line->buf[line->len - 1] != '\n')
		return archive_damaged(a, "its manifest is cut off", e);
	if (manifest_read_end(line->buf, line->len, &a->end, e))
		return err_prefix(e, "%s: ", input_name(a->in));
	if (a->end.tables != a->table_count || a->end.bytes != a->text ||
		a->end.text_bytes > a->text)
		return archive_damaged(a, "its manifest contradicts itself", e);
	return 0;
}

/* take_lines: all but the last line of what is there; the rest stays. */
static int take_lines(
	struct archive *a, struct strbuf *text, size_t *at, struct err *e)
{
	const char *line = text->buf, *end = text->buf + text->len;
	const char *newline;

	/* A newline that nothing follows may be that of the last line. */
	while (line < end &&
		(newline = memchr(line, '\n', (size_t)(end - line - 1)))) {
		if (take_line(a, line, (size_t)(newline - line), at, e))
			return -1;
		line = newline + 1;
	}
	strbuf_remove(text, 0, (size_t)(line - text->buf));
	if (text->len > LAST_LINE_MOST)
		return archive_damaged(
			a, "a line of its manifest is too long", e);
	return 0;
}

static int read_manifest(
	struct archive *a, const struct end *end, struct err *e)
{
	uint64_t from = end->footer.offset, to = end->footer_at;
	unsigned char header[SKIPPABLE_HEADER];
	struct strbuf text = STRBUF_INIT;
	size_t frame = 0;
	int rc = archive_pread(a, header, sizeof(header), from, e);

	if (!rc &&
		(get_le32(header) != FRAME_MANIFEST ||
			get_le32(header + 4) !=
				end->footer.length - sizeof(header)))
		rc = archive_damaged(a, "its manifest is none", e);
	from += sizeof(header);
	while (!rc && from < to) {
		size_t n = to - from < ARCHIVE_STEP ? (size_t)(to - from)
						    : ARCHIVE_STEP;

		strbuf_grow(&text, n);
		rc = archive_pread(a, text.buf + text.len, n, from, e);
		if (rc)
			break;
		strbuf_setlen(&text, text.len + n);
		from += n;
		rc = take_lines(a, &text, &frame, e);
	}
	if (!rc)
		rc = take_last_line(a, &text, e);
	strbuf_release(&text);
	return rc;
}

struct archive *archive_open(struct input *in, struct err *e)
{
	struct archive *a = xcalloc(1, sizeof(*a));
	struct end end;

	a->in = in;
	if (!input_head(in) || !input_file(in, &a->size)) {
		err_set(e, ERR_USAGE,
			"%s is no file that dbdump --zstd has written",
			input_name(in));
		goto fail;
	}
	if (!read_footer(a, &end, e) && !check_end(a, &end, e) &&
		!read_seek_table(a, &end, e) && !read_manifest(a, &end, e))
		return a;
fail:
	archive_close(a);
	return NULL;
}

int archive_check_end(struct input *in, struct err *e)
{
	struct archive a = {.in = in};
	struct end end;

	input_file(in, &a.size);
	return read_footer(&a, &end, e) || check_end(&a, &end, e) ? -1 : 0;
}

void archive_close(struct archive *a)
{
	if (!a)
		return;
	for (size_t i = 0; i < a->table_count; i++)
		manifest_table_release(&a->tables[i]);
	free(a->tables);
	free(a->frames);
	free(a);
}

const struct manifest_table *archive_tables(
	const struct archive *a, size_t *count)
{
	*count = a->table_count;
	return a->tables;
}

const struct frame_range *archive_frames(const struct archive *a, size_t *count)
{
	*count = a->frame_count;
	return a->frames;
}

const struct manifest_end *archive_end(const struct archive *a)
{
	return &a->end;
}
