/* replica_sql.h: the statements that control a replica, in the words of its
 * server. MariaDB names a connection behind the first words, MySQL names a
 * channel at the end; MySQL calls the two sides source and replica from 8.0.23
 * on, and drops the old words in 8.4.
 *
 * Sources: MariaDB manual, "CHANGE MASTER TO", "START REPLICA"; MySQL manual,
 * "CHANGE REPLICATION SOURCE TO", "CHANGE MASTER TO", "START REPLICA".
 *
 * Strings are literals of a session with NO_BACKSLASH_ESCAPES, since their
 * grammar takes no expression: see replica_session.
 */
#ifndef DBPIPES_DB_REPLICA_SQL_H
#define DBPIPES_DB_REPLICA_SQL_H

#include "base/strbuf.h"
#include "db/flavor.h"
#include "db/replica.h"

enum replica_verb { REPLICA_START, REPLICA_STOP, REPLICA_FORGET };

/* replica_sql_control: append START SLAVE, STOP SLAVE or RESET SLAVE ALL of one
 * connection; NULL or "" is the default one. */
void replica_sql_control(struct strbuf *sql, const struct flavor *flavor,
	enum replica_verb verb, const char *channel);

/* replica_sql_change: append CHANGE MASTER TO. It holds the password: wipe it.
 */
void replica_sql_change(struct strbuf *sql, const struct replica_plan *plan);

/* replica_sql_status: the query for the state of all connections. */
const char *replica_sql_status(const struct flavor *flavor);

/* replica_sql_literal: append a string where the grammar takes nothing but a
 * literal in quotes. */
void replica_sql_literal(struct strbuf *sql, const char *value);

#endif
