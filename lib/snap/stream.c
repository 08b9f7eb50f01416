/* stream.c: see stream.h. */
#include "snap/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "snap/rules.h"
#include "snap/seal.h"
#include "snap/tar.h"
#include "snap/tree.h"

/* A check may start a program, which is slow where the machine is: no more
 * often than each second, and for no more than one part in twenty of the time.
 */
enum { CHECK_MS = 1000, CHECK_PART = 20 };

struct measure {
	const struct snap *snap;
	struct snap_size *size;
	dev_t dev;
};

struct pour {
	struct snap *snap;
	struct snap_digest *digest;
	struct tar tar;
	uint64_t next_check_ms;
};

/* is_ours: what a snapshot that was extracted has left in a data directory. */
static bool is_ours(const struct tree_entry *entry)
{
	return !strcmp(entry->path, SNAP_RECORD_NAME) ||
		!strcmp(entry->path, SNAP_SEAL_NAME);
}

static int measure_entry(
	void *ctx, const struct tree_entry *entry, struct err *e)
{
	struct measure *m = ctx;

	if (rules_unwanted(entry, m->snap->exclude) || is_ours(entry))
		return 1;
	if (rules_check(entry, m->dev, e))
		return -1;
	if (S_ISREG(entry->st.st_mode)) {
		m->size->files++;
		m->size->bytes += (uint64_t)entry->st.st_size;
	}
	return 0;
}

int snap_measure(const struct snap *snap, struct snap_size *size, struct err *e)
{
	struct measure m = {snap, size, 0};
	struct stat st;

	*size = (struct snap_size){0};
	if (stat(snap->path, &st))
		return err_sys(e, ERR_NOINPUT, "cannot look at %s", snap->path);
	m.dev = st.st_dev;
	return tree_walk(AT_FDCWD, snap->path, measure_entry, &m, e);
}

/* check: whether the snapshot is whole still; now and then, unless asked for.
 */
static int check(struct pour *p, bool now, struct err *e)
{
	uint64_t began_ms = clock_ms();
	int percent, rc;

	if (!p->snap->method->check || (!now && began_ms < p->next_check_ms))
		return 0;
	rc = p->snap->method->check(p->snap, &percent, e);
	p->next_check_ms =
		clock_ms() + CHECK_MS + CHECK_PART * (clock_ms() - began_ms);
	return rc;
}

static int pour_file(
	struct pour *p, const struct tree_entry *entry, struct err *e)
{
	int fd = openat(entry->dir, entry->name,
		O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct err broken;
	struct stat st;
	int rc;

	if (fd < 0 || fstat(fd, &st))
		rc = err_sys(e, ERR_IO, "cannot open %s", entry->path);
	else if (!S_ISREG(st.st_mode))
		rc = err_set(e, ERR_DATA, "%s has changed", entry->path);
	else
		rc = tar_file(&p->tar, entry->path, &st, fd, e);
	if (fd >= 0)
		close(fd);
	/* That the snapshot has broken says more than that reading failed. */
	if (rc && e->code == ERR_IO && check(p, true, &broken))
		*e = broken;
	return rc ? -1 : check(p, false, e);
}

static int pour_entry(void *ctx, const struct tree_entry *entry, struct err *e)
{
	struct pour *p = ctx;

	if (rules_unwanted(entry, p->snap->exclude) || is_ours(entry))
		return 1;
	if (S_ISDIR(entry->st.st_mode))
		return tar_directory(&p->tar, entry->path, &entry->st, e);
	if (S_ISREG(entry->st.st_mode))
		return pour_file(p, entry, e);
	return err_set(e, ERR_UNAVAILABLE,
		"'%s' in the snapshot is a symbolic link", entry->path);
}

/* put_seal: of the same owner and size wherever it is made: a reader finds it
 * from the end. */
static int put_seal(struct pour *p, struct err *e)
{
	const struct stat st = {
		.st_mode = S_IFREG | 0600, .st_mtime = time(NULL)};
	struct strbuf text = STRBUF_INIT;
	char digits[SHA256_TEXT];
	int rc;

	snap_digest_end(p->digest, digits);
	strbuf_addf(&text, "%s\n", digits);
	rc = tar_text(&p->tar, SNAP_SEAL_NAME, &st, &text, e);
	strbuf_release(&text);
	return rc;
}

int snap_stream(struct snap *snap, const struct strbuf *record, struct sink to,
	struct progress *progress, uint64_t *written, struct err *e)
{
	struct pour p = {.snap = snap, .next_check_ms = clock_ms() + CHECK_MS};
	struct stat st;
	int rc;

	/* Its owner is the server's, as of all the rest. */
	if (stat(snap->path, &st))
		return err_sys(e, ERR_IO, "cannot look at %s", snap->path);
	st.st_mode = S_IFREG | 0600;
	st.st_mtime = time(NULL);
	_Static_assert((int)TAR_BUFFERS > (int)SNAP_DIGEST_BEHIND,
		"a buffer is filled again when its digest is made");
	p.digest = snap_digest_new(to, e);
	if (!p.digest)
		return -1;
	tar_begin(&p.tar, snap_digest_sink(p.digest), progress);
	rc = tar_text(&p.tar, SNAP_RECORD_NAME, &st, record, e) ||
		tree_walk(AT_FDCWD, snap->path, pour_entry, &p, e) ||
		check(&p, true, e) || put_seal(&p, e) || tar_end(&p.tar, e);
	*written = p.tar.written;
	/* In this order: it may be at what the archive has read last. */
	snap_digest_free(p.digest);
	tar_release(&p.tar);
	return rc ? -1 : 0;
}
