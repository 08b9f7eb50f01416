/* labels.c: see labels.h. */
#include "pack/labels.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/strbuf.h"
#include "data/json_read.h"

#define OWN "dbpipes."
#define OCI "org.opencontainers.image."

static bool has_label(const struct strlist *labels, const char *key)
{
	size_t len = strlen(key);

	for (size_t i = 0; i < labels->count; i++)
		if (!strncmp(labels->item[i], key, len) &&
			labels->item[i][len] == '=')
			return true;
	return false;
}

void label_add(struct strlist *labels, const char *key, const char *value)
{
	struct strbuf pair = STRBUF_INIT;

	if (!value || has_label(labels, key))
		return;
	strbuf_addf(&pair, "%s=%s", key, value);
	strlist_add(labels, pair.buf);
	strbuf_release(&pair);
}

static void add_number(struct strlist *labels, const char *key, uint64_t value)
{
	char digits[24];

	snprintf(digits, sizeof(digits), "%" PRIu64, value);
	label_add(labels, key, digits);
}

void label_base(
	struct strlist *labels, const struct reference *ref, const char *digest)
{
	struct strbuf name = STRBUF_INIT;

	strbuf_addf(&name, "%s/%s", ref->registry, ref->repository);
	if (ref->tag)
		strbuf_addf(&name, ":%s", ref->tag);
	label_add(labels, OCI "base.name", name.buf);
	label_add(labels, OCI "base.digest", digest);
	strbuf_release(&name);
}

void label_dump(struct strlist *labels, const struct dump_file *dump)
{
	const struct position *own = &dump->positions.own;

	label_add(labels, OWN "time", dump->time);
	label_add(labels, OWN "server", dump->server);
	label_add(labels, OWN "log_file", own->log_file);
	if (own->log_file)
		add_number(labels, OWN "log_pos", own->log_pos);
	label_add(labels, OWN "gtid", own->gtid);
	if (!dump->counted)
		return;
	add_number(labels, OWN "tables", dump->tables);
	add_number(labels, OWN "rows", dump->rows);
	label_add(labels, OWN "sha256", dump->sha256);
}

static void label_text(struct strlist *labels, const struct json_value *json,
	const char *key, const char *label)
{
	const char *text;

	if (json_read_text(json, key, &text))
		label_add(labels, label, text);
}

int label_snapshot(
	struct strlist *labels, const char *note, char **time, struct err *e)
{
	struct json_value *json = json_read(note, strlen(note));
	const struct json_value *position;
	const char *text;
	uint64_t number;

	if (!json)
		return err_set(
			e, ERR_DATA, "dbpipes-snapshot.json is no JSON object");
	position = json_read_object(json, "position");
	if (position) {
		label_text(labels, position, "log_file", OWN "log_file");
		if (json_read_uint(position, "log_pos", &number))
			add_number(labels, OWN "log_pos", number);
		label_text(labels, position, "gtid", OWN "gtid");
	}
	label_text(labels, json, "time", OWN "time");
	*time = json_read_text(json, "time", &text) ? xstrdup(text) : NULL;
	json_read_free(json);
	return 0;
}
