/* options.c: what was asked for, and whether it can be had. */
#include "capture/capture.h"

/* Where nothing was said. */
enum { LOCK_WAIT_MS = 60000, MAX_LOCK_MS = 5000 };

/* check_lock: a method that locks by itself takes no orders how; what it does
 * is --lock=stage. mariadb-backup's --ftwrl-wait-timeout is no --lock-wait: it
 * gives up while any statement runs, also one that is not in the way. */
static int check_lock(
	const char *method, const struct freeze_options *freeze, struct err *e)
{
	const struct {
		bool given;
		const char *option;
	} refused[] = {{freeze->dump_slave, "--dump-slave"},
		{freeze->flush, "--flush"},
		{freeze->lock == FREEZE_FTWRL, "--lock=ftwrl"},
		{freeze->lock_wait_ms != FREEZE_USUAL, "--lock-wait"},
		{freeze->max_lock_ms != FREEZE_USUAL, "--max-lock"}};

	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
		if (!refused[i].given)
			continue;
		err_set(e, ERR_USAGE, "--method=%s cannot be used with %s",
			method, refused[i].option);
		return err_hint(e,
			"mariadb-backup takes its own locks, and would not "
			"heed it; leave it out, in option files, too");
	}
	return 0;
}

static void fill_in(uint64_t *ms, uint64_t usual)
{
	if (*ms == FREEZE_USUAL)
		*ms = usual;
}

int capture_options_finish(struct capture_options *options, struct err *e)
{
	const struct snap_method *method = snap_method_by_name(options->method);
	struct freeze_options *freeze = &options->freeze;

	if (method && method->self_locking &&
		check_lock(options->method, freeze, e))
		return -1;
	fill_in(&freeze->lock_wait_ms, LOCK_WAIT_MS);
	fill_in(&freeze->max_lock_ms, MAX_LOCK_MS);
	return 0;
}
