/* http.c: see http.h. */
#include "store/http.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/sig.h"
#include "store/transfer.h"

enum {
	REDIRECTS_MOST = 5,
	STALL_SECONDS = 120, /* without a byte in either direction */
	POLL_MS = 1000
};

struct http {
	struct http_options options;
	CURL *curl;
	CURLM *multi; /* while a body comes in pieces */
	/* The request at work: */
	const struct http_request *request;
	struct http_answer *answer;
	struct curl_slist *headers;
	struct err failed; /* of a callback */
	uint64_t sent, received;
	/* Of a body in pieces: what is to be sent next. */
	const char *piece;
	size_t piece_len;
	bool streams, paused, ended;
};

struct http *http_new(const struct http_options *options)
{
	struct http *http = xcalloc(1, sizeof(*http));

	http->options = *options;
	http->curl = transfer_new();
	return http;
}

void http_free(struct http *http)
{
	if (!http)
		return;
	if (http->multi) {
		curl_multi_remove_handle(http->multi, http->curl);
		curl_multi_cleanup(http->multi);
	}
	curl_easy_cleanup(http->curl);
	curl_slist_free_all(http->headers);
	free(http);
}

static void clear_headers(struct http_answer *answer)
{
	free(answer->location);
	free(answer->content_type);
	free(answer->range);
	free(answer->retry_after);
	answer->location = answer->content_type = NULL;
	answer->range = answer->retry_after = NULL;
	strlist_release(&answer->challenges);
}

void http_answer_release(struct http_answer *answer)
{
	clear_headers(answer);
	free(answer->url);
	strbuf_release(&answer->body);
	*answer = (struct http_answer)HTTP_ANSWER_INIT;
}

/* keep: the header's value, if it is the one of this name. */
static void keep(const char *line, size_t len, const char *name, char **value)
{
	size_t n = strlen(name);

	if (len <= n || strncasecmp(line, name, n) != 0 || line[n] != ':')
		return;
	line += n + 1;
	len -= n + 1;
	while (len && (*line == ' ' || *line == '\t')) {
		line++;
		len--;
	}
	while (len &&
		(line[len - 1] == '\r' || line[len - 1] == '\n' ||
			line[len - 1] == ' '))
		len--;
	free(*value);
	*value = xstrndup(line, len);
}

static size_t on_header(char *line, size_t size, size_t count, void *ctx)
{
	struct http_answer *answer = ((struct http *)ctx)->answer;
	size_t len = size * count;
	char *challenge = NULL;

	/* Another answer begins: what came before was only on the way to it. */
	if (len > 5 && !strncmp(line, "HTTP/", 5))
		clear_headers(answer);
	keep(line, len, "Location", &answer->location);
	keep(line, len, "Content-Type", &answer->content_type);
	keep(line, len, "Range", &answer->range);
	keep(line, len, "Retry-After", &answer->retry_after);
	keep(line, len, "WWW-Authenticate", &challenge);
	if (challenge)
		strlist_add(&answer->challenges, challenge);
	free(challenge);
	return len;
}

/* shown: the request's URL as messages may name it. */
static const char *shown(const struct http *http)
{
	const struct http_request *r = http->request;

	return r->shown ? r->shown : r->url;
}

static size_t on_body(char *data, size_t size, size_t count, void *ctx)
{
	struct http *http = ctx;
	const struct http_request *r = http->request;
	size_t len = size * count;
	uint64_t most = r->most ? r->most : HTTP_ANSWER_MOST;
	bool to_sink;

	curl_easy_getinfo(
		http->curl, CURLINFO_RESPONSE_CODE, &http->answer->status);
	to_sink = r->to && http->answer->status / 100 == 2;
	if (!to_sink)
		most = HTTP_ANSWER_MOST;
	if (len > most - http->received) {
		err_set(&http->failed, ERR_DATA,
			"%s: more than the %llu bytes that are to come",
			shown(http), (unsigned long long)most);
		return 0;
	}
	http->received += len;
	if (!to_sink)
		strbuf_add(&http->answer->body, data, len);
	else if (r->to->write(r->to->ctx, data, len, &http->failed))
		return 0;
	return len;
}

static size_t read_piece(struct http *http, char *buf, size_t room)
{
	if (!http->piece_len) {
		if (http->ended)
			return 0;
		http->paused = true;
		return CURL_READFUNC_PAUSE;
	}
	if (room > http->piece_len)
		room = http->piece_len;
	memcpy(buf, http->piece, room);
	http->piece += room;
	http->piece_len -= room;
	return room;
}

static size_t on_read(char *buf, size_t size, size_t count, void *ctx)
{
	struct http *http = ctx;
	const struct http_request *r = http->request;
	size_t room = size * count;
	ssize_t n;

	if (http->streams)
		return read_piece(http, buf, room);
	if (room > r->size - http->sent)
		room = (size_t)(r->size - http->sent);
	if (!room)
		return 0;
	if (r->read) {
		n = r->read(r->ctx, buf, room, http->sent, &http->failed);
		if (n <= 0)
			return CURL_READFUNC_ABORT;
		room = (size_t)n;
	} else {
		memcpy(buf, (const char *)r->bytes + http->sent, room);
	}
	http->sent += room;
	return room;
}

/* on_seek: curl sends a body again on a connection that had gone stale. */
static int on_seek(void *ctx, curl_off_t offset, int from)
{
	struct http *http = ctx;

	if (from != SEEK_SET || http->streams)
		return CURL_SEEKFUNC_CANTSEEK;
	http->sent = (uint64_t)offset;
	return CURL_SEEKFUNC_OK;
}

static int curl_failed(struct http *http, CURLcode rc, struct err *e)
{
	if (sig_pending())
		return err_set(
			e, ERR_SIGNAL, "stopped by signal %d", sig_pending());
	if (http->failed.code) {
		*e = http->failed;
		return -1;
	}
	if (rc == CURLE_FILESIZE_EXCEEDED)
		return err_set(
			e, ERR_DATA, "%s: more than is to come", shown(http));
	err_set(e, transfer_code(rc), "%s: %s", shown(http),
		curl_easy_strerror(rc));
	if (rc == CURLE_PEER_FAILED_VERIFICATION)
		err_hint(e,
			"name the certificate that it is signed with by "
			"--ca-file");
	if (rc == CURLE_SSL_CONNECT_ERROR)
		err_hint(e,
			"if it has no TLS, say so with --insecure=HOST:PORT");
	return -1;
}

static void add_header(struct http *http, const char *line)
{
	http->headers = curl_slist_append(http->headers, line);
	if (!http->headers)
		abort(); /* only for want of memory */
}

static void set_headers(struct http *http, bool with_secrets)
{
	const struct http_request *r = http->request;
	struct strbuf line = STRBUF_INIT;

	curl_slist_free_all(http->headers);
	http->headers = NULL;
	for (size_t i = 0; i < r->headers.count; i++)
		add_header(http, r->headers.item[i]);
	/* A server that does not answer "100 Continue" costs a second. */
	add_header(http, "Expect:");
	if (with_secrets && r->bearer) {
		strbuf_addf(&line, "Authorization: Bearer %s", r->bearer);
		add_header(http, line.buf);
	}
	strbuf_release(&line);
	curl_easy_setopt(http->curl, CURLOPT_HTTPHEADER, http->headers);
	if (with_secrets && r->user) {
		curl_easy_setopt(
			http->curl, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
		curl_easy_setopt(http->curl, CURLOPT_USERNAME, r->user);
		curl_easy_setopt(http->curl, CURLOPT_PASSWORD, r->password);
	}
}

static void set_body(struct http *http)
{
	const struct http_request *r = http->request;

	if (!strcmp(r->method, "HEAD"))
		curl_easy_setopt(http->curl, CURLOPT_NOBODY, 1L);
	else if (r->has_body)
		curl_easy_setopt(http->curl, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(http->curl, CURLOPT_CUSTOMREQUEST, r->method);
	if (r->has_body && !http->streams)
		curl_easy_setopt(http->curl, CURLOPT_INFILESIZE_LARGE,
			(curl_off_t)r->size);
	curl_easy_setopt(http->curl, CURLOPT_READFUNCTION, on_read);
	curl_easy_setopt(http->curl, CURLOPT_READDATA, http);
	curl_easy_setopt(http->curl, CURLOPT_SEEKFUNCTION, on_seek);
	curl_easy_setopt(http->curl, CURLOPT_SEEKDATA, http);
	curl_easy_setopt(http->curl, CURLOPT_UPLOAD_BUFFERSIZE, 512L * 1024);
}

/* set_policy: `own`: the host is the one that the options are for, not one that
 * it redirects to. */
static void set_policy(struct http *http, bool own)
{
	const struct http_options *o = &http->options;
	CURL *curl = http->curl;

	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR,
		(own && o->insecure) || o->socket ? "http,https" : "https");
	transfer_policy(curl, o->ca_file);
	curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
	/* An engine may take its time with an image that it has got. */
	if (!o->socket)
		curl_easy_setopt(
			curl, CURLOPT_LOW_SPEED_TIME, (long)STALL_SECONDS);
	if (o->limit_ms)
		curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)o->limit_ms);
	if (o->socket) {
		curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, o->socket);
		curl_easy_setopt(curl, CURLOPT_PROXY, "");
	}
}

/* limit: what is said to be too long is not begun. An error's words may be
 * longer than what was asked for. */
static void limit(struct http *http)
{
	uint64_t most = http->request->most;

	/* The answer to HEAD tells a length, and has none. */
	if (!strcmp(http->request->method, "HEAD"))
		return;
	if (most < HTTP_ANSWER_MOST)
		most = HTTP_ANSWER_MOST;
	curl_easy_setopt(
		http->curl, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)most);
}

static void prepare(struct http *http, const char *url)
{
	bool own = url_same_host(url, http->request->url);
	CURL *curl = http->curl;

	curl_easy_reset(curl);
	set_policy(http, own);
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, http);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, http);
	limit(http);
	set_body(http);
	set_headers(http, own);
	http->failed = (struct err){0};
	http->sent = http->received = 0;
	clear_headers(http->answer);
	strbuf_reset(&http->answer->body);
	http->answer->status = 0;
}

static int run_once(struct http *http, const char *url, struct err *e)
{
	CURLcode rc;

	prepare(http, url);
	rc = curl_easy_perform(http->curl);
	curl_easy_getinfo(
		http->curl, CURLINFO_RESPONSE_CODE, &http->answer->status);
	return rc == CURLE_OK ? 0 : curl_failed(http, rc, e);
}

static bool is_redirect(const struct http *http)
{
	const struct http_request *r = http->request;
	long status = http->answer->status;

	return http->answer->location &&
		(!strcmp(r->method, "GET") || !strcmp(r->method, "HEAD")) &&
		(status == 301 || status == 302 || status == 303 ||
			status == 307 || status == 308);
}

/* is_allowed: an insecure host is one that was named; where it leads to must
 * not be a file, nor a secure one lead to an insecure one. */
static bool is_allowed(const struct http *http, const char *url)
{
	return !strncmp(url, "https://", 8) ||
		(http->options.insecure &&
			url_same_host(url, http->request->url));
}

static int redirect(struct http *http, struct err *e)
{
	struct http_answer *answer = http->answer;
	char *next = url_resolve(answer->url, answer->location);

	if (!next || !is_allowed(http, next)) {
		err_set(e, ERR_DATA, "%s redirects to %s, which is refused",
			answer->url, answer->location);
		free(next);
		return -1;
	}
	free(answer->url);
	answer->url = next;
	return 0;
}

int http_run(struct http *http, const struct http_request *request,
	struct http_answer *answer, struct err *e)
{
	http->request = request;
	http->answer = answer;
	http->streams = false;
	http_answer_release(answer);
	answer->url = xstrdup(request->url);
	for (int i = 0; i <= REDIRECTS_MOST; i++) {
		if (run_once(http, answer->url, e))
			return -1;
		if (!is_redirect(http))
			return 0;
		if (redirect(http, e))
			return -1;
	}
	return err_set(e, ERR_DATA, "%s redirects more than %d times",
		request->url, REDIRECTS_MOST);
}

int http_begin(struct http *http, const struct http_request *request,
	struct http_answer *answer, struct err *e)
{
	http->request = request;
	http->answer = answer;
	http->streams = true;
	http->paused = http->ended = false;
	http->piece_len = 0;
	http_answer_release(answer);
	prepare(http, request->url);
	http->multi = curl_multi_init();
	if (!http->multi || curl_multi_add_handle(http->multi, http->curl))
		return err_set(e, ERR_OS, "curl cannot begin a request");
	return 0;
}

/* drive: until the piece is sent, or all is done. *running is cleared when the
 * other side has answered or failed. */
static int drive(struct http *http, int *running, struct err *e)
{
	if (http->paused) {
		http->paused = false;
		curl_easy_pause(http->curl, CURLPAUSE_CONT);
	}
	do {
		if (curl_multi_perform(http->multi, running))
			return err_set(e, ERR_BUG, "curl cannot go on");
		if (sig_pending())
			return err_set(e, ERR_SIGNAL, "stopped by signal %d",
				sig_pending());
		if (*running && (http->piece_len || http->ended))
			curl_multi_poll(http->multi, NULL, 0, POLL_MS, NULL);
	} while (*running && (http->piece_len || http->ended));
	return 0;
}

static int send_piece(void *ctx, const void *data, size_t len, struct err *e)
{
	struct http *http = ctx;
	int running;

	http->piece = data;
	http->piece_len = len;
	if (drive(http, &running, e))
		return -1;
	if (running)
		return 0;
	/* It has answered before it had all: what it says is the reason. */
	return err_set(
		e, ERR_UNAVAILABLE, "%s: it wants no more", http->request->url);
}

struct sink http_body(struct http *http)
{
	return (struct sink){send_piece, http};
}

int http_end(struct http *http, struct err *e)
{
	CURLMsg *message;
	CURLcode rc = CURLE_OK;
	int running = 0, left;

	http->ended = true;
	if (drive(http, &running, e))
		return -1;
	while ((message = curl_multi_info_read(http->multi, &left)))
		if (message->msg == CURLMSG_DONE)
			rc = message->data.result;
	curl_easy_getinfo(
		http->curl, CURLINFO_RESPONSE_CODE, &http->answer->status);
	curl_multi_remove_handle(http->multi, http->curl);
	curl_multi_cleanup(http->multi);
	http->multi = NULL;
	/* One that has refused need not take the rest. */
	return rc == CURLE_OK || http->answer->status >= 400
		? 0
		: curl_failed(http, rc, e);
}
