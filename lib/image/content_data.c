/* content_data.c: a data directory put into a layer; see content.h. */
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "image/content.h"

#define NOTE "dbpipes-snapshot.json"
#define SEAL "dbpipes-snapshot.sha256" /* of the tar, which this is not */
#define WHITEOUT ".wh."
#define WHITEOUT_ALL ".wh..wh..opq"

enum {
	STEP = 256 * 1024,
	NOTE_MOST = 1 << 20,
	CHECKPOINTS_MOST = 4096,
	LINKS_MOST = 1000 /* a server makes one a table elsewhere */
};

/* What mariadb-backup and xtrabackup say of their own state. */
static const char *const checkpoints[] = {
	"xtrabackup_checkpoints", "mariadb_backup_checkpoints", NULL};

/* A data directory on its way into a layer. */
struct data {
	struct content *c;
	struct tar_reader *tar;
	const char *root;
	const struct owner *owner;
	bool rooted;          /* the directory itself is there */
	bool innodb;          /* its system tablespace is */
	struct strlist links; /* symbolic ones */
};

static int refuse(const char *path, const char *why, struct err *e)
{
	err_set(e, ERR_DATA, "the data directory holds '%.300s', %s", path,
		why);
	return err_hint(e, "an image is made of plain files and folders");
}

/* leads_out: a link's target, seen from its own place. Behind a name it may not
 * go up, for that may be a link itself. */
static bool leads_out(const char *path, const char *link)
{
	bool down = false, up;
	int depth = 0;

	if (*link == '/')
		return true;
	for (; *path; path++)
		depth += *path == '/';
	while (*link) {
		size_t len = strcspn(link, "/");

		up = len == 2 && !memcmp(link, "..", 2);
		if (up && (down || !depth--))
			return true;
		down |= !up && len && !(len == 1 && *link == '.');
		link += len + (link[len] == '/');
	}
	return false;
}

/* is_below: is one of the links a folder of the path? */
static bool is_below(const struct strlist *links, const char *path)
{
	for (size_t i = 0; i < links->count; i++) {
		size_t len = strlen(links->item[i]);

		if (!strncmp(path, links->item[i], len) && path[len] == '/')
			return true;
	}
	return false;
}

/* check_link: notes it, so that nothing can be written through it. */
static int check_link(struct data *d, const struct tar_member *m, struct err *e)
{
	if (leads_out(m->path, m->link))
		return refuse(m->path, "a link that leads out of it", e);
	if (d->links.count == LINKS_MOST)
		return refuse(m->path, "one link too many", e);
	strlist_add(&d->links, m->path);
	return 0;
}

static bool has_long_name(const char *path)
{
	for (size_t len; *path; path += len + (path[len] == '/')) {
		len = strcspn(path, "/");
		if (len > NAME_MAX)
			return true;
	}
	return false;
}

static int check_member(
	struct data *d, const struct tar_member *m, struct err *e)
{
	const char *slash = strrchr(m->path, '/');

	if (!strncmp(slash ? slash + 1 : m->path, WHITEOUT, strlen(WHITEOUT)))
		return refuse(m->path,
			"a name by which images delete what is below", e);
	if (has_long_name(m->path))
		return refuse(m->path, "a name that is too long", e);
	if (m->type == TAR_OTHER)
		return refuse(m->path, "a device or a pipe", e);
	if (m->type == TAR_HARDLINK)
		return refuse(m->path, "a hard link", e);
	if (is_below(&d->links, m->path))
		return refuse(m->path, "a name that leads through a link", e);
	return m->type == TAR_SYMLINK ? check_link(d, m, e) : 0;
}

/* add_root: the directory itself, before all that is in it. */
static int add_root(struct data *d, uint32_t mode, int64_t mtime, struct err *e)
{
	struct strbuf mark = STRBUF_INIT;
	const struct tree_node *node;
	struct tar_member m = {.path = d->root,
		.type = TAR_DIRECTORY,
		.mode = mode,
		.uid = d->owner->uid,
		.gid = d->owner->gid,
		.mtime = mtime};
	int rc;

	d->rooted = true;
	node = tree_find(d->c->tree, d->root, e);
	if (!node || content_add(d->c, &m, e))
		return -1;
	if (!node->there)
		return 0;
	strbuf_addf(&mark, "%s/" WHITEOUT_ALL, d->root);
	m = (struct tar_member){
		.path = mark.buf, .type = TAR_FILE, .mtime = d->c->mtime};
	rc = layer_add(d->c->layer, &m, e);
	strbuf_release(&mark);
	return rc;
}

static int copy_file(struct data *d, uint64_t size, struct err *e)
{
	char *buf = xmalloc(STEP);
	uint64_t done = 0;
	ssize_t n;
	int rc = 0;

	while (!rc && (n = tar_reader_data(d->tar, buf, STEP, e)) != 0) {
		rc = n < 0 ? -1 : layer_data(d->c->layer, buf, (size_t)n, e);
		done += n < 0 ? 0 : (uint64_t)n;
	}
	free(buf);
	if (!rc && done != size)
		rc = err_set(e, ERR_DATA,
			"the data directory is cut off in the middle");
	return rc;
}

/* put_member: its header, under its full name. */
static int put_member(struct data *d, const struct tar_member *from,
	const char *path, struct err *e)
{
	struct tar_member m = *from;

	m.path = path;
	m.uid = d->owner->uid;
	m.gid = d->owner->gid;
	m.mode = from->mode & 0777;
	if (layer_add(d->c->layer, &m, e))
		return -1;
	/* So that no other content says again what it is. */
	if (m.type == TAR_DIRECTORY)
		strlist_add(&d->c->folders, path);
	return 0;
}

/* put_folders: those of a full name that the tar has not told of: engines would
 * make them root's. */
static int put_folders(struct data *d, const char *path, struct err *e)
{
	const struct tar_member folder = {
		.type = TAR_DIRECTORY, .mode = 0755, .mtime = d->c->mtime};
	char *part = xstrdup(path);
	int rc = 0;

	for (char *slash = part + strlen(d->root) + 1;
		!rc && (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		if (!layer_has(d->c->layer, part))
			rc = put_member(d, &folder, part, e);
		*slash = '/';
	}
	free(part);
	return rc;
}

/* begin_member: its header; its content follows. */
static int begin_member(
	struct data *d, const struct tar_member *from, struct err *e)
{
	struct strbuf path = STRBUF_INIT;
	int rc = 0;

	if (check_member(d, from, e) ||
		(!d->rooted && add_root(d, 0755, d->c->mtime, e)))
		return -1;
	strbuf_addf(&path, "%s/%s", d->root, from->path);
	if (path.len >= PATH_MAX)
		rc = refuse(from->path, "a name that is too long", e);
	else if (!layer_has(d->c->layer, path.buf))
		rc = put_folders(d, path.buf, e) ||
			put_member(d, from, path.buf, e);
	else if (from->type != TAR_DIRECTORY ||
		!strlist_has(&d->c->folders, path.buf)) {
		refuse(from->path, "and it again", e);
		rc = err_hint(
			e, "unpack it, and make a tar of what came of that");
	}
	strbuf_release(&path);
	return rc ? -1 : 0;
}

static int add_member(struct data *d, const struct tar_member *m, struct err *e)
{
	if (begin_member(d, m, e))
		return -1;
	return m->size ? copy_file(d, m->size, e) : 0;
}

/* read_small: a file's content. */
static int read_small(
	struct data *d, uint64_t size, struct strbuf *text, struct err *e)
{
	ssize_t n = 0;

	strbuf_grow(text, (size_t)size);
	while (text->len < size &&
		(n = tar_reader_data(d->tar, text->buf + text->len,
			 (size_t)size - text->len, e)) > 0)
		strbuf_setlen(text, text->len + (size_t)n);
	if (!n && text->len < size)
		n = err_set(e, ERR_DATA,
			"the data directory is cut off in the middle");
	return n < 0 ? -1 : 0;
}

/* add_checkpoints: a backup of mariadb-backup is a data directory once its log
 * was applied, and no sooner. */
static int add_checkpoints(
	struct data *d, const struct tar_member *m, struct err *e)
{
	struct strbuf text = STRBUF_INIT;
	int rc;

	if (m->size > CHECKPOINTS_MOST)
		return refuse(m->path, "which is too large", e);
	rc = read_small(d, m->size, &text, e);
	if (!rc && strstr(text.buf, "backup_type = full-backuped")) {
		rc = err_set(e, ERR_DATA,
			"the tar is a backup of mariadb-backup that was not "
			"prepared: no server starts on it");
		err_hint(e, "mariadb-backup --prepare --target-dir=DIR");
	}
	if (!rc)
		rc = begin_member(d, m, e);
	if (!rc && text.len)
		rc = layer_data(d->c->layer, text.buf, text.len, e);
	strbuf_release(&text);
	return rc;
}

static int keep_note(struct data *d, uint64_t size, char **note, struct err *e)
{
	struct strbuf text = STRBUF_INIT;
	int rc;

	if (size > NOTE_MOST || *note)
		return refuse(NOTE, "too large, or twice", e);
	rc = read_small(d, size, &text, e);
	*note = strbuf_detach(&text);
	return rc;
}

static int take_member(
	struct data *d, const struct tar_member *m, char **note, struct err *e)
{
	if (!*m->path) {
		if (m->type != TAR_DIRECTORY || d->rooted)
			return 0;
		return add_root(d, m->mode & 0777, m->mtime, e);
	}
	if (!strcmp(m->path, NOTE) && m->type == TAR_FILE)
		return keep_note(d, m->size, note, e);
	if (!strcmp(m->path, SEAL) && m->type == TAR_FILE)
		return 0;
	if (m->type == TAR_FILE && name_in(checkpoints, m->path))
		return add_checkpoints(d, m, e);
	d->innodb = d->innodb ||
		(m->type == TAR_FILE && !strcmp(m->path, "ibdata1"));
	return add_member(d, m, e);
}

int content_add_data(struct content *c, struct tar_reader *tar,
	const char *path, const struct owner *owner, char **note, struct err *e)
{
	struct strbuf root = STRBUF_INIT;
	struct data d = {.c = c, .tar = tar, .owner = owner};
	struct tar_member m;
	int more = tree_resolve(c->tree, path, &root, e);

	d.root = root.buf;
	while (!more && (more = tar_reader_next(tar, &m, e)) > 0)
		more = take_member(&d, &m, note, e);
	if (!more)
		more = tar_reader_finish(tar, e);
	if (!more && !d.innodb) {
		more = err_set(e, ERR_DATA,
			"the tar holds no data directory: there is no ibdata1 "
			"in it");
		err_hint(e,
			"its names must begin in the data directory: tar "
			"-C DATADIR -c .");
	}
	strlist_release(&d.links);
	strbuf_release(&root);
	return more;
}
