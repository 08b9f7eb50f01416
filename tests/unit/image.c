/* The parts of an image: platforms, indexes, volumes, places, blobs, and tar as
 * it is written and read again. */
#include <stdlib.h>
#include <unistd.h>

#include "image/base.h"
#include "image/content.h"
#include "image/layer.h"
#include "image/names.h"
#include "tap.h"

static void test_platforms(void)
{
	static const char *const bad[] = {"", "linux", "linux/", "/amd64",
		"linux//v7", "linux/arm/v7/x",
		"linux/an-architecture-with-a-name-that-is-too-long", NULL};
	struct platform p;
	struct err e;

	ok(!platform_parse("linux/arm/v7", &p, &e) && !strcmp(p.os, "linux") &&
			!strcmp(p.architecture, "arm") &&
			!strcmp(p.variant, "v7"),
		"a platform has a system, an architecture and a variant");
	for (size_t i = 0; bad[i]; i++)
		ok(platform_parse(bad[i], &p, &e) && e.code == ERR_USAGE,
			bad[i]);
	platform_here(&p);
	ok(!strcmp(p.os, "linux") && *p.architecture, "there is one here");
}

#define DIGEST_A                                                               \
	"sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"    \
	"aaaaaa"
#define DIGEST_B                                                               \
	"sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"    \
	"bbbbbb"

/* picks: what an index gives for linux/arm/v7; NULL: an error. */
static void picks(const char *index, const char *want, const char *title)
{
	struct platform p = {"linux", "arm", "v7"};
	struct err e = {0};
	char *digest;
	uint64_t size;
	int rc = base_pick(index, strlen(index), &p, &digest, &size, &e);

	if (want)
		is_str(digest, want, title);
	else
		ok(rc && e.code == ERR_DATA && *e.msg, title);
	free(digest);
}

static void test_indexes(void)
{
	picks("{\"manifests\":[{\"digest\":\"" DIGEST_A "\",\"size\":1,"
	      "\"platform\":{\"os\":\"linux\",\"architecture\":\"amd64\"}},"
	      "{\"digest\":\"" DIGEST_B "\",\"size\":2,\"platform\":{\"os\":"
	      "\"linux\",\"architecture\":\"arm\",\"variant\":\"v7\"}}]}",
		DIGEST_B, "the manifest for the platform is picked");
	picks("{\"manifests\":[{\"digest\":\"" DIGEST_A "\",\"size\":1}]}",
		DIGEST_A, "a single one need not say what it is for");
	picks("{\"manifests\":[]}", NULL, "an empty index has none");
	picks("{\"manifests\":[{\"digest\":\"sha256:../x\",\"size\":1}]}", NULL,
		"what is no digest is refused");
	picks("{\"manifests\":[{\"digest\":\"" DIGEST_A "\",\"size\":-1}]}",
		NULL, "and a size that none has");
	picks("{\"manifests\":[7]}", NULL, "and what is no descriptor");
	picks("[]", NULL, "and what is no object");
	picks("{\"manifests\":[],\"manifests\":[]}", NULL, "and a key twice");
}

static void test_volumes(void)
{
	static const char config[] =
		"{\"config\":{\"Volumes\":{\"/var/lib/mysql/\":{}}}}";
	struct base base = {.config = json_read(config, sizeof(config) - 1)};
	struct strlist volumes = STRLIST_INIT;

	base_volumes(&base, &volumes);
	ok(volumes.count == 1, "a base has a volume");
	ok(base_is_over(volumes.item[0], "var/lib/mysql/x"),
		"it hides what lies in it");
	ok(base_is_over("/data", "data"), "and what lies in its place");
	ok(!base_is_over(volumes.item[0], "var/lib/mysql2"),
		"not what only begins so");
	ok(!base_is_over(volumes.item[0], "var/lib"), "nor what is above");
	strlist_release(&volumes);
	base_release(&base);
}

static void test_member_names(void)
{
	struct names names = {0};
	bool fresh = true, old = false, kept = true;
	char name[32];

	ok(!names_have(&names, "a"), "no name is there at first");
	for (int i = 0; i < 100000; i++) {
		snprintf(name, sizeof(name), "shop/t%d.ibd", i);
		fresh = fresh && names_add(&names, name);
		old = old || names_add(&names, name);
	}
	for (int i = 0; i < 100000; i++) {
		snprintf(name, sizeof(name), "shop/t%d.ibd", i);
		kept = kept && names_have(&names, name);
	}
	ok(fresh, "100,000 names are 100,000");
	ok(!old, "each is there once");
	ok(kept, "and stays");
	ok(!names_have(&names, "shop/t100000.ibd"), "no other is");
	names_release(&names);
}

static void place(const char *path, const char *want)
{
	struct strbuf out = STRBUF_INIT;
	struct err e = {0};
	int rc = content_path(&out, path, &e);

	if (want)
		is_str(out.buf, want, path);
	else
		ok(rc && e.code == ERR_USAGE, path);
	strbuf_release(&out);
}

static void test_places(void)
{
	place("/a", "a");
	place("//a///b/", "a/b");
	place("/a/./b", "a/b");
	place("/..a/b..", "..a/b..");
	place("/", NULL);
	place("", NULL);
	place("a", NULL);
	place("/a/..", NULL);
	place("/../a", NULL);
	place("/a/../../b", NULL);
}

static int take(void *ctx, const void *data, size_t len, struct err *e)
{
	(void)e;
	strbuf_add(ctx, data, len);
	return 0;
}

static void test_blobs(void)
{
	struct strbuf out = STRBUF_INIT;
	const struct sink to = {take, &out};
	struct blob blob;
	struct err e = {0};

	/* Source of the digest: FIPS 180-4, the example of "abc". */
	blob_from_bytes(&blob, strdup("abc"), 3);
	is_str(blob.digest,
		"sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410"
		"ff61f20015ad",
		"a blob is known by the digest of its bytes");
	ok(!blob_copy(&blob, to, &e) && !strcmp(out.buf, "abc"),
		"they are copied");
	blob.bytes[1] = 'x';
	ok(blob_copy(&blob, to, &e) && e.code == ERR_DATA,
		"other bytes are no copy");
	blob_release(&blob);
	strbuf_release(&out);
	ok(digest_valid(DIGEST_A), "a digest is one");
	ok(!digest_valid("sha256:abc") && !digest_valid("sha512:abc") &&
			!digest_valid("") && !digest_valid(DIGEST_A "a") &&
			!digest_valid("SHA256:" DIGEST_A),
		"what is shorter, longer or of another kind is none");
}

/* Text as a tar's source. */
struct feed {
	const char *data;
	size_t left;
};

static ssize_t give(void *ctx, void *buf, size_t len, struct err *e)
{
	struct feed *feed = ctx;

	(void)e;
	if (len > feed->left)
		len = feed->left;
	memcpy(buf, feed->data, len);
	feed->data += len;
	feed->left -= len;
	return (ssize_t)len;
}

/* comes_back: a member that was written is read as it was. */
static void comes_back(const struct tar_member *m, const char *title)
{
	struct strbuf tar = STRBUF_INIT;
	const struct sink to = {take, &tar};
	struct feed feed;
	const struct tar_source source = {give, &feed, "tar"};
	struct tar_reader *r = tar_reader_new(&source);
	struct tar_member got = {0};
	struct err e = {0};
	int rc = tar_write_member(to, m, &e) || tar_write_end(to, &e);

	feed = (struct feed){tar.buf, tar.len};
	rc = rc ? -1 : tar_reader_next(r, &got, &e);
	ok(rc == 1 && !strcmp(got.path, m->path) && got.type == m->type &&
			got.mode == m->mode && got.uid == m->uid &&
			got.gid == m->gid && got.size == m->size &&
			got.mtime == m->mtime &&
			(!m->link || !strcmp(got.link, m->link)),
		title);
	tar_reader_free(r);
	strbuf_release(&tar);
}

static void test_tar(void)
{
	char name[600];

	comes_back(&(struct tar_member){.path = "a/b",
			   .type = TAR_FILE,
			   .mode = 04755,
			   .uid = 999,
			   .gid = 998,
			   .mtime = 1700000000},
		"a file's header is read as it was written");
	comes_back(&(struct tar_member){.path = "l",
			   .link = "../x",
			   .type = TAR_SYMLINK,
			   .mode = 0777},
		"and a link's");
	for (size_t i = 0; i < sizeof(name); i++)
		name[i] = i % 90 ? 'n' : '/';
	name[0] = 'd';
	name[sizeof(name) - 1] = '\0';
	comes_back(
		&(struct tar_member){
			.path = name, .type = TAR_DIRECTORY, .mode = 0755},
		"a name of six hundred letters is read as it was written");
	comes_back(&(struct tar_member){.path = "n",
			   .link = name,
			   .type = TAR_SYMLINK,
			   .mode = 0777},
		"and such a link");
	comes_back(&(struct tar_member){.path = "big",
			   .type = TAR_FILE,
			   .mode = 0600,
			   .uid = 4000000000,
			   .gid = 4000000000,
			   .size = (uint64_t)1 << 40,
			   .mtime = (int64_t)1 << 35},
		"and numbers that need a pax header");
}

/* member: of a layer, its bytes from a file. */
static int add_range(struct layer *layer, const char *path, uint64_t size,
	int fd, uint64_t offset)
{
	const struct tar_member m = {
		.path = path, .type = TAR_FILE, .mode = 0644, .size = size};
	struct err e;

	return layer_add(layer, &m, &e) ||
		layer_add_range(layer, size, fd, offset, path, &e);
}

/* A file of bytes that differ. */
static int large_file(size_t size)
{
	FILE *file = tmpfile();

	for (size_t i = 0; file && i < size; i++)
		fputc((int)(i * 7919 >> 8 & 0xff), file);
	if (!file || fflush(file))
		abort();
	return fileno(file);
}

/* check_bytes: of a layer whose first file is the whole of `fd`. */
static void check_bytes(const struct blob *blob, int fd, size_t size)
{
	struct strbuf out = STRBUF_INIT;
	const struct sink to = {take, &out};
	char *whole = malloc(size), piece[7];
	struct blob again;
	struct err e = {0};

	ok(!blob_copy(blob, to, &e), "it has the digest of its bytes");
	blob_from_bytes(&again, strbuf_detach(&out), blob->size);
	is_str(again.digest, blob->digest, "which are those that are copied");
	ok(pread(fd, whole, size, 0) == (ssize_t)size &&
			!memcmp(again.bytes + 512, whole, size),
		"and those of the file");
	ok(blob_read(blob, piece, sizeof(piece), 512 + size - 3, &e) ==
				(ssize_t)sizeof(piece) &&
			!memcmp(piece, again.bytes + 512 + size - 3,
				sizeof(piece)),
		"they can be read from anywhere");
	ok(pwrite(fd, "changed", 7, (off_t)size / 2) == 7 &&
			blob_copy(blob, to, &e) && e.code == ERR_DATA,
		"a file that has changed meanwhile is an error");
	has_str(e.msg, "was changed", "which says so");
	blob_release(&again);
	strbuf_release(&out);
	free(whole);
}

/* A layer whose files are lent, small and large, from the middle of one. */
static void test_layers(void)
{
	enum { LARGE = 3000000, FROM = 12345 };
	int fd = large_file(LARGE);
	struct err e = {0};
	struct layer *layer = layer_new(PACKING_NONE, &e);
	const struct blob *blob = NULL;

	ok(!add_range(layer, "a", LARGE, fd, 0) &&
			!add_range(layer, "b", 10, fd, 5) &&
			!add_range(layer, "c", LARGE - FROM, fd, FROM) &&
			!layer_finish(layer, &blob, &e),
		"a layer is made of ranges");
	if (blob)
		check_bytes(blob, fd, LARGE);
	layer_free(layer);
}

int main(void)
{
	test_platforms();
	test_indexes();
	test_volumes();
	test_member_names();
	test_places();
	test_blobs();
	test_tar();
	test_layers();
	return done_testing();
}
