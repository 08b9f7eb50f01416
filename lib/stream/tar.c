/* tar.c: see tar.h. */
#include "stream/tar.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/strbuf.h"

/* A header's fields. Source: POSIX.1-2017, pax, "ustar Interchange Format";
 * the last two: GNU tar 1.34, src/tar.h, struct oldgnu_header. */
enum {
	NAME_AT = 0,
	NAME_SIZE = 100,
	SIZE_AT = 124,
	SIZE_SIZE = 12,
	SUM_AT = 148,
	SUM_SIZE = 8,
	TYPE_AT = 156,
	MAGIC_AT = 257,
	PREFIX_AT = 345,
	PREFIX_SIZE = 155,
	MORE_HOLES_AT = 482,   /* in a header of type S */
	STILL_MORE_HOLES = 504 /* in a block of holes */
};

enum {
	EXTENDED_MOST = 1 << 20 /* bytes of a pax header or a long name */
};

struct tar {
	struct input *in;
	uint64_t offset; /* in the stream, of what is read next */
	uint64_t left;   /* bytes of the member's content still to come */
	uint64_t padding;
	struct strbuf name;
	/* What headers of its own said of the member that follows. */
	bool has_size;
	uint64_t size;
};

struct tar *tar_new(struct input *in)
{
	struct tar *tar = xcalloc(1, sizeof(*tar));

	tar->in = in;
	strbuf_init(&tar->name);
	return tar;
}

void tar_free(struct tar *tar)
{
	if (!tar)
		return;
	strbuf_release(&tar->name);
	free(tar);
}

static int damaged(const struct tar *tar, const char *why, struct err *e)
{
	err_set(e, ERR_DATA, "%s: damaged tar at byte %llu: %s",
		input_name(tar->in), (unsigned long long)tar->offset, why);
	return err_hint(e, "make or fetch it again");
}

static int truncated(const struct tar *tar, struct err *e)
{
	err_set(e, ERR_DATA, "%s: the tar ends at byte %llu, in the middle",
		input_name(tar->in), (unsigned long long)tar->offset);
	return err_hint(e, "it is truncated: make or fetch it again");
}

/* number: octal digits between blanks, or in base 256, as GNU tar writes what
 * has no room otherwise. False if it is neither, or does not fit. */
static bool number(const char *field, size_t size, uint64_t *value)
{
	size_t i = 0;

	*value = 0;
	if ((unsigned char)field[0] & 0x80) {
		if ((unsigned char)field[0] != 0x80)
			return false; /* negative, or beyond 2^88 */
		for (i = 1; i < size; i++) {
			if (*value >> 54)
				return false;
			*value = *value << 8 | (unsigned char)field[i];
		}
		return true;
	}
	while (i < size && field[i] == ' ')
		i++;
	for (; i < size && field[i] >= '0' && field[i] <= '7'; i++)
		*value = *value << 3 | (uint64_t)(field[i] - '0');
	return i == size || field[i] == ' ' || !field[i];
}

static bool sum_is_right(const char *header)
{
	uint64_t want, sum = 0;

	if (!number(header + SUM_AT, SUM_SIZE, &want))
		return false;
	for (size_t i = 0; i < TAR_BLOCK; i++)
		sum += i >= SUM_AT && i < SUM_AT + SUM_SIZE
			? ' '
			: (unsigned char)header[i];
	return sum == want;
}

static bool is_zero(const char *block)
{
	for (size_t i = 0; i < TAR_BLOCK; i++)
		if (block[i])
			return false;
	return true;
}

bool tar_begins(const char *data, size_t len)
{
	return len >= TAR_BLOCK && *data && sum_is_right(data);
}

/* fetch: bytes of the stream, all of len. */
static int fetch(struct tar *tar, char *buf, size_t len, struct err *e)
{
	while (len) {
		ssize_t n = input_read(tar->in, buf, len, e);

		if (n < 0)
			return -1;
		tar->offset += (uint64_t)n;
		if (!n)
			return truncated(tar, e);
		buf += n;
		len -= (size_t)n;
	}
	return 0;
}

static int pass_over(struct tar *tar, uint64_t len, struct err *e)
{
	uint64_t skipped = 0;
	int rc = input_skip(tar->in, len, &skipped, e);

	tar->offset += skipped;
	return rc ? -1 : skipped < len ? truncated(tar, e) : 0;
}

static void set_content(struct tar *tar, uint64_t size)
{
	tar->left = size;
	tar->padding = (TAR_BLOCK - size % TAR_BLOCK) % TAR_BLOCK;
}

/* take_extended: the content of a header that speaks of the next member. */
static int take_extended(
	struct tar *tar, uint64_t size, struct strbuf *to, struct err *e)
{
	if (size > EXTENDED_MOST)
		return damaged(tar, "an extended header is too large", e);
	strbuf_reset(to);
	strbuf_grow(to, (size_t)size);
	if (fetch(tar, to->buf, (size_t)size, e))
		return -1;
	strbuf_setlen(to, (size_t)size);
	set_content(tar, size);
	return pass_over(tar, tar->padding, e);
}

static bool decimal(const char *text, size_t len, uint64_t *value)
{
	*value = 0;
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9' || *value >> 58)
			return false;
		*value = *value * 10 + (uint64_t)(text[i] - '0');
	}
	return len;
}

/* take_record: "LENGTH KEY=VALUE\n" at *p, which is moved behind it. */
static bool take_record(struct tar *tar, const char **p, const char *end)
{
	const char *key = memchr(*p, ' ', (size_t)(end - *p));
	const char *value;
	uint64_t len;

	if (!key || !decimal(*p, (size_t)(key - *p), &len) ||
		len > (size_t)(end - *p) || len < (size_t)(key + 2 - *p) ||
		(*p)[len - 1] != '\n')
		return false;
	end = *p + len - 1;
	*p += len;
	key++;
	value = memchr(key, '=', (size_t)(end - key));
	if (!value)
		return false;
	value++;
	if (!strncmp(key, "path=", 5)) {
		strbuf_reset(&tar->name);
		strbuf_add(&tar->name, value, (size_t)(end - value));
	} else if (!strncmp(key, "size=", 5)) {
		tar->has_size =
			decimal(value, (size_t)(end - value), &tar->size);
		return tar->has_size;
	}
	return true;
}

static int take_pax(struct tar *tar, uint64_t size, struct err *e)
{
	struct strbuf text = STRBUF_INIT;
	const char *p, *end;
	int rc = take_extended(tar, size, &text, e);

	p = text.buf;
	end = p + text.len;
	while (!rc && p < end)
		if (!take_record(tar, &p, end))
			rc = damaged(tar, "an extended header is none", e);
	strbuf_release(&text);
	return rc;
}

/* pass_holes: the blocks behind the header of a sparse file in GNU's old
 * format, which say where its data belong. */
static int pass_holes(struct tar *tar, bool more, struct err *e)
{
	char block[TAR_BLOCK];

	while (more) {
		if (fetch(tar, block, sizeof(block), e))
			return -1;
		more = block[STILL_MORE_HOLES];
	}
	return 0;
}

static void add_field(struct strbuf *to, const char *field, size_t size)
{
	strbuf_add(to, field, strnlen(field, size));
}

/* take_member: a header of a file or another thing in the archive. */
static int take_member(struct tar *tar, const char *header, uint64_t size,
	struct tar_member *member, struct err *e)
{
	char type = header[TYPE_AT];

	if (!tar->name.len) {
		if (!memcmp(header + MAGIC_AT, "ustar", 6) &&
			header[PREFIX_AT]) {
			add_field(&tar->name, header + PREFIX_AT, PREFIX_SIZE);
			strbuf_addch(&tar->name, '/');
		}
		add_field(&tar->name, header + NAME_AT, NAME_SIZE);
	}
	member->name = tar->name.buf;
	member->size = tar->has_size ? tar->size : size;
	member->file = type == '0' || type == '\0' || type == '7';
	/* Links and directories have no content, whatever their size says. */
	set_content(tar, type >= '1' && type <= '6' ? 0 : member->size);
	tar->has_size = false;
	return type == 'S' ? pass_holes(tar, header[MORE_HOLES_AT], e) : 0;
}

/* take_header: returns 1 for a member's, 0 for one of another kind, -1. */
static int take_header(struct tar *tar, const char *header,
	struct tar_member *member, struct err *e)
{
	uint64_t size;

	if (!sum_is_right(header) ||
		!number(header + SIZE_AT, SIZE_SIZE, &size))
		return damaged(tar, "a header is none", e);
	switch (header[TYPE_AT]) {
	case 'x':
		return take_pax(tar, size, e);
	case 'L':
		if (take_extended(tar, size, &tar->name, e))
			return -1;
		strbuf_setlen(&tar->name, strlen(tar->name.buf));
		return 0;
	case 'g':
	case 'K':
		set_content(tar, size);
		return pass_over(tar, tar->left + tar->padding, e);
	}
	return take_member(tar, header, size, member, e) ? -1 : 1;
}

/* take_end: the second of the two empty blocks that end an archive. */
static int take_end(struct tar *tar, struct err *e)
{
	char block[TAR_BLOCK];

	if (fetch(tar, block, sizeof(block), e))
		return -1;
	return is_zero(block) ? 0 : damaged(tar, "an empty block within", e);
}

int tar_next(struct tar *tar, struct tar_member *member, struct err *e)
{
	char header[TAR_BLOCK];
	int rc = pass_over(tar, tar->left + tar->padding, e);

	strbuf_reset(&tar->name);
	while (!rc) {
		set_content(tar, 0);
		if (fetch(tar, header, sizeof(header), e))
			return -1;
		if (is_zero(header))
			return take_end(tar, e);
		rc = take_header(tar, header, member, e);
	}
	return rc;
}

ssize_t tar_read(struct tar *tar, void *buf, size_t len, struct err *e)
{
	ssize_t n;

	if (len > tar->left)
		len = (size_t)tar->left;
	n = input_read(tar->in, buf, len, e);
	if (n < 0 || !len)
		return n;
	tar->offset += (uint64_t)n;
	tar->left -= (uint64_t)n;
	return n ? n : truncated(tar, e);
}
