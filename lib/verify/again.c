/* again.c: what differed, looked at again: to name the rows; and of a replica
 * that had gone on, to see whether it still differs at later positions. */
#include <unistd.h>

#include "base/prog.h"
#include "base/sig.h"
#include "verify/against_internal.h"

enum {
	TRIES = 12,      /* to find both sides the same */
	MORE_TRIES = 3,  /* for rows that the last one of them found */
	PAUSE_US = 50000 /* before a try, that much more each time */
};

static struct comparer comparer_of(struct against *a)
{
	return (struct comparer){.all = a,
		.db = {a->snapshot[HERE].reader[0],
			a->snapshot[THERE].reader[0]}};
}

/* look_at: the suspects of a table; those that turned out the same go. `most`
 * of them. */
static int look_at(
	struct comparer *c, struct pair *p, uint64_t most, struct err *e)
{
	struct suspect **at = &p->suspect;

	for (uint64_t i = 0; *at && i < most; i++) {
		struct suspect *s = *at;
		bool differs;

		if (sig_pending())
			return err_set(e, ERR_SIGNAL, "interrupted");
		if (suspect_search(c, p, s, &differs, e)) {
			s->all_rows = false;
			return -1;
		}
		if (differs) {
			at = &s->next;
			continue;
		}
		suspect_drop(p, at);
	}
	return 0;
}

/* has_gone: the table was dropped or altered once its lock had been given back.
 * That it differed is known; its rows are not named then. */
static bool has_gone(const struct err *e)
{
	return e->code == ERR_NOINPUT || e->code == ERR_TEMP;
}

/* name_rows: at one position the sums say it all. */
static int name_rows(struct against *a, struct err *e)
{
	struct comparer c = comparer_of(a);

	for (size_t i = 0; i < a->count; i++)
		if (look_at(&c, a->pair[i], RANGES_NAMED, e) && !has_gone(e))
			return -1;
	return 0;
}

/* renew: see whether the table is what it was: if it is gone, it is forgotten;
 * if it was altered, compared once more as a whole. *look: its rows can be
 * looked at. */
static int renew(struct comparer *c, size_t i, bool *look, struct err *e)
{
	struct against *a = c->all;
	struct pair *p = a->pair[i];
	const struct table_ref *ref[2];
	int changed;

	for (int side = HERE; side <= THERE; side++)
		ref[side] = pair_ref(&a->snapshot[side], p, side);
	*look = ref[HERE] && ref[THERE];
	if (!ref[HERE] && !ref[THERE])
		pair_forget(p);
	if (!*look)
		return 0;
	changed = pair_changed(c, p, e);
	if (changed <= 0)
		return changed;
	*look = false;
	pair_forget(p);
	a->result->tables--;
	match_add(a, ref);
	return 0;
}

/* look_at_all: and at the tables that are new, or altered. */
static int look_at_all(struct against *a, struct err *e)
{
	struct comparer c = comparer_of(a);
	const size_t count = a->next;

	for (size_t i = 0; i < count; i++) {
		bool look = false;

		if (pair_differs(a->pair[i]) && renew(&c, i, &look, e))
			return -1;
		if (look && look_at(&c, a->pair[i], UINT64_MAX, e))
			return -1;
	}
	return compare_pairs(a, e);
}

static bool any_left(const struct against *a)
{
	bool left = a->doubt;

	for (size_t i = 0; i < a->count && !left; i++)
		left = pair_differs(a->pair[i]);
	return left;
}

/* any_new: rows that were looked at only once. */
static bool any_new(const struct against *a)
{
	bool found = false;

	for (size_t i = 0; i < a->count; i++)
		for (const struct suspect *s = a->pair[i]->suspect; s && !found;
			s = s->next)
			found = !s->followed;
	return found;
}

static bool worth_a_try(const struct against *a, unsigned i)
{
	return any_left(a) &&
		(i <= TRIES || (i <= TRIES + MORE_TRIES && any_new(a)));
}

int look_again(struct against *a, struct err *e)
{
	if (a->result->exact)
		return name_rows(a, e);
	for (size_t i = 0; i < a->count; i++)
		a->result->again += a->pair[i]->different;
	for (unsigned i = 1; worth_a_try(a, i); i++) {
		log_debug("looking again at what differs, try %u", i);
		usleep(PAUSE_US * i);
		if (meet(a, true, e) || match(a, true, e) || look_at_all(a, e))
			return -1;
		if (a->result->exact)
			return 0;
	}
	return unsettled_drop(a, e);
}
