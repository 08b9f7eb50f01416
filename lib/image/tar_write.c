/* tar_write.c: see tar_write.h. */
#include "image/tar_write.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/strbuf.h"

enum { BLOCK = 512 };

/* The fields of a ustar header. */
struct header {
	char name[100];
	char mode[8], uid[8], gid[8], size[12], mtime[12], checksum[8];
	char type;
	char link[100];
	char magic[6], version[2];
	char user[32], group[32];
	char device_major[8], device_minor[8];
	char prefix[155];
	char pad[12];
};
_Static_assert(sizeof(struct header) == BLOCK, "a header is a block");

/* octal: digits and a NUL; false if they do not fit. */
static bool octal(char *field, size_t width, uint64_t value)
{
	for (size_t i = width - 1; i-- > 0;) {
		field[i] = (char)('0' + (value & 7));
		value >>= 3;
	}
	field[width - 1] = '\0';
	return !value;
}

/* text: false if it does not fit; the beginning is there then. */
static bool text(char *field, size_t width, const char *value)
{
	size_t len = strlen(value);

	memcpy(field, value, len < width ? len : width);
	return len <= width;
}

static void set_checksum(struct header *h)
{
	const unsigned char *p = (const unsigned char *)h;
	unsigned sum = 0;

	memset(h->checksum, ' ', sizeof(h->checksum));
	for (size_t i = 0; i < BLOCK; i++)
		sum += p[i];
	octal(h->checksum, 7, sum);
}

/* add_record: "LENGTH key=value\n", where LENGTH counts itself. */
static void add_record(struct strbuf *pax, const char *key, const char *value)
{
	size_t rest = strlen(key) + strlen(value) + 3, len = rest;
	char digits[24];

	for (;;) {
		size_t all = rest +
			(size_t)snprintf(digits, sizeof(digits), "%zu", len);

		if (all == len)
			break;
		len = all;
	}
	strbuf_addf(pax, "%zu %s=%s\n", len, key, value);
}

static void add_number(struct strbuf *pax, const char *key, uint64_t value)
{
	char digits[24];

	snprintf(digits, sizeof(digits), "%" PRIu64, value);
	add_record(pax, key, digits);
}

/* fill: the header, and into *pax what it cannot say. */
static void fill(
	struct header *h, const struct tar_member *m, struct strbuf *pax)
{
	struct strbuf path = STRBUF_INIT;
	const char *link = m->link ? m->link : "";

	memset(h, 0, sizeof(*h));
	strbuf_addf(
		&path, "%s%s", m->path, m->type == TAR_DIRECTORY ? "/" : "");
	if (!text(h->name, sizeof(h->name), path.buf))
		add_record(pax, "path", path.buf);
	if (!text(h->link, sizeof(h->link), link))
		add_record(pax, "linkpath", link);
	if (!octal(h->uid, sizeof(h->uid), m->uid))
		add_number(pax, "uid", m->uid);
	if (!octal(h->gid, sizeof(h->gid), m->gid))
		add_number(pax, "gid", m->gid);
	if (!octal(h->size, sizeof(h->size), m->size))
		add_number(pax, "size", m->size);
	if (!octal(h->mtime, sizeof(h->mtime),
		    m->mtime > 0 ? (uint64_t)m->mtime : 0))
		add_number(pax, "mtime", (uint64_t)m->mtime);
	octal(h->mode, sizeof(h->mode), m->mode & 07777);
	octal(h->device_major, sizeof(h->device_major), 0);
	octal(h->device_minor, sizeof(h->device_minor), 0);
	h->type = (char)m->type;
	memcpy(h->magic, "ustar", 6);
	memcpy(h->version, "00", 2);
	set_checksum(h);
	strbuf_release(&path);
}

/* write_pax: what stands before a member whose header cannot say all. */
static int write_pax(struct sink to, const struct strbuf *pax, struct err *e)
{
	const struct tar_member m = {.path = "PaxHeader",
		.type = TAR_PAX,
		.mode = 0644,
		.size = pax->len};
	struct strbuf none = STRBUF_INIT;
	struct header h;

	fill(&h, &m, &none);
	if (to.write(to.ctx, &h, BLOCK, e) ||
		to.write(to.ctx, pax->buf, pax->len, e))
		return -1;
	return tar_write_padding(to, pax->len, e);
}

int tar_write_member(
	struct sink to, const struct tar_member *member, struct err *e)
{
	struct strbuf pax = STRBUF_INIT;
	struct header h;
	int rc = 0;

	fill(&h, member, &pax);
	if (pax.len)
		rc = write_pax(to, &pax, e);
	strbuf_release(&pax);
	return rc ? -1 : to.write(to.ctx, &h, BLOCK, e);
}

static const char zeros[2 * BLOCK];

int tar_write_padding(struct sink to, uint64_t size, struct err *e)
{
	size_t over = (size_t)(size % BLOCK);

	return over ? to.write(to.ctx, zeros, BLOCK - over, e) : 0;
}

int tar_write_end(struct sink to, struct err *e)
{
	return to.write(to.ctx, zeros, sizeof(zeros), e);
}
