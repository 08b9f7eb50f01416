/* http.h: requests over libcurl, with what every one of ours must keep to:
 * HTTP alone, certificates checked, redirects followed by us and never with
 * the credentials of another host, nothing of unbounded size, and a stop when
 * a signal has come. curl's types stay inside.
 */
#ifndef DBPIPES_STORE_HTTP_H
#define DBPIPES_STORE_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/sink.h"
#include "base/strbuf.h"
#include "base/strlist.h"

struct http_options {
	const char *socket;  /* a path, in the place of a TCP connection */
	const char *ca_file; /* certificates to trust, beside the system's */
	bool insecure;       /* plain HTTP may be used */
	uint64_t limit_ms;   /* of a request, from its beginning; 0: none */
};

struct http;

/* http_new: Owns: ended by http_free; the options' texts are borrowed. */
struct http *http_new(const struct http_options *options);
void http_free(struct http *http);

struct http_request {
	const char *method, *url;
	const char *shown; /* in messages, where the URL is a secret; NULL: it
			    * is none */
	struct strlist headers; /* "Name: value"; borrowed */
	/* Sent only to the host of the URL, never where that redirects to: */
	const char *bearer;          /* a token, or NULL */
	const char *user, *password; /* or NULL */
	/* The body: bytes, or what `read` gives, up to `size`. */
	const void *bytes;
	uint64_t size;
	bool has_body;
	ssize_t (*read)(void *ctx, void *buf, size_t len, uint64_t offset,
		struct err *e);
	void *ctx;
	/* Where the body of a good answer goes; without it into the answer. */
	const struct sink *to;
	uint64_t most; /* bytes of it; 0: HTTP_ANSWER_MOST */
};

enum { HTTP_ANSWER_MOST = 4 << 20 };

struct http_answer {
	long status;
	struct strbuf body;
	/* Headers; NULL where there is none. */
	char *location, *content_type, *range, *retry_after;
	struct strlist challenges; /* each WWW-Authenticate */
	char *url;                 /* that was asked in the end */
};

#define HTTP_ANSWER_INIT                                                       \
	{                                                                      \
		.body = STRBUF_INIT                                            \
	}

void http_answer_release(struct http_answer *answer);

/* http_run: one request; any status is an answer. GET and HEAD follow
 * redirects. Errors: ERR_UNAVAILABLE for a name or a certificate, ERR_TEMP for
 * a connection that failed, ERR_DATA for an answer that is too long, ERR_IO,
 * ERR_SIGNAL, those of `read` and `to`. */
int http_run(struct http *http, const struct http_request *request,
	struct http_answer *answer, struct err *e);

/* http_begin, then its sink, then http_end: a request whose body comes in
 * pieces, of a size that is not known. */
int http_begin(struct http *http, const struct http_request *request,
	struct http_answer *answer, struct err *e);
struct sink http_body(struct http *http);
int http_end(struct http *http, struct err *e);

/* url_resolve: what `location` means on the page `url`. Owns: the caller frees
 * it. NULL if it is no http or https URL. url_same_host: with scheme and port;
 * url_same_name: the machine alone. */
char *url_resolve(const char *url, const char *location);
bool url_same_host(const char *a, const char *b);
bool url_same_name(const char *a, const char *b);
/* url_escape: append text as a part of a query. */
void url_escape(struct strbuf *out, const char *text);

#endif
