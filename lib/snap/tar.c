/* tar.c: see tar.h. */
#include "snap/tar.h"

#include <grp.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "snap/holes.h"

enum { BLOCK = 512, READ_BYTES = 512 * 1024 };

/* Source: POSIX.1-2017, pax, "ustar Interchange Format". */
struct header {
	char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], sum[8],
		type, linkname[100], magic[6], version[2], user[32], group[32],
		major[8], minor[8], prefix[155], pad[12];
};

_Static_assert(sizeof(struct header) == BLOCK, "a tar header is one block");

static const char zeros[BLOCK * 2];

struct extent {
	uint64_t at, end;
};

/* The file's data in pieces between holes. They are kept, for what was a hole
 * may be data once the file has been read: where blocks are reserved, by
 * fallocate or for a copy on write, a page that was read ahead tells (iomap,
 * SEEK_DATA). Of a file of more pieces than that, as one with page compression
 * may be, they are looked up again, for memory is bounded. */
struct extents {
	uint64_t count;
	uint64_t bytes;     /* of data */
	uint64_t map_bytes; /* of the map's text, all but its first line */
	struct extent *kept;
	size_t kept_count, cap;
};

enum { KEPT_MOST = 1 << 16 };

void tar_begin(struct tar *tar, struct sink to, struct progress *progress)
{
	*tar = (struct tar){.to = to,
		.progress = progress,
		.uid = (uid_t)-1,
		.gid = (gid_t)-1,
		.pax = STRBUF_INIT};
	for (size_t i = 0; i < TAR_BUFFERS; i++)
		tar->buf[i] = xmalloc(READ_BYTES);
}

void tar_release(struct tar *tar)
{
	for (size_t i = 0; i < TAR_BUFFERS; i++)
		free(tar->buf[i]);
	strbuf_release(&tar->pax);
	*tar = (struct tar){.pax = STRBUF_INIT};
}

static int put(struct tar *tar, const void *data, size_t len, struct err *e)
{
	tar->written += len;
	return tar->to.write(tar->to.ctx, data, len, e);
}

static int pad(struct tar *tar, uint64_t size, struct err *e)
{
	size_t rest = (size_t)(size % BLOCK);

	return rest ? put(tar, zeros, BLOCK - rest, e) : 0;
}

/* pax_add: "LENGTH KEY=VALUE\n", where the length counts itself. */
static void pax_add(struct tar *tar, const char *key, const char *value)
{
	size_t rest = strlen(key) + strlen(value) + 3, len = rest + 1;
	char digits[24];

	while ((size_t)snprintf(digits, sizeof(digits), "%zu", len) + rest !=
		len)
		len = rest + strlen(digits);
	strbuf_addf(&tar->pax, "%zu %s=%s\n", len, key, value);
}

static void pax_add_number(struct tar *tar, const char *key, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, value);
	pax_add(tar, key, text);
}

/* octal: a number field; one that does not fit goes into the extended header
 * under `key`. */
static void octal(struct tar *tar, char *field, size_t size, uint64_t value,
	const char *key)
{
	char text[32];

	snprintf(text, sizeof(text), "%0*" PRIo64, (int)size - 1, value);
	if (strlen(text) < size) {
		memcpy(field, text, size);
		return;
	}
	memset(field, '0', size - 1);
	if (key)
		pax_add_number(tar, key, value);
}

static void look_up_names(struct tar *tar, const struct stat *st)
{
	if (tar->uid != st->st_uid) {
		const struct passwd *user = getpwuid(st->st_uid);

		snprintf(tar->user, sizeof(tar->user), "%s",
			user ? user->pw_name : "");
		tar->uid = st->st_uid;
	}
	if (tar->gid != st->st_gid) {
		const struct group *group = getgrgid(st->st_gid);

		snprintf(tar->group, sizeof(tar->group), "%s",
			group ? group->gr_name : "");
		tar->gid = st->st_gid;
	}
}

static int put_header(struct tar *tar, struct header *h, struct err *e)
{
	const unsigned char *bytes = (const unsigned char *)h;
	unsigned sum = 0;

	memcpy(h->magic, "ustar", 6);
	memcpy(h->version, "00", 2);
	memset(h->sum, ' ', sizeof(h->sum));
	for (size_t i = 0; i < sizeof(*h); i++)
		sum += bytes[i];
	snprintf(h->sum, sizeof(h->sum), "%06o", sum);
	return put(tar, h, sizeof(*h), e);
}

/* put_pax: the extended header that was gathered, if any. */
static int put_pax(struct tar *tar, struct err *e)
{
	struct header h = {.name = "PaxHeader",
		.mode = "0000600",
		.uid = "0000000",
		.gid = "0000000",
		.mtime = "00000000000",
		.type = 'x'};
	size_t len = tar->pax.len;

	if (!len)
		return 0;
	octal(tar, h.size, sizeof(h.size), len, NULL);
	if (put_header(tar, &h, e) || put(tar, tar->pax.buf, len, e))
		return -1;
	strbuf_reset(&tar->pax);
	return pad(tar, len, e);
}

/* put_name: a name in the header, or in the extended one: those with bytes
 * that are not ASCII, too, whose meaning ustar leaves open. */
static void put_name(struct tar *tar, struct header *h, const char *path)
{
	size_t len = strlen(path);
	bool plain = len <= sizeof(h->name);

	for (const char *p = path; *p; p++)
		plain = plain && (unsigned char)*p < 0x80;
	memcpy(h->name, path, len < sizeof(h->name) ? len : sizeof(h->name));
	if (!plain)
		pax_add(tar, "path", path);
}

static int put_member(struct tar *tar, const char *path, const struct stat *st,
	uint64_t size, struct err *e)
{
	struct header h = {.type = S_ISDIR(st->st_mode) ? '5' : '0'};

	put_name(tar, &h, path);
	octal(tar, h.mode, sizeof(h.mode), st->st_mode & 07777, NULL);
	octal(tar, h.uid, sizeof(h.uid), st->st_uid, "uid");
	octal(tar, h.gid, sizeof(h.gid), st->st_gid, "gid");
	octal(tar, h.size, sizeof(h.size), size, "size");
	octal(tar, h.mtime, sizeof(h.mtime),
		st->st_mtime > 0 ? (uint64_t)st->st_mtime : 0, "mtime");
	look_up_names(tar, st);
	memcpy(h.user, tar->user, sizeof(h.user));
	memcpy(h.group, tar->group, sizeof(h.group));
	return put_pax(tar, e) || put_header(tar, &h, e) ? -1 : 0;
}

int tar_text(struct tar *tar, const char *path, const struct stat *st,
	const struct strbuf *text, struct err *e)
{
	if (put_member(tar, path, st, text->len, e) ||
		put(tar, text->buf, text->len, e))
		return -1;
	return pad(tar, text->len, e);
}

int tar_directory(
	struct tar *tar, const char *path, const struct stat *st, struct err *e)
{
	struct strbuf name = STRBUF_INIT;
	int rc;

	strbuf_addf(&name, "%s/", path);
	rc = put_member(tar, name.buf, st, 0, e);
	strbuf_release(&name);
	return rc;
}

/* map_line: of the sparse map: an extent's offset and length. */
static size_t map_line(char line[48], uint64_t at, uint64_t len)
{
	return (size_t)snprintf(
		line, 48, "%" PRIu64 "\n%" PRIu64 "\n", at, len);
}

static int find_extents(int fd, const char *path, uint64_t size,
	struct extents *found, struct err *e)
{
	uint64_t at = 0, end = 0;
	char line[48];
	int rc;

	*found = (struct extents){0};
	while ((rc = holes_next(fd, path, size, &at, &end, e)) > 0) {
		if (found->count < KEPT_MOST) {
			found->kept = grow_array(found->kept, found->kept_count,
				&found->cap, sizeof(*found->kept));
			found->kept[found->kept_count++] =
				(struct extent){at, end};
		}
		found->count++;
		found->bytes += end - at;
		found->map_bytes += map_line(line, at, end - at);
		at = end;
	}
	/* An empty extent at the end states the size. */
	found->count++;
	found->map_bytes += map_line(line, size, 0);
	return rc;
}

/* next_extent: as holes_next, of those that were found. */
static int next_extent(int fd, const char *path, uint64_t size,
	const struct extents *found, size_t *turn, struct extent *next,
	struct err *e)
{
	/* The last one is the empty one. */
	if (found->kept_count + 1 < found->count)
		return holes_next(fd, path, size, &next->at, &next->end, e);
	if (*turn == found->kept_count)
		return 0;
	*next = found->kept[(*turn)++];
	return 1;
}

/* put_map: padded to a block. */
static int put_map(struct tar *tar, int fd, const char *path, uint64_t size,
	const struct extents *extents, struct err *e)
{
	struct extent next = {0, 0};
	uint64_t bytes;
	char line[48];
	size_t turn = 0,
	       len = (size_t)snprintf(
		       line, sizeof(line), "%" PRIu64 "\n", extents->count);
	int rc = put(tar, line, len, e);

	bytes = len + extents->map_bytes;
	while (!rc &&
		(rc = next_extent(fd, path, size, extents, &turn, &next, e)) >
			0) {
		rc = put(tar, line, map_line(line, next.at, next.end - next.at),
			e);
		next.at = next.end;
	}
	if (!rc)
		rc = put(tar, line, map_line(line, size, 0), e);
	return rc ? -1 : pad(tar, bytes, e);
}

/* put_range: bytes of the file. */
static int put_range(struct tar *tar, int fd, const char *path, uint64_t at,
	uint64_t end, struct err *e)
{
	while (at < end) {
		size_t want =
			end - at < READ_BYTES ? (size_t)(end - at) : READ_BYTES;
		/* What was put last may still be read. */
		char *buf = tar->buf[tar->turn++ % TAR_BUFFERS];

		if (holes_read(fd, path, at, buf, want, e) ||
			put(tar, buf, want, e))
			return -1;
		at += want;
		if (tar->progress) {
			tar->progress->bytes += want;
			tar->progress->what = path;
			progress_show(tar->progress);
			tar->progress->what = NULL;
		}
	}
	return 0;
}

static uint64_t round_up(uint64_t size)
{
	return (size + BLOCK - 1) / BLOCK * BLOCK;
}

static int put_sparse(struct tar *tar, const char *path, const struct stat *st,
	int fd, const struct extents *extents, struct err *e)
{
	uint64_t size = (uint64_t)st->st_size, before, stored;
	struct extent next = {0, 0};
	size_t turn = 0;
	char line[24];
	size_t first = (size_t)snprintf(
		line, sizeof(line), "%" PRIu64 "\n", extents->count);
	int rc;

	stored = round_up(first + extents->map_bytes) + extents->bytes;
	pax_add(tar, "GNU.sparse.major", "1");
	pax_add(tar, "GNU.sparse.minor", "0");
	pax_add(tar, "GNU.sparse.name", path);
	pax_add_number(tar, "GNU.sparse.realsize", size);
	if (put_member(tar, path, st, stored, e))
		return -1;
	before = tar->written;
	rc = put_map(tar, fd, path, size, extents, e);
	while (!rc &&
		(rc = next_extent(fd, path, size, extents, &turn, &next, e)) >
			0) {
		rc = put_range(tar, fd, path, next.at, next.end, e);
		next.at = next.end;
	}
	if (rc)
		return -1;
	if (tar->written - before != stored)
		return err_set(
			e, ERR_DATA, "%s has changed while it was read", path);
	return pad(tar, stored, e);
}

int tar_file(struct tar *tar, const char *path, const struct stat *st, int fd,
	struct err *e)
{
	uint64_t size = (uint64_t)st->st_size;
	struct extents extents;
	bool sparse;
	int rc;

	/* Fewer blocks than bytes: there are holes, or it is compressed. */
	if ((uint64_t)st->st_blocks * 512 < size) {
		rc = find_extents(fd, path, size, &extents, e);
		sparse = extents.bytes < size;
		if (!rc && sparse)
			rc = put_sparse(tar, path, st, fd, &extents, e);
		free(extents.kept);
		if (rc || sparse)
			return rc;
	}
	if (put_member(tar, path, st, size, e) ||
		put_range(tar, fd, path, 0, size, e))
		return -1;
	return pad(tar, size, e);
}

int tar_end(struct tar *tar, struct err *e)
{
	return put(tar, zeros, sizeof(zeros), e);
}
