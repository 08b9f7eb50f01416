/* datadir.h: a data directory of another server: what of it must not come
 * along, and which settings a server needs to start on it.
 */
#ifndef DBPIPES_VERIFY_DATADIR_H
#define DBPIPES_VERIFY_DATADIR_H

#include <stdbool.h>

#include "base/err.h"
#include "base/strlist.h"
#include "db/private_program.h"

/* InnoDB's system tablespace: what has none is no data directory. */
#define DATADIR_SYSTEM "ibdata1"

/* datadir_none: says so. Returns -1. */
int datadir_none(struct err *e);

/* datadir_leaves_out: a server's settings as a replica, its binary log's other
 * names, its UUID. datadir_leads_out: a file by which InnoDB finds a table
 * elsewhere. Paths are within the directory. */
bool datadir_leaves_out(const char *path);
bool datadir_leads_out(const char *path);

struct datadir {
	struct strlist options; /* of the server */
	char *upgraded; /* the version of the last mariadb-upgrade, or NULL */
	bool partial;   /* mariadb-backup was to leave tables out */
};

/* datadir_prepare: look at one that was unpacked. The index of its binary log
 * names no files but its own from now on. log_file: of its position, or NULL;
 * program: of the server that starts on it.
 * Owns: ended by datadir_release. Errors: ERR_DATA for what is no data
 * directory, or one of mariadb-backup that is not prepared; ERR_UNAVAILABLE for
 * one that wants another server. */
int datadir_prepare(struct datadir *d, const char *path, const char *log_file,
	const struct private_program *program, struct err *e);
void datadir_release(struct datadir *d);

#endif
