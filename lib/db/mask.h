/* mask.h: SQL text that may hold a password must not get into messages. */
#ifndef DBPIPES_DB_MASK_H
#define DBPIPES_DB_MASK_H

#include <stdbool.h>
#include <stddef.h>

/* sql_may_hold_secret: the text speaks of passwords: CREATE USER … IDENTIFIED
 * BY, SET PASSWORD, CHANGE MASTER TO MASTER_PASSWORD. Guesses on the safe
 * side; looks at the first 4096 bytes. */
bool sql_may_hold_secret(const char *sql, size_t len);

#endif
