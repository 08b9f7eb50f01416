/* hold.h: the lock that holds commits up, or DDL, for the moment in which a
 * snapshot begins: BACKUP STAGE or the global read lock, on a connection of its
 * own, whose end ends it too.
 *
 * Source: MariaDB manual, "BACKUP STAGE", "FLUSH TABLES WITH READ LOCK".
 */
#ifndef DBPIPES_DB_HOLD_H
#define DBPIPES_DB_HOLD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "db/conn.h"

struct hold {
	struct db *db;  /* NULL: there is none */
	bool ftwrl;     /* else BACKUP STAGE */
	uint64_t since; /* clock_ms when it was first asked for; 0: not yet */
};

/* hold_prepare: whatever takes time but holds nothing up. Owns: db is closed by
 * hold_end. */
int hold_prepare(struct hold *hold, struct db *db, bool ftwrl, uint64_t wait_ms,
	struct err *e);

/* hold_ddl: from now on no DDL goes on; under FTWRL no commits either. */
int hold_ddl(struct hold *hold, struct err *e);

/* hold_commits: nor do commits. within_ms: give up then; 0: when wait_ms says.
 * FLUSH TABLES WITH READ LOCK always has wait_ms: it waits for statements,
 * which can take their time, BACKUP STAGE only for commits. */
int hold_commits(struct hold *hold, uint64_t within_ms, struct err *e);

/* hold_refused: the last failure was that the lock was not to be had in time.
 */
bool hold_refused(const struct hold *hold);

/* hold_ms: for how long something may have waited for it. */
uint64_t hold_ms(const struct hold *hold);

/* hold_end: let go. It is over, also after a failure; NULL db is fine. */
int hold_end(struct hold *hold, struct err *e);

#endif
