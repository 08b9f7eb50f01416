/* registry.c: see registry.h. Requests and their repetition, and manifests;
 * blobs are in registry_get.c and registry_put.c. */
#include "store/registry.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/opt.h"
#include "base/prog.h"
#include "base/sig.h"
#include "data/json_edit.h"
#include "data/json_read.h"
#include "store/registry_internal.h"

enum { FIRST_PAUSE_MS = 250, LONGEST_PAUSE_S = 60 };

struct registry *registry_open(const struct reference *ref, bool push,
	const struct registry_options *options, struct err *e)
{
	struct registry *r = xcalloc(1, sizeof(*r));
	struct http_options http = {.ca_file = options->ca_file};

	r->ref = ref;
	r->options = options;
	r->push = push;
	r->insecure = strlist_has(&options->insecure, ref->registry);
	r->scheme = r->insecure ? "http" : "https";
	r->answer = (struct http_answer)HTTP_ANSWER_INIT;
	http.insecure = r->insecure;
	r->http = http_new(&http);
	if (!credentials_find(&r->login, ref->registry, ref->repository, e))
		return r;
	registry_close(r);
	return NULL;
}

void registry_close(struct registry *r)
{
	if (!r)
		return;
	http_free(r->http);
	http_answer_release(&r->answer);
	credentials_release(&r->login);
	if (r->token)
		secret_wipe(r->token, strlen(r->token));
	free(r->token);
	free(r);
}

/* add_detail: what a registry knows beyond its message: a text, or an object
 * that only it understands. */
static void add_detail(struct strbuf *out, const struct json_value *error)
{
	const struct json_value *object = json_read_object(error, "detail");
	struct strbuf detail = STRBUF_INIT;
	const char *text;

	if (json_read_text(error, "detail", &text))
		strbuf_addstr(&detail, text);
	else if (object)
		json_edit_print(object, &detail);
	if (detail.len && strcmp(detail.buf, "{}") != 0)
		strbuf_addf(out, ": %.300s", detail.buf);
	strbuf_release(&detail);
}

void registry_words(struct strbuf *out, const struct http_answer *answer)
{
	struct json_value *json = json_read(answer->body.buf, answer->body.len);
	const struct json_value *errors =
		json ? json_read_array(json, "errors") : NULL;
	const struct json_value *first =
		errors ? json_read_item(errors, 0) : NULL;
	const char *code, *message;

	if (first && json_read_text(first, "message", &message))
		strbuf_addf(out, ": %.300s", message);
	if (first && json_read_text(first, "code", &code))
		strbuf_addf(out, " (%.60s)", code);
	if (first)
		add_detail(out, first);
	else if (answer->body.len)
		strbuf_addf(out, ": %.300s", answer->body.buf);
	while (out->len && strchr(" \r\n", out->buf[out->len - 1]))
		strbuf_setlen(out, out->len - 1);
	json_read_free(json);
}

int registry_refused(struct registry *r, const struct http_answer *answer,
	const char *what, struct err *e)
{
	struct strbuf words = STRBUF_INIT;
	enum err_code code = ERR_UNAVAILABLE;

	if (answer->status == 401 || answer->status == 403)
		code = ERR_DENIED;
	else if (answer->status == 404)
		code = ERR_NOINPUT;
	else if (answer->status == 429 || answer->status >= 500)
		code = ERR_TEMP;
	registry_words(&words, answer);
	err_set(e, code, "%s refuses %s with status %ld%s", r->ref->registry,
		what, answer->status, words.buf);
	strbuf_release(&words);
	if (code == ERR_DENIED)
		err_hint(e, "check the login and its rights: docker login %s",
			r->ref->registry);
	return -1;
}

void registry_wait(const struct registry *r, int try)
{
	struct pollfd on = {.fd = sig_fd(), .events = POLLIN};
	const char *asked = r->answer.retry_after;
	long ms = FIRST_PAUSE_MS << try;

	if (asked && atol(asked) > 0)
		ms = atol(asked) > LONGEST_PAUSE_S ? LONGEST_PAUSE_S * 1000L
						   : atol(asked) * 1000;
	poll(&on, 1, (int)ms);
}

static bool may_pass(const struct registry *r, int rc, const struct err *e)
{
	if (rc)
		return e->code == ERR_TEMP;
	return r->answer.status == 429 ||
		(r->answer.status >= 500 && r->answer.status != 501);
}

static bool is_ours(const struct registry *r, const char *url)
{
	char *own = registry_url(r, "", "");
	bool same = url_same_host(own, url);

	free(own);
	return same;
}

/* run: a request with what proves who we are; logs in when asked to. */
static int run(struct registry *r, struct http_request *request, struct err *e)
{
	/* An upload may be sent elsewhere: secrets are for the registry. */
	bool ours = is_ours(r, request->url);

	for (int logins = 0;; logins++) {
		request->bearer = ours ? r->token : NULL;
		request->user = ours && r->basic ? r->login.user : NULL;
		request->password = ours && r->basic ? r->login.password : NULL;
		if (http_run(r->http, request, &r->answer, e))
			return -1;
		/* Where it redirects to may not ask for a login. */
		if (r->answer.status != 401 || logins == 2 || !ours ||
			!is_ours(r, r->answer.url))
			return 0;
		if (registry_login(r, e))
			return -1;
	}
}

int registry_run(struct registry *r, struct http_request *request, int tries,
	struct err *e)
{
	for (int try = 0;; try++) {
		int rc = run(r, request, e);

		if (!may_pass(r, rc, e) || try + 1 >= tries || sig_pending())
			return rc;
		if (rc)
			log_info("%s; trying again", e->msg);
		else
			log_info("%s answers with status %ld; trying again",
				r->ref->registry, r->answer.status);
		registry_wait(r, try);
	}
}

char *registry_url(const struct registry *r, const char *path, const char *last)
{
	struct strbuf url = STRBUF_INIT;

	strbuf_addf(&url, "%s://%s/v2/%s/%s%s", r->scheme,
		reference_host(r->ref), r->ref->repository, path, last);
	return strbuf_detach(&url);
}

int registry_get_manifest(
	struct registry *r, const char *tag, struct strbuf *text, struct err *e)
{
	static const char accept[] =
		"Accept: application/vnd.oci.image.index.v1+json, "
		"application/vnd.oci.image.manifest.v1+json, "
		"application/vnd.docker.distribution.manifest.list.v2+json, "
		"application/vnd.docker.distribution.manifest.v2+json";
	char *url = registry_url(r, "manifests/", tag);
	struct http_request request = {.method = "GET", .url = url};
	int rc;

	strlist_add(&request.headers, accept);
	rc = registry_run(r, &request, REGISTRY_TRIES, e);
	if (!rc && r->answer.status != 200)
		rc = registry_refused(r, &r->answer, "the manifest", e);
	if (!rc)
		strbuf_add(text, r->answer.body.buf, r->answer.body.len);
	strlist_release(&request.headers);
	free(url);
	return rc;
}
