/* registry_auth.c: logging in to a registry: what it asks for by a
 * WWW-Authenticate header, Basic or Bearer.
 *
 * Sources: RFC 7235, 2.1; Docker registry, "Token Authentication
 * Specification" and "OAuth2 Token Authentication".
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/opt.h"
#include "data/json_read.h"
#include "store/registry_internal.h"

/* parameter: the value of NAME="..." of a challenge. Owns: the caller frees
 * it. NULL where there is none. */
static char *parameter(const char *challenge, const char *name)
{
	size_t len = strlen(name);

	for (const char *at = challenge; (at = strcasestr(at, name)); at++) {
		const char *value = at + len, *end;

		if (at == challenge || !strchr(" ,", at[-1]) || *value != '=')
			continue;
		value++;
		if (*value == '"') {
			value++;
			end = strchr(value, '"');
		} else {
			end = value + strcspn(value, " ,");
		}
		return end ? xstrndup(value, (size_t)(end - value)) : NULL;
	}
	return NULL;
}

/* add_scopes: `next` comes between two: a form takes a list of them, a URL each
 * by itself. Source: distribution specification, "OAuth2 Token Authentication"
 * and "Token Authentication Specification". */
static void add_scopes(const struct registry *r, struct strbuf *query,
	const char *separator, const char *next)
{
	strbuf_addf(query, "%sscope=", separator);
	url_escape(query, "repository:");
	url_escape(query, r->ref->repository);
	url_escape(query, r->push ? ":pull,push" : ":pull");
	if (!r->from)
		return;
	strbuf_addstr(query, next);
	url_escape(query, "repository:");
	url_escape(query, r->from);
	url_escape(query, ":pull");
}

static int take_token(struct registry *r, const struct http_answer *answer,
	const char *realm, struct err *e)
{
	struct json_value *json = json_read(answer->body.buf, answer->body.len);
	const char *token = NULL;

	if (json && !json_read_text(json, "token", &token))
		json_read_text(json, "access_token", &token);
	if (token && *token && !strpbrk(token, "\r\n"))
		r->token = xstrdup(token);
	json_read_free(json);
	return r->token
		? 0
		: err_set(e, ERR_UNAVAILABLE, "%s gives no token", realm);
}

/* ask: for a token, by GET, or with an identity token by POST. */
static int ask(struct registry *r, const char *realm, const char *service,
	struct http_answer *answer, struct err *e)
{
	struct http_request request = {.method = "GET"};
	struct strbuf url = STRBUF_INIT, form = STRBUF_INIT;
	int rc;

	strbuf_addstr(&url, realm);
	if (r->login.token) {
		strbuf_addstr(&form,
			"grant_type=refresh_token"
			"&client_id=dbpipes&service=");
		url_escape(&form, service);
		strbuf_addstr(&form, "&refresh_token=");
		url_escape(&form, r->login.token);
		add_scopes(r, &form, "&", "%20");
		request.method = "POST";
		request.has_body = true;
		request.bytes = form.buf;
		request.size = form.len;
		strlist_add(&request.headers,
			"Content-Type: application/x-www-form-urlencoded");
	} else {
		add_scopes(r, &url, strchr(realm, '?') ? "&" : "?", "&scope=");
		strbuf_addstr(&url, "&service=");
		url_escape(&url, service);
		request.user = r->login.user;
		request.password = r->login.password;
	}
	request.url = url.buf;
	rc = http_run(r->http, &request, answer, e);
	secret_wipe(form.buf, form.len);
	strbuf_release(&form);
	strbuf_release(&url);
	strlist_release(&request.headers);
	return rc;
}

/* may_ask: a password goes to the place that the registry names for tokens by
 * HTTPS, or within the host that may be asked without. */
static bool may_ask(const struct registry *r, const char *realm)
{
	char *own;
	bool same;

	if (!strncmp(realm, "https://", 8))
		return true;
	if (!r->insecure || strncmp(realm, "http://", 7) != 0)
		return false;
	own = registry_url(r, "", "");
	same = url_same_name(own, realm);
	free(own);
	return same;
}

static int get_token(struct registry *r, const char *challenge, struct err *e)
{
	struct http_answer answer = HTTP_ANSWER_INIT;
	char *realm = parameter(challenge, "realm");
	char *service = parameter(challenge, "service");
	int rc;

	if (r->token)
		secret_wipe(r->token, strlen(r->token));
	free(r->token);
	r->token = NULL;
	if (!realm || !may_ask(r, realm))
		rc = err_set(e, ERR_DATA,
			"%s sends us for a token to %s, which is refused",
			r->ref->registry, realm ? realm : "nowhere");
	else
		rc = ask(r, realm, service ? service : "", &answer, e);
	if (!rc && answer.status != 200)
		rc = registry_refused(r, &answer, "the login", e);
	else if (!rc)
		rc = take_token(r, &answer, realm, e);
	secret_wipe(answer.body.buf, answer.body.len);
	http_answer_release(&answer);
	free(realm);
	free(service);
	return rc;
}

/* add_words: of the registry that does not let us in. The answer to HEAD has
 * none: then it is asked once more, for what everyone may ask. */
static void add_words(struct registry *r, struct strbuf *words)
{
	struct strbuf url = STRBUF_INIT;
	struct http_request request = {.method = "GET"};
	struct err ignored;

	if (!r->answer.body.len) {
		strbuf_addf(
			&url, "%s://%s/v2/", r->scheme, reference_host(r->ref));
		request.url = url.buf;
		request.user = r->basic ? r->login.user : NULL;
		request.password = r->login.password;
		http_run(r->http, &request, &r->answer, &ignored);
		strbuf_release(&url);
	}
	registry_words(words, &r->answer);
}

/* challenge_by: a registry may offer several ways to log in. NULL: not this. */
static const char *challenge_by(
	const struct http_answer *answer, const char *scheme)
{
	const struct strlist *all = &answer->challenges;

	for (size_t i = 0; i < all->count; i++)
		if (!strncasecmp(all->item[i], scheme, strlen(scheme)))
			return all->item[i];
	return NULL;
}

int registry_login(struct registry *r, struct err *e)
{
	const char *bearer = challenge_by(&r->answer, "Bearer ");
	struct strbuf words = STRBUF_INIT;

	if (bearer)
		return get_token(r, bearer, e);
	if (challenge_by(&r->answer, "Basic") && r->login.user && !r->basic) {
		r->basic = true;
		return 0;
	}
	add_words(r, &words);
	err_set(e, ERR_DENIED,
		r->login.user ? "%s does not take the login that we have%s"
			      : "%s wants a login, and we have none%s",
		r->ref->registry, words.buf);
	strbuf_release(&words);
	return err_hint(e, "docker login %s", r->ref->registry);
}
