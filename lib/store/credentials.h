/* credentials.h: the logins to registries that `docker login` or `podman login`
 * left: in a file, or with a program that it names.
 *
 * Sources: Docker manual, "docker login", "Credential stores"; the protocol of
 * docker-credential-helpers: `docker-credential-NAME get`, the registry on its
 * standard input, a JSON object on its standard output;
 * containers-auth.json(5).
 */
#ifndef DBPIPES_STORE_CREDENTIALS_H
#define DBPIPES_STORE_CREDENTIALS_H

#include "base/err.h"

struct credentials {
	char *user, *password; /* NULL: none */
	char *token;           /* to get others with; NULL: none */
};

/* credentials_find: for a repository of a registry, out of the first of these
 * files that has a login for it: $REGISTRY_AUTH_FILE, and then no other;
 * config.json in $DOCKER_CONFIG or ~/.docker; containers/auth.json in
 * $XDG_RUNTIME_DIR, or in /run/containers/UID without it; the one in
 * $XDG_CONFIG_HOME or ~/.config. Of the entries of a file the one with the
 * longest path of the repository counts, and then that of the registry, as its
 * name or as a URL of it. Where there is none, none is found; that is no error.
 * Owns: ended by credentials_release, which wipes them, also after an error.
 * Errors: ERR_CONFIG for a file that makes no sense, or a program that fails.
 */
int credentials_find(struct credentials *c, const char *registry,
	const char *repository, struct err *e);
void credentials_release(struct credentials *c);

/* base64_decode: RFC 4648, 4, with its padding, and with ends of lines
 * anywhere, as Go reads it (encoding/base64, Encoding.Decode). Owns: the caller
 * frees the result, which ends in a NUL. NULL for what is none. */
char *base64_decode(const char *text);

#endif
