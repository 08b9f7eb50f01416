/* redo.h: the beginning of InnoDB's redo log, kept from before the data files
 * were copied one after the other.
 *
 * A page of a copied tablespace is as it was at some time after that
 * beginning, so the log from there on brings all of them to one state: that
 * at the log's end, which is copied last. The copy of the log must therefore
 * begin at the checkpoint of the time before the first copy, though the
 * server may have made newer ones. The log is a ring: that beginning may have
 * been overwritten meanwhile, which the LSNs tell.
 * Source: MariaDB, storage/innobase/include/log0log.h (log_t), format 10.8.
 */
#ifndef DBPIPES_SNAP_REDO_H
#define DBPIPES_SNAP_REDO_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

#define REDO_NAME "ib_logfile0"

enum {
	REDO_CHECKPOINTS = 4096, /* offset of the two checkpoint blocks */
	REDO_START = 12288,      /* behind them: the log itself */
	REDO_BLOCKS = REDO_START - REDO_CHECKPOINTS
};

struct redo_mark {
	dev_t dev;
	ino_t ino;
	uint64_t size; /* of the file */
	uint64_t lsn;  /* of the checkpoint; 0: there is no redo log */
	unsigned char blocks[REDO_BLOCKS];
};

/* redo_mark_read: from the log in a data directory. Errors: ERR_UNAVAILABLE
 * for the format of another version. */
int redo_mark_read(struct redo_mark *mark, int datadir, struct err *e);

/* redo_mark_holds: whether the log, which has not passed end_lsn, is still the
 * same file and holds all from the mark on. */
bool redo_mark_holds(
	const struct redo_mark *mark, int datadir, uint64_t end_lsn);

/* redo_mark_write: let a copy of the log, open for writing, begin there. */
int redo_mark_write(const struct redo_mark *mark, int fd, struct err *e);

#endif
