/* url.c: what URLs say; see http.h. */
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "store/http.h"

char *url_resolve(const char *url, const char *location)
{
	CURLU *u = curl_url();
	char *text = NULL, *result = NULL;

	if (u && !curl_url_set(u, CURLUPART_URL, url, 0) &&
		!curl_url_set(u, CURLUPART_URL, location, 0) &&
		!curl_url_get(u, CURLUPART_URL, &text, 0) &&
		(!strncmp(text, "http://", 7) || !strncmp(text, "https://", 8)))
		result = xstrdup(text);
	curl_free(text);
	curl_url_cleanup(u);
	return result;
}

/* host_of: "https://example.org:443". NULL for what is no URL. */
static char *host_of(const char *url)
{
	struct strbuf host = STRBUF_INIT;
	char *part[3] = {NULL};
	CURLU *u = curl_url();

	if (u && !curl_url_set(u, CURLUPART_URL, url, 0) &&
		!curl_url_get(u, CURLUPART_SCHEME, &part[0], 0) &&
		!curl_url_get(u, CURLUPART_HOST, &part[1], 0) &&
		!curl_url_get(u, CURLUPART_PORT, &part[2], CURLU_DEFAULT_PORT))
		strbuf_addf(&host, "%s://%s:%s", part[0], part[1], part[2]);
	for (int i = 0; i < 3; i++)
		curl_free(part[i]);
	curl_url_cleanup(u);
	return host.len ? strbuf_detach(&host) : NULL;
}

bool url_same_host(const char *a, const char *b)
{
	char *host_a = host_of(a), *host_b = host_of(b);
	bool same = host_a && host_b && !strcmp(host_a, host_b);

	free(host_a);
	free(host_b);
	return same;
}

/* name_of: "example.org". NULL for what is no URL. */
static char *name_of(const char *url)
{
	CURLU *u = curl_url();
	char *part = NULL, *name = NULL;

	if (u && !curl_url_set(u, CURLUPART_URL, url, 0) &&
		!curl_url_get(u, CURLUPART_HOST, &part, 0))
		name = xstrdup(part);
	curl_free(part);
	curl_url_cleanup(u);
	return name;
}

bool url_same_name(const char *a, const char *b)
{
	char *name_a = name_of(a), *name_b = name_of(b);
	bool same = name_a && name_b && !strcasecmp(name_a, name_b);

	free(name_a);
	free(name_b);
	return same;
}

void url_escape(struct strbuf *out, const char *text)
{
	char *escaped = curl_easy_escape(NULL, text, 0);

	if (!escaped)
		abort(); /* only for want of memory */
	strbuf_addstr(out, escaped);
	curl_free(escaped);
}
