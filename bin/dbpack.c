/* dbpack: a container image from a dump or a data directory, without an engine.
 *
 * The story: open the base, put what is read and what is added into a layer,
 * say in a configuration what the image is, and deliver it: as an archive, to
 * a registry, to an engine. Only what has proved to be complete is delivered.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/atomic.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/json.h"
#include "base/opt.h"
#include "base/out.h"
#include "base/prog.h"
#include "base/progress.h"
#include "base/report.h"
#include "data/json_read.h"
#include "image/content.h"
#include "image/image.h"
#include "store/engine.h"
#include "store/registry.h"
#include "stream/dump_file.h"
#include "stream/input.h"

/* What is read: AUTO tells by its first bytes. */
enum kind { KIND_AUTO, KIND_DUMP, KIND_DATA, KIND_NONE };

struct args {
	char *base, *path, *owner;
	int kind, format, packing;
	struct strlist tag, add;
	struct image_settings image;
	char *report, *result_file, *push, *engine;
	bool force_terminal, load, prune;
	struct registry_options registry;
	struct opt_common common;
};

#define AT(member) offsetof(struct args, member)

static const char *const kinds[] = {"auto", "dump", "data", "none", NULL};
static const char *const formats[] = {"both", "docker", "oci", NULL};
static const char *const packings[] = {"none", "gzip", NULL};

/* clang-format off */
static const struct opt_def own_defs[] = {
	{OPT_HEADING, .help = "What the image holds"},
	{OPT_STRING, 'b', "base", "IMAGE", .offset = AT(base),
		.help = "what it is built upon: an archive of `docker save', "
			"an OCI layout (folder or tar), docker://NAME:TAG of a "
			"registry, or scratch"},
	{OPT_ENUM, 0, "input", "KIND", .choices = kinds, .offset = AT(kind),
		.help = "what is read: a dump, data (the tar of a data "
			"directory), none, or auto: its first bytes tell"},
	{OPT_STRING, 0, "path", "PATH", .offset = AT(path),
		.help = "where it goes: a dump to "
			"/docker-entrypoint-initdb.d/dump.sql.zst, a data "
			"directory to /var/lib/dbpipes"},
	{OPT_STRING, 0, "owner", "UID:GID", .offset = AT(owner),
		.help = "whom a data directory belongs to (the base's user "
			"mysql, or 999:999)"},
	{OPT_LIST, 'a', "add", "FILE:PATH[:MODE]", .offset = AT(add),
		.help = "one more file (mode 0644)"},
	{OPT_ENUM, 'z', "compress", "HOW", .choices = packings,
		.offset = AT(packing),
		.help = "the new layer: none or gzip (none)"},
	{OPT_HEADING, .help = "Where it goes"},
	{OPT_LIST, 't', "tag", "NAME:TAG", .offset = AT(tag),
		.help = "the image's name"},
	{OPT_ENUM, 0, "format", "FORMAT", .choices = formats,
		.offset = AT(format),
		.help = "of the archive: docker, oci, or both in one (both)"},
	{OPT_STRING, 'r', "result-file", "FILE", .offset = AT(result_file),
		.help = "write the archive there; it appears whole or not at "
			"all"},
	{OPT_STRING, 0, "push", "NAME:TAG", .offset = AT(push),
		.help = "put it into a registry, in the place of writing an "
			"archive"},
	{OPT_FLAG, 0, "load", .offset = AT(load),
		.help = "load it into a container engine, in the place of "
			"writing an archive"},
	{OPT_FLAG, 0, "prune", .offset = AT(prune),
		.help = "and then remove images of the same name there, except "
			"those that containers use"},
	{OPT_STRING, 0, "engine", "SOCKET", .offset = AT(engine),
		.help = "the engine's ($DOCKER_HOST, or "
			"/var/run/docker.sock)"},
	{OPT_FLAG, 0, "force-terminal", .offset = AT(force_terminal),
		.help = "write it even to a terminal"},
	{OPT_STRING, 0, "report", "FD|FILE", .offset = AT(report),
		.help = "append a record of the image to this file or "
			"descriptor"},
	{OPT_HEADING, .help = "Registries"},
	{OPT_LIST, 0, "insecure", "HOST[:PORT]",
		.offset = AT(registry.insecure),
		.help = "ask this registry by plain HTTP"},
	{OPT_STRING, 0, "ca-file", "FILE", .offset = AT(registry.ca_file),
		.help = "certificates to trust (those of the system)"},
	{OPT_SIZE, 0, "chunk-size", "SIZE", .offset = AT(registry.chunk),
		.help = "upload layers in requests of this size, and after a "
			"failure go on with the one that failed (all in one)"},
	{0}
};
/* clang-format on */

static const char *const synopsis[] = {
	"--base=IMAGE --tag=NAME:TAG [OPTION...] [FILE | -] >IMAGE.tar",
	"--base=IMAGE --push=NAME:TAG [OPTION...] [FILE | -]",
	"--base=IMAGE --load --tag=NAME:TAG [OPTION...] [FILE | -]", NULL};
static const char *const groups[] = {"dbpipes", "dbpack", NULL};

#define DUMP_PATH "/docker-entrypoint-initdb.d/dump.sql.zst"
#define DATA_PATH "/var/lib/dbpipes"
#define LABEL "dbpipes."

enum { PEEK = 512, TAR_MAGIC = 257 }; /* a tar's first block */

/* A run: everything that main's steps share. */
struct pack {
	struct args *args;
	struct base base;
	struct reference base_ref, push_ref; /* where they are wanted */
	struct input *in;
	char peek[PEEK]; /* the first bytes of what is read */
	size_t peek_len, peek_used;
	enum kind kind;
	struct strbuf path; /* where it goes, without the first slash */
	struct layer *layer;
	struct content content;
	const struct blob *made; /* the layer, when it is done */
	struct image image;
	struct report report;
	struct out out;
	struct atomic_file file;
	uint64_t written; /* bytes of the archive */
	/* What became of the parts of a push. */
	uint64_t uploaded, uploaded_bytes, mounted, there;
	struct strlist pruned, kept; /* ids of images */
	struct progress progress;
};

static void add_label(struct pack *p, const char *key, const char *value)
{
	struct strbuf pair = STRBUF_INIT;

	if (!value)
		return;
	strbuf_addf(&pair, LABEL "%s=%s", key, value);
	strlist_add(&p->args->image.label, pair.buf);
	strbuf_release(&pair);
}

static void add_number(struct pack *p, const char *key, uint64_t value)
{
	char digits[24];

	snprintf(digits, sizeof(digits), "%llu", (unsigned long long)value);
	add_label(p, key, digits);
}

static bool take_time(const char *text, int64_t *seconds)
{
	struct tm tm = {0};
	const char *end;

	end = text ? strptime(text, "%Y-%m-%dT%H:%M:%S", &tm) : NULL;
	if (!end)
		return false;
	*seconds = (int64_t)timegm(&tm);
	return true;
}

/* set_created: SOURCE_DATE_EPOCH, or the time of what was read, or that of the
 * base, never the clock: the same input makes the same image.
 * Source: reproducible-builds.org, "SOURCE_DATE_EPOCH specification". */
static int set_created(struct pack *p, const char *time, struct err *e)
{
	const char *given = getenv("SOURCE_DATE_EPOCH"), *base;
	int64_t *created = &p->args->image.created;
	uint64_t seconds;

	if (given) {
		if (uint_parse(given, "SOURCE_DATE_EPOCH", &seconds, e))
			return -1;
		*created = (int64_t)seconds;
	} else if (!take_time(time, created) && p->base.config &&
		json_read_text(p->base.config, "created", &base)) {
		take_time(base, created);
	}
	p->content.mtime = *created;
	return 0;
}

/* pull_blob: as base_find_fn, with the registry. */
struct pull {
	struct base *base;
	struct registry *registry;
};

static int pull_blob(void *ctx, const char *digest, uint64_t size,
	struct blob *blob, struct err *e)
{
	struct pull *pull = ctx;

	blob->fd = registry_get_blob(pull->registry, digest, size, e);
	if (blob->fd < 0)
		return -1;
	base_keep_fd(pull->base, blob->fd);
	blob->size = size;
	return 0;
}

/* pull_manifest: by tag or digest; what is asked for by digest must have it. */
static int pull_manifest(struct registry *registry, const char *tag,
	struct blob *manifest, struct err *e)
{
	struct strbuf text = STRBUF_INIT;
	size_t len;

	if (registry_get_manifest(registry, tag, &text, e)) {
		strbuf_release(&text);
		return -1;
	}
	len = text.len;
	blob_from_bytes(manifest, strbuf_detach(&text), len);
	if (!digest_valid(tag) || !strcmp(tag, manifest->digest))
		return 0;
	err_set(e, ERR_DATA, "the registry gives for %s a manifest of %s", tag,
		manifest->digest);
	blob_release(manifest);
	return -1;
}

/* pull: by an index or two to the manifest, and all that it names. */
static int pull(struct pack *p, struct registry *registry, struct err *e)
{
	enum { DEPTH_MOST = 4 };
	struct pull way = {&p->base, registry};
	char *tag = xstrdup(reference_tag(&p->base_ref));
	int rc = 0;

	for (int depth = 0; tag && !rc; depth++) {
		struct blob manifest;
		uint64_t size;

		rc = depth == DEPTH_MOST
			? err_set(e, ERR_DATA, "too many indexes")
			: pull_manifest(registry, tag, &manifest, e);
		free(tag);
		tag = NULL;
		if (rc)
			break;
		rc = base_pick(manifest.bytes, (size_t)manifest.size,
			&p->args->image.platform, &tag, &size, e);
		if (!rc && !tag)
			rc = base_from_manifest(&p->base, manifest.bytes,
				(size_t)manifest.size, pull_blob, &way, e);
		blob_release(&manifest);
	}
	free(tag);
	return rc;
}

static int open_base(struct pack *p, struct err *e)
{
	const struct args *args = p->args;
	struct registry *registry;
	int rc = 0;

	if (p->base_ref.registry) {
		registry =
			registry_open(&p->base_ref, false, &args->registry, e);
		rc = registry ? pull(p, registry, e) : -1;
		registry_close(registry);
		if (rc)
			err_prefix(e, "%s: ", args->base);
	} else if (strcmp(args->base, "scratch") != 0) {
		rc = base_open(&p->base, args->base, &args->image.platform, e);
	}
	p->content.tree = tree_new(p->base.layer, p->base.count);
	return rc;
}

/* open_input: what is read, and what it is. */
static int open_input(struct pack *p, const char *path, struct err *e)
{
	ssize_t n;

	p->kind = (enum kind)p->args->kind;
	if (p->kind == KIND_NONE)
		return 0;
	p->in = input_open(path, e);
	if (!p->in)
		return -1;
	while (p->peek_len < PEEK &&
		(n = input_read(p->in, p->peek + p->peek_len,
			 PEEK - p->peek_len, e)) != 0) {
		if (n < 0)
			return -1;
		p->peek_len += (size_t)n;
	}
	if (p->kind == KIND_AUTO)
		p->kind = p->peek_len == PEEK &&
				!memcmp(p->peek + TAR_MAGIC, "ustar", 5)
			? KIND_DATA
			: KIND_DUMP;
	return 0;
}

/* find_path: where the input goes, before anything is read. */
static int find_path(struct pack *p, struct err *e)
{
	const char *path = p->args->path;
	size_t len;

	if (p->kind == KIND_NONE)
		return 0;
	if (!path)
		path = p->kind == KIND_DATA ? DATA_PATH : DUMP_PATH;
	if (content_path(&p->path, path, e))
		return err_prefix(e, "--path: ");
	len = p->path.len;
	if (p->kind == KIND_DUMP &&
		(len < 4 || strcmp(p->path.buf + len - 4, ".zst") != 0)) {
		err_set(e, ERR_USAGE, "--path=%s: a dump is stored as zstd",
			path);
		return err_hint(e, "give it a name that ends in .zst");
	}
	tree_want(p->content.tree, p->path.buf);
	return 0;
}

static int check_volume(struct pack *p, struct err *e)
{
	char *volume = base_volume_over(&p->base, p->path.buf);

	if (!volume)
		return 0;
	err_set(e, ERR_USAGE,
		"--path=/%s is in the base's VOLUME %s, which would hide it",
		p->path.buf, volume);
	free(volume);
	return err_hint(e, "choose a place outside of it, as " DATA_PATH);
}

static void label_dump(struct pack *p, const struct dump_file *dump)
{
	const struct position *own = &dump->positions.own;

	add_label(p, "server", dump->server);
	add_label(p, "log_file", own->log_file);
	if (own->log_file)
		add_number(p, "log_pos", own->log_pos);
	add_label(p, "gtid", own->gtid);
	if (!dump->counted)
		return;
	add_number(p, "tables", dump->tables);
	add_number(p, "rows", dump->rows);
	add_label(p, "sha256", dump->sha256);
}

static int add_dump(struct pack *p, struct err *e)
{
	struct dump_file dump;
	struct tar_member m = {
		.path = p->path.buf, .type = TAR_FILE, .mode = 0644};
	int rc = dump_file_open(&dump, p->in, e);

	if (!rc && !dump.counted && !dump.positions.expects_completion)
		log_warn("nothing in %s tells whether it is complete",
			input_name(p->in));
	if (!rc)
		rc = set_created(p, dump.time, e);
	if (!rc) {
		label_dump(p, &dump);
		m.size = dump.size;
		m.mtime = p->content.mtime;
		rc = content_add(&p->content, &m, e);
	}
	if (!rc)
		rc = layer_add_range(
			p->layer, dump.size, dump.fd, dump.offset, "dump", e);
	dump_file_close(&dump);
	return rc;
}

/* show: progress, by bytes of the layer while it is made, and then by those
 * that leave us. */
static void show(struct pack *p, size_t sent)
{
	p->progress.bytes =
		p->made ? p->progress.bytes + sent : layer_bytes(p->layer);
	progress_show(&p->progress);
}

/* read_tar: the first bytes, which were looked at, and then the rest. */
static ssize_t read_tar(void *ctx, void *buf, size_t len, struct err *e)
{
	struct pack *p = ctx;
	size_t left = p->peek_len - p->peek_used;

	show(p, 0);
	if (!left)
		return input_read(p->in, buf, len, e);
	if (len > left)
		len = left;
	memcpy(buf, p->peek + p->peek_used, len);
	p->peek_used += len;
	return (ssize_t)len;
}

/* label_snapshot: what dbsnap wrote of it. */
static int label_snapshot(struct pack *p, const char *note, struct err *e)
{
	struct json_value *json = note ? json_read(note, strlen(note)) : NULL;
	const struct json_value *position;
	const char *text;
	uint64_t number;
	int rc = -1;

	if (note && !json)
		return err_set(
			e, ERR_DATA, "dbpipes-snapshot.json is no JSON object");
	position = json ? json_read_object(json, "position") : NULL;
	if (position && json_read_text(position, "log_file", &text))
		add_label(p, "log_file", text);
	if (position && json_read_uint(position, "log_pos", &number))
		add_number(p, "log_pos", number);
	if (position && json_read_text(position, "gtid", &text))
		add_label(p, "gtid", text);
	if (!json || !json_read_text(json, "time", &text))
		text = NULL;
	rc = set_created(p, text, e);
	json_read_free(json);
	return rc;
}

static int add_data(struct pack *p, struct err *e)
{
	const struct tar_source source = {read_tar, p, input_name(p->in)};
	struct tar_reader *tar;
	struct owner owner;
	char *note = NULL;
	int rc;

	if (check_volume(p, e) || set_created(p, NULL, e) ||
		content_owner(&p->content, p->args->owner, &owner, e))
		return -1;
	tar = tar_reader_new(&source);
	rc = content_add_data(&p->content, tar, p->path.buf, &owner, &note, e);
	tar_reader_free(tar);
	if (!rc)
		rc = label_snapshot(p, note, e);
	free(note);
	return rc ? -1 : content_add_conf(&p->content, p->path.buf, e);
}

static int add_input(struct pack *p, struct err *e)
{
	switch (p->kind) {
	case KIND_DATA:
		return add_data(p, e);
	case KIND_NONE:
		return set_created(p, NULL, e);
	default:
		return add_dump(p, e);
	}
}

static int make_layer(struct pack *p, struct err *e)
{
	p->layer = layer_new(p->args->packing ? PACKING_GZIP : PACKING_NONE, e);
	p->content.layer = p->layer;
	if (!p->layer || add_input(p, e))
		return -1;
	for (size_t i = 0; i < p->args->add.count; i++)
		if (content_add_file(&p->content, p->args->add.item[i], e))
			return -1;
	if (layer_finish(p->layer, &p->made, e))
		return -1;
	p->progress.bytes = 0;
	return 0;
}

/* open_output: found out early whether it can be written. A record goes to
 * the standard output where no archive does. */
static int open_output(struct pack *p, struct err *e)
{
	const struct args *args = p->args;
	bool elsewhere = args->push || args->load || args->result_file;

	if (report_open(&p->report,
		    args->report || !elsewhere || args->result_file
			    ? args->report
			    : "1",
		    e))
		return -1;
	if (args->result_file) {
		if (atomic_open(&p->file, args->result_file, e))
			return -1;
		out_init(&p->out, p->file.fd, args->result_file);
		return 0;
	}
	if (!elsewhere && !args->force_terminal &&
		prog_refuse_terminal(STDOUT_FILENO, "an image", e))
		return -1;
	out_init(&p->out, STDOUT_FILENO, "standard output");
	return 0;
}

static int to_output(void *ctx, const void *data, size_t len, struct err *e)
{
	struct pack *p = ctx;

	p->written += len;
	show(p, len);
	return out_write(&p->out, data, len, e);
}

static int write_archive(struct pack *p, struct err *e)
{
	const struct args *args = p->args;

	if ((args->push || args->load) && !args->result_file)
		return 0;
	if (image_write(&p->image, &args->tag,
		    (enum archive_format)args->format,
		    (struct sink){to_output, p}, e) ||
		out_flush(&p->out, e))
		return -1;
	return args->result_file ? atomic_commit(&p->file, e) : 0;
}

/* A blob on its way to a registry. */
struct sent_blob {
	struct pack *pack;
	const struct blob *blob;
};

static ssize_t read_blob(
	void *ctx, void *buf, size_t len, uint64_t offset, struct err *e)
{
	const struct sent_blob *sent = ctx;
	ssize_t n = blob_read(sent->blob, buf, len, offset, e);

	show(sent->pack, n > 0 ? (size_t)n : 0);
	return n;
}

/* push_blob: `from`: the repository that has it, or NULL. */
static int push_blob(struct pack *p, struct registry *registry,
	const struct blob *blob, const char *from, struct err *e)
{
	struct sent_blob sent = {p, blob};
	const struct registry_blob put = {.digest = blob->digest,
		.size = blob->size,
		.read = read_blob,
		.ctx = &sent,
		.from = from};

	switch (registry_put_blob(registry, &put, e)) {
	case PUT_FAILED:
		return -1;
	case PUT_THERE:
		p->there++;
		break;
	case PUT_MOUNTED:
		p->mounted++;
		break;
	case PUT_UPLOADED:
		p->uploaded++;
		p->uploaded_bytes += blob->size;
		break;
	}
	return 0;
}

/* push: the parts first, then the manifest that names them. */
static int push(struct pack *p, struct err *e)
{
	const struct reference *to = &p->push_ref, *from = &p->base_ref;
	struct registry *registry;
	bool same;
	int rc = 0;

	if (!p->args->push)
		return 0;
	same = from->registry && !strcmp(from->registry, to->registry) &&
		strcmp(from->repository, to->repository) != 0;
	registry = registry_open(to, true, &p->args->registry, e);
	if (!registry)
		return -1;
	for (size_t i = 0; !rc && i < p->image.count; i++)
		rc = push_blob(p, registry, p->image.layer[i],
			same && i < p->base.count ? from->repository : NULL, e);
	if (!rc)
		rc = push_blob(p, registry, &p->image.config, NULL, e);
	if (!rc)
		rc = registry_put_manifest(registry, MANIFEST_TYPE,
			p->image.manifest.bytes, (size_t)p->image.manifest.size,
			e);
	registry_close(registry);
	return rc;
}

static int send_image(struct pack *p, struct engine *engine, struct err *e)
{
	struct err refused = {0};

	if (engine_load_begin(engine, e))
		return -1;
	if (!image_write(&p->image, &p->args->tag, FORMAT_BOTH,
		    engine_sink(engine), e))
		return engine_load_end(engine, e);
	/* It ended the connection: for a reason that it told? */
	if (e->code == ERR_UNAVAILABLE && engine_load_end(engine, &refused))
		*e = refused;
	return -1;
}

/* prune: what had the name before, and is not what has it now. */
static int prune(struct pack *p, struct engine *engine, const char *name,
	const struct strlist *before, struct err *e)
{
	for (size_t i = 0; i < before->count; i++) {
		const char *id = before->item[i];
		int rc;

		if (!strcmp(id, p->image.config.digest))
			continue;
		rc = engine_remove(engine, id, name, e);
		if (rc < 0)
			return -1;
		strlist_add(rc ? &p->pruned : &p->kept, id);
	}
	return 0;
}

static int load(struct pack *p, struct err *e)
{
	struct strlist before = STRLIST_INIT;
	struct engine *engine;
	char *name;
	int rc = 0;

	if (!p->args->load)
		return 0;
	engine = engine_open(p->args->engine, e);
	if (!engine)
		return -1;
	name = xstrdup(p->args->tag.item[0]);
	*strrchr(name, ':') = '\0';
	if (p->args->prune)
		rc = engine_list(engine, name, &before, e);
	if (!rc)
		rc = send_image(p, engine, e);
	if (!rc && p->args->prune)
		rc = prune(p, engine, name, &before, e);
	strlist_release(&before);
	engine_close(engine);
	free(name);
	return rc;
}

static void add_list(
	struct json *j, const char *key, const struct strlist *list)
{
	json_begin_array(j, key);
	for (size_t i = 0; i < list->count; i++)
		json_string(j, NULL, list->item[i]);
	json_end_array(j);
}

static void add_push(struct json *j, const struct pack *p)
{
	if (!p->args->push) {
		json_null(j, "push");
		return;
	}
	json_begin_object(j, "push");
	json_string(j, "to", p->args->push);
	json_uint(j, "uploaded", p->uploaded);
	json_uint(j, "uploaded_bytes", p->uploaded_bytes);
	json_uint(j, "mounted", p->mounted);
	json_uint(j, "there", p->there);
	json_end_object(j);
}

static int record(struct pack *p, uint64_t began_ms, struct err *e)
{
	struct json j = JSON_INIT;
	char created[CLOCK_TEXT_SIZE];
	int rc;

	clock_rfc3339((time_t)p->args->image.created, created);
	json_record_begin(&j, "packed");
	add_list(&j, "tags", &p->args->tag);
	json_string(&j, "digest", p->image.manifest.digest);
	json_string(&j, "id", p->image.config.digest);
	json_string(&j, "platform", p->image.platform);
	json_string(&j, "created", created);
	json_uint(&j, "layers", p->image.count);
	json_uint(&j, "layer_bytes", p->made->size);
	json_uint(&j, "written", p->written);
	add_push(&j, p);
	json_bool(&j, "loaded", p->args->load);
	add_list(&j, "pruned", &p->pruned);
	add_list(&j, "kept", &p->kept);
	json_seconds(&j, "seconds", clock_ms() - began_ms);
	rc = report_write(&p->report, &j, e);
	json_release(&j);
	return rc;
}

/* add_latest: a name without a tag means that one. */
static void add_latest(char **tag)
{
	const char *slash = strrchr(*tag, '/');
	struct strbuf full = STRBUF_INIT;

	if (strchr(slash ? slash : *tag, ':'))
		return;
	strbuf_addf(&full, "%s:latest", *tag);
	free(*tag);
	*tag = strbuf_detach(&full);
}

/* check_tags: each with a tag, as engines write them. */
static int check_tags(struct strlist *tags, struct err *e)
{
	for (size_t i = 0; i < tags->count; i++) {
		struct reference ref;
		int rc = reference_parse(&ref, tags->item[i], e);

		if (!rc && ref.digest)
			rc = err_set(e, ERR_USAGE,
				"--tag=%s: a digest cannot be chosen",
				tags->item[i]);
		if (!rc)
			add_latest(&tags->item[i]);
		reference_release(&ref);
		if (rc)
			return -1;
	}
	return 0;
}

static int check_names(struct pack *p, struct err *e)
{
	static const char scheme[] = "docker://";
	struct args *args = p->args;

	if (check_tags(&args->tag, e))
		return -1;
	if (args->push && reference_parse(&p->push_ref, args->push, e))
		return -1;
	if (p->push_ref.digest)
		return err_set(e, ERR_USAGE,
			"--push=%s: a digest cannot be chosen", args->push);
	if (!strncmp(args->base, scheme, strlen(scheme)))
		return reference_parse(
			&p->base_ref, args->base + strlen(scheme), e);
	return 0;
}

static int check_args(struct pack *p, int operands, struct err *e)
{
	struct args *args = p->args;

	if (operands > (args->kind == KIND_NONE ? 0 : 1))
		return err_set(e, ERR_USAGE,
			args->kind == KIND_NONE
				? "--input=none reads no FILE"
				: "one FILE at most, or - for stdin");
	if (!args->base) {
		err_set(e, ERR_USAGE, "no --base is given");
		return err_hint(
			e, "name an image's archive, or --base=scratch");
	}
	if (args->load && !args->tag.count)
		return err_set(e, ERR_USAGE, "--load needs a --tag");
	if (args->prune && !args->load)
		return err_set(e, ERR_USAGE, "--prune needs --load");
	if (check_names(p, e))
		return -1;
	return image_settings_finish(&args->image, e);
}

static int make_image(struct pack *p, const char *path, struct err *e)
{
	if (open_base(p, e) || open_input(p, path, e) || find_path(p, e) ||
		make_layer(p, e))
		return -1;
	return image_make(&p->image, &p->base, &p->made, 1, &p->args->image, e);
}

static void pack_release(struct pack *p)
{
	image_release(&p->image);
	layer_free(p->layer);
	content_release(&p->content);
	tree_free(p->content.tree);
	base_release(&p->base);
	input_close(p->in);
	strbuf_release(&p->path);
	out_release(&p->out);
	reference_release(&p->base_ref);
	reference_release(&p->push_ref);
	strlist_release(&p->pruned);
	strlist_release(&p->kept);
}

int main(int argc, char **argv)
{
	struct args args = {0};
	const struct opt_table tables[] = {{own_defs, &args},
		{image_option_defs, &args.image},
		{opt_common_defs, &args.common}, {0}};
	const struct opt_spec spec = {synopsis,
		"Makes a container image that holds a dump or a data "
		"directory.",
		groups, tables};
	struct pack pack = {
		.args = &args, .path = STRBUF_INIT, .out.buf = STRBUF_INIT};
	uint64_t began = clock_ms();
	struct err e = {0};

	prog_init("dbpack");
	if (opt_parse(&spec, &argc, &argv, &e))
		die_err(&e);
	opt_common_apply(&args.common);
	progress_begin(
		&pack.progress, (enum progress_when)args.common.progress);
	if (check_args(&pack, argc, &e) || open_output(&pack, &e) ||
		make_image(&pack, argc ? argv[0] : NULL, &e))
		die_err(&e);
	if (write_archive(&pack, &e) || push(&pack, &e) || load(&pack, &e))
		die_err(&e);
	progress_end(&pack.progress);
	if (record(&pack, began, &e))
		die_err(&e);
	pack_release(&pack);
	opt_release(&spec);
	return prog_finish(0);
}
