/* tree.c: see tree.h. */
#include "image/tree.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "image/tar_read.h"

/* Source: OCI image specification, layer.md, "Whiteouts". */
#define WHITEOUT ".wh."
#define WHITEOUT_ALL ".wh..wh..opq"

enum { LINKS_MOST = 40 }; /* as Linux follows, path_resolution(7) */

struct tree {
	const struct blob *layers;
	size_t layer_count;
	struct tree_node *node; /* sorted by path */
	size_t count, cap;
	bool read; /* nothing was wanted since the layers were read */
};

struct tree *tree_new(const struct blob *layers, size_t count)
{
	struct tree *tree = xcalloc(1, sizeof(*tree));

	tree->layers = layers;
	tree->layer_count = count;
	return tree;
}

static void node_clear(struct tree_node *node)
{
	free(node->link);
	free(node->content);
	node->link = node->content = NULL;
	node->there = node->stated = false;
}

void tree_free(struct tree *tree)
{
	if (!tree)
		return;
	for (size_t i = 0; i < tree->count; i++) {
		node_clear(&tree->node[i]);
		free(tree->node[i].path);
	}
	free(tree->node);
	free(tree);
}

static struct tree_node *lookup(const struct tree *tree, const char *path)
{
	size_t low = 0, high = tree->count;

	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = strcmp(path, tree->node[middle].path);

		if (!order)
			return &tree->node[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct tree_node *)a)->path,
		((const struct tree_node *)b)->path);
}

static void want_one(struct tree *tree, const char *path)
{
	if (lookup(tree, path))
		return;
	tree->node = grow_array(
		tree->node, tree->count, &tree->cap, sizeof(*tree->node));
	tree->node[tree->count++] = (struct tree_node){.path = xstrdup(path)};
	qsort(tree->node, tree->count, sizeof(*tree->node), by_path);
	tree->read = false;
}

void tree_want(struct tree *tree, const char *path)
{
	char *part = xstrdup(path);

	for (char *slash = part; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		want_one(tree, part);
		*slash = '/';
	}
	want_one(tree, part);
	free(part);
}

void tree_want_content(struct tree *tree, const char *path)
{
	struct tree_node *node;

	tree_want(tree, path);
	node = lookup(tree, path);
	if (!node->wants_content)
		tree->read = false;
	node->wants_content = true;
}

/* hide: what lower layers have below a directory. */
static void hide_below(struct tree *tree, const char *dir, size_t layer)
{
	size_t len = strlen(dir);

	for (size_t i = 0; i < tree->count; i++) {
		struct tree_node *node = &tree->node[i];

		if (node->layer < layer && !strncmp(node->path, dir, len) &&
			(!len || node->path[len] == '/'))
			node_clear(node);
	}
}

/* take_whiteout: a name that deletes; false if it is none. */
static bool take_whiteout(struct tree *tree, const char *path, size_t layer)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	struct strbuf target = STRBUF_INIT;
	struct tree_node *node;

	if (strncmp(name, WHITEOUT, strlen(WHITEOUT)) != 0)
		return false;
	strbuf_add(&target, path, (size_t)(name - path));
	if (!strcmp(name, WHITEOUT_ALL)) {
		if (target.len)
			strbuf_setlen(&target, target.len - 1);
	} else {
		strbuf_addstr(&target, name + strlen(WHITEOUT));
		node = lookup(tree, target.buf);
		if (node && node->layer < layer)
			node_clear(node);
	}
	hide_below(tree, target.buf, layer);
	strbuf_release(&target);
	return true;
}

static int read_content(
	struct tar_reader *r, struct tree_node *node, struct err *e)
{
	struct strbuf content = STRBUF_INIT;
	char buf[4096];
	ssize_t n;

	while (content.len < TREE_CONTENT_MOST &&
		(n = tar_reader_data(r, buf, sizeof(buf), e)) != 0) {
		if (n < 0) {
			strbuf_release(&content);
			return -1;
		}
		strbuf_add(&content, buf, (size_t)n);
	}
	node->content = strbuf_detach(&content);
	return 0;
}

/* take_parents: the directories of a member that no layer has: engines make
 * them. All of a wanted path are wanted, so below others there is none. */
static void take_parents(struct tree *tree, const char *path, size_t layer)
{
	struct strbuf dir = STRBUF_INIT;

	for (const char *slash = path; (slash = strchr(slash, '/')); slash++) {
		struct tree_node *node;

		strbuf_reset(&dir);
		strbuf_add(&dir, path, (size_t)(slash - path));
		node = lookup(tree, dir.buf);
		if (!node)
			break;
		if (node->stated)
			continue;
		node->there = true;
		node->type = TAR_DIRECTORY;
		node->layer = layer;
	}
	strbuf_release(&dir);
}

static int take_member(struct tree *tree, struct tar_reader *r,
	const struct tar_member *m, size_t layer, struct err *e)
{
	struct tree_node *node;

	if (take_whiteout(tree, m->path, layer))
		return 0;
	take_parents(tree, m->path, layer);
	node = lookup(tree, m->path);
	if (!node)
		return 0;
	node_clear(node);
	node->there = node->stated = true;
	node->type = m->type;
	node->mode = m->mode;
	node->uid = m->uid;
	node->gid = m->gid;
	node->mtime = m->mtime;
	node->layer = layer;
	if (m->type == TAR_SYMLINK || m->type == TAR_HARDLINK)
		node->link = xstrdup(m->link ? m->link : "");
	if (m->type != TAR_DIRECTORY)
		hide_below(tree, m->path, layer);
	return node->wants_content && m->type == TAR_FILE
		? read_content(r, node, e)
		: 0;
}

static int read_layer(struct tree *tree, size_t layer, struct err *e)
{
	struct tar_reader *r =
		tar_reader_of_blob(&tree->layers[layer], "a layer of the base");
	struct tar_member m;
	int more;

	while ((more = tar_reader_next(r, &m, e)) > 0)
		if (take_member(tree, r, &m, layer, e)) {
			more = -1;
			break;
		}
	tar_reader_free(r);
	return more;
}

static int read_layers(struct tree *tree, struct err *e)
{
	for (size_t i = 0; i < tree->count; i++)
		node_clear(&tree->node[i]);
	for (size_t i = 0; i < tree->layer_count; i++)
		if (read_layer(tree, i, e))
			return -1;
	tree->read = true;
	return 0;
}

const struct tree_node *tree_find(
	struct tree *tree, const char *path, struct err *e)
{
	tree_want(tree, path);
	if (!tree->read && read_layers(tree, e))
		return NULL;
	return lookup(tree, path);
}

/* follow: put a link's target in the place of the path's first `len` bytes. An
 * absolute one begins at the root; ".." goes up, but never above it. */
static void follow(struct strbuf *path, size_t len, const char *link)
{
	char *rest = xstrdup(path->buf + len);
	size_t parent = len;

	while (parent && path->buf[parent - 1] != '/')
		parent--;
	strbuf_setlen(path, *link == '/' ? 0 : parent);
	while (*link) {
		size_t n = strcspn(link, "/");

		while (path->len && path->buf[path->len - 1] == '/')
			strbuf_setlen(path, path->len - 1);
		if (n == 2 && !memcmp(link, "..", 2)) {
			while (path->len && path->buf[path->len - 1] != '/')
				strbuf_setlen(path, path->len - 1);
		} else if (n && !(n == 1 && *link == '.')) {
			if (path->len)
				strbuf_addch(path, '/');
			strbuf_add(path, link, n);
		}
		link += n + (link[n] == '/');
	}
	while (path->len && path->buf[path->len - 1] == '/')
		strbuf_setlen(path, path->len - 1);
	strbuf_addstr(path, path->len || !*rest ? rest : rest + 1);
	free(rest);
}

/* step: look at the directories of the path, the highest first, and, to follow
 * it, at the path itself. Returns 1 if one is a link, which was followed; 0 if
 * all are directories. */
static int step(
	struct tree *tree, struct strbuf *path, bool itself, struct err *e)
{
	for (size_t len = 0; len < path->len + itself; len++) {
		const struct tree_node *node;
		char *dir;

		if (path->buf[len] && path->buf[len] != '/')
			continue;
		dir = xstrndup(path->buf, len);
		node = tree_find(tree, dir, e);
		free(dir);
		if (!node)
			return -1;
		if (node->there && node->type == TAR_SYMLINK) {
			follow(path, len, node->link);
			return 1;
		}
		if (node->there && node->type != TAR_DIRECTORY &&
			path->buf[len])
			return err_set(e, ERR_DATA,
				"/%s cannot be added: in the base, /%s is no "
				"directory",
				path->buf, node->path);
	}
	return 0;
}

static int resolve(struct tree *tree, const char *path, struct strbuf *real,
	bool itself, struct err *e)
{
	strbuf_reset(real);
	strbuf_addstr(real, path);
	for (int links = 0; links < LINKS_MOST; links++) {
		int rc;

		tree_want(tree, real->buf);
		rc = step(tree, real, itself, e);
		if (rc <= 0)
			return rc;
	}
	return err_set(e, ERR_DATA,
		"/%s cannot be added: links of the base go round in circles",
		path);
}

int tree_resolve(
	struct tree *tree, const char *path, struct strbuf *real, struct err *e)
{
	return resolve(tree, path, real, false, e);
}

int tree_follow(
	struct tree *tree, const char *path, struct strbuf *real, struct err *e)
{
	return resolve(tree, path, real, true, e);
}

int tree_content(struct tree *tree, const char *path, const char **content,
	struct err *e)
{
	struct strbuf real = STRBUF_INIT;
	const struct tree_node *node = NULL;

	tree_want_content(tree, path);
	if (!tree_follow(tree, path, &real, e)) {
		tree_want_content(tree, real.buf);
		node = tree_find(tree, real.buf, e);
	}
	if (node && node->type == TAR_HARDLINK) {
		/* A name in the archive, and no link again. */
		strbuf_reset(&real);
		strbuf_addstr(&real, node->link + strspn(node->link, "./"));
		tree_want_content(tree, real.buf);
		node = tree_find(tree, real.buf, e);
	}
	strbuf_release(&real);
	*content = node ? node->content : NULL;
	return node ? 0 : -1;
}
