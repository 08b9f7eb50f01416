/* load_error.h: what a statement of a dump was refused for: where it stands,
 * how it begins, and what to do about it.
 */
#ifndef DBPIPES_DB_LOAD_ERROR_H
#define DBPIPES_DB_LOAD_ERROR_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* A statement of a dump. */
struct load_place {
	const char *sql;
	size_t len;
	uint64_t offset;      /* in the dump */
	const char *database; /* the default one, or NULL */
};

/* load_explain: put the place before the server's message in *e; `number` is
 * the server's. Nothing of a statement that may hold a password is shown, and
 * none of its rows. Returns -1. */
int load_explain(
	const struct load_place *place, unsigned number, struct err *e);

/* load_check_size: error ERR_UNAVAILABLE if the server, which takes
 * `max_packet` bytes, would not take the statement. */
int load_check_size(
	const struct load_place *place, uint64_t max_packet, struct err *e);

#endif
