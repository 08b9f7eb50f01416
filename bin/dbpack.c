/* dbpack: a container image from a dump or a data directory, without an engine.
 *
 * The story: open the base, put what is read and what is added into a layer,
 * say in a configuration what the image is, and deliver it: as an archive, to
 * a registry, to an engine. Only what has proved to be complete is delivered.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/atomic.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/opt.h"
#include "base/out.h"
#include "base/prog.h"
#include "base/progress.h"
#include "base/report.h"
#include "pack/build.h"
#include "pack/deliver.h"

struct args {
	char *base, *path, *owner, *about;
	int kind, format, packing;
	struct strlist tag, add;
	struct image_settings image;
	char *report, *result_file, *push, *engine;
	bool force_terminal, load, prune, dry_run;
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
	{OPT_STRING, 0, "about", "DUMP", .offset = AT(about),
		.help = "label the image as this dump would, which does not "
			"get into it: for what was made of it"},
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
	{OPT_FLAG, 'n', "dry-run", .offset = AT(dry_run),
		.help = "read the base, ask the registry or the engine whether "
			"it would take an image, and end"},
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

/* A run: everything that main's steps share. */
struct pack {
	struct args *args;
	struct reference base_ref, push_ref; /* where they are wanted */
	struct build build;
	struct delivery delivery;
	struct report report;
	struct out out;
	struct atomic_file file;
	uint64_t written; /* bytes of the archive */
	struct progress progress;
};

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

	if (operands > (args->kind == BUILD_NONE ? 0 : 1))
		return err_set(e, ERR_USAGE,
			args->kind == BUILD_NONE
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
	if (args->push && args->tag.count && !args->load && !args->result_file)
		log_warn("--tag=%s names an archive, or what --load loads: "
			 "in the registry the image is --push=%s alone",
			args->tag.item[0], args->push);
	return image_settings_finish(&args->image, e);
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

static int open_base(struct pack *p, struct err *e)
{
	const struct args *args = p->args;

	return build_upon(
		&p->build, args->base, &p->base_ref, &args->registry, e);
}

/* rehearse: all that can be known before the input, which may take hours to be
 * made, is read. */
static int rehearse(struct pack *p, struct err *e)
{
	const struct args *args = p->args;

	if (open_base(p, e))
		return -1;
	return deliver_check(
		&p->push_ref, &args->registry, args->load, args->engine, e);
}

static int make_image(struct pack *p, const char *file, struct err *e)
{
	const struct args *args = p->args;
	const struct build_input input = {.kind = (enum build_kind)args->kind,
		.file = file,
		.path = args->path,
		.owner = args->owner,
		.about = args->about};
	enum packing packing = args->packing ? PACKING_GZIP : PACKING_NONE;

	if (rehearse(p, e) || build_open(&p->build, &input, e) ||
		build_layer(&p->build, packing, &args->add, e))
		return -1;
	return build_image(&p->build, e);
}

static int to_output(void *ctx, const void *data, size_t len, struct err *e)
{
	struct pack *p = ctx;

	p->written += len;
	p->progress.bytes += len;
	progress_show(&p->progress);
	return out_write(&p->out, data, len, e);
}

static int write_archive(struct pack *p, struct err *e)
{
	const struct args *args = p->args;

	if ((args->push || args->load) && !args->result_file)
		return 0;
	if (image_write(&p->build.image, &args->tag,
		    (enum archive_format)args->format,
		    (struct sink){to_output, p}, e) ||
		out_flush(&p->out, e))
		return -1;
	return args->result_file ? atomic_commit(&p->file, e) : 0;
}

static int push(struct pack *p, struct err *e)
{
	if (!p->args->push)
		return 0;
	return deliver_push(&p->delivery, &p->build.image, &p->push_ref,
		&p->base_ref, p->build.base.count, &p->args->registry, e);
}

static int load(struct pack *p, struct err *e)
{
	const struct args *args = p->args;

	if (!args->load)
		return 0;
	return deliver_load(&p->delivery, &p->build.image, &args->tag,
		args->engine, args->prune, e);
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
	const struct delivery *d = &p->delivery;

	if (!p->args->push) {
		json_null(j, "push");
		return;
	}
	json_begin_object(j, "push");
	json_string(j, "to", p->args->push);
	json_uint(j, "uploaded", d->uploaded);
	json_uint(j, "uploaded_bytes", d->uploaded_bytes);
	json_uint(j, "mounted", d->mounted);
	json_uint(j, "there", d->there);
	json_end_object(j);
}

static int record(struct pack *p, uint64_t began_ms, struct err *e)
{
	const struct image *image = &p->build.image;
	struct json j = JSON_INIT;
	char created[CLOCK_TEXT_SIZE];
	int rc;

	clock_rfc3339((time_t)p->args->image.created, created);
	json_record_begin(&j, "packed");
	add_list(&j, "tags", &p->args->tag);
	json_string(&j, "digest", image->manifest.digest);
	json_string(&j, "id", image->config.digest);
	json_string(&j, "platform", image->platform);
	json_string(&j, "created", created);
	json_uint(&j, "layers", image->count);
	json_uint(&j, "layer_bytes", p->build.made->size);
	json_uint(&j, "written", p->written);
	add_push(&j, p);
	json_bool(&j, "loaded", p->args->load);
	add_list(&j, "pruned", &p->delivery.pruned);
	add_list(&j, "kept", &p->delivery.kept);
	json_seconds(&j, "seconds", clock_ms() - began_ms);
	rc = report_write(&p->report, &j, e);
	json_release(&j);
	return rc;
}

/* run: FILE, or NULL, into an image, and that to where it is wanted. */
static int run(struct pack *p, const char *file, struct err *e)
{
	uint64_t began = clock_ms();

	if (p->args->dry_run)
		return rehearse(p, e);
	if (open_output(p, e) || make_image(p, file, e) ||
		write_archive(p, e) || push(p, e) || load(p, e))
		return -1;
	progress_end(&p->progress);
	return record(p, began, e);
}

static void pack_begin(struct pack *p, struct args *args)
{
	*p = (struct pack){.args = args, .out.buf = STRBUF_INIT};
	build_begin(&p->build, &args->image, &p->progress);
	p->delivery.progress = &p->progress;
	progress_begin(&p->progress, (enum progress_when)args->common.progress);
}

static void pack_release(struct pack *p)
{
	build_release(&p->build);
	delivery_release(&p->delivery);
	out_release(&p->out);
	reference_release(&p->base_ref);
	reference_release(&p->push_ref);
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
	struct pack pack;
	struct err e = {0};

	prog_init("dbpack");
	if (opt_parse(&spec, &argc, &argv, &e))
		die_err(&e);
	opt_common_apply(&args.common);
	pack_begin(&pack, &args);
	if (check_args(&pack, argc, &e) ||
		run(&pack, argc ? argv[0] : NULL, &e))
		die_err(&e);
	pack_release(&pack);
	opt_release(&spec);
	return prog_finish(0);
}
