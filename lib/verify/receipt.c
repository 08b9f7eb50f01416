/* receipt.c: see receipt.h. */
#include "verify/receipt.h"

#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "base/json.h"

/* add_contents: how much of what the dump holds, or was compared. */
static void add_contents(struct json *j, const struct receipt *r)
{
	uint64_t tables = 0, rows = 0;
	size_t count;
	const struct contents_table *const *t =
		contents_tables(r->contents, &count);

	for (size_t i = 0; i < count; i++) {
		tables += t[i]->created || (t[i]->has_rows && !t[i]->view);
		rows += t[i]->rows;
	}
	json_uint(j, "tables", r->in ? tables : r->against->tables);
	json_uint(j, "rows", r->in ? rows : r->against->rows);
	json_uint(j, "bytes", r->bytes);
}

/* add_file: size and age of the backup as it is stored. */
static void add_file(struct json *j, const struct receipt *r)
{
	const time_t now = time(NULL);
	struct stat status;
	uint64_t size, begin;

	if (!r->in || !input_file(r->in, &size) ||
		fstat(input_fd(r->in, &begin), &status)) {
		json_null(j, "size");
		json_null(j, "age");
		return;
	}
	json_uint(j, "size", size);
	json_uint(j, "age",
		now > status.st_mtime ? (uint64_t)(now - status.st_mtime) : 0);
}

/* add_against: the other server, and what was compared. */
static void add_against(struct json *j, const struct against_result *against)
{
	if (!against->server) {
		json_null(j, "against");
		return;
	}
	json_begin_object(j, "against");
	against_to_json(against, j);
	json_end_object(j);
}

/* take: the record out of the JSON. */
static void take(struct json *j, struct strbuf *record)
{
	json_end_object(j);
	strbuf_reset(record);
	strbuf_add(record, j->out.buf, j->out.len);
	strbuf_addch(record, '\n');
	json_release(j);
}

void receipt_write(const struct receipt *r, struct strbuf *record)
{
	const struct verdict *verdict = r->verdict;
	struct json j = JSON_INIT;

	json_record_begin(&j, "verified");
	json_string_or_null(&j, "source", r->source);
	json_string(&j, "input", verdict->input);
	json_bool(&j, "ok", !verdict->faults);
	json_string(&j, "mode", r->mode);
	json_string_or_null(&j, "format", r->format);
	json_string_or_null(&j, "proof", r->proof);
	if (r->frozen)
		frozen_to_json(&j, r->frozen);
	else
		add_contents(&j, r);
	add_file(&j, r);
	positions_own_to_json(&j, r->positions);
	json_string_or_null(&j, "server", r->server);
	add_against(&j, r->against);
	sample_to_json(r->sample, &j);
	json_uint(&j, "faults", verdict->faults);
	json_string_or_null(
		&j, "reason", verdict->faults ? verdict->first.msg : NULL);
	json_seconds(&j, "seconds", r->ms);
	take(&j, record);
}

void receipt_write_error(const char *source, const char *input,
	const struct err *why, struct strbuf *record)
{
	struct json j = JSON_INIT;

	json_record_begin(&j, "error");
	json_string_or_null(&j, "source", source);
	json_string_or_null(&j, "input", input);
	json_bool(&j, "ok", false);
	json_uint(&j, "code", why->code);
	json_string(&j, "name", err_name(why->code));
	json_string(&j, "msg", why->msg);
	json_string(&j, "hint", why->hint);
	take(&j, record);
}

int receipt_give(const struct strbuf *record, const struct report *catalog,
	struct err *e)
{
	struct err later;
	int rc = io_write_all(
		STDOUT_FILENO, record->buf, record->len, "standard output", e);

	if (catalog->fd >= 0 &&
		io_write_all(catalog->fd, record->buf, record->len,
			catalog->name, rc ? &later : e))
		rc = -1;
	return rc;
}
