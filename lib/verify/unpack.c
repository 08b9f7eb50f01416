/* unpack.c: see unpack.h. */
#include "verify/unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/io.h"
#include "base/sig.h"
#include "data/json_read.h"
#include "image/tar_read.h"
#include "snap/seal.h"
#include "snap/stream.h"
#include "verify/datadir.h"

enum { STEP = 256 * 1024, HOLE = 4096, NOTE_MOST = 1 << 20 };

struct unpack {
	struct unpacked *u;
	struct input *in;
	struct tar_reader *tar;
	struct snap_proof proof;
	struct progress *progress;
	int folder; /* -1: only read */
	char *buf;
	uint64_t members;
	bool note_first; /* as in a stream of dbsnap, and in no other */
};

static int refuse(const char *path, const char *why, struct err *e)
{
	return err_set(
		e, ERR_DATA, "the data directory holds '%s', %s", path, why);
}

/* is_limited: a file's size, by ulimit -f: what is beyond may be sound. */
static bool is_limited(void)
{
	struct rlimit limit;

	return errno == EFBIG && !getrlimit(RLIMIT_FSIZE, &limit) &&
		limit.rlim_cur != RLIM_INFINITY;
}

/* cannot_write: by errno: for want of room, or for what no tar of a data
 * directory has: a file in a file's place, a name or a size beyond all bounds.
 */
static int cannot_write(const char *path, struct err *e)
{
	bool full = errno == ENOSPC || errno == EDQUOT;

	if (is_limited()) {
		err_sys(e, ERR_CANTCREATE, "cannot unpack '%s'", path);
		return err_hint(e, "raise the limit on file sizes (ulimit -f)");
	}
	if (errno == ENOTDIR || errno == EISDIR || errno == EEXIST ||
		errno == ENAMETOOLONG || errno == EFBIG)
		return refuse(path, "which no file system takes there", e);

	err_sys(e, full ? ERR_TEMP : ERR_CANTCREATE, "cannot unpack '%s'",
		path);
	return full ? err_hint(e, "name a place with more room with --tmpdir")
		    : -1;
}

/* read_tar: what is unpacked is what was proved. */
static ssize_t read_tar(void *ctx, void *buf, size_t len, struct err *e)
{
	struct unpack *up = ctx;
	ssize_t n = input_read(up->in, buf, len, e);

	if (n <= 0)
		return n;
	snap_proof_add(&up->proof, buf, (size_t)n);
	up->progress->bytes =
		input_consumed(up->in, &up->progress->total_bytes);
	progress_show(up->progress);
	return n;
}

/* make_folder: unless it is there. */
static int make_folder(int folder, const char *path, struct err *e)
{
	struct stat status;

	if (!mkdirat(folder, path, 0700))
		return 0;
	if (errno != EEXIST)
		return cannot_write(path, e);
	if (!fstatat(folder, path, &status, AT_SYMLINK_NOFOLLOW) &&
		S_ISDIR(status.st_mode))
		return 0;
	errno = ENOTDIR;
	return cannot_write(path, e);
}

/* make_folders: those on the way to a path that are not there yet. */
static int make_folders(int folder, const char *path, struct err *e)
{
	char *way = xstrdup(path);
	int rc = 0;

	for (char *p = strchr(way, '/'); !rc && p; p = strchr(p + 1, '/')) {
		*p = '\0';
		rc = make_folder(folder, way, e);
		*p = '/';
	}
	free(way);
	return rc;
}

static bool is_zero(const char *data, size_t len)
{
	return !*data && !memcmp(data, data + 1, len - 1);
}

/* block: bytes of it at an offset of what is at hand. */
static size_t block(size_t at, size_t len)
{
	return len - at < HOLE ? len - at : HOLE;
}

/* put: bytes of a file, at an offset; what is zero stays a hole. */
static int put(int fd, const char *path, const char *data, size_t len,
	uint64_t at, struct err *e)
{
	for (size_t done = 0, end; done < len; done = end) {
		end = done + block(done, len);
		if (is_zero(data + done, end - done))
			continue;
		while (end < len && !is_zero(data + end, block(end, len)))
			end += block(end, len);
		while (done < end) {
			ssize_t n = pwrite(fd, data + done, end - done,
				(off_t)(at + done));

			if (n < 0 && errno != EINTR)
				return cannot_write(path, e);
			done += n > 0 ? (size_t)n : 0;
		}
	}
	return 0;
}

/* take_content: of a member; fd -1: only read. */
static int take_content(struct unpack *up, const struct tar_member *m, int fd,
	struct strbuf *note, struct err *e)
{
	uint64_t at = 0;
	ssize_t n;

	while ((n = tar_reader_data(up->tar, up->buf, STEP, e)) > 0) {
		if (sig_pending())
			return err_set(e, ERR_SIGNAL, "interrupted");
		if (fd >= 0 && put(fd, m->path, up->buf, (size_t)n, at, e))
			return -1;
		if (note)
			strbuf_add(note, up->buf, (size_t)n);
		at += (uint64_t)n;
	}
	if (n < 0)
		return -1;
	if (at != m->size)
		return refuse(m->path, "which is cut off", e);
	return fd >= 0 && ftruncate(fd, (off_t)at) ? cannot_write(m->path, e)
						   : 0;
}

static int take_file(
	struct unpack *up, const struct tar_member *m, struct err *e)
{
	int fd = -1, rc;

	up->u->files++;
	up->u->bytes += m->size;
	if (m->size && !strcmp(m->path, DATADIR_SYSTEM))
		up->u->datadir = true;
	if (up->folder >= 0 && !datadir_leaves_out(m->path)) {
		if (make_folders(up->folder, m->path, e))
			return -1;
		fd = openat(up->folder, m->path,
			O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
			0600);
		if (fd < 0)
			return errno == EEXIST
				? refuse(m->path, "more than once", e)
				: cannot_write(m->path, e);
	}
	rc = take_content(up, m, fd, NULL, e);
	if (fd >= 0)
		close(fd);
	return rc;
}

/* take_note: what dbsnap states of the snapshot; also whether it fits. */
static int take_note(
	struct unpack *up, const struct tar_member *m, struct err *e)
{
	if (m->size > NOTE_MOST || up->u->note.len)
		return refuse(m->path, "which is too large, or there twice", e);
	up->note_first = up->members == 1;
	return take_content(up, m, -1, &up->u->note, e);
}

static int take_folder(
	struct unpack *up, const struct tar_member *m, struct err *e)
{
	if (!*m->path || up->folder < 0)
		return 0;
	if (make_folders(up->folder, m->path, e))
		return -1;
	return make_folder(up->folder, m->path, e);
}

static int take_member(
	struct unpack *up, const struct tar_member *m, struct err *e)
{
	switch (m->type) {
	case TAR_DIRECTORY:
		return take_folder(up, m, e);
	case TAR_FILE:
		break;
	case TAR_SYMLINK:
	case TAR_HARDLINK:
		return refuse(m->path, "which is a link", e);
	case TAR_PAX:
	case TAR_OTHER:
		return refuse(m->path, "which is a device or a pipe", e);
	}
	if (datadir_leads_out(m->path))
		return refuse(
			m->path, "by which a table would be outside of it", e);
	if (!strcmp(m->path, SNAP_SEAL_NAME))
		return take_content(up, m, -1, NULL, e);
	if (!strcmp(m->path, SNAP_RECORD_NAME))
		return take_note(up, m, e);
	return take_file(up, m, e);
}

/* check_stated: as many files and bytes as the snapshot had. Only of the stream
 * that dbsnap wrote: a server may have gone on with what another tar holds. */
static int check_stated(const struct unpacked *u, struct err *e)
{
	struct json_value *json = json_read(u->note.buf, u->note.len);
	uint64_t files, bytes;
	int rc = 0;

	if (u->note.len && !json)
		rc = err_set(
			e, ERR_DATA, SNAP_RECORD_NAME " is no JSON object");
	else if (json && json_read_uint(json, "files", &files) &&
		json_read_uint(json, "bytes", &bytes) &&
		(files != u->files || bytes != u->bytes))
		rc = err_set(e, ERR_DATA,
			"it has %" PRIu64 " files with %" PRIu64
			" bytes, " SNAP_RECORD_NAME " states %" PRIu64
			" with %" PRIu64,
			u->files, u->bytes, files, bytes);
	json_read_free(json);
	return rc;
}

static int check_proof(struct unpack *up, struct err *e)
{
	enum snap_sealed sealed = snap_proof_end(&up->proof);

	up->u->sealed = sealed == SNAP_SEALED;
	if (sealed != SNAP_CHANGED)
		return 0;
	err_set(e, ERR_DATA,
		"%s: its SHA-256 is not the one that it states: it was changed",
		input_name(up->in));
	return err_hint(e, "make or fetch it again");
}

static int read_members(struct unpack *up, struct err *e)
{
	struct tar_member m;
	int rc;

	while ((rc = tar_reader_next(up->tar, &m, e)) > 0) {
		up->members++;
		if (take_member(up, &m, e))
			return -1;
	}
	return rc ? -1 : tar_reader_finish(up->tar, e);
}

int unpack_tar(struct input *in, const char *folder, struct unpacked *u,
	struct progress *progress, struct err *e)
{
	struct unpack up = {
		.u = u, .in = in, .progress = progress, .folder = -1};
	const struct tar_source source = {read_tar, &up, input_name(in)};
	struct err other;
	int rc = 0, proved;

	if (folder)
		up.folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder && up.folder < 0)
		return err_sys(e, ERR_CANTCREATE, "cannot open %s", folder);
	snap_proof_begin(&up.proof);
	up.tar = tar_reader_new(&source);
	up.buf = xmalloc(STEP);
	rc = read_members(&up, e);
	proved = check_proof(&up, rc ? &other : e);
	if (!rc)
		rc = proved ||
				((u->sealed || up.note_first) &&
					check_stated(u, e))
			? -1
			: 0;
	tar_reader_free(up.tar);
	free(up.buf);
	if (up.folder >= 0)
		close(up.folder);
	return rc;
}
