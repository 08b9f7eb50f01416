/* engine.c: see engine.h. */
#include "store/engine.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "data/json_read.h"
#include "store/http.h"
#include "store/reference.h"

#define API "http://engine"

static const char usual_socket[] = "/var/run/docker.sock";

struct engine {
	char *socket;
	struct http *http;
	struct http_request load;
	struct http_answer answer;
};

struct engine *engine_open(const char *where, struct err *e)
{
	struct engine *engine;
	struct http_options options = {0};

	if (!where || !*where)
		where = getenv("DOCKER_HOST");
	if (!where || !*where)
		where = usual_socket;
	if (!strncmp(where, "unix://", 7))
		where += 7;
	if (*where != '/') {
		err_set(e, ERR_USAGE, "'%s' is no engine's socket", where);
		err_hint(e, "unix:///PATH, by --engine or DOCKER_HOST");
		return NULL;
	}
	engine = xcalloc(1, sizeof(*engine));
	engine->socket = xstrdup(where);
	options.socket = engine->socket;
	engine->http = http_new(&options);
	engine->answer = (struct http_answer)HTTP_ANSWER_INIT;
	return engine;
}

void engine_close(struct engine *engine)
{
	if (!engine)
		return;
	http_free(engine->http);
	http_answer_release(&engine->answer);
	strlist_release(&engine->load.headers);
	free(engine->socket);
	free(engine);
}

static int unreachable(const struct engine *engine, struct err *e)
{
	if (e->code != ERR_TEMP)
		return -1;
	err_prefix(e, "the engine at %s: ", engine->socket);
	e->code = ERR_UNAVAILABLE;
	return err_hint(e, "is it running, and may you use its socket?");
}

/* refused: in the engine's words. */
static int refused(struct engine *engine, const char *what, struct err *e)
{
	const struct strbuf *body = &engine->answer.body;
	struct json_value *json = json_read(body->buf, body->len);
	const char *message = body->buf;

	if (json)
		json_read_text(json, "message", &message);
	err_set(e, ERR_UNAVAILABLE,
		"the engine refuses %s with status %ld: %.300s", what,
		engine->answer.status, message ? message : "");
	json_read_free(json);
	return -1;
}

int engine_check(struct engine *engine, struct err *e)
{
	const struct http_request request = {
		.method = "GET", .url = API "/_ping"};

	if (http_run(engine->http, &request, &engine->answer, e))
		return unreachable(engine, e);
	return engine->answer.status == 200
		? 0
		: refused(engine, "to say that it is there", e);
}

int engine_load_begin(struct engine *engine, struct err *e)
{
	engine->load = (struct http_request){.method = "POST",
		.url = API "/images/load?quiet=1",
		.has_body = true};
	strlist_add(&engine->load.headers, "Content-Type: application/x-tar");
	return http_begin(engine->http, &engine->load, &engine->answer, e);
}

struct sink engine_sink(struct engine *engine)
{
	return http_body(engine->http);
}

/* check_stream: its answer is a line of JSON an event, whatever the status. */
static int check_stream(struct engine *engine, struct err *e)
{
	char *rest = engine->answer.body.buf, *line;
	int rc = 0;

	while (!rc && (line = strsep(&rest, "\n"))) {
		struct json_value *json = json_read(line, strlen(line));
		const char *message;

		if (json && json_read_text(json, "error", &message))
			rc = err_set(e, ERR_UNAVAILABLE,
				"the engine does not take the image: %.300s",
				message);
		json_read_free(json);
	}
	return rc;
}

int engine_load_end(struct engine *engine, struct err *e)
{
	if (http_end(engine->http, e))
		return unreachable(engine, e);
	if (engine->answer.status != 200)
		return refused(engine, "the image", e);
	return check_stream(engine, e);
}

/* ask: for a list. Owns: the caller frees it. */
static struct json_value *ask(
	struct engine *engine, const char *path, struct err *e)
{
	struct strbuf url = STRBUF_INIT;
	struct http_request request = {.method = "GET"};
	struct json_value *list = NULL;
	int rc;

	strbuf_addf(&url, API "%s", path);
	request.url = url.buf;
	rc = http_run(engine->http, &request, &engine->answer, e);
	if (rc) {
		unreachable(engine, e);
	} else if (engine->answer.status != 200) {
		refused(engine, "to list what it has", e);
	} else {
		list = json_read_list(
			engine->answer.body.buf, engine->answer.body.len);
		if (!list)
			err_set(e, ERR_UNAVAILABLE,
				"the engine's list makes no sense");
	}
	strbuf_release(&url);
	return list;
}

/* is_of_name: "NAME:TAG". Engines write the short name of what we may have the
 * full one of, or the other way round. */
static bool is_of_name(const char *tag, const char *name)
{
	struct reference its = {0}, wanted = {0};
	struct err ignored;
	bool same = tag && !reference_parse(&its, tag, &ignored) &&
		!reference_parse(&wanted, name, &ignored) &&
		!strcmp(its.registry, wanted.registry) &&
		!strcmp(its.repository, wanted.repository);

	reference_release(&its);
	reference_release(&wanted);
	return same;
}

int engine_list(struct engine *engine, const char *name, struct strlist *ids,
	struct err *e)
{
	struct json_value *list = ask(engine, "/images/json", e);

	if (!list)
		return -1;
	for (size_t i = 0; i < json_read_count(list); i++) {
		const struct json_value *image = json_read_item(list, i);
		const struct json_value *tags =
			image ? json_read_array(image, "RepoTags") : NULL;
		const char *id;

		for (size_t k = 0; tags && k < json_read_count(tags); k++)
			if (is_of_name(json_read_item_text(tags, k), name) &&
				json_read_text(image, "Id", &id) &&
				!strlist_has(ids, id))
				strlist_add(ids, id);
	}
	json_read_free(list);
	return 0;
}

/* in_use: 1 if a container is made of it. */
static int in_use(struct engine *engine, const char *id, struct err *e)
{
	struct json_value *list = ask(engine, "/containers/json?all=1", e);
	int used = 0;

	if (!list)
		return -1;
	for (size_t i = 0; i < json_read_count(list); i++) {
		const struct json_value *one = json_read_item(list, i);
		const char *of;

		if (one && json_read_text(one, "ImageID", &of) &&
			!strcmp(of, id))
			used = 1;
	}
	json_read_free(list);
	return used;
}

/* delete: a tag, or an image that has none. Not by force: the engine keeps what
 * is in use. Returns 1 if it is gone, 0 if not. */
static int delete (struct engine *engine, const char *what, struct err *e)
{
	struct strbuf url = STRBUF_INIT;
	struct http_request request = {.method = "DELETE"};
	int rc;

	strbuf_addstr(&url, API "/images/");
	url_escape(&url, what);
	request.url = url.buf;
	rc = http_run(engine->http, &request, &engine->answer, e);
	strbuf_release(&url);
	if (rc)
		return unreachable(engine, e);
	if (engine->answer.status == 200)
		return 1;
	/* 404: gone with its last tag. 409: something needs it. */
	if (engine->answer.status == 404 || engine->answer.status == 409)
		return engine->answer.status == 404;
	return refused(engine, "to remove an image", e);
}

/* tags_of: those of an image. */
static int tags_of(struct engine *engine, const char *id, struct strlist *tags,
	struct err *e)
{
	struct json_value *list = ask(engine, "/images/json", e);

	if (!list)
		return -1;
	for (size_t i = 0; i < json_read_count(list); i++) {
		const struct json_value *image = json_read_item(list, i);
		const struct json_value *its =
			image ? json_read_array(image, "RepoTags") : NULL;
		const char *of;

		if (!its || !json_read_text(image, "Id", &of) ||
			strcmp(of, id) != 0)
			continue;
		for (size_t k = 0; k < json_read_count(its); k++) {
			const char *tag = json_read_item_text(its, k);

			if (tag && strcmp(tag, "<none>:<none>") != 0)
				strlist_add(tags, tag);
		}
	}
	json_read_free(list);
	return 0;
}

int engine_remove(
	struct engine *engine, const char *id, const char *name, struct err *e)
{
	struct strlist tags = STRLIST_INIT;
	int rc = in_use(engine, id, e);
	bool others = false;

	if (rc)
		return rc < 0 ? -1 : 0;
	rc = tags_of(engine, id, &tags, e);
	for (size_t i = 0; !rc && i < tags.count; i++)
		others = others || !is_of_name(tags.item[i], name);
	for (size_t i = 0; !rc && !others && i < tags.count; i++)
		rc = delete (engine, tags.item[i], e) < 0 ? -1 : 0;
	strlist_release(&tags);
	if (rc || others)
		return rc;
	return delete (engine, id, e);
}
