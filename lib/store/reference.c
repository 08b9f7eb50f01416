/* reference.c: see reference.h. */
#include "store/reference.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/strbuf.h"

enum { REPOSITORY_MOST = 255, TAG_MOST = 128, DIGEST_LENGTH = 71 };

static const char lower[] = "abcdefghijklmnopqrstuvwxyz0123456789";
static const char upper[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

void reference_release(struct reference *ref)
{
	free(ref->registry);
	free(ref->repository);
	free(ref->tag);
	free(ref->digest);
	*ref = (struct reference){0};
}

/* registry_length: of the first word, if it is a registry: it has a dot or a
 * port, or is localhost. */
static size_t registry_length(const char *text)
{
	size_t len = strcspn(text, "/");

	if (!text[len])
		return 0;
	if (memchr(text, '.', len) || memchr(text, ':', len) ||
		(len == 9 && !memcmp(text, "localhost", len)))
		return len;
	return 0;
}

/* host_length: of words joined by dots, each of letters, digits and hyphens
 * inside; or of an IPv6 address in brackets. 0: it is no host. */
static size_t host_length(const char *name)
{
	size_t len = 0;

	if (*name == '[') {
		len = 1 + strspn(name + 1, "0123456789abcdefABCDEF:");
		return name[len] == ']' ? len + 1 : 0;
	}
	for (;; len++) {
		size_t n = strcspn(name + len, ".:");

		for (size_t i = 0; i < n; i++) {
			char c = name[len + i];
			bool inside = i && i + 1 < n;

			if (!strchr(lower, c) && !strchr(upper, c) &&
				!(c == '-' && inside))
				return 0;
		}
		len += n;
		if (!n || name[len] != '.')
			return n ? len : 0;
	}
}

static bool good_registry(const char *name)
{
	size_t len = host_length(name), digits;

	if (!len || name[len] != ':')
		return len && !name[len];
	digits = strspn(name + len + 1, "0123456789");
	return digits && !name[len + 1 + digits];
}

/* good_part: a word of a repository: lower case, with separators inside. */
static bool good_part(const char *part, size_t len)
{
	bool inside = false;

	for (size_t i = 0; i < len; i++) {
		if (strchr(lower, part[i]))
			inside = true;
		else if (!strchr("._-", part[i]) || !inside)
			return false;
	}
	return len && inside && strchr(lower, part[len - 1]);
}

static bool good_repository(const char *name)
{
	if (strlen(name) > REPOSITORY_MOST)
		return false;
	for (;;) {
		size_t len = strcspn(name, "/");

		if (!good_part(name, len))
			return false;
		if (!name[len])
			return true;
		name += len + 1;
	}
}

static bool good_tag(const char *tag)
{
	size_t len = strlen(tag);

	if (!len || len > TAG_MOST || strchr(".-", *tag))
		return false;
	for (; *tag; tag++)
		if (!strchr(lower, *tag) && !strchr(upper, *tag) &&
			!strchr("._-", *tag))
			return false;
	return true;
}

static bool good_digest(const char *digest)
{
	return strlen(digest) == DIGEST_LENGTH &&
		!strncmp(digest, "sha256:", 7) &&
		strspn(digest + 7, "0123456789abcdef") == 64;
}

/* split: cut the tag and the digest from the end. */
static void split(struct reference *ref, char *rest)
{
	char *at = strchr(rest, '@'), *colon;

	if (at) {
		*at = '\0';
		ref->digest = xstrdup(at + 1);
	}
	colon = strrchr(rest, ':');
	if (colon) {
		*colon = '\0';
		ref->tag = xstrdup(colon + 1);
	} else if (!at) {
		ref->tag = xstrdup("latest");
	}
}

static void set_names(struct reference *ref, const char *text)
{
	size_t len = registry_length(text);
	char *rest = xstrdup(text + len + (len > 0));

	ref->registry = len ? xstrndup(text, len) : xstrdup("docker.io");
	split(ref, rest);
	if (!strcmp(ref->registry, "docker.io") && !strchr(rest, '/')) {
		struct strbuf full = STRBUF_INIT;

		strbuf_addf(&full, "library/%s", rest);
		free(rest);
		rest = strbuf_detach(&full);
	}
	ref->repository = rest;
}

int reference_parse(struct reference *ref, const char *text, struct err *e)
{
	*ref = (struct reference){0};
	set_names(ref, text);
	if (good_registry(ref->registry) && good_repository(ref->repository) &&
		(!ref->tag || good_tag(ref->tag)) &&
		(!ref->digest || good_digest(ref->digest)))
		return 0;
	err_set(e, ERR_USAGE, "'%s' is no name of an image", text);
	return err_hint(e, "[REGISTRY/]NAME[:TAG], the name in lower case");
}

const char *reference_host(const struct reference *ref)
{
	return !strcmp(ref->registry, "docker.io") ? "registry-1.docker.io"
						   : ref->registry;
}

const char *reference_tag(const struct reference *ref)
{
	return ref->digest ? ref->digest : ref->tag;
}
