/* pull.h: a base out of a registry. */
#ifndef DBPIPES_PACK_PULL_H
#define DBPIPES_PACK_PULL_H

#include "base/err.h"
#include "image/base.h"
#include "store/registry.h"

/* pull_base: by an index or two to the manifest for the platform, and all that
 * it names. `digest` gets that of the document that has the name. Owns: as
 * base_open. Errors: ERR_DATA for what is not as its digest says, those of
 * registry_get_manifest and registry_get_blob. */
int pull_base(struct base *base, const struct reference *ref,
	const struct platform *platform, const struct registry_options *options,
	char digest[DIGEST_TEXT], struct err *e);

#endif
