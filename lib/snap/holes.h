/* holes.h: what a file has between its holes. Page-compressed tables of InnoDB
 * are full of them (MariaDB manual, "InnoDB Page Compression").
 */
#ifndef DBPIPES_SNAP_HOLES_H
#define DBPIPES_SNAP_HOLES_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* holes_next: the next data at or behind *at, of a file of `size` bytes: from
 * *at to *end then. Moves the descriptor's own offset. Returns 1; 0: only a
 * hole follows; -1. */
int holes_next(int fd, const char *path, uint64_t size, uint64_t *at,
	uint64_t *end, struct err *e);

/* holes_read: all `len` bytes at an offset of the data. Errors: ERR_DATA if the
 * file has become shorter. */
int holes_read(int fd, const char *path, uint64_t at, void *buf, size_t len,
	struct err *e);

/* holes_copy: the `size` bytes of a file into an empty one, in which its holes
 * are holes, too. Errors: ERR_DATA if it is shorter than that. */
int holes_copy(
	int from, int to, const char *path, uint64_t size, struct err *e);

#endif
