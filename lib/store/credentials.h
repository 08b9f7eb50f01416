/* credentials.h: the logins to registries that `docker login` left: in
 * config.json, or with a program that it names.
 *
 * Sources: Docker manual, "docker login", "Credential stores"; the protocol of
 * docker-credential-helpers: `docker-credential-NAME get`, the registry on its
 * standard input, a JSON object on its standard output.
 */
#ifndef DBPIPES_STORE_CREDENTIALS_H
#define DBPIPES_STORE_CREDENTIALS_H

#include "base/err.h"

struct credentials {
	char *user, *password; /* NULL: none */
	char *token;           /* to get others with; NULL: none */
};

/* credentials_find: for a registry, as config.json names it or as a URL of it
 * does, out of the folder $DOCKER_CONFIG or ~/.docker. Where there is no such
 * file or login, none are found; that is no error. Owns: ended by
 * credentials_release, which wipes them, also after an error. Errors:
 * ERR_CONFIG for a file that makes no sense, or a program that fails. */
int credentials_find(
	struct credentials *c, const char *registry, struct err *e);
void credentials_release(struct credentials *c);

/* base64_decode: RFC 4648, 4, with its padding. Owns: the caller frees the
 * result, which ends in a NUL. NULL for what is none. */
char *base64_decode(const char *text);

#endif
