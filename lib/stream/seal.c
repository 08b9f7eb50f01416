/* seal.c: see seal.h. */
#include "stream/seal.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/strbuf.h"
#include "stream/container.h"
#include "stream/manifest.h"

/* What comes next, or is being read. */
enum stage {
	STAGE_HEAD,
	STAGE_TEXT, /* until the manifest begins */
	STAGE_MANIFEST,
	STAGE_FOOTER,
	STAGE_SEEK_TABLE,
	STAGE_COMPLETE
};

struct seal {
	enum stage stage;
	uint64_t offset;        /* of the next frame */
	uint64_t frames;        /* so far */
	uint64_t text;          /* bytes that they held */
	struct sha256 *file;    /* of the file's bytes, up to the manifest */
	struct sha256 *end;     /* of those from there on */
	struct sha256 *entries; /* of the seek table that there should be */
	struct sha256 *stated;  /* of the one that there is */
	unsigned char file_digest[SHA256_SIZE];
	uint64_t manifest;   /* where its frame begins */
	uint64_t size, left; /* of the content of the frame being read */
	struct strbuf head;
	struct strbuf content; /* what of that content is kept */
	struct footer footer;
};

struct seal *seal_new(void)
{
	struct seal *s = xcalloc(1, sizeof(*s));

	s->file = sha256_new();
	s->end = sha256_new();
	s->entries = sha256_new();
	s->stated = sha256_new();
	strbuf_init(&s->head);
	strbuf_init(&s->content);
	return s;
}

void seal_free(struct seal *s)
{
	if (!s)
		return;
	sha256_free(s->file);
	sha256_free(s->end);
	sha256_free(s->entries);
	sha256_free(s->stated);
	strbuf_release(&s->head);
	strbuf_release(&s->content);
	free(s);
}

/* add_entry: what the seek table has to say of a frame. */
static void add_entry(struct seal *s, uint64_t packed, uint64_t text)
{
	struct strbuf entry = STRBUF_INIT;

	/* Larger ones do not come out of frame_pack; cut to 32 bits they would
	 * not match a table that means to be right. */
	add_le32(&entry, (uint32_t)packed);
	add_le32(&entry, (uint32_t)text);
	sha256_add(s->entries, entry.buf, entry.len);
	strbuf_release(&entry);
	s->frames++;
	s->offset += packed;
	s->text += text;
}

static const char *begin_manifest(struct seal *s)
{
	sha256_end(s->file, s->file_digest);
	s->manifest = s->offset;
	s->stage = STAGE_MANIFEST;
	return NULL;
}

static const char *check_size(const struct seal *s)
{
	switch (s->stage) {
	case STAGE_HEAD:
		return s->size > HEAD_MOST ? "its head is too long" : NULL;
	case STAGE_FOOTER:
		return s->size == FOOTER_SIZE ? NULL
					      : "its footer has a wrong size";
	case STAGE_SEEK_TABLE:
		return s->size == s->frames * SEEK_ENTRY + SEEK_TABLE_FOOTER
			? NULL
			: "its seek table has a wrong size";
	default:
		return NULL;
	}
}

const char *seal_begin(struct seal *s, const unsigned char *header)
{
	static const uint32_t wanted[] = {[STAGE_HEAD] = FRAME_HEAD,
		[STAGE_TEXT] = FRAME_MANIFEST,
		[STAGE_FOOTER] = FRAME_FOOTER,
		[STAGE_SEEK_TABLE] = FRAME_SEEK_TABLE};

	if (s->stage == STAGE_COMPLETE)
		return "there is more behind its end";
	if (get_le32(header) != wanted[s->stage])
		return "a frame stands where it does not belong";
	if (s->stage == STAGE_TEXT)
		begin_manifest(s);
	s->size = s->left = get_le32(header + 4);
	strbuf_reset(&s->content);
	sha256_add(s->stage == STAGE_HEAD ? s->file : s->end, header,
		SKIPPABLE_HEADER);
	return check_size(s);
}

/* keep_line: of a manifest only the last line is of interest here. */
static const char *keep_line(
	struct seal *s, const unsigned char *data, size_t len)
{
	const unsigned char *from = data, *end = data + len;
	const unsigned char *newline;

	/* The one that ends the last line is no beginning of another. */
	size_t inner = s->left == len ? len - 1 : len;

	newline = memrchr(data, '\n', inner);
	if (newline) {
		strbuf_reset(&s->content);
		from = newline + 1;
	}
	strbuf_add(&s->content, from, (size_t)(end - from));
	return s->content.len > LAST_LINE_MOST
		? "a line of its manifest is too long"
		: NULL;
}

/* take_entries: hash those that are stated, keep what stands behind them. */
static void take_entries(struct seal *s, const unsigned char *data, size_t len)
{
	uint64_t entries =
		s->left > SEEK_TABLE_FOOTER ? s->left - SEEK_TABLE_FOOTER : 0;
	size_t n = len < entries ? len : (size_t)entries;

	sha256_add(s->stated, data, n);
	strbuf_add(&s->content, data + n, len - n);
}

const char *seal_content(struct seal *s, const unsigned char *data, size_t len)
{
	const char *why = NULL;

	switch (s->stage) {
	case STAGE_HEAD:
		sha256_add(s->file, data, len);
		strbuf_add(&s->head, data, len);
		break;
	case STAGE_MANIFEST:
		sha256_add(s->end, data, len);
		why = keep_line(s, data, len);
		break;
	case STAGE_SEEK_TABLE:
		sha256_add(s->end, data, len);
		take_entries(s, data, len);
		break;
	default: /* the footer, which is hashed when all of it is there */
		strbuf_add(&s->content, data, len);
		break;
	}
	s->left -= len;
	return why;
}

static const char *end_manifest(struct seal *s)
{
	struct manifest_end said;
	struct err e;

	if (manifest_read_end(s->content.buf, s->content.len, &said, &e))
		return "its manifest has no last line that makes sense";
	if (memcmp(said.sha256, s->file_digest, SHA256_SIZE) != 0)
		return "its bytes do not have the SHA-256 that its manifest "
		       "states";
	if (said.bytes != s->text)
		return "its text is not as long as its manifest states";
	strbuf_release(&s->content);
	s->stage = STAGE_FOOTER;
	return NULL;
}

static const char *end_footer(struct seal *s)
{
	const unsigned char *p = (const unsigned char *)s->content.buf;

	if (!parse_footer(p, &s->footer))
		return "its footer is none";
	sha256_add(s->end, p, FOOTER_SIZE - FOOTER_UNHASHED);
	if (s->footer.offset != s->manifest ||
		s->footer.length != s->offset - s->manifest)
		return "its manifest is not where its footer says";
	s->stage = STAGE_SEEK_TABLE;
	return NULL;
}

static const char *end_seek_table(struct seal *s)
{
	unsigned char is[SHA256_SIZE], should_be[SHA256_SIZE];
	uint64_t frames;

	if (!parse_seek_table_footer(
		    (const unsigned char *)s->content.buf, &frames) ||
		frames != s->frames)
		return "its seek table is none";
	sha256_end(s->entries, should_be);
	sha256_end(s->stated, is);
	if (memcmp(is, should_be, SHA256_SIZE) != 0)
		return "its seek table is not that of its frames";
	sha256_end(s->end, is);
	if (memcmp(is, s->footer.checksum, SHA256_SIZE) != 0)
		return "its end does not have the checksum that its footer "
		       "states";
	s->stage = STAGE_COMPLETE;
	return NULL;
}

const char *seal_end(struct seal *s)
{
	const char *why = NULL;

	/* The seek table does not count itself. */
	if (s->stage == STAGE_SEEK_TABLE)
		return end_seek_table(s);
	if (s->stage == STAGE_FOOTER)
		why = end_footer(s);
	add_entry(s, SKIPPABLE_HEADER + s->size, 0);
	if (s->stage == STAGE_MANIFEST)
		why = end_manifest(s);
	if (s->stage == STAGE_HEAD) {
		s->stage = STAGE_TEXT;
		return check_head(s->head.buf, s->head.len);
	}
	return why;
}

const char *seal_text_begin(const struct seal *s)
{
	if (s->stage == STAGE_COMPLETE)
		return "there is more behind its end";
	return s->stage == STAGE_TEXT ? NULL
				      : "text stands behind its manifest";
}

void seal_text(struct seal *s, const unsigned char *data, size_t len)
{
	sha256_add(s->file, data, len);
}

void seal_text_end(struct seal *s, uint64_t packed, uint64_t text)
{
	add_entry(s, packed, text);
}

bool seal_complete(const struct seal *s)
{
	return s->stage == STAGE_COMPLETE;
}

const char *seal_head(const struct seal *s)
{
	return s->head.buf;
}
