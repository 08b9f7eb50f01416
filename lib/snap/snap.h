/* snap.h: a data directory frozen in an instant: what to freeze, how, and what
 * must be removed again.
 *
 * A snapshot goes through these steps, each a function of its method:
 *
 *     probe      can this method freeze this directory?
 *     plan       say what will be made: `keep`, `mount`, `path`. That is
 *                written down (state.h) and put on the undo list by the
 *                caller before anything is made
 *     exists     is there such a thing already? Then it is somebody else's
 *     settle     write to disk what the instant would have to wait for: while
 *                nothing is held up, and again just before
 *     early      what may be done while commits go on, but DDL does not
 *     create     the instant itself, while commits are held up
 *     finish     make `path` readable, at leisure
 *     check      is it still whole?
 *     drop       remove it; never mind how far it came
 *
 * The caller, not this layer, holds the server's locks.
 */
#ifndef DBPIPES_SNAP_SNAP_H
#define DBPIPES_SNAP_SNAP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/strlist.h"

struct snap_method;

struct snap {
	const struct snap_method *method;
	char *name;
	char *datadir; /* what is frozen; a real path */
	char *where;   /* directory for snapshots that are directories; NULL:
			* beside the data directory, or in it */
	char *state;   /* state directory: mounts go there */
	bool innodb;   /* runs: there must be a redo log */
	bool rocksdb;  /* runs: its files can only be frozen all at once */
	bool mysql;    /* it is the server of that vendor */
	uint64_t size; /* bytes for a copy-on-write store; 0: estimate */
	const struct strlist *exclude; /* borrowed; may be NULL */
	struct strlist login; /* for a self-locking method: options that say
			       * which server to copy */
	/* the plan */
	char *keep;   /* what drop removes: a directory, subvolume, volume */
	char *mount;  /* where it is mounted, or NULL */
	char *path;   /* where the frozen data directory is read */
	bool foreign; /* `keep` turned out to be there, by somebody else, when
		       * it was to be made: it is not to be removed */
	void *work;   /* of the method, between plan and finish */
};

/* In `keep`, written by the caller behind settle: the password with which
 * a self-locking method logs in at the server. */
#define SNAP_CLIENT_FILE "client.cnf"

struct snap_method {
	const char *name;
	bool self_locking; /* create takes the server's locks itself */
	bool keeps_inodes; /* it freezes a file system, numbers and all */
	/* Returns 1; 0: it does not fit, and *e says why; -1. */
	int (*probe)(struct snap *snap, struct err *e);
	int (*plan)(struct snap *snap, struct err *e);
	int (*exists)(const struct snap *snap, struct err *e); /* 1, 0, -1 */
	int (*settle)(struct snap *snap, struct err *e);       /* may be NULL */
	int (*early)(struct snap *snap, struct err *e);        /* may be NULL */
	int (*create)(struct snap *snap, struct err *e);
	/* Whether create was right, if the redo log has not passed this LSN.
	 * Returns 1; 0: it has to be done again; -1. NULL: always. */
	int (*right)(struct snap *snap, uint64_t redo_end, struct err *e);
	int (*finish)(struct snap *snap, struct err *e); /* may be NULL */
	/* NULL: it cannot break. *percent: of the room it has, -1: unknown. */
	int (*check)(const struct snap *snap, int *percent, struct err *e);
	int (*drop)(struct snap *snap, struct err *e);
};

/* snap_choose: by name, or for "auto" the first one that fits, but never one
 * that copies. Errors:
 * ERR_UNAVAILABLE with the reasons. */
int snap_choose(struct snap *snap, const char *name, struct err *e);
/* snap_method_by_name: NULL for none. */
const struct snap_method *snap_method_by_name(const char *name);

/* snap_inspect: error ERR_UNAVAILABLE, naming it, for anything in the data
 * directory that would not be in the snapshot (case 62). */
int snap_inspect(const struct snap *snap, struct err *e);

/* snap_inside: error ERR_UNAVAILABLE if `path`, which may be NULL, is outside
 * of the data directory, or cannot be found; `what` is the setting that says
 * so. */
int snap_inside(const struct snap *snap, const char *what, const char *path,
	struct err *e);

void snap_release(struct snap *snap);

/* snap_directory: the directory for snapshots that are directories, made if
 * need be, on the file system of the data directory. Returns a descriptor;
 * *path gets its name. Errors: ERR_CANTCREATE; ERR_USAGE for one in the data
 * directory itself; ERR_DENIED for one that others may write to. */
int snap_directory(const struct snap *snap, char **path, struct err *e);

/* snap_plan_directory: the plan of a method whose snapshot is a directory of
 * files in there. Errors: those of snap_directory. */
int snap_plan_directory(struct snap *snap, struct err *e);

/* snap_check_new: error ERR_CANTCREATE if what is planned is there already: two
 * runs with state directories of their own may choose one name. */
int snap_check_new(const struct snap *snap, struct err *e);
/* snap_taken: the same error, for a method that finds that out while it creates
 * it: `foreign` is set. Returns -1. */
int snap_taken(struct snap *snap, struct err *e);

/* For methods whose `keep` is a directory: whether it exists; make it. */
int snap_exists_directory(const struct snap *snap, struct err *e);
int snap_make_directory(struct snap *snap, struct err *e);

extern const struct snap_method snap_reflink, snap_btrfs, snap_lvm, snap_zfs,
	snap_copy;

#endif
