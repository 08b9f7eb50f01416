/* capture.c: see capture.h. */
#include "capture/capture.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/prog.h"
#include "base/undo.h"
#include "capture/capture_internal.h"
#include "snap/shelf.h"

/* drop_undo: on the list from before the snapshot exists. */
static void drop_undo(void *arg)
{
	struct capture *c = arg;
	struct err e;

	if (shelf_drop(&c->state, &c->snap, &e))
		log_warn("%s; %s drop %s tries again", e.msg, prog_name(),
			c->snap.name);
}

/* begin: an empty snapshot, for plan or state_open to fill. */
static void begin(struct capture *c)
{
	c->snap = (struct snap){.state = xstrdup(c->state_dir),
		.exclude = &c->options->exclude};
}

/* give_name: the one that was asked for, or the time and our process. */
static int give_name(struct capture *c, struct err *e)
{
	const char *wanted = c->options->name;
	char text[64];
	time_t now = time(NULL);
	struct tm parts;
	size_t len;

	if (wanted) {
		c->snap.name = xstrdup(wanted);
		return state_check_name(wanted, e);
	}
	gmtime_r(&now, &parts);
	len = strftime(text, sizeof(text), "%Y%m%dT%H%M%SZ", &parts);
	snprintf(text + len, sizeof(text) - len, "-%ld", (long)getpid());
	c->snap.name = xstrdup(text);
	return 0;
}

/* find: the server, its files, and what can freeze them. */
static int find(struct capture *c, struct err *e)
{
	const struct capture_options *options = c->options;
	struct snap *snap = &c->snap;

	if (options->snapshot_dir)
		snap->where = xstrdup(options->snapshot_dir);
	snap->size = options->size;
	return give_name(c, e) || capture_places(c, e) ||
			snap_inspect(snap, e) ||
			snap_choose(snap, options->method, e)
		? -1
		: 0;
}

/* hold: everything up to the instant: commits are held up, and all that it
 * would have to wait for is done. Twice: the second time little is left. */
static int hold(struct freeze *freeze, struct snap *snap, struct err *e)
{
	int (*early)(struct snap *, struct err *) = snap->method->early;
	int (*settle)(struct snap *, struct err *) = snap->method->settle;

	return (settle && settle(snap, e)) || freeze_begin(freeze, e) ||
			(freeze->stages && early && early(snap, e)) ||
			(settle && settle(snap, e)) || freeze_hold(freeze, e) ||
			(!freeze->stages && early && early(snap, e))
		? -1
		: 0;
}

/* freeze_once: the instant. Returns 1; 0: it has to be done again; -1. */
static int freeze_once(struct capture *c, struct err *e)
{
	struct freeze *freeze = &c->freeze;
	struct snap *snap = &c->snap;
	uint64_t redo_end = 0, began_ms;
	int right = 1;

	if (hold(freeze, snap, e))
		return -1;
	began_ms = clock_ms();
	if (snap->method->create(snap, e))
		return -1;
	c->create_ms = clock_ms() - began_ms;
	/* Without InnoDB there is nothing that could come round. */
	if (snap->method->right && snap->innodb) {
		if (freeze_redo_end(freeze, &redo_end, e))
			return -1;
		right = snap->method->right(snap, redo_end, e);
	}
	if (right < 0 || freeze_end(freeze, e))
		return -1;
	return right;
}

static int freeze_all(struct capture *c, struct err *e)
{
	enum { TRIES = 3 };
	struct snap *snap = &c->snap;
	int right = 0;

	if (snap->method->self_locking)
		return capture_hot_copy(c, e);
	for (int i = 0; !right && i < TRIES; i++) {
		if (i && snap->method->drop(snap, e))
			return -1;
		right = freeze_once(c, e);
	}
	if (right)
		return right < 0 ? -1 : 0;
	err_set(e, ERR_TEMP,
		"InnoDB's redo log came round faster than its tablespaces "
		"could be cloned, %d times",
		TRIES);
	return err_hint(e,
		"raise innodb_log_file_size, try again when less is written, "
		"or use --method=btrfs");
}

int capture_take(struct capture *c, bool lasting, struct err *e)
{
	struct snap *snap = &c->snap;
	struct json j = JSON_INIT;

	begin(c);
	if (shelf_sweep(c->state_dir, e) || find(c, e) ||
		snap->method->plan(snap, e) || snap_check_new(snap, e) ||
		state_create(&c->state, snap, lasting, e))
		return -1;
	undo_push(drop_undo, c);
	if (freeze_all(c, e) ||
		(snap->method->finish && snap->method->finish(snap, e)) ||
		capture_check_path(snap, e) || snap_measure(snap, &c->size, e))
		return -1;
	json_record_begin(&j, "taken");
	capture_describe(&j, c);
	json_end_object(&j);
	strbuf_reset(&c->record);
	strbuf_add(&c->record, j.out.buf, j.out.len);
	strbuf_addch(&c->record, '\n');
	json_release(&j);
	return 0;
}

int capture_whole(struct capture *c, struct err *e)
{
	return state_complete(&c->snap, &c->record, e);
}

void capture_keep(struct capture *c)
{
	undo_drop(drop_undo, c);
	state_close(&c->state);
}

int capture_find(struct capture *c, const char *name, struct err *e)
{
	begin(c);
	return state_open(&c->state, &c->snap, name, STATE_WORK, e);
}

int capture_open(struct capture *c, const char *name, struct err *e)
{
	const struct snap *snap = &c->snap;

	if (capture_find(c, name, e) || state_record(snap, &c->record, e))
		return -1;
	if (!c->record.len) {
		err_set(e, ERR_DATA, "snapshot '%s' is not whole", name);
		return err_hint(e,
			"its maker was interrupted; %s drop removes it",
			prog_name());
	}
	/* A volume may have been unmounted meanwhile. */
	if (snap->mount && snap->method->finish &&
		snap->method->finish(&c->snap, e))
		return -1;
	return snap_measure(snap, &c->size, e);
}

int capture_drop(struct capture *c, struct err *e)
{
	undo_drop(drop_undo, c);
	return shelf_drop(&c->state, &c->snap, e);
}

void capture_release(struct capture *c)
{
	freeze_close(&c->freeze);
	snap_release(&c->snap);
	state_close(&c->state);
	strbuf_release(&c->record);
}
