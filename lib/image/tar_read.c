/* tar_read.c: see tar_read.h. The only file that knows libarchive. */
#include "image/tar_read.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/strbuf.h"

enum { STEP = 256 * 1024 }; /* bytes read at once */

struct tar_reader {
	struct archive *archive;
	struct archive_entry *entry;
	struct tar_source source;
	const struct blob *blob; /* NULL: the source's */
	uint64_t at;             /* in the blob */
	struct strbuf path;
	uint64_t left;     /* of the file at hand, holes counted */
	struct err failed; /* of the source */
	bool opened;
	uint64_t total; /* bytes of the source so far */
	uint64_t zeros; /* of these at the end */
	uint64_t end;   /* where the mark of the tar's end must begin */
	char buf[STEP];
};

static ssize_t blob_source(void *ctx, void *buf, size_t len, struct err *e)
{
	struct tar_reader *r = ctx;
	ssize_t n = blob_read(r->blob, buf, len, r->at, e);

	if (n > 0)
		r->at += (uint64_t)n;
	return n;
}

static void count_zeros(struct tar_reader *r, size_t len)
{
	size_t zeros = 0;

	while (zeros < len && !r->buf[len - 1 - zeros])
		zeros++;
	r->zeros = zeros == len ? r->zeros + len : zeros;
}

static ssize_t read_source(struct tar_reader *r, struct err *e)
{
	ssize_t n = r->source.read(r->source.ctx, r->buf, STEP, e);

	if (n > 0) {
		count_zeros(r, (size_t)n);
		r->total += (uint64_t)n;
	}
	return n;
}

static la_ssize_t on_read(struct archive *a, void *ctx, const void **buf)
{
	struct tar_reader *r = ctx;
	ssize_t n;

	*buf = r->buf;
	n = read_source(r, &r->failed);
	if (n < 0)
		archive_set_error(a, EIO, "cannot be read");
	return n;
}

/* on_skip: what is not wanted of a file need not be read. */
static la_int64_t on_skip(struct archive *a, void *ctx, la_int64_t wanted)
{
	struct tar_reader *r = ctx;
	uint64_t left;

	(void)a;
	if (!r->blob || wanted < 0)
		return 0;
	left = r->blob->size - r->at;
	if ((uint64_t)wanted > left)
		wanted = (la_int64_t)left;
	r->at += (uint64_t)wanted;
	return wanted;
}

struct tar_reader *tar_reader_new(const struct tar_source *source)
{
	struct tar_reader *r = xcalloc(1, sizeof(*r));

	r->source = *source;
	strbuf_init(&r->path);
	r->archive = archive_read_new();
	if (!r->archive)
		abort(); /* only for want of memory */
	archive_read_support_format_tar(r->archive);
	archive_read_support_format_empty(r->archive);
	return r;
}

struct tar_reader *tar_reader_of_blob(const struct blob *blob, const char *name)
{
	const struct tar_source source = {blob_source, NULL, name};
	struct tar_reader *r = tar_reader_new(&source);

	r->source.ctx = r;
	r->blob = blob;
	archive_read_support_filter_gzip(r->archive);
	archive_read_support_filter_zstd(r->archive);
	return r;
}

void tar_reader_free(struct tar_reader *r)
{
	if (!r)
		return;
	archive_read_free(r->archive);
	strbuf_release(&r->path);
	free(r);
}

/* failed: what libarchive says, or the source said. */
static int failed(struct tar_reader *r, struct err *e)
{
	const char *why = archive_error_string(r->archive);

	if (r->failed.code) {
		*e = r->failed;
		return -1;
	}
	err_set(e, ERR_DATA, "%s: no tar, or a damaged one: %s", r->source.name,
		why ? why : "it makes no sense");
	return err_hint(e, "make or fetch it again");
}

static int open_archive(struct tar_reader *r, struct err *e)
{
	r->opened = true;
	archive_read_set_read_callback(r->archive, on_read);
	archive_read_set_skip_callback(r->archive, on_skip);
	archive_read_set_callback_data(r->archive, r);
	return archive_read_open1(r->archive) == ARCHIVE_OK ? 0 : failed(r, e);
}

/* clean_path: without what means nothing. False if it leads out of the tree.
 */
static bool clean_path(struct strbuf *out, const char *path)
{
	strbuf_reset(out);
	if (*path == '/')
		return false;
	while (*path) {
		size_t len = strcspn(path, "/");

		if (len == 2 && !memcmp(path, "..", 2))
			return false;
		if (len && !(len == 1 && *path == '.')) {
			if (out->len)
				strbuf_addch(out, '/');
			strbuf_add(out, path, len);
		}
		path += len + (path[len] == '/');
	}
	return true;
}

static int take_path(struct tar_reader *r, struct err *e)
{
	const char *path = archive_entry_pathname(r->entry);

	/* The locale may not be able to say it; we only pass it on. */
	if (!path)
		path = archive_entry_pathname_utf8(r->entry);
	/* Those of a base are only looked up, where engines begin at the root,
	 * too: kaniko calls the root itself "/". */
	while (r->blob && path && *path == '/')
		path++;
	if (path && clean_path(&r->path, path))
		return 0;
	err_set(e, ERR_DATA,
		"%s holds the name '%s', which leads out of its folder",
		r->source.name, path ? path : "");
	return err_hint(e, "its names must be relative, without '..'");
}

static enum tar_type type_of(struct archive_entry *entry)
{
	switch (archive_entry_filetype(entry)) {
	case AE_IFREG:
		return TAR_FILE;
	case AE_IFDIR:
		return TAR_DIRECTORY;
	case AE_IFLNK:
		return TAR_SYMLINK;
	default:
		return TAR_OTHER;
	}
}

static void take_link(struct tar_reader *r, struct tar_member *member)
{
	const char *link = archive_entry_hardlink(r->entry);

	if (!link)
		link = archive_entry_hardlink_utf8(r->entry);
	if (link)
		member->type = TAR_HARDLINK;
	else if (member->type == TAR_SYMLINK)
		link = archive_entry_symlink(r->entry);
	if (!link && member->type == TAR_SYMLINK)
		link = archive_entry_symlink_utf8(r->entry);
	member->link = link;
}

int tar_reader_next(
	struct tar_reader *r, struct tar_member *member, struct err *e)
{
	int rc;

	if (!r->opened && open_archive(r, e))
		return -1;
	rc = archive_read_next_header(r->archive, &r->entry);
	if (rc == ARCHIVE_EOF) {
		r->end = (uint64_t)archive_read_header_position(r->archive);
		return 0;
	}
	if (rc != ARCHIVE_OK && rc != ARCHIVE_WARN)
		return failed(r, e);
	if (take_path(r, e))
		return -1;
	*member = (struct tar_member){.path = r->path.buf,
		.type = type_of(r->entry),
		.mode = archive_entry_perm(r->entry),
		.uid = (uint32_t)archive_entry_uid(r->entry),
		.gid = (uint32_t)archive_entry_gid(r->entry),
		.mtime = archive_entry_mtime(r->entry)};
	take_link(r, member);
	if (member->type == TAR_FILE)
		member->size = (uint64_t)archive_entry_size(r->entry);
	r->left = member->size;
	return 1;
}

ssize_t tar_reader_data(
	struct tar_reader *r, void *buf, size_t len, struct err *e)
{
	la_ssize_t n;

	if (len > r->left)
		len = (size_t)r->left;
	if (!len)
		return 0;
	n = archive_read_data(r->archive, buf, len);
	if (n < 0)
		return failed(r, e);
	/* Of a hole at the end libarchive says no more than of the end. */
	if (!n) {
		memset(buf, 0, len);
		n = (la_ssize_t)len;
	}
	r->left -= (uint64_t)n;
	return n;
}

uint64_t tar_reader_position(struct tar_reader *r)
{
	return (uint64_t)archive_filter_bytes(r->archive, 0);
}

bool tar_reader_sparse(struct tar_reader *r)
{
	return archive_entry_sparse_count(r->entry) > 0;
}

int tar_reader_finish(struct tar_reader *r, struct err *e)
{
	ssize_t n;

	while ((n = read_source(r, e)) > 0)
		;
	if (n < 0)
		return -1;
	if (r->total > r->end && r->total - r->end > r->zeros) {
		err_set(e, ERR_DATA,
			"%s goes on behind the tar's end, at byte %" PRIu64
			", and not with zeros alone",
			r->source.name, r->end);
		return err_hint(e,
			"one tar is read, not several one after the other: "
			"unpack them, and make one of all");
	}
	if (r->zeros >= 1024 && r->total >= r->end + 1024)
		return 0;
	err_set(e, ERR_DATA, "%s ends without the mark of a tar's end",
		r->source.name);
	return err_hint(e, "it was cut off: make it again");
}
