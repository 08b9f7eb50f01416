/* statement.h: what a loader must know of a statement before it sends it. */
#ifndef DBPIPES_STREAM_STATEMENT_H
#define DBPIPES_STREAM_STATEMENT_H

#include <stdbool.h>
#include <stddef.h>

/* statement_steers_replication: STOP or START of it, which mariadb-dump writes
 * with --apply-slave-statements. Positions are position.h's business. */
bool statement_steers_replication(const char *sql, size_t len);

/* statement_may_create_event: guesses on the safe side: a procedure that has
 * "event" near its beginning is taken for one. */
bool statement_may_create_event(const char *sql, size_t len);

/* statement_locks_tables: LOCK TABLES or UNLOCK TABLES. */
bool statement_locks_tables(const char *sql, size_t len);

/* statement_sets_log_bin: a SET of sql_log_bin, with which mysqldump keeps the
 * load of a dump with GTIDs out of the binary log of the server and so away
 * from its replicas. */
bool statement_sets_log_bin(const char *sql, size_t len);

/* statement_only_sets: SET, also in a version comment: changes no data. */
bool statement_only_sets(const char *sql, size_t len);

#endif
