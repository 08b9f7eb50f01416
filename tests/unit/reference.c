/* Names of images, URLs, base64 and logins: what comes out of text that anyone
 * may have written. */
#include <stdlib.h>
#include <unistd.h>

#include "store/credentials.h"
#include "store/http.h"
#include "store/reference.h"
#include "tap.h"

static void is_name(const char *text, const char *registry,
	const char *repository, const char *last)
{
	struct reference ref;
	struct err e = {0};

	ok(!reference_parse(&ref, text, &e), text);
	is_str(ref.registry, registry, "its registry");
	is_str(ref.repository, repository, "its repository");
	is_str(reference_tag(&ref), last, "its tag, or its digest");
	reference_release(&ref);
}

static void is_no_name(const char *text)
{
	struct reference ref;
	struct err e = {0};
	char title[400];

	snprintf(title, sizeof(title), "'%.300s' is no name", text);
	ok(reference_parse(&ref, text, &e) && e.code == ERR_USAGE && *e.hint,
		title);
	reference_release(&ref);
}

#define DIGEST                                                                 \
	"sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789"    \
	"abcdef"

static void test_names(void)
{
	is_name("mariadb", "docker.io", "library/mariadb", "latest");
	is_name("a/b:1", "docker.io", "a/b", "1");
	is_name("localhost/x", "localhost", "x", "latest");
	is_name("h.example:5000/a/b_c.d:T", "h.example:5000", "a/b_c.d", "T");
	is_name("[::1]:5000/x", "[::1]:5000", "x", "latest");
	is_name("h.example/x@" DIGEST, "h.example", "x", DIGEST);
	is_name("h.example/x:1@" DIGEST, "h.example", "x", DIGEST);
}

static void test_no_names(void)
{
	static const char *const bad[] = {"", "/", "a//b", "Upper", "a/", "-a",
		"a:", "a:-x", "a:b/c", "a@", "a@sha256:1", "a@md5:" DIGEST,
		"h.example/", "h.example:x/a", "../a", "a/../b", "a b", "a\tb",
		"h.example:/a", "-h.example/a", "h-.example/a", "h..example/a",
		".example/a", "[::1/a", "http://h.example/a", NULL};
	char longest[300];

	for (size_t i = 0; bad[i]; i++)
		is_no_name(bad[i]);
	memset(longest, 'a', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	is_no_name(longest);
}

static void resolves(const char *page, const char *location, const char *want)
{
	char *got = url_resolve(page, location);

	is_str(got, want, location);
	free(got);
}

static void test_urls(void)
{
	const char *page = "https://h.example/v2/x/blobs/uploads/";

	resolves(page, "/y?a=b", "https://h.example/y?a=b");
	resolves(page, "y", "https://h.example/v2/x/blobs/uploads/y");
	resolves(page, "http://o.example/", "http://o.example/");
	resolves(page, "//o.example/z", "https://o.example/z");
	resolves(page, "file:///etc/passwd", NULL);
	resolves(page, "ftp://h.example/", NULL);
	resolves(page, "gopher://h.example/", NULL);
	ok(url_same_host("https://h.example/a", "https://h.example:443/b"),
		"a port that is the usual one is the same host");
	ok(!url_same_host("https://h.example/", "http://h.example/"),
		"another scheme is another host");
	ok(!url_same_host("https://h.example/", "https://h.example:8443/"),
		"and so is another port");
	ok(!url_same_host("https://h.example@o.example/", "https://h.example/"),
		"and one that only looks alike");
	ok(url_same_name("http://h.example:5000/", "http://H.example:6000/x"),
		"ports of one machine");
	ok(!url_same_name("http://h.example/", "http://h.example.o.example/"),
		"no name that only begins so");
	ok(!url_same_name("", "") && !url_same_name("no url", "h"),
		"what is no URL has no machine");
}

static void decodes(const char *text, const char *want)
{
	char *got = base64_decode(text);

	is_str(got, want, text);
	free(got);
}

static void test_base64(void)
{
	/* RFC 4648, 10. */
	decodes("", "");
	decodes("Zg==", "f");
	decodes("Zm8=", "fo");
	decodes("Zm9v", "foo");
	decodes("Zm9vYg==", "foob");
	decodes("Zm9vYmE=", "fooba");
	decodes("Zm9vYmFy", "foobar");
	decodes("Zm9vYmE", "fooba");
	decodes("Zm9v\n", "foo");
	decodes("Zm\r\n9vYg=\n=", "foob");
	decodes("Zm9v Zm9v", NULL);
	decodes("Zm9vY\n\n", NULL);
	decodes("Z", NULL);
	decodes("Zm9_", NULL);
}

/* finds: the user of a login that config.json has under `key`. */
static void finds(const char *key, const char *registry, const char *user)
{
	char dir[] = "/tmp/reference.XXXXXX", path[64], title[200];
	struct credentials c = {0};
	struct err e = {0};
	FILE *file;

	if (!mkdtemp(dir))
		abort();
	snprintf(path, sizeof(path), "%s/config.json", dir);
	setenv("DOCKER_CONFIG", dir, 1);
	file = fopen(path, "w");
	if (!file)
		abort();
	fprintf(file,
		"{\"auths\":{\"other.example\":{\"auth\":\"bm86bm8=\"},"
		"\"%s\":{\"username\":\"me\",\"password\":\"x\"}}}",
		key);
	fclose(file);
	snprintf(title, sizeof(title), "'%s' is%s for %s", key,
		user ? "" : " not", registry);
	if (ok(!credentials_find(&c, registry, "a/b", &e), title))
		is_str(c.user, user, "and its user is");
	credentials_release(&c);
	unlink(path);
	rmdir(dir);
}

static void test_logins(void)
{
	finds("h.example:5000", "h.example:5000", "me");
	finds("https://h.example/v1/", "h.example", "me");
	finds("http://h.example/v2/", "h.example", "me");
	finds("h.example", "h.example:5000", NULL);
	finds("https://h.example.o.example/", "h.example", NULL);
	finds("https://index.docker.io/v1/", "docker.io", "me");
	finds("registry-1.docker.io", "docker.io", "me");
	finds("docker.io", "docker.io", "me");
	finds("https://index.docker.io/v1/", "h.example", NULL);
}

int main(void)
{
	test_names();
	test_no_names();
	test_urls();
	test_base64();
	test_logins();
	return done_testing();
}
