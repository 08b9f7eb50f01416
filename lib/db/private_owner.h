/* private_owner.h: whom a private server runs as, and that its files are his.
 */
#ifndef DBPIPES_DB_PRIVATE_OWNER_H
#define DBPIPES_DB_PRIVATE_OWNER_H

#include <pwd.h>

#include "base/err.h"

/* private_owner_give: make the server's folder within the outer one, and give
 * it, with an existing data directory (NULL: none), to *owner: the user
 * `mysql`, or `nobody`, if we are root and he can reach it; else *owner is
 * NULL, and we run it: what a dump does to a server it should not do as root.
 * The outer folder stays ours, for the next run to know it as a leftover; the
 * server may pass through it, and nobody else. *owner is the C library's, good
 * until the next getpwnam(3). */
int private_owner_give(const struct passwd **owner, const char *outer,
	const char *folder, const char *datadir, struct err *e);

#endif
