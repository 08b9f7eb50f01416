/* replica_record.c: see replica_record.h. */
#include <unistd.h>

#include "base/json.h"
#include "db/replica_record.h"

/* add_place: a replica by GTID that has been sent no change yet knows no file,
 * and says so with an empty name. */
static void add_place(struct json *j, const char *log_file, uint64_t log_pos)
{
	bool known = log_file && *log_file;

	json_string_or_null(j, "log_file", known ? log_file : NULL);
	if (known)
		json_uint(j, "log_pos", log_pos);
	else
		json_null(j, "log_pos");
}

int replica_record_started(const struct replica_plan *plan, struct err *e)
{
	struct json j = JSON_INIT;
	int rc;

	json_record_begin(&j, "replicating");
	json_begin_object(&j, "source");
	json_string(&j, "host", plan->host);
	json_uint(&j, "port", plan->port ? plan->port : 3306);
	json_end_object(&j);
	json_string(&j, "channel", plan->channel ? plan->channel : "");
	json_bool(&j, "use_gtid", plan->use_gtid);
	add_place(&j, plan->log_file, plan->log_pos);
	json_string_or_null(&j, "gtid", plan->gtid);
	rc = json_record_write(&j, STDOUT_FILENO, "standard output", e);
	json_release(&j);
	return rc;
}

int replica_record_caught_up(
	const struct replica_status *at, uint64_t waited_ms, struct err *e)
{
	struct json j = JSON_INIT;
	int rc;

	json_record_begin(&j, "caught-up");
	json_seconds(&j, "seconds", waited_ms);
	add_place(&j, at->log_file, at->log_pos);
	json_string_or_null(&j, "gtid", at->gtid);
	rc = json_record_write(&j, STDOUT_FILENO, "standard output", e);
	json_release(&j);
	return rc;
}
