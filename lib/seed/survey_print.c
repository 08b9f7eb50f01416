/* survey_print.c: the records of a dry run. */
#include <unistd.h>

#include "base/json.h"
#include "seed/survey.h"

static int write_record(struct json *j, struct err *e)
{
	return json_record_write(j, STDOUT_FILENO, "standard output", e);
}

static const char *action(
	const struct found_table *t, const struct load_options *o)
{
	if (!t->exists)
		return "load";
	if (o->force)
		return "load-over";
	return o->replace_tables ? "replace" : "refuse";
}

static int print_table(const struct found_table *t,
	const struct load_options *options, struct json *j, struct err *e)
{
	json_record_begin(j, "would-load");
	json_string(j, "name", t->name);
	json_uint(j, "bytes", t->bytes);
	json_bool(j, "exists", t->exists);
	json_string(j, "action", action(t, options));
	return write_record(j, e);
}

static void add_list(
	struct json *j, const char *key, const struct strlist *list)
{
	json_begin_array(j, key);
	for (size_t i = 0; i < list->count; i++)
		json_string(j, NULL, list->item[i]);
	json_end_array(j);
}

static void add_replication(struct json *j, const struct replica_plan *plan)
{
	if (!plan) {
		json_null(j, "replication");
		return;
	}
	json_begin_object(j, "replication");
	json_string(j, "host", plan->host);
	json_uint(j, "port", plan->port ? plan->port : 3306);
	json_string(j, "channel", plan->channel ? plan->channel : "");
	json_bool(j, "use_gtid", plan->use_gtid);
	json_string_or_null(j, "log_file", plan->log_file);
	json_uint(j, "log_pos", plan->log_pos);
	json_string_or_null(j, "gtid", plan->gtid);
	json_end_object(j);
}

int survey_print(const struct survey *s, const struct load_options *options,
	const struct replica_plan *plan, bool log_bin, struct err *e)
{
	const struct findings *f = &s->findings;
	struct json j = JSON_INIT;
	struct err found;
	int rc = 0;

	for (size_t i = 0; !rc && i < f->tables; i++)
		rc = print_table(&f->table[i], options, &j, e);
	json_record_begin(&j, "plan");
	json_bool(&j, "ok", !findings_error(f, true, &found));
	json_string(&j, "format", s->positions.format);
	json_uint(&j, "tables", f->tables);
	json_uint(&j, "statements", s->statements);
	json_bool(&j, "log_bin", log_bin);
	add_list(&j, "existing", &f->existing);
	add_list(&j, "one_name", &f->folded);
	add_list(&j, "collations", &f->collations);
	add_list(&j, "charsets", &f->charsets);
	add_list(&j, "clauses", &f->clauses);
	add_list(&j, "left_out", &f->lost);
	add_list(&j, "definers", &f->definers);
	add_replication(&j, plan);
	if (!rc)
		rc = write_record(&j, e);
	json_release(&j);
	return rc;
}
