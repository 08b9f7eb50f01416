/* notice_target.c: what a notice's URL says; see notice.h. */
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/strbuf.h"
#include "store/mail.h"
#include "store/notice.h"

static const char schemes[] = "https, http, slack+https, hc+https, smtp, smtps";

void notice_target_release(struct notice_target *t)
{
	free(t->url);
	free(t->shown);
	free(t->user);
	free(t->from);
	strlist_release(&t->to);
	*t = (struct notice_target){0};
}

/* strip: take a prefix off. */
static bool strip(const char **url, const char *prefix)
{
	size_t len = strlen(prefix);

	if (strncasecmp(*url, prefix, len) != 0)
		return false;
	*url += len;
	return true;
}

/* part: of a URL. Owns: the caller frees it. NULL for none. */
static char *part(CURLU *u, CURLUPart which, unsigned flags)
{
	char *text = NULL, *copy = NULL;

	if (!curl_url_get(u, which, &text, flags))
		copy = xstrdup(text);
	curl_free(text);
	return copy;
}

static int refuse(const struct notice_target *t, const char *why, struct err *e)
{
	err_set(e, ERR_USAGE, "--notify: %s: %s", t->shown ? t->shown : "URL",
		why);
	return err_hint(e, "see Notices in dbverify(1)");
}

static int take_addresses(struct notice_target *t, char *list, struct err *e)
{
	char *one;

	while ((one = strsep(&list, ","))) {
		if (!mail_address_ok(one))
			return refuse(t, "'to' holds no address of mail", e);
		strlist_add(&t->to, one);
	}
	return 0;
}

static int take_from(struct notice_target *t, const char *from, struct err *e)
{
	if (!mail_address_ok(from))
		return refuse(t, "'from' is no address of mail", e);
	free(t->from);
	t->from = xstrdup(from);
	return 0;
}

/* take_setting: "name=value" of the query of a mail's URL. */
static int take_setting(
	struct notice_target *t, const char *text, struct err *e)
{
	const char *equals = strchr(text, '=');
	size_t name = equals ? (size_t)(equals - text) : strlen(text);
	char *value =
		curl_easy_unescape(NULL, equals ? equals + 1 : "", 0, NULL);
	int rc = 0;

	if (!value)
		abort(); /* only for want of memory */
	if (name == 2 && !strncmp(text, "to", name))
		rc = take_addresses(t, value, e);
	else if (name == 4 && !strncmp(text, "from", name))
		rc = take_from(t, value, e);
	else if (!strcmp(text, "tls=no"))
		t->plain = true;
	else
		rc = refuse(t, "it takes to=, from= and tls=no only", e);
	curl_free(value);
	return rc;
}

static int take_query(struct notice_target *t, CURLU *u, struct err *e)
{
	char *query = part(u, CURLUPART_QUERY, 0), *rest = query, *one;
	int rc = 0;

	while (!rc && (one = strsep(&rest, "&")))
		if (*one)
			rc = take_setting(t, one, e);
	free(query);
	if (rc)
		return -1;
	if (!t->to.count)
		return refuse(t, "it names nobody: ?to=ADDRESS", e);
	if (t->plain && t->user)
		return refuse(t, "a login wants TLS", e);
	curl_url_set(u, CURLUPART_QUERY, NULL, 0);
	return 0;
}

/* kind_of: by the prefix, or by hosts that take nothing else. */
static int kind_of(struct notice_target *t, CURLU *u, const char *prefix,
	const char *scheme, struct err *e)
{
	char *host = part(u, CURLUPART_HOST, 0);
	bool http = !strcmp(scheme, "https") || !strcmp(scheme, "http");
	bool mail = !strcmp(scheme, "smtp") || !strcmp(scheme, "smtps");

	if (!strcmp(prefix, "hc+") ||
		(host && !strcasecmp(host, "hc-ping.com")))
		t->kind = NOTICE_PING;
	else if (!strcmp(prefix, "slack+") ||
		(host && !strcasecmp(host, "hooks.slack.com")))
		t->kind = NOTICE_SLACK;
	else
		t->kind = mail ? NOTICE_MAIL : NOTICE_WEBHOOK;
	free(host);
	if (t->kind == NOTICE_MAIL ? mail : http)
		return 0;
	err_set(e, ERR_USAGE, "--notify: there is no scheme '%s%.20s'", prefix,
		scheme);
	return err_hint(e, "one of %s", schemes);
}

/* show: scheme, host and port, without what may be a secret. */
static void show(struct notice_target *t, CURLU *u, const char *prefix,
	const char *scheme)
{
	char *host = part(u, CURLUPART_HOST, 0);
	char *port = part(u, CURLUPART_PORT, 0);
	struct strbuf shown = STRBUF_INIT;

	strbuf_addf(&shown, "%s%s://%s%s%s", prefix, scheme, host ? host : "",
		port ? ":" : "", port ? port : "");
	t->shown = strbuf_detach(&shown);
	free(host);
	free(port);
}

static int take_url(
	struct notice_target *t, CURLU *u, const char *prefix, struct err *e)
{
	char *scheme = part(u, CURLUPART_SCHEME, 0);
	char *password = part(u, CURLUPART_PASSWORD, 0);
	int rc = scheme ? kind_of(t, u, prefix, scheme, e) : -1;

	if (!rc)
		show(t, u, prefix, scheme);
	if (!rc && password)
		rc = refuse(t,
			"a password in a URL can be read by everyone on this "
			"machine: it belongs into notify-password in an option "
			"file",
			e);
	t->user = part(u, CURLUPART_USER, CURLU_URLDECODE);
	if (!rc && t->kind == NOTICE_MAIL)
		rc = take_query(t, u, e);
	curl_url_set(u, CURLUPART_USER, NULL, 0);
	curl_url_set(u, CURLUPART_PASSWORD, NULL, 0);
	curl_url_set(u, CURLUPART_FRAGMENT, NULL, 0);
	if (!rc)
		t->url = part(u, CURLUPART_URL, 0);
	free(scheme);
	free(password);
	return rc;
}

int notice_parse(struct notice_target *t, const char *url, struct err *e)
{
	const char *prefix = "";
	CURLU *u = curl_url();
	int rc;

	if (!u)
		abort(); /* only for want of memory */
	*t = (struct notice_target){0};
	if (strip(&url, "hc+"))
		prefix = "hc+";
	else if (strip(&url, "slack+"))
		prefix = "slack+";
	if (curl_url_set(u, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME)) {
		rc = err_set(e, ERR_USAGE,
			"--notify: what it is given is no URL (not shown: it "
			"may hold a secret)");
		err_hint(e, "its scheme is one of %s", schemes);
	} else {
		rc = take_url(t, u, prefix, e);
	}
	curl_url_cleanup(u);
	return rc;
}
