/* container.c: see container.h. */
#include "stream/container.h"

#include <string.h>

uint32_t get_le32(const unsigned char *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
		(uint32_t)p[3] << 24;
}

uint64_t get_le64(const unsigned char *p)
{
	return (uint64_t)get_le32(p + 4) << 32 | get_le32(p);
}

void add_le32(struct strbuf *out, uint32_t value)
{
	unsigned char bytes[4];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)(value >> (8 * i));
	strbuf_add(out, bytes, sizeof(bytes));
}

void add_le64(struct strbuf *out, uint64_t value)
{
	add_le32(out, (uint32_t)value);
	add_le32(out, (uint32_t)(value >> 32));
}

bool is_skippable(uint32_t magic)
{
	return (magic & FRAME_SKIPPABLE_MASK) == FRAME_SKIPPABLE;
}

void add_skippable(struct strbuf *out, uint32_t magic, size_t size)
{
	add_le32(out, magic);
	add_le32(out, (uint32_t)size);
}

void add_footer(struct strbuf *out, const struct footer *footer)
{
	add_skippable(out, FRAME_FOOTER, FOOTER_SIZE);
	strbuf_addstr(out, FOOTER_MAGIC);
	add_le32(out, STREAM_VERSION);
	add_le32(out, 0);
	add_le64(out, footer->offset);
	add_le64(out, footer->length);
}

bool parse_footer(const unsigned char *p, struct footer *footer)
{
	if (memcmp(p, FOOTER_MAGIC, 8) != 0 ||
		get_le32(p + 8) != STREAM_VERSION || get_le32(p + 12) != 0)
		return false;
	footer->offset = get_le64(p + 16);
	footer->length = get_le64(p + 24);
	memcpy(footer->checksum, p + FOOTER_SIZE - FOOTER_UNHASHED,
		SHA256_SIZE);
	return true;
}

bool parse_seek_table_footer(const unsigned char *p, uint64_t *frames)
{
	*frames = get_le32(p);
	return p[4] == 0 && get_le32(p + 5) == SEEK_TABLE_MAGIC;
}

const char *check_head(const char *line, size_t len)
{
	size_t begin = sizeof(HEAD_BEGIN) - 1;

	if (len < begin || memcmp(line, HEAD_BEGIN, begin) != 0)
		return "it is of a version that this program does not know, "
		       "or its head is damaged";
	if (memchr(line, '\n', len) != line + len - 1 ||
		memchr(line, '\0', len))
		return "its head is not one line";
	return NULL;
}
