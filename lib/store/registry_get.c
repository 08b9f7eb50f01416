/* registry_get.c: blobs of a registry, kept in a cache; see registry.h. */
#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/atomic.h"
#include "base/io.h"
#include "base/prog.h"
#include "base/sig.h"
#include "base/spool.h"
#include "data/sha256.h"
#include "store/registry_internal.h"

/* A blob on its way into a file. */
struct fetch {
	int fd;
	const char *name;
	struct sha256 *sum;
	uint64_t size;
};

static int take(void *ctx, const void *data, size_t len, struct err *e)
{
	struct fetch *f = ctx;

	sha256_add(f->sum, data, len);
	f->size += len;
	return io_write_all(f->fd, data, len, f->name, e);
}

static int check(
	struct fetch *f, const char *digest, uint64_t size, struct err *e)
{
	unsigned char raw[SHA256_SIZE];
	char text[SHA256_TEXT];

	sha256_end(f->sum, raw);
	sha256_text(raw, text);
	if (f->size != size)
		return err_set(e, ERR_DATA,
			"the registry gives %" PRIu64 " bytes for %s, which "
			"has %" PRIu64,
			f->size, digest, size);
	if (strcmp(strchr(digest, ':') + 1, text) != 0)
		return err_set(e, ERR_DATA,
			"what the registry gives for %s has the digest "
			"sha256:%s",
			digest, text);
	return 0;
}

static int fetch_once(struct registry *r, const char *digest, uint64_t size,
	struct fetch *f, struct err *e)
{
	const struct sink to = {take, f};
	char *url = registry_url(r, "blobs/", digest);
	struct http_request request = {
		.method = "GET", .url = url, .to = &to, .most = size};
	int rc;

	f->sum = sha256_new();
	f->size = 0;
	rc = registry_run(r, &request, 1, e);
	if (!rc && r->answer.status != 200)
		rc = registry_refused(r, &r->answer, "a blob", e);
	if (!rc)
		rc = check(f, digest, size, e);
	sha256_free(f->sum);
	free(url);
	return rc;
}

/* fetch: again from the beginning while what went wrong may pass. */
static int fetch(struct registry *r, const char *digest, uint64_t size,
	struct fetch *f, struct err *e)
{
	for (int try = 0;; try++) {
		int rc = fetch_once(r, digest, size, f, e);

		if (!rc || e->code != ERR_TEMP || try + 1 == REGISTRY_TRIES ||
			sig_pending())
			return rc;
		log_info("%s; fetching it again", e->msg);
		registry_wait(r, try);
		if (ftruncate(f->fd, 0) || lseek(f->fd, 0, SEEK_SET))
			return err_sys(e, ERR_IO, "cannot empty %s", f->name);
	}
}

/* make_folders: those above a file; what is there already is no matter, and
 * what cannot be made shows when the file is opened. */
static void make_folders(char *path)
{
	for (char *slash = path + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		mkdir(path, 0700);
		*slash = '/';
	}
}

/* cache_path: false where there is no place for one. */
static bool cache_path(struct strbuf *path, const char *digest)
{
	const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");

	if (cache && *cache == '/')
		strbuf_addstr(path, cache);
	else if (home && *home == '/')
		strbuf_addf(path, "%s/.cache", home);
	else
		return false;
	strbuf_addf(path, "/dbpipes/blobs/%s", strchr(digest, ':') + 1);
	make_folders(path->buf);
	return true;
}

/* is_whole: what is in the cache may have been damaged since. */
static bool is_whole(int fd, const char *digest, uint64_t size)
{
	enum { STEP = 256 * 1024 };
	struct fetch f = {.sum = sha256_new()};
	char *buf = xmalloc(STEP);
	struct err ignored;
	ssize_t n;
	bool whole;

	while ((n = io_pread_full(
			fd, buf, STEP, f.size, "the cache", &ignored)) > 0) {
		sha256_add(f.sum, buf, (size_t)n);
		f.size += (uint64_t)n;
	}
	whole = !check(&f, digest, size, &ignored);
	sha256_free(f.sum);
	free(buf);
	return whole;
}

/* open_cached: -1 where it is not there, or not whole. */
static int open_cached(const char *path, const char *digest, uint64_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	uint64_t is;

	if (fd < 0)
		return -1;
	if (io_is_regular(fd, &is) && is == size && is_whole(fd, digest, size))
		return fd;
	log_warn("%s is damaged: fetching it anew", path);
	close(fd);
	return -1;
}

/* clear_up: what runs that were killed have left beside a file: nobody has
 * written to it for a day. */
static void clear_up(const char *path)
{
	enum { DEAD_S = 24 * 60 * 60 };
	char *folder = xstrndup(path, (size_t)(strrchr(path, '/') - path));
	DIR *dir = opendir(folder);
	const struct dirent *one;
	struct stat st;

	while (dir && (one = readdir(dir))) {
		size_t len = strlen(one->d_name);

		if (*one->d_name == '.' && len > 4 &&
			!strcmp(one->d_name + len - 4, ".tmp") &&
			!fstatat(dirfd(dir), one->d_name, &st,
				AT_SYMLINK_NOFOLLOW) &&
			S_ISREG(st.st_mode) &&
			st.st_mtime + DEAD_S < time(NULL))
			unlinkat(dirfd(dir), one->d_name, 0);
	}
	if (dir)
		closedir(dir);
	free(folder);
}

static int fetch_to_cache(struct registry *r, const char *digest, uint64_t size,
	const char *path, struct err *e)
{
	struct atomic_file file;
	struct fetch f = {.name = path};

	clear_up(path);
	if (atomic_open(&file, path, e))
		return -1;
	f.fd = file.fd;
	if (fetch(r, digest, size, &f, e)) {
		atomic_abort(&file);
		return -1;
	}
	return atomic_commit(&file, e) ? -1 : io_open_read(path, e);
}

static int fetch_to_spool(
	struct registry *r, const char *digest, uint64_t size, struct err *e)
{
	struct fetch f = {.name = "temporary file"};

	f.fd = spool_file(e);
	if (f.fd < 0 || !fetch(r, digest, size, &f, e))
		return f.fd;
	close(f.fd);
	return -1;
}

int registry_get_blob(
	struct registry *r, const char *digest, uint64_t size, struct err *e)
{
	struct strbuf path = STRBUF_INIT;
	int fd;

	if (!cache_path(&path, digest)) {
		fd = fetch_to_spool(r, digest, size, e);
	} else {
		fd = open_cached(path.buf, digest, size);
		if (fd < 0)
			fd = fetch_to_cache(r, digest, size, path.buf, e);
	}
	strbuf_release(&path);
	return fd;
}
