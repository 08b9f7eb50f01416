/* meet.c: the moments at which the two sides are compared. */
#include "db/catch_up.h"
#include "db/same_server.h"
#include "verify/against_internal.h"

int against_prefix(const struct against *a, int side, struct err *e)
{
	return err_prefix(e, "%s: ",
		side == THERE             ? "the other server"
			: a->plan->backup ? "the restored backup"
					  : "this server");
}

static int take(struct against *a, int side, bool again, struct err *e)
{
	struct snapshot *s = &a->snapshot[side];
	const struct db_options *login =
		side == HERE ? a->plan->here : &a->there;

	if (!(again ? snapshot_again(s, e)
		    : snapshot_open(s, login, &a->options[side], e)))
		return 0;
	return against_prefix(a, side, e);
}

/* check_two: that `here` is not the other server, too: an option file that
 * names no host means the server of this machine. */
static int check_two(struct against *a, struct db *here, struct err *e)
{
	struct db *there = db_open(&a->there, e);
	int same;

	if (!there)
		return against_prefix(a, THERE, e);
	same = same_server(there, here, e);
	db_close(there);
	if (same <= 0)
		return same;
	err_set(e, ERR_USAGE, "--against: both are one server, '%s'",
		db_options_name(&a->there));
	return err_hint(e,
		"name the one with the connection options, the other one in "
		"the file of --against");
}

/* ask_here: over a connection of its own, for a snapshot's has other work. */
static int ask_here(struct against *a, struct err *e)
{
	struct db *db = db_open(a->plan->here, e);
	struct flavor flavor;
	int found = -1;

	if (!db)
		return against_prefix(a, HERE, e);
	if (!check_two(a, db, e) && !flavor_detect(&flavor, db, e))
		found = catch_up_replicates(db, &flavor, e);
	db_close(db);
	a->replica = found > 0;
	return found < 0 ? -1 : 0;
}

static int wait_here(struct against *a, struct err *e)
{
	struct db *db = db_open(a->plan->here, e);
	struct flavor flavor;
	int rc = -1;

	if (db && !flavor_detect(&flavor, db, e))
		rc = catch_up_wait(db, &flavor, &a->snapshot[THERE].moment,
			a->plan->options->wait_ms, e);
	db_close(db);
	return rc;
}

/* meet_replica: the source first. The replica may have to drop or alter a table
 * to catch up, which our own locks must not keep it from. */
static int meet_replica(struct against *a, bool again, struct err *e)
{
	struct snapshot *here = &a->snapshot[HERE];
	int exact;

	if (again)
		snapshot_drop(here);
	if (take(a, THERE, again, e) || wait_here(a, e) ||
		take(a, HERE, again, e))
		return -1;
	exact = catch_up_exact(
		here->reader[0], &here->flavor, &a->snapshot[THERE].moment, e);
	a->result->exact = exact > 0;
	return exact < 0 ? -1 : 0;
}

int meet(struct against *a, bool again, struct err *e)
{
	if (!again && !a->plan->backup && ask_here(a, e))
		return -1;
	if (a->replica)
		return meet_replica(a, again, e);
	a->result->exact = true;
	return take(a, THERE, again, e) || take(a, HERE, again, e) ? -1 : 0;
}
