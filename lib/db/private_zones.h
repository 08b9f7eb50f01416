/* private_zones.h: the time zones of this machine, for a new server, which
 * knows none by name; a dump may set them, for its events above all.
 */
#ifndef DBPIPES_DB_PRIVATE_ZONES_H
#define DBPIPES_DB_PRIVATE_ZONES_H

#include "base/err.h"

/* private_zones_write: the statements that fill its tables, into the new file
 * `path`, one folder of the same name with ".d" behind it being made for that.
 * Returns 1; 0 if there are no zones here, or no mariadb-tzinfo-to-sql; -1. */
int private_zones_write(const char *program, const char *path, struct err *e);

#endif
