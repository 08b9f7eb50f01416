/* lag.h: how far a server has gone since a position of its binary log. */
#ifndef DBPIPES_DB_LAG_H
#define DBPIPES_DB_LAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "db/conn.h"
#include "db/flavor.h"
#include "db/moment.h"

/* Of one domain of MariaDB's GTIDs. */
struct lag_domain {
	uint32_t domain;
	uint64_t transactions;
};

struct lag {
	struct moment now;
	bool has_bytes; /* the position has a file, which the server has */
	uint64_t bytes; /* of binary log behind the position */
	bool has_transactions; /* the position has a GTID of the server's kind
				*/
	uint64_t transactions;
	struct lag_domain *domain; /* none on MySQL */
	size_t domains, cap;
	/* Why the server cannot go on from that position; NULL: it can. */
	const char *lost;
};

/* lag_read: since log_file and log_pos (NULL: not known), and since gtid (NULL:
 * not known). `shared`: the GTID is also that of other servers. Owns: ended by
 * lag_release, also after a failure. Errors: ERR_UNAVAILABLE if the server
 * keeps no binary log; ERR_DENIED; ERR_DATA for a GTID that is none of the
 * server's kind, where there is nothing else. */
int lag_read(struct lag *lag, struct db *db, const struct flavor *flavor,
	const struct moment *since, bool shared, struct err *e);
void lag_release(struct lag *lag);

#endif
