/* record.c: what was captured, in the words of a record. */
#include "capture/capture.h"

static void add_upstreams(struct json *j, const struct upstreams *upstreams)
{
	json_begin_array(j, "upstreams");
	for (size_t i = 0; i < upstreams->count; i++) {
		const struct upstream *one = &upstreams->item[i];

		json_begin_object(j, NULL);
		json_string(j, "channel", one->channel);
		json_string(j, "host", one->host);
		json_uint(j, "port", one->port);
		json_string(j, "log_file", one->log_file);
		json_uint(j, "log_pos", one->log_pos);
		json_string_or_null(j, "gtid", upstreams->gtid);
		json_end_object(j);
	}
	json_end_array(j);
}

void capture_describe(struct json *j, const struct capture *c)
{
	const struct freeze *freeze = &c->freeze;
	const struct snap *snap = &c->snap;

	json_string(j, "name", snap->name);
	json_string(j, "method", snap->method->name);
	json_string(j, "server", db_server_version(freeze->db));
	json_string(j, "datadir", snap->datadir);
	json_string(j, "path", snap->path);
	moment_to_json(j, &freeze->moment);
	add_upstreams(j, &freeze->upstreams);
	json_uint(j, "files", c->size.files);
	json_uint(j, "bytes", c->size.bytes);
	json_string(j, "lock",
		snap->method->self_locking ? "mariadb-backup"
					   : freeze_name(freeze));
	json_uint(j, "lock_ms", freeze->lock_ms);
	json_uint(j, "lock_wait_ms", freeze->lock_wait_ms);
	json_uint(j, "ddl_lock_ms", freeze->ddl_ms);
	json_uint(j, "create_ms", c->create_ms);
	json_uint(j, "sql_thread_stopped_ms", freeze->upstreams.stopped_ms);
}
