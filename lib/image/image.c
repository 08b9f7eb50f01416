/* image.c: see image.h. The configuration and the manifest; image_write is in
 * image_write.c. */
#include "image/image.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/json.h"
#include "data/json_edit.h"

#define CREATED_BY "dbpack"

/* What says how the base was made, by whom and when: none of it holds for what
 * is made of it. */
static const char *const dropped[] = {"container", "container_config",
	"docker_version", "id", "parent", NULL};

/* Docker counts in nanoseconds. */
static const uint64_t second = 1000000000;

/* set_env: in the place of a variable that is there, or behind all. */
static void set_env(struct json_value *env, const char *pair)
{
	size_t key = (size_t)(strchr(pair, '=') - pair) + 1;

	for (size_t i = 0; i < json_read_count(env); i++) {
		const char *there = json_read_item_text(env, i);

		if (there && !strncmp(there, pair, key)) {
			json_edit_set_item(env, i, pair);
			return;
		}
	}
	json_edit_add_text(env, pair);
}

static void set_pair(struct json_value *object, const char *pair)
{
	char *key = xstrdup(pair), *equals = strchr(key, '=');

	*equals = '\0';
	json_edit_text(object, key, equals + 1);
	free(key);
}

/* set_words: as a Dockerfile has it: an array, or a line for the shell. */
static void set_words(
	struct json_value *config, const char *key, const char *text)
{
	struct json_value *given = NULL, *words;

	json_edit_remove(config, key);
	words = json_edit_array(config, key);
	if (*text != '[') {
		json_edit_add_text(words, "/bin/sh");
		json_edit_add_text(words, "-c");
		json_edit_add_text(words, text);
		return;
	}
	given = json_read_list(text, strlen(text));
	for (size_t i = 0; i < json_read_count(given); i++)
		json_edit_add_text(words, json_read_item_text(given, i));
	json_read_free(given);
}

static void set_ports(struct json_value *config, const struct strlist *ports)
{
	for (size_t i = 0; i < ports->count; i++) {
		const char *kind = strchr(ports->item[i], '/');
		char port[32];

		snprintf(port, sizeof(port), "%lu%s",
			strtoul(ports->item[i], NULL, 10),
			kind ? kind : "/tcp");
		json_edit_object(
			json_edit_object(config, "ExposedPorts"), port);
	}
}

static void set_healthcheck(struct json_value *config, const char *command)
{
	struct json_value *check, *test;

	json_edit_remove(config, "Healthcheck");
	check = json_edit_object(config, "Healthcheck");
	test = json_edit_array(check, "Test");
	json_edit_add_text(test, "CMD-SHELL");
	json_edit_add_text(test, command);
	json_edit_uint(check, "Interval", 10 * second);
	json_edit_uint(check, "StartPeriod", 60 * second);
}

static void set_config(
	struct json_value *config, const struct image_settings *s)
{
	for (size_t i = 0; i < s->env.count; i++)
		set_env(json_edit_array(config, "Env"), s->env.item[i]);
	for (size_t i = 0; i < s->label.count; i++)
		set_pair(json_edit_object(config, "Labels"), s->label.item[i]);
	if (s->entrypoint) {
		set_words(config, "Entrypoint", s->entrypoint);
		/* The base's words are for the base's entry point. */
		json_edit_remove(config, "Cmd");
	}
	if (s->cmd)
		set_words(config, "Cmd", s->cmd);
	if (s->user)
		json_edit_text(config, "User", s->user);
	if (s->workdir)
		json_edit_text(config, "WorkingDir", s->workdir);
	if (s->healthcheck)
		set_healthcheck(config, s->healthcheck);
	set_ports(config, &s->port);
}

/* add_history: one entry a layer; a base without any gets them, for readers
 * count them. */
static void add_history(struct json_value *config, const struct base *base,
	size_t count, const char *created)
{
	struct json_value *history, *entry;
	bool bare = !json_read_array(config, "history");

	history = json_edit_array(config, "history");
	for (size_t i = 0; bare && i < base->count; i++)
		json_edit_text(json_edit_add_object(history), "created_by",
			"the base");
	for (size_t i = 0; i < count; i++) {
		entry = json_edit_add_object(history);
		json_edit_text(entry, "created", created);
		json_edit_text(entry, "created_by", CREATED_BY);
	}
}

static void set_platform(struct json_value *config,
	const struct platform *platform, struct image *image)
{
	const char *os, *architecture, *variant;

	if (!json_read_text(config, "os", &os))
		json_edit_text(config, "os", platform->os);
	if (!json_read_text(config, "architecture", &architecture)) {
		json_edit_text(config, "architecture", platform->architecture);
		if (*platform->variant)
			json_edit_text(config, "variant", platform->variant);
	}
	json_read_text(config, "os", &os);
	json_read_text(config, "architecture", &architecture);
	if (!json_read_text(config, "variant", &variant))
		variant = "";
	snprintf(image->platform, sizeof(image->platform), "%.30s/%.30s%s%.30s",
		os, architecture, *variant ? "/" : "", variant);
}

static void make_config(struct image *image, const struct base *base,
	size_t count, const struct image_settings *s)
{
	struct json_value *config =
		base->config ? json_edit_copy(base->config) : json_edit_new();
	struct strbuf text = STRBUF_INIT;
	char created[CLOCK_TEXT_SIZE];
	struct json_value *root;
	size_t len;

	clock_rfc3339((time_t)s->created, created);
	for (size_t i = 0; dropped[i]; i++)
		json_edit_remove(config, dropped[i]);
	json_edit_text(config, "created", created);
	set_platform(config, &s->platform, image);
	set_config(json_edit_object(config, "config"), s);
	add_history(config, base, count, created);
	json_edit_remove(config, "rootfs");
	root = json_edit_object(config, "rootfs");
	json_edit_text(root, "type", "layers");
	for (size_t i = 0; i < image->count; i++)
		json_edit_add_text(json_edit_array(root, "diff_ids"),
			image->layer[i]->diff_id);
	json_edit_print(config, &text);
	json_read_free(config);
	len = text.len;
	blob_from_bytes(&image->config, strbuf_detach(&text), len);
}

static void add_descriptor(struct json *j, const char *key, const char *type,
	const struct blob *blob)
{
	json_begin_object(j, key);
	json_string(j, "mediaType", type);
	json_string(j, "digest", blob->digest);
	json_uint(j, "size", blob->size);
	json_end_object(j);
}

static const char *layer_type(const struct blob *layer)
{
	static const char *const types[] = {
		[PACKING_NONE] = "application/vnd.oci.image.layer.v1.tar",
		[PACKING_GZIP] = "application/vnd.oci.image.layer.v1.tar+gzip",
		[PACKING_ZSTD] = "application/vnd.oci.image.layer.v1.tar+zstd"};

	return types[layer->packing];
}

/* is_said_again: a later label of the same key takes the place of this one. */
static bool is_said_again(const struct strlist *labels, size_t i)
{
	size_t key = (size_t)(strchr(labels->item[i], '=') - labels->item[i]);

	for (size_t k = i + 1; k < labels->count; k++)
		if (!strncmp(labels->item[k], labels->item[i], key + 1))
			return true;
	return false;
}

static void add_annotations(struct json *j, const struct strlist *labels)
{
	json_begin_object(j, "annotations");
	for (size_t i = 0; i < labels->count; i++) {
		char *key = xstrdup(labels->item[i]);
		char *equals = strchr(key, '=');

		*equals = '\0';
		if (!is_said_again(labels, i))
			json_string(j, key, equals + 1);
		free(key);
	}
	json_end_object(j);
}

static void make_manifest(struct image *image, const struct strlist *labels)
{
	struct json j = JSON_INIT;
	size_t len;

	json_begin_object(&j, NULL);
	json_uint(&j, "schemaVersion", 2);
	json_string(&j, "mediaType", MANIFEST_TYPE);
	add_descriptor(&j, "config", "application/vnd.oci.image.config.v1+json",
		&image->config);
	json_begin_array(&j, "layers");
	for (size_t i = 0; i < image->count; i++)
		add_descriptor(
			&j, NULL, layer_type(image->layer[i]), image->layer[i]);
	json_end_array(&j);
	if (labels->count)
		add_annotations(&j, labels);
	json_end_object(&j);
	len = j.out.len;
	blob_from_bytes(&image->manifest, strbuf_detach(&j.out), len);
}

int image_make(struct image *image, const struct base *base,
	const struct blob *const *layers, size_t count,
	const struct image_settings *settings, struct err *e)
{
	*image = (struct image){.count = base->count + count};
	if (image->count > LAYERS_MOST)
		return err_set(
			e, ERR_DATA, "too many layers: %zu", image->count);
	image->layer = xcalloc(image->count, sizeof(*image->layer));
	for (size_t i = 0; i < base->count; i++)
		image->layer[i] = &base->layer[i];
	for (size_t i = 0; i < count; i++)
		image->layer[base->count + i] = layers[i];
	make_config(image, base, count, settings);
	make_manifest(image, &settings->label);
	return 0;
}

void image_release(struct image *image)
{
	blob_release(&image->config);
	blob_release(&image->manifest);
	free(image->layer);
	image->layer = NULL;
}
