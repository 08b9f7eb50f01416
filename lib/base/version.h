/* version.h: a server's version as a number: 101119 is 10.11.19. */
#ifndef DBPIPES_BASE_VERSION_H
#define DBPIPES_BASE_VERSION_H

#include "base/strbuf.h"

/* version_number: of "10.11.19-MariaDB", also behind the "5.5.5-" that old
 * servers of MariaDB put before it for old clients; 0: it is none. */
unsigned version_number(const char *text);

/* version_add: append "MySQL 8.0.46"; "MySQL 8.0" without a last number, and
 * the vendor alone where nothing is known. */
void version_add(struct strbuf *out, const char *vendor, unsigned version);

#endif
