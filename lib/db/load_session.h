/* load_session.h: what the SETs and USEs of a dump have made of the session
 * that they ran in, so that other sessions can be put into the same state: also
 * into an earlier one, for keys and triggers come when their rows are in.
 *
 * The server itself reports what changed (session tracking), so no SET has to
 * be understood, but for SET @@name without a scope, which MariaDB forgets to
 * report: there the variable is asked for. User variables are not taken along:
 * what uses them is not literal and runs where they are.
 */
#ifndef DBPIPES_DB_LOAD_SESSION_H
#define DBPIPES_DB_LOAD_SESSION_H

#include <stdbool.h>

#include "base/err.h"
#include "db/conn.h"

/* A state: never changed once made, and it lives as long as all of them. Two
 * equal ones are the same one. */
struct load_session {
	struct load_session *next;
	char *database;   /* NULL: none */
	char *set;        /* a SET statement */
	unsigned changes; /* of databases before it: a session keeps what it
			   * has found its own one's default collation to be */
	bool checks_keys; /* foreign_key_checks is on */
	bool literal;     /* strings are what they seem: character_set_client is
			   * none whose second bytes can look like ASCII */
	bool utf8;        /* they are utf8mb4 and need no conversion to it */
};

struct load_sessions;

/* load_sessions_new: begin to track this connection, borrowed. Returns NULL
 * with code 0 if its server cannot report. Owns: ended by _free. */
struct load_sessions *load_sessions_new(struct db *db, struct err *e);
void load_sessions_free(struct load_sessions *all);

/* load_sessions_note: after every statement on the connection: take in what it
 * has set. *fresh: a variable was set for the first time, of which earlier
 * states do not know what it was. */
int load_sessions_note(struct load_sessions *all, const char *sql, size_t len,
	bool *fresh, struct err *e);

/* load_sessions_renew: a database was made, altered or dropped. */
void load_sessions_renew(struct load_sessions *all);

/* load_sessions_now: the present state. */
const struct load_session *load_sessions_now(struct load_sessions *all);

/* load_session_apply: put a connection from the state *is (NULL: that of a new
 * one) into the state `to`; *is gets it. */
int load_session_apply(struct db *db, const struct load_session **is,
	const struct load_session *to, struct err *e);

/* load_session_names, load_session_again: around statements of ours on a
 * connection in that state, for names that are UTF-8, as all of ours are: a and
 * b are those, or the statement. Nothing is done where they are read right
 * anyhow. rc: what came of them, 0 or more, or -1; it is returned. */
int load_session_names(struct db *db, const struct load_session *in,
	const char *a, const char *b, struct err *e);
int load_session_again(struct db *db, const struct load_session *in,
	const char *a, const char *b, int rc, struct err *e);

#endif
