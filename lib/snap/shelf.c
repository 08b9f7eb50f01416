/* shelf.c: see shelf.h. */
#include "snap/shelf.h"

#include "base/alloc.h"
#include "base/json.h"
#include "base/prog.h"

int shelf_drop(struct state *state, struct snap *snap, struct err *e)
{
	if (!snap->foreign && snap->method->drop(snap, e))
		return err_prefix(e, "snapshot '%s' stays: ", snap->name);
	return state_remove(state, snap, e);
}

static void sweep_one(const char *dir, const char *name)
{
	struct snap snap = {.state = xstrdup(dir)};
	struct state state = STATE_INIT;
	struct strbuf record = STRBUF_INIT;
	struct err e;

	if (!state_open(&state, &snap, name, STATE_TRY, &e) &&
		!state_record(&snap, &record, &e) &&
		(!state.lasting || !record.len)) {
		if (shelf_drop(&state, &snap, &e))
			log_warn("an interrupted run left '%s': %s", name,
				e.msg);
		else
			log_info("removed snapshot '%s', which an interrupted "
				 "run had left",
				name);
	}
	state_close(&state);
	strbuf_release(&record);
	snap_release(&snap);
}

int shelf_sweep(const char *dir, struct err *e)
{
	struct strlist names = STRLIST_INIT;
	int rc = state_names(dir, &names, e);

	for (size_t i = 0; !rc && i < names.count; i++)
		sweep_one(dir, names.item[i]);
	strlist_release(&names);
	return rc;
}

/* look: in what state it is, and its record if it is whole. NULL: it is gone
 * by now, or *e says what is wrong. */
static const char *look(struct snap *snap, const char *name,
	struct strbuf *record, int *percent, struct err *e)
{
	struct state state = STATE_INIT;
	const char *what = "leftover";

	*percent = -1;
	strbuf_reset(record);
	e->code = ERR_NONE;
	if (state_open(&state, snap, name, STATE_LOOK, e))
		return e->code == ERR_TEMP ? "busy" : NULL;
	if (state_record(snap, record, e))
		what = NULL;
	else if (record->len > 2 && snap->method->check &&
		snap->method->check(snap, percent, e))
		what = "broken";
	else if (record->len > 2)
		what = "taken";
	state_close(&state);
	return what;
}

static void describe(struct json *j, const char *name, const char *what,
	int percent, struct strbuf *record)
{
	json_record_begin(j, "snapshot");
	json_string(j, "name", name);
	json_string(j, "state", what);
	if (percent >= 0)
		json_uint(j, "used_percent", (uint64_t)percent);
	else
		json_null(j, "used_percent");
	if (record->len <= 2) {
		json_null(j, "record");
		return;
	}
	/* A line of ours, without its end. */
	strbuf_setlen(record, record->len - 1);
	strbuf_addf(&j->out, ",\"record\":%s", record->buf);
}

int shelf_list(const char *dir, int fd, const char *name, struct err *e)
{
	struct strlist names = STRLIST_INIT;
	struct strbuf record = STRBUF_INIT;
	struct json j = JSON_INIT;
	int rc = state_names(dir, &names, e), percent;

	for (size_t i = 0; !rc && i < names.count; i++) {
		struct snap snap = {.state = xstrdup(dir)};
		const char *what =
			look(&snap, names.item[i], &record, &percent, e);

		if (what) {
			describe(&j, names.item[i], what, percent, &record);
			rc = json_record_write(&j, fd, name, e);
		} else if (e->code != ERR_NOINPUT) {
			rc = -1;
		}
		snap_release(&snap);
	}
	json_release(&j);
	strbuf_release(&record);
	strlist_release(&names);
	return rc;
}
