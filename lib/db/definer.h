/* definer.h: the account that --definer=USER names. */
#ifndef DBPIPES_DB_DEFINER_H
#define DBPIPES_DB_DEFINER_H

#include <stdbool.h>

#include "base/err.h"
#include "base/strbuf.h"

enum definer_mode {
	DEFINER_KEEP, /* as it is */
	DEFINER_DROP, /* no clause: whoever loads the dump */
	DEFINER_SET   /* a clause of our own */
};

/* definer_parse: read keep, drop, current, or an account: name@host,
 * 'name'@'host', or name alone, which the server that loads the dump takes for
 * a role of that name, else for name@%. NULL is keep. Of DEFINER_SET, `clause`
 * gets the SQL (reset first): "DEFINER=`name`@`host`". Errors: ERR_USAGE. */
int definer_parse(const char *asked, enum definer_mode *mode,
	struct strbuf *clause, struct err *e);

#endif
