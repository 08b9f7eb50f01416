/* reference.h: names of images: [REGISTRY/]REPOSITORY[:TAG][@DIGEST].
 * Source: github.com/distribution/reference, the grammar in reference.go.
 */
#ifndef DBPIPES_STORE_REFERENCE_H
#define DBPIPES_STORE_REFERENCE_H

#include "base/err.h"

struct reference {
	char *registry;   /* HOST or HOST:PORT; docker.io where none is named */
	char *repository; /* with "library/" where Docker Hub has that */
	char *tag;        /* "latest" where neither tag nor digest is given */
	char *digest;     /* "sha256:..."; NULL where not given */
};

/* reference_parse: Owns: ended by reference_release, also after an error.
 * Errors: ERR_USAGE, saying what is wrong. */
int reference_parse(struct reference *ref, const char *text, struct err *e);
void reference_release(struct reference *ref);

/* reference_host: where the registry answers, for Docker Hub is not where its
 * name says. */
const char *reference_host(const struct reference *ref);

/* reference_tag: by what its manifest is asked for: the digest or the tag. */
const char *reference_tag(const struct reference *ref);

#endif
