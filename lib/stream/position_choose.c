/* position_choose.c: which of a dump's positions a replica begins at, and
 * whether the dump is whole. */
#include <strings.h>

#include "stream/position.h"

static bool same_channel(const struct position *p, const char *channel)
{
	return !strcasecmp(p->channel ? p->channel : "", channel);
}

static void none_found(
	const struct positions *p, const char *name, struct err *e)
{
	if (p->upstream_count) {
		err_set(e, ERR_DATA,
			"the dump states the positions of %zu sources",
			p->upstream_count);
		err_hint(e, "choose one by its name, with --channel");
	} else {
		err_set(e, ERR_DATA, "%s states no position to replicate from",
			name);
		err_hint(e, "dump with --master-data");
	}
}

const struct position *positions_choose(const struct positions *p,
	const char *name, const char *channel, struct err *e)
{
	if (p->has_own)
		return &p->own;
	if (p->upstream_count == 1)
		return &p->upstream[0];
	for (size_t i = 0; i < p->upstream_count; i++)
		if (same_channel(&p->upstream[i], channel ? channel : ""))
			return &p->upstream[i];
	none_found(p, name, e);
	return NULL;
}

int positions_check_head(
	const struct positions *p, const char *name, struct err *e)
{
	if (!p->expects_completion || positions_found(p) || p->own.use_gtid ||
		positions_awaited(p) & GTID_OWN)
		return 0;
	err_set(e, ERR_DATA, "%s states no position to replicate from", name);
	return err_hint(e, "nothing was loaded; dump with --master-data");
}

int positions_check_complete(
	const struct positions *p, const char *name, struct err *e)
{
	if (!p->expects_completion || p->complete)
		return 0;
	err_set(e, ERR_DATA,
		"%s is truncated: it ends without the line that says that the "
		"dump is complete",
		name);
	return err_hint(
		e, "make the dump anew; empty the target before it is loaded");
}
