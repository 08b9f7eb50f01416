/* notice.c: see notice.h. */
#include "store/notice.h"

#include <inttypes.h>
#include <poll.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/json.h"
#include "base/sig.h"
#include "store/http.h"
#include "store/mail.h"

enum {
	FIRST_PAUSE_MS = 1000,
	PAUSE_FACTOR = 3,
	WORDS_SHOWN = 200, /* of an answer that is a refusal */
	SECRET_LEAST = 6   /* bytes of a part of a URL that nobody guesses */
};

/* A notice as it is posted. */
struct post {
	char *url;
	const char *type; /* a header */
	struct strbuf body;
};

/* fail_url: "/fail" behind the path, before a query. */
static char *fail_url(const char *url)
{
	size_t path = strcspn(url, "?");
	struct strbuf out = STRBUF_INIT;

	while (path && url[path - 1] == '/')
		path--;
	strbuf_addf(
		&out, "%.*s/fail%s", (int)path, url, url + strcspn(url, "?"));
	return strbuf_detach(&out);
}

static void add_plain(struct strbuf *out, const struct notice *notice)
{
	strbuf_addf(out, "%s\n", notice->text);
	if (notice->more && *notice->more)
		strbuf_addf(out, "\n%s", notice->more);
}

/* add_slack: three characters would be commands there. */
static void add_slack(struct strbuf *out, const char *text)
{
	struct strbuf safe = STRBUF_INIT;
	struct json j = JSON_INIT;

	for (; *text; text++) {
		if (*text == '&')
			strbuf_addstr(&safe, "&amp;");
		else if (*text == '<')
			strbuf_addstr(&safe, "&lt;");
		else if (*text == '>')
			strbuf_addstr(&safe, "&gt;");
		else
			strbuf_addch(&safe, *text);
	}
	json_begin_object(&j, NULL);
	json_stringn(&j, "text", safe.buf, safe.len);
	json_end_object(&j);
	strbuf_add(out, j.out.buf, j.out.len);
	json_release(&j);
	strbuf_release(&safe);
}

static void make_post(struct post *post, const struct notice_target *t,
	const struct notice *notice)
{
	strbuf_init(&post->body);
	post->type = "Content-Type: application/json";
	post->url = t->kind == NOTICE_PING && !notice->ok ? fail_url(t->url)
							  : xstrdup(t->url);
	switch (t->kind) {
	case NOTICE_PING:
		post->type = "Content-Type: text/plain; charset=utf-8";
		add_plain(&post->body, notice);
		break;
	case NOTICE_SLACK:
		add_slack(&post->body, notice->text);
		break;
	case NOTICE_WEBHOOK:
	case NOTICE_MAIL:
		strbuf_addstr(&post->body, notice->record);
		break;
	}
}

/* repeats: whether words of an answer may hold what of the URL is a secret: any
 * longer part of its path or query. */
static bool repeats(const char *words, size_t len, const char *url)
{
	static const char between[] = "/?&=;:";
	const char *part = strstr(url, "://");
	bool found = false;

	part = part ? strchr(part + 3, '/') : NULL;
	while (part && *part && !found) {
		size_t n;

		part += strspn(part, between);
		n = strcspn(part, between);
		found = n >= SECRET_LEAST && memmem(words, len, part, n);
		part += n;
	}
	return found;
}

/* judge: an answer. A redirect is none: where it leads is not who was named. */
static int judge(const struct notice_target *t,
	const struct http_answer *answer, struct err *e)
{
	enum err_code code = ERR_UNAVAILABLE;
	size_t words = strcspn(answer->body.buf, "\r\n");
	bool secret = repeats(answer->body.buf, words, t->url);

	if (answer->status / 100 == 2)
		return 0;
	if (answer->status == 401 || answer->status == 403)
		code = ERR_DENIED;
	else if (answer->status == 429 || answer->status >= 500)
		code = ERR_TEMP;
	if (secret)
		return err_set(e, code,
			"%s: it answers with status %ld, in words that repeat "
			"the URL",
			t->shown, answer->status);
	return err_set(e, code, "%s: it answers with status %ld: %.*s",
		t->shown, answer->status,
		words < WORDS_SHOWN ? (int)words : WORDS_SHOWN,
		answer->body.buf);
}

static int post_once(const struct notice_target *t,
	const struct notice_options *options, const struct notice *notice,
	struct err *e)
{
	const struct http_options http_options = {.ca_file = options->ca_file,
		.insecure = !strncmp(t->url, "http://", 7),
		.limit_ms = NOTICE_LIMIT_MS};
	struct http *http = http_new(&http_options);
	struct http_answer answer = HTTP_ANSWER_INIT;
	struct http_request request = {.method = "POST",
		.shown = t->shown,
		.has_body = true,
		.user = t->user,
		.password = options->password};
	struct post post;
	int rc;

	make_post(&post, t, notice);
	request.url = post.url;
	request.bytes = post.body.buf;
	request.size = post.body.len;
	strlist_add(&request.headers, post.type);
	rc = http_run(http, &request, &answer, e);
	if (!rc)
		rc = judge(t, &answer, e);
	strlist_release(&request.headers);
	http_answer_release(&answer);
	http_free(http);
	strbuf_release(&post.body);
	free(post.url);
	return rc;
}

/* our_address: USER@HOST. */
static void our_address(struct strbuf *out)
{
	const struct passwd *user = getpwuid(geteuid());
	char host[256] = "";

	gethostname(host, sizeof(host) - 1);
	strbuf_addf(out, "%s@%s", user ? user->pw_name : "dbpipes",
		*host ? host : "localhost");
	if (!mail_address_ok(out->buf)) {
		strbuf_reset(out);
		strbuf_addstr(out, "dbpipes@localhost");
	}
}

static int mail_once(const struct notice_target *t,
	const struct notice_options *options, const struct notice *notice,
	struct err *e)
{
	const struct mail_server server = {.url = t->url,
		.shown = t->shown,
		.user = t->user,
		.password = options->password,
		.ca_file = options->ca_file,
		.plain = t->plain,
		.limit_ms = NOTICE_LIMIT_MS};
	struct strbuf from = STRBUF_INIT, subject = STRBUF_INIT;
	struct strbuf body = STRBUF_INIT, id = STRBUF_INIT;
	struct mail mail = {.to = &t->to};
	struct timespec now;
	int rc;

	clock_gettime(CLOCK_REALTIME, &now);
	if (t->from)
		strbuf_addstr(&from, t->from);
	else
		our_address(&from);
	strbuf_add(&subject, notice->text, strcspn(notice->text, "\n"));
	add_plain(&body, notice);
	strbuf_addf(&id, "dbpipes.%" PRIdMAX ".%ld.%ld", (intmax_t)now.tv_sec,
		now.tv_nsec, (long)getpid());
	mail.from = from.buf;
	mail.subject = subject.buf;
	mail.body = body.buf;
	mail.date = now.tv_sec;
	mail.id = id.buf;
	rc = mail_send(&server, &mail, e);
	strbuf_release(&from);
	strbuf_release(&subject);
	strbuf_release(&body);
	strbuf_release(&id);
	return rc;
}

int notice_send(const struct notice_target *target,
	const struct notice_options *options, const struct notice *notice,
	struct err *e)
{
	struct pollfd signal = {.fd = sig_fd(), .events = POLLIN};
	int pause_ms = FIRST_PAUSE_MS;

	for (int i = 0; i < NOTICE_TRIES; i++) {
		if (i) {
			poll(&signal, 1, pause_ms);
			pause_ms *= PAUSE_FACTOR;
		}
		if (!(target->kind == NOTICE_MAIL
				    ? mail_once(target, options, notice, e)
				    : post_once(target, options, notice, e)))
			return 0;
		if (e->code != ERR_TEMP)
			return -1;
	}
	return -1;
}
