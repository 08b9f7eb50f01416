/* datadir_maker.h: whether a server is the right one for a data directory: by
 * another's, a good one would seem bad.
 */
#ifndef DBPIPES_VERIFY_DATADIR_MAKER_H
#define DBPIPES_VERIFY_DATADIR_MAKER_H

#include "base/err.h"
#include "db/private_program.h"

/* datadir_check_maker: `upgraded`: what the last upgrade of its tables left as
 * its version, or NULL. Errors: ERR_UNAVAILABLE for one of another vendor's
 * server, or of a version that this one does not start on. */
int datadir_check_maker(const char *folder, const char *upgraded,
	const struct private_program *program, struct err *e);

#endif
