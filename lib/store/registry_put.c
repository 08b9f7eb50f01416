/* registry_put.c: putting blobs and manifests into a registry; see registry.h.
 *
 * A blob is asked for by HEAD, taken over from another repository where that
 * has it, or uploaded: POST opens an upload, and PUT sends it in one request;
 * or PATCH sends chunk by chunk, where one that failed goes on from where the
 * registry says it is, and PUT closes it. Source: OCI distribution
 * specification 1.0, "Pushing".
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/prog.h"
#include "base/sig.h"
#include "store/registry_internal.h"

/* An upload at work. */
struct upload {
	struct registry *r;
	const struct registry_blob *blob; /* without a digest: none is sent */
	char *location;                   /* where the next request goes */
	uint64_t done;                    /* bytes that the registry has */
	bool mismatch; /* it has had other bytes than were sent, once */
};

static int has_blob(struct registry *r, const char *digest, struct err *e)
{
	char *url = registry_url(r, "blobs/", digest);
	struct http_request request = {.method = "HEAD", .url = url};
	int rc = registry_run(r, &request, REGISTRY_TRIES, e);

	free(url);
	if (rc)
		return -1;
	if (r->answer.status == 200 || r->answer.status == 404)
		return r->answer.status == 200;
	return registry_refused(r, &r->answer, "to say what it has", e);
}

/* has_mismatch: the registry says that what it has put together is not the
 * blob. Source: OCI distribution specification 1.0, "Error Codes", code-4. */
static bool has_mismatch(const struct http_answer *answer)
{
	return answer->status == 400 && answer->body.len &&
		strstr(answer->body.buf, "DIGEST_INVALID");
}

/* upload_refused: an upload that the registry does not know any more, or knows
 * another length of, begins anew: that may be for it was killed meanwhile. So
 * does, once, one whose bytes came out wrong: they may have been changed on the
 * way, or chunks of before and after a kill put together.
 * Source: OCI distribution specification 1.0, code-3 and "Pushing a blob in
 * chunks". */
static int upload_refused(struct upload *u, const char *what, struct err *e)
{
	long status = u->r->answer.status;
	bool mismatch = has_mismatch(&u->r->answer);

	registry_refused(u->r, &u->r->answer, what, e);
	if (status == 404 || status == 416 || (mismatch && !u->mismatch))
		e->code = ERR_TEMP;
	u->mismatch |= mismatch;
	return -1;
}

/* take_location: where the upload goes on; each answer names a new place. */
static int take_location(struct upload *u, struct err *e)
{
	const struct http_answer *answer = &u->r->answer;
	char *next = answer->location
		? url_resolve(answer->url, answer->location)
		: NULL;

	if (!next ||
		(strncmp(next, "https://", 8) != 0 &&
			!(u->r->insecure &&
				url_same_host(next, answer->url)))) {
		err_set(e, ERR_DATA,
			"%s sends the upload to %s, which is "
			"refused",
			u->r->ref->registry,
			answer->location ? answer->location : "nowhere");
		free(next);
		return -1;
	}
	free(u->location);
	u->location = next;
	return 0;
}

/* post_upload: open one, or where `from` is given have the blob mounted. */
static int post_upload(struct upload *u, const char *from, struct err *e)
{
	struct strbuf path = STRBUF_INIT;
	struct http_request request = {.method = "POST", .has_body = true};
	char *url;
	int rc;

	strbuf_addstr(&path, "uploads/");
	if (from) {
		strbuf_addf(&path, "?mount=%s&from=", u->blob->digest);
		url_escape(&path, from);
	}
	url = registry_url(u->r, "blobs/", path.buf);
	request.url = url;
	request.bytes = "";
	rc = registry_run(u->r, &request, 1, e);
	free(url);
	strbuf_release(&path);
	return rc;
}

/* has_no_mount: it refuses one, which is no reason not to take an upload: who
 * may push here need not be let into the other repository. */
static bool has_no_mount(const struct http_answer *answer)
{
	return answer->status / 100 == 4 && answer->status != 429;
}

/* open_upload: returns 1 if the blob was mounted, so that none is needed. */
static int open_upload(struct upload *u, struct err *e)
{
	const char *from = u->r->no_mounts ? NULL : u->blob->from;

	u->done = 0;
	if (post_upload(u, from, e))
		return -1;
	if (from && u->r->answer.status == 201)
		return 1;
	if (from && has_no_mount(&u->r->answer)) {
		log_info("%s takes over no layers from %s: status %ld; "
			 "uploading them",
			u->r->ref->registry, from, u->r->answer.status);
		u->r->no_mounts = true;
		if (post_upload(u, NULL, e))
			return -1;
	}
	if (u->r->answer.status != 202)
		return registry_refused(u->r, &u->r->answer, "an upload", e);
	return take_location(u, e);
}

static ssize_t read_on(
	void *ctx, void *buf, size_t len, uint64_t offset, struct err *e)
{
	const struct upload *u = ctx;

	return u->blob->read(u->blob->ctx, buf, len, u->done + offset, e);
}

/* ask_progress: after a chunk that failed: how much has it got? */
static int ask_progress(struct upload *u, struct err *e)
{
	struct http_request request = {.method = "GET", .url = u->location};
	uint64_t last;

	if (registry_run(u->r, &request, REGISTRY_TRIES, e))
		return -1;
	if (u->r->answer.status != 204)
		return upload_refused(u, "to go on with an upload", e);
	u->done = 0;
	if (u->r->answer.range &&
		sscanf(u->r->answer.range, "0-%" SCNu64, &last) == 1 && last)
		u->done = last + 1;
	if (u->done > u->blob->size)
		return err_set(e, ERR_DATA,
			"%s claims to have more of a blob than there is",
			u->r->ref->registry);
	return take_location(u, e);
}

static int send_chunk(struct upload *u, uint64_t len, struct err *e)
{
	struct http_request request = {.method = "PATCH",
		.url = u->location,
		.has_body = true,
		.size = len,
		.read = read_on,
		.ctx = u};
	char range[80];
	int rc;

	strlist_add(&request.headers, "Content-Type: application/octet-stream");
	snprintf(range, sizeof(range), "Content-Range: %" PRIu64 "-%" PRIu64,
		u->done, u->done + len - 1);
	strlist_add(&request.headers, range);
	rc = registry_run(u->r, &request, 1, e);
	strlist_release(&request.headers);
	if (!rc && u->r->answer.status != 202)
		rc = upload_refused(u, "a chunk", e);
	if (rc)
		return -1;
	u->done += len;
	return take_location(u, e);
}

static int send_chunks(struct upload *u, struct err *e)
{
	uint64_t chunk = u->r->options->chunk;
	int failures = 0;

	while (u->done < u->blob->size) {
		uint64_t left = u->blob->size - u->done;
		uint64_t before = u->done;

		if (!send_chunk(u, left < chunk ? left : chunk, e)) {
			failures = 0;
			continue;
		}
		if (e->code != ERR_TEMP || ++failures == REGISTRY_TRIES)
			return -1;
		log_info("%s; going on with the upload", e->msg);
		registry_wait(u->r, failures - 1);
		if (sig_pending() || ask_progress(u, e))
			return -1;
		if (u->done > before)
			failures = 0;
	}
	return 0;
}

/* close_upload: the last request, with what was not sent yet. */
static int close_upload(struct upload *u, struct err *e)
{
	struct strbuf url = STRBUF_INIT;
	struct http_request request = {.method = "PUT",
		.has_body = true,
		.size = u->blob->size - u->done,
		.read = read_on,
		.ctx = u};
	int rc;

	strbuf_addf(&url, "%s%sdigest=%s", u->location,
		strchr(u->location, '?') ? "&" : "?", u->blob->digest);
	request.url = url.buf;
	strlist_add(&request.headers, "Content-Type: application/octet-stream");
	rc = registry_run(u->r, &request, 1, e);
	strlist_release(&request.headers);
	strbuf_release(&url);
	if (!rc && u->r->answer.status != 201)
		rc = upload_refused(u, "a blob", e);
	return rc;
}

/* give_up: an upload that nothing was sent to. A registry that does not know
 * that forgets it by itself. Source: CNCF distribution, "HTTP API V2",
 * "Canceling an Upload". */
static void give_up(struct upload *u)
{
	struct http_request request = {.method = "DELETE", .url = u->location};
	struct err ignored;

	registry_run(u->r, &request, 1, &ignored);
}

static enum put_result upload_once(struct upload *u, struct err *e)
{
	int rc = open_upload(u, e);

	if (rc)
		return rc > 0 ? PUT_MOUNTED : PUT_FAILED;
	if (!u->blob->digest) {
		give_up(u);
		return PUT_UPLOADED;
	}
	if (u->r->options->chunk && send_chunks(u, e))
		return PUT_FAILED;
	return close_upload(u, e) ? PUT_FAILED : PUT_UPLOADED;
}

/* upload: once more where that may help. */
static enum put_result upload(
	struct registry *r, const struct registry_blob *blob, struct err *e)
{
	struct upload u = {.r = r, .blob = blob};
	enum put_result result;
	int there;

	for (int try = 0;; try++) {
		result = upload_once(&u, e);
		if (result != PUT_FAILED || e->code != ERR_TEMP ||
			try + 1 == REGISTRY_TRIES || sig_pending())
			break;
		log_info(blob->digest ? "%s; uploading it again"
				      : "%s; trying again",
			e->msg);
		registry_wait(r, try);
		/* It may have taken it, and only not have said so in time. */
		there = blob->digest ? has_blob(r, blob->digest, e) : 0;
		if (there) {
			result = there < 0 ? PUT_FAILED : PUT_UPLOADED;
			break;
		}
	}
	free(u.location);
	return result;
}

enum put_result registry_put_blob(
	struct registry *r, const struct registry_blob *blob, struct err *e)
{
	int there;

	/* So that the token is for both, from the first one on. */
	if (blob->from)
		r->from = blob->from;
	there = has_blob(r, blob->digest, e);
	if (there)
		return there < 0 ? PUT_FAILED : PUT_THERE;
	return upload(r, blob, e);
}

int registry_check_push(struct registry *r, struct err *e)
{
	const struct registry_blob none = {0};

	return upload(r, &none, e) == PUT_FAILED ? -1 : 0;
}

int registry_put_manifest(struct registry *r, const char *type,
	const char *text, size_t len, struct err *e)
{
	char *url = registry_url(r, "manifests/", reference_tag(r->ref));
	struct http_request request = {.method = "PUT",
		.url = url,
		.has_body = true,
		.bytes = text,
		.size = len};
	struct strbuf header = STRBUF_INIT;
	int rc;

	strbuf_addf(&header, "Content-Type: %s", type);
	strlist_add(&request.headers, header.buf);
	rc = registry_run(r, &request, REGISTRY_TRIES, e);
	if (!rc && r->answer.status != 201)
		rc = registry_refused(r, &r->answer, "the manifest", e);
	strlist_release(&request.headers);
	strbuf_release(&header);
	free(url);
	return rc;
}
