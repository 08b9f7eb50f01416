/* build.c: see build.h. The base, and the new layer's kind and place; what is
 * put into it is in build_input.c. */
#include "pack/build.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "pack/build_internal.h"
#include "pack/labels.h"
#include "pack/pull.h"

#define DUMP_PATH "/docker-entrypoint-initdb.d/dump.sql.zst"
#define DATA_PATH "/var/lib/dbpipes"

enum { TAR_MAGIC_AT = 257 }; /* source: POSIX.1-2017, pax, "ustar" */

void build_begin(struct build *b, struct image_settings *settings,
	struct progress *progress)
{
	*b = (struct build){.settings = settings,
		.progress = progress,
		.path = STRBUF_INIT};
}

void build_release(struct build *b)
{
	image_release(&b->image);
	layer_free(b->content.layer);
	content_release(&b->content);
	tree_free(b->content.tree);
	base_release(&b->base);
	input_close(b->in);
	free(b->about_time);
	strbuf_release(&b->path);
}

int build_upon(struct build *b, const char *base, const struct reference *ref,
	const struct registry_options *options, struct err *e)
{
	const struct platform *platform = &b->settings->platform;
	char digest[DIGEST_TEXT];
	int rc = 0;

	if (ref->registry) {
		rc = pull_base(&b->base, ref, platform, options, digest, e);
		if (rc)
			err_prefix(e, "%s: ", base);
		else
			label_base(&b->settings->label, ref, digest);
	} else if (strcmp(base, "scratch") != 0) {
		rc = base_open(&b->base, base, platform, e);
	}
	b->content.tree = tree_new(b->base.layer, b->base.count);
	return rc;
}

/* look: at the first bytes. */
static int look(struct build *b, struct err *e)
{
	ssize_t n;

	while (b->peek_len < BUILD_PEEK) {
		n = input_read(b->in, b->peek + b->peek_len,
			BUILD_PEEK - b->peek_len, e);
		if (n < 0)
			return -1;
		if (!n)
			break;
		b->peek_len += (size_t)n;
	}
	return 0;
}

static bool is_tar(const struct build *b)
{
	return b->peek_len == BUILD_PEEK &&
		!memcmp(b->peek + TAR_MAGIC_AT, "ustar", 5);
}

/* find_path: where the input goes, before anything is read. */
static int find_path(struct build *b, const char *path, struct err *e)
{
	size_t len;

	if (!path)
		path = b->kind == BUILD_DATA ? DATA_PATH : DUMP_PATH;
	if (content_path(&b->path, path, e) ||
		(b->kind == BUILD_DATA && content_conf_path(b->path.buf, e)))
		return err_prefix(e, "--path: ");
	len = b->path.len;
	if (b->kind == BUILD_DUMP &&
		(len < 4 || strcmp(b->path.buf + len - 4, ".zst") != 0)) {
		err_set(e, ERR_USAGE, "--path=%s: a dump is stored as zstd",
			path);
		return err_hint(e, "give it a name that ends in .zst");
	}
	tree_want(b->content.tree, b->path.buf);
	return 0;
}

/* is_hidden: by the volume, or by where links of the base lead it to; `real` is
 * where they lead our place to. */
static bool is_hidden(
	const struct build *b, const char *volume, const char *real)
{
	struct strbuf path = STRBUF_INIT, its = STRBUF_INIT;
	struct err ignored;
	bool hidden = base_is_over(volume, b->path.buf) ||
		(!content_path(&path, volume, &ignored) &&
			!tree_follow(
				b->content.tree, path.buf, &its, &ignored) &&
			base_is_over(its.buf, real));

	strbuf_release(&path);
	strbuf_release(&its);
	return hidden;
}

static int check_volumes(
	const struct build *b, const struct strlist *volumes, struct err *e)
{
	struct strbuf real = STRBUF_INIT;
	const char *over = NULL;
	int rc = tree_resolve(b->content.tree, b->path.buf, &real, e);

	for (size_t i = 0; !rc && !over && i < volumes->count; i++)
		if (is_hidden(b, volumes->item[i], real.buf))
			over = volumes->item[i];
	strbuf_release(&real);
	if (!over)
		return rc;
	err_set(e, ERR_USAGE,
		"--path=/%s is in the base's VOLUME %s, which would hide it",
		b->path.buf, over);
	return err_hint(e, "choose a place outside of it, as " DATA_PATH);
}

/* check_data: a data directory's place. */
static int check_data(struct build *b, struct err *e)
{
	struct strlist volumes = STRLIST_INIT;
	int rc;

	content_want_data(&b->content, b->path.buf);
	base_volumes(&b->base, &volumes);
	rc = volumes.count ? check_volumes(b, &volumes, e) : 0;
	strlist_release(&volumes);
	return rc;
}

int build_open(struct build *b, const struct build_input *input, struct err *e)
{
	b->kind = input->kind;
	b->owner = input->owner;
	b->about = input->about;
	if (b->kind == BUILD_NONE)
		return 0;
	b->in = input_open(input->file, e);
	if (!b->in || look(b, e))
		return -1;
	if (b->kind == BUILD_AUTO)
		b->kind = is_tar(b) ? BUILD_DATA : BUILD_DUMP;
	if (find_path(b, input->path, e))
		return -1;
	return b->kind == BUILD_DATA ? check_data(b, e) : 0;
}

static int add_files(struct build *b, const struct strlist *add, struct err *e)
{
	for (size_t i = 0; i < add->count; i++)
		if (content_add_file(&b->content, add->item[i], e))
			return -1;
	return 0;
}

int build_layer(struct build *b, enum packing packing,
	const struct strlist *add, struct err *e)
{
	struct layer *layer = layer_new(packing, e);

	b->content.layer = layer;
	for (size_t i = 0; i < add->count; i++)
		if (content_want_file(&b->content, add->item[i], e))
			return -1;
	if (!layer || build_add_input(b, e) || add_files(b, add, e))
		return -1;
	b->progress->bytes = 0;
	return layer_finish(layer, &b->made, e);
}

int build_image(struct build *b, struct err *e)
{
	char created[CLOCK_TEXT_SIZE];

	clock_rfc3339((time_t)b->settings->created, created);
	label_add(&b->settings->label, "org.opencontainers.image.created",
		created);
	return image_make(&b->image, &b->base, &b->made, 1, b->settings, e);
}
