/* tar_index.c: see tar_index.h. */
#include "image/tar_index.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/io.h"
#include "base/strbuf.h"
#include "image/tar_read.h"

enum {
	MEMBERS_MOST = 100000, /* an image has at most a few thousand */
	LINKS_MOST = 8
};

struct entry {
	char *path;
	char *link; /* NULL: a file */
	uint64_t offset, size;
};

struct tar_index {
	int fd;
	struct entry *entry;
	size_t count, cap;
};

void tar_index_free(struct tar_index *index)
{
	if (!index)
		return;
	for (size_t i = 0; i < index->count; i++) {
		free(index->entry[i].path);
		free(index->entry[i].link);
	}
	free(index->entry);
	free(index);
}

/* link_target: what a link in an archive means: a symbolic one begins in its
 * own folder. Links that lead out are left as they are: nothing has that name.
 */
static char *link_target(const struct tar_member *m)
{
	struct strbuf target = STRBUF_INIT;
	const char *slash = strrchr(m->path, '/'), *link = m->link;

	/* As `tar -c .' writes it; of m->path the reader has taken it away. */
	while (!strncmp(link, "./", 2))
		link += 2;
	if (m->type == TAR_SYMLINK && slash)
		strbuf_add(&target, m->path, (size_t)(slash - m->path));
	while (!strncmp(link, "../", 3) && target.len) {
		slash = strrchr(target.buf, '/');
		strbuf_setlen(
			&target, slash ? (size_t)(slash - target.buf) : 0);
		link += 3;
	}
	if (target.len)
		strbuf_addch(&target, '/');
	strbuf_addstr(&target, link);
	return strbuf_detach(&target);
}

static int take(struct tar_index *index, struct tar_reader *r,
	const struct tar_member *m, const char *name, struct err *e)
{
	struct entry *entry;
	bool link =
		(m->type == TAR_SYMLINK || m->type == TAR_HARDLINK) && m->link;

	if (!link && (m->type != TAR_FILE || tar_reader_sparse(r)))
		return 0;
	if (index->count == MEMBERS_MOST)
		return err_set(e, ERR_DATA,
			"%s has more than %d members: no image", name,
			MEMBERS_MOST);
	index->entry = grow_array(
		index->entry, index->count, &index->cap, sizeof(*index->entry));
	entry = &index->entry[index->count++];
	*entry = (struct entry){.path = xstrdup(m->path),
		.link = link ? link_target(m) : NULL,
		.offset = tar_reader_position(r),
		.size = m->size};
	return 0;
}

struct tar_index *tar_index_new(int fd, const char *name, struct err *e)
{
	struct tar_index *index = xcalloc(1, sizeof(*index));
	struct blob whole = {.fd = fd};
	struct tar_reader *r = tar_reader_of_blob(&whole, name);
	struct tar_member m;
	int more = -1;

	index->fd = fd;
	io_is_regular(fd, &whole.size);
	if (blob_find_packing(&whole, e))
		goto out;
	if (whole.packing != PACKING_NONE) {
		err_set(e, ERR_DATA, "%s is compressed as a whole", name);
		err_hint(e, "unpack it on the way: --base=<(%s %s)",
			whole.packing == PACKING_GZIP ? "zcat" : "zstdcat",
			name);
		goto out;
	}
	while ((more = tar_reader_next(r, &m, e)) > 0)
		if (take(index, r, &m, name, e)) {
			more = -1;
			break;
		}
out:
	tar_reader_free(r);
	if (!more)
		return index;
	tar_index_free(index);
	return NULL;
}

bool tar_index_find(
	const struct tar_index *index, const char *path, struct blob *blob)
{
	for (int links = 0; links < LINKS_MOST; links++) {
		const struct entry *found = NULL;

		for (size_t i = 0; i < index->count; i++)
			if (!strcmp(index->entry[i].path, path))
				found = &index->entry[i];
		if (!found)
			return false;
		if (!found->link) {
			blob->fd = index->fd;
			blob->offset = found->offset;
			blob->size = found->size;
			return true;
		}
		path = found->link;
	}
	return false;
}
