/* libFuzzer target: what a registry or an engine answers, to everything that we
 * ask: documents, challenges, places to go on, words. Whatever it says, secrets
 * and layers go to no machine but its own.
 *
 * Answers follow each other, each behind a byte 0xff: a byte for the status,
 * lines of headers, an empty line, the body.
 * link: -Wl,--wrap=http_run,--wrap=poll,--wrap=credentials_find
 */
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "image/base.h"
#include "store/engine.h"
#include "store/registry_internal.h"

#define HOST "h.example:5000"
#define DIGEST                                                                 \
	"sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f2"    \
	"0015ad"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
int __wrap_http_run(struct http *http, const struct http_request *request,
	struct http_answer *answer, struct err *e);
int __wrap_poll(struct pollfd *on, nfds_t count, int ms);
int __wrap_credentials_find(struct credentials *c, const char *registry,
	const char *repository, struct err *e);

/* The answers that are left. */
static const uint8_t *script;
static size_t script_len;

static void must(bool good)
{
	if (!good)
		abort();
}

/* No pauses between tries. */
int __wrap_poll(struct pollfd *on, nfds_t count, int ms)
{
	(void)on;
	(void)count;
	(void)ms;
	return 0;
}

int __wrap_credentials_find(struct credentials *c, const char *registry,
	const char *repository, struct err *e)
{
	(void)registry;
	(void)repository;
	(void)e;
	*c = (struct credentials){xstrdup("u"), xstrdup("p"), NULL};
	return 0;
}

/* check_request: what must be true of whatever we ask for. */
static void check_request(const struct http_request *r)
{
	bool plain = !strncmp(r->url, "http://", 7);
	bool own = url_same_name(r->url, "http://" HOST "/") ||
		url_same_name(r->url, "http://engine/");

	must(plain || !strncmp(r->url, "https://", 8));
	must(!plain || own);
	must(!r->bearer || url_same_host(r->url, "http://" HOST "/"));
	must(!r->bearer || !strpbrk(r->bearer, "\r\n"));
}

static void take_header(struct http_answer *answer, const char *line)
{
	static const char *const names[] = {
		"Location: ", "WWW-Authenticate: ", "Range: ", "Retry-After: "};
	char **const values[] = {&answer->location, &answer->challenge,
		&answer->range, &answer->retry_after};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strncmp(line, names[i], strlen(names[i])) && !*values[i])
			*values[i] = xstrdup(line + strlen(names[i]));
}

/* next_answer: as a text; NULL: there is none. Owns: the caller frees it. */
static char *next_answer(size_t *len)
{
	const uint8_t *end;
	size_t used;
	char *text;

	if (!script_len)
		return NULL;
	end = memchr(script, 0xff, script_len);
	*len = end ? (size_t)(end - script) : script_len;
	text = xstrndup((const char *)script, *len);
	*len = strlen(text);
	used = end ? (size_t)(end - script) + 1 : script_len;
	script += used;
	script_len -= used;
	return text;
}

int __wrap_http_run(struct http *http, const struct http_request *request,
	struct http_answer *answer, struct err *e)
{
	static const long statuses[] = {
		200, 201, 202, 204, 400, 401, 404, 405, 409, 429, 500, 502};
	size_t len = 0;
	char *text, *rest, *line;

	(void)http;
	check_request(request);
	http_answer_release(answer);
	answer->url = xstrdup(request->url);
	text = next_answer(&len);
	if (!text || !len) {
		free(text);
		return err_set(e, ERR_UNAVAILABLE, "no more answers");
	}
	answer->status = statuses[(unsigned char)text[0] %
		(sizeof(statuses) / sizeof(statuses[0]))];
	rest = text + 1;
	while ((line = strsep(&rest, "\n")) && *line)
		take_header(answer, line);
	if (rest && request->to && answer->status / 100 == 2)
		must(!request->to->write(
			request->to->ctx, rest, strlen(rest), e));
	else if (rest)
		strbuf_addstr(&answer->body, rest);
	free(text);
	return 0;
}

static ssize_t give(
	void *ctx, void *buf, size_t len, uint64_t offset, struct err *e)
{
	static const char digits[] = "0123456789";

	(void)ctx;
	(void)e;
	must(offset + len < sizeof(digits));
	memcpy(buf, &digits[offset], len);
	return (ssize_t)len;
}

static void must_say_why(const struct err *e)
{
	must(e->code && e->msg[0]);
}

static void pull(struct registry *r)
{
	struct strbuf text = STRBUF_INIT;
	struct platform here;
	struct err e = {0};
	char *digest = NULL;
	uint64_t size;
	int fd;

	platform_here(&here);
	if (registry_get_manifest(r, "latest", &text, &e) ||
		base_pick(text.buf, text.len, &here, &digest, &size, &e))
		must_say_why(&e);
	free(digest);
	strbuf_release(&text);
	fd = registry_get_blob(r, DIGEST, 3, &e);
	if (fd < 0)
		must_say_why(&e);
	else
		close(fd);
}

static void push(struct registry *r)
{
	const struct registry_blob blob = {
		.digest = DIGEST, .size = 10, .read = give, .from = "o/base"};
	struct err e = {0};

	if (registry_put_blob(r, &blob, &e) == PUT_FAILED ||
		registry_put_manifest(r, "application/x", "{}", 2, &e))
		must_say_why(&e);
}

static void ask_engine(void)
{
	struct strlist ids = STRLIST_INIT;
	struct err e = {0};
	struct engine *engine = engine_open("/nowhere", &e);

	if (engine_list(engine, "shop", &ids, &e) ||
		engine_remove(engine, ids.count ? ids.item[0] : "sha256:x",
			"shop", &e) < 0)
		must_say_why(&e);
	strlist_release(&ids);
	engine_close(engine);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct registry_options options = {.chunk = 4};
	struct registry *r;
	struct reference ref;
	struct err e = {0};
	uint8_t what = len ? data[0] : 0;

	unsetenv("XDG_CACHE_HOME");
	unsetenv("HOME");
	script = len ? data + 1 : data;
	script_len = len ? len - 1 : 0;
	strlist_add(&options.insecure, HOST);
	must(!reference_parse(&ref, HOST "/a/b:1", &e));
	r = registry_open(&ref, what & 1, &options, &e);
	must(r);
	if (what & 2)
		ask_engine();
	else if (what & 1)
		push(r);
	else
		pull(r);
	registry_close(r);
	reference_release(&ref);
	strlist_release(&options.insecure);
	return 0;
}
