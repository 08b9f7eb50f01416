/* private.h: a server of our own, for as long as a check takes: a socket in a
 * folder that only we may enter, no network, no option file, no event, no
 * replication, no binary log; nothing that it does outlives it.
 *
 * It dies with us, however we die (prctl(2), PR_SET_PDEATHSIG), and when its
 * disk is full.
 */
#ifndef DBPIPES_DB_PRIVATE_H
#define DBPIPES_DB_PRIVATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "db/conn.h"
#include "db/private_program.h"

/* Where others end it. */
#define PRIVATE_HINT "that is no fault of the backup: is memory or disk short?"

/* What another server's data directory needs. */
#define PRIVATE_OTHER_HINT                                                     \
	"name the program of a server of its version with --private-server; "  \
	"a tar can also be verified with --quick"

struct private_options {
	const struct private_program *program; /* borrowed while it runs */
	const char *folder;   /* of ours, existing; all goes in there, into
			       * a folder `server` */
	const char *datadir;  /* an existing one, in that folder; NULL: a new,
			       * empty one */
	uint64_t buffer_pool; /* bytes; 0: a quarter of what is free, at most
			       * 1 GiB */
	uint64_t start_ms;    /* how long it may take until it answers; crash
			       * recovery counts */
	const char *const *extra; /* more of its options, NULL-ended; NULL:
				   * none */
};

struct private_server;

/* private_start: start it and wait until it answers. Runs as the user `mysql`
 * if we are root, there is one, and he can reach the folder; then his group may
 * pass through it. On an existing
 * data directory it recovers as after a crash, with InnoDB's doublewrite
 * buffer, and makes itself an account there. Owns: ended by private_stop; on
 * the undo list until then. Errors: ERR_NOINPUT without
 * mariadb-install-db; ERR_OS where it would be given too
 * few open files; ERR_UNAVAILABLE with the first error
 * in the server's log, also where that is of a
 * newer series than a directory that was in use; ERR_DATA the same for a server
 * that gave up, or crashed, on an existing directory. */
struct private_server *private_start(
	const struct private_options *options, struct err *e);

/* private_options_of: how to connect, as a user who may do all. Borrowed. */
const struct db_options *private_login(const struct private_server *p);

/* private_version: of the server that runs. Borrowed. */
const char *private_version(const struct private_server *p);

/* private_let_in: a dump may have brought accounts, root's among them:
 * private_login is of one of our own from now on. `db`: a connection from
 * before. */
int private_let_in(struct private_server *p, struct db *db, struct err *e);

/* private_upgrade: what is the server's own in the data directory of an older
 * series. Errors: ERR_UNAVAILABLE, with what the program says. */
int private_upgrade(const struct private_server *p, struct err *e);

/* private_errors: call `take` for each error that the server has logged since
 * it answered for the first time: the text behind "[ERROR] ". Some are told
 * nowhere else: a large value whose pages cannot be read comes out cut off, and
 * no statement fails. */
int private_errors(const struct private_server *p,
	int (*take)(void *ctx, const char *text, struct err *e), void *ctx,
	struct err *e);

/* private_was_ended: another one has ended it, not what it was at; then *e,
 * which says what failed by that, becomes ERR_UNAVAILABLE. One thread at a
 * time. */
bool private_was_ended(struct private_server *p, struct err *e);

/* private_crashed: it has ended by itself, at what it met; then *e, which says
 * what failed by that, becomes ERR_DATA, with the first error in its log. To be
 * asked after private_was_ended. */
bool private_crashed(const struct private_server *p, struct err *e);

/* private_was_full: it had no room left, and was killed for that. */
bool private_was_full(const struct private_server *p);

/* private_stop: end it, and wait until it has ended; its folder stays. What
 * it holds need not survive, unless `orderly` is set: then errors are told,
 * too. */
int private_stop(struct private_server *p, int orderly, struct err *e);

#endif
