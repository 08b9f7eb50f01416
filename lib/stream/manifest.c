/* manifest.c: see manifest.h. */
#include "stream/manifest.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "data/json_read.h"

static bool read_digest(const char *text, struct row_digest *digest)
{
	size_t prefix = sizeof(ROW_DIGEST_PREFIX) - 1;

	return !strncmp(text, ROW_DIGEST_PREFIX, prefix) &&
		row_digest_parse(text + prefix, digest);
}

/* read_rows: rows and digest are both there, or both null. */
static bool read_rows(const struct json_value *json, struct manifest_table *t)
{
	const char *digest;

	if (!json_read_text_or_null(json, "digest", &digest))
		return false;
	t->has_rows = digest;
	if (!digest)
		return json_read_null(json, "rows");
	return json_read_uint(json, "rows", &t->rows) &&
		read_digest(digest, &t->digest);
}

static bool read_table(const struct json_value *json, struct manifest_table *t)
{
	const char *db, *table;

	if (!json_read_text(json, "db", &db) ||
		!json_read_text(json, "table", &table))
		return false;
	t->db = xstrdup(db);
	t->table = xstrdup(table);
	return read_rows(json, t);
}

static bool read_frames(
	const struct json_value *json, struct frame_range *frames)
{
	return json_read_uint(json, "bytes", &frames->bytes) &&
		json_read_uint(json, "offset", &frames->offset) &&
		json_read_uint(json, "length", &frames->length);
}

static int read_line(const char *line, size_t len, bool frames,
	struct manifest_table *t, struct err *e)
{
	struct json_value *json = json_read(line, len);
	int rc = 0;

	*t = (struct manifest_table){0};
	if (!json || !read_table(json, t) ||
		(frames && !read_frames(json, &t->frames)))
		rc = err_set(e, ERR_DATA,
			"a line of the manifest is not that "
			"of a table");
	json_read_free(json);
	return rc;
}

int manifest_read_table(
	const char *line, size_t len, struct manifest_table *t, struct err *e)
{
	return read_line(line, len, true, t, e);
}

int manifest_read_comment(
	const char *line, size_t len, struct manifest_table *t, struct err *e)
{
	return read_line(line, len, false, t, e);
}

void manifest_table_release(struct manifest_table *t)
{
	free(t->db);
	free(t->table);
	*t = (struct manifest_table){0};
}

static bool read_sha256(const struct json_value *json, const char *key,
	unsigned char digest[SHA256_SIZE])
{
	const char *text;

	return json_read_text(json, key, &text) && sha256_parse(text, digest);
}

int manifest_read_end(
	const char *line, size_t len, struct manifest_end *end, struct err *e)
{
	struct json_value *json = json_read(line, len);
	int rc = 0;

	if (!json || !json_read_uint(json, "tables", &end->tables) ||
		!json_read_uint(json, "bytes", &end->bytes) ||
		!json_read_uint(json, "text_bytes", &end->text_bytes) ||
		!read_sha256(json, "text_sha256", end->text_sha256) ||
		!read_sha256(json, "sha256", end->sha256))
		rc = err_set(e, ERR_DATA,
			"the last line of the manifest "
			"makes no sense");
	json_read_free(json);
	return rc;
}
