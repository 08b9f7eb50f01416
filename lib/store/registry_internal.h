/* registry_internal.h: what the registry*.c files share. */
#ifndef DBPIPES_STORE_REGISTRY_INTERNAL_H
#define DBPIPES_STORE_REGISTRY_INTERNAL_H

#include "store/credentials.h"
#include "store/http.h"
#include "store/registry.h"

struct registry {
	const struct reference *ref;
	const struct registry_options *options;
	struct http *http;
	bool push, insecure;
	const char *scheme;
	struct credentials login;
	char *token;      /* the bearer's, NULL: none yet */
	bool basic;       /* it asked for the password itself */
	const char *from; /* another repository that the token is for */
	bool no_mounts;   /* it does not let us take layers over from there */
	struct http_answer answer; /* the last one */
};

/* registry_login: do what an answer of 401 asks for. Errors: ERR_DENIED. */
int registry_login(struct registry *r, struct err *e);

/* registry_words: append what the body of an error says, as the specification
 * has it, or else its beginning: ": MESSAGE (CODE): DETAIL". */
void registry_words(struct strbuf *out, const struct http_answer *answer);

/* registry_refused: the error that an answer means, in the registry's words. */
int registry_refused(struct registry *r, const struct http_answer *answer,
	const char *what, struct err *e);

/* registry_run: a request, logging in when that is asked for, again while it
 * may pass, at most so many times. The answer is in r->answer. */
int registry_run(struct registry *r, struct http_request *request, int tries,
	struct err *e);

/* registry_url: of something of the repository. Owns: the caller frees it. */
char *registry_url(
	const struct registry *r, const char *path, const char *last);

/* registry_wait: a pause before another try, twice as long each time, or as
 * long as the registry asked for; a signal ends it. */
void registry_wait(const struct registry *r, int try);

#endif
