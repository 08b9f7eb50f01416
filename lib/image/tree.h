/* tree.h: what a base holds at certain places.
 *
 * A layer that adds /etc/mysql/conf.d/x must say again what /etc, /etc/mysql
 * and conf.d are, for its own directories take the place of those below; and
 * where one of them is a symbolic link, x belongs where that leads. So the
 * layers' headers are read, once in most cases, and only what was asked for is
 * remembered.
 */
#ifndef DBPIPES_IMAGE_TREE_H
#define DBPIPES_IMAGE_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "image/blob.h"
#include "image/tar_write.h"

enum { TREE_CONTENT_MOST = 1 << 20 }; /* bytes of a file that is read */

struct tree_node {
	char *path;
	bool there;
	bool stated; /* what follows is; else it is a directory for there is
		      * something in it, and no layer says more of it */
	enum tar_type type;
	uint32_t mode, uid, gid;
	int64_t mtime;
	char *link;    /* of a symbolic or a hard link */
	char *content; /* of a file whose content was asked for */
	/* private */
	bool wants_content;
	size_t layer; /* that has it */
};

struct tree;

/* tree_new: of these layers, the lowest first; borrowed. Owns: ended by
 * tree_free. */
struct tree *tree_new(const struct blob *layers, size_t count);
void tree_free(struct tree *tree);

/* tree_want: what will be asked for: a path without a slash at its beginning.
 * tree_want_content: and what is in that file. */
void tree_want(struct tree *tree, const char *path);
void tree_want_content(struct tree *tree, const char *path);

/* tree_find: the node of a path; what was not wanted before costs another
 * reading of all layers. Links are not followed. Returns NULL on error:
 * ERR_DATA for a damaged layer. */
const struct tree_node *tree_find(
	struct tree *tree, const char *path, struct err *e);

/* tree_resolve: the path with every link in its directories followed, into
 * *real, which is reset first. Errors: ERR_DATA if a file stands where a
 * directory is needed, or links go round in circles. */
int tree_resolve(struct tree *tree, const char *path, struct strbuf *real,
	struct err *e);
/* tree_follow: likewise, and what the path itself is, if it is a link. */
int tree_follow(struct tree *tree, const char *path, struct strbuf *real,
	struct err *e);

/* tree_content: of the file at the end of the path's links; NULL where there is
 * none. Borrowed, until something else is wanted. */
int tree_content(struct tree *tree, const char *path, const char **content,
	struct err *e);

#endif
