/* verdict.c: see verdict.h. */
#include "verify/verdict.h"

#include <unistd.h>

static int write_record(struct json *j, struct err *e)
{
	int rc = json_record_write(j, STDOUT_FILENO, "standard output", e);

	json_release(j);
	return rc;
}

static void note_first(struct verdict *v, const char *kind, const char *db,
	const char *name, const char *what)
{
	if (!name)
		err_set(&v->first, ERR_NO, "%s", what);
	else
		err_set(&v->first, ERR_NO, "%s `%.64s`.`%.64s`: %s", kind,
			db ? db : "", name, what);
}

int verdict_fault(struct verdict *v, const char *kind, const char *db,
	const char *name, const char *what, struct err *e)
{
	struct json j = JSON_INIT;

	if (!v->faults++)
		note_first(v, kind, db, name, what);
	json_record_begin(&j, "fault");
	json_string(&j, "input", v->input);
	json_string(&j, "kind", kind);
	json_string_or_null(&j, "db", db);
	json_string_or_null(&j, "name", name);
	json_string(&j, "what", what);
	return write_record(&j, e);
}

int verdict_fault_whole(struct verdict *v, const char *kind, struct err *e)
{
	const struct err why = *e;
	int rc = verdict_fault(v, kind, NULL, NULL, why.msg, e);

	if (!rc && v->faults == 1 && why.hint[0])
		err_hint(&v->first, "%s", why.hint);
	return rc;
}

int verdict_passed(const struct verdict *v, const char *check, struct err *e)
{
	struct json j = JSON_INIT;

	json_record_begin(&j, "check");
	json_string(&j, "input", v->input);
	json_string(&j, "check", check);
	json_bool(&j, "ok", true);
	return write_record(&j, e);
}
