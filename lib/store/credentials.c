/* credentials.c: see credentials.h. */
#include "store/credentials.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/child.h"
#include "base/io.h"
#include "base/opt.h"
#include "base/prog.h"
#include "base/sig.h"
#include "base/strbuf.h"
#include "data/json_read.h"

enum { FILE_MOST = 1 << 20, ANSWER_MOST = 64 << 10 };

/* The name that Docker Hub has in config.json. */
static const char hub[] = "https://index.docker.io/v1/";

static void forget(char **secret)
{
	if (*secret)
		secret_wipe(*secret, strlen(*secret));
	free(*secret);
	*secret = NULL;
}

void credentials_release(struct credentials *c)
{
	forget(&c->user);
	forget(&c->password);
	forget(&c->token);
}

static int digit(char c)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklm"
				     "nopqrstuvwxyz0123456789+/";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

char *base64_decode(const char *text)
{
	size_t len = strlen(text), n = 0, digits = 0;
	char *out = xmalloc(len / 4 * 3 + 4);
	unsigned bits = 0;
	int have = 0;

	while (len && strchr("=\r\n", text[len - 1]))
		len--;
	for (size_t i = 0; i < len; i++)
		digits += !strchr("\r\n", text[i]);
	for (size_t i = 0; i < len; i++) {
		int value = digit(text[i]);

		/* base64(1) breaks its lines, and Docker reads them so. */
		if (strchr("\r\n", text[i]))
			continue;
		if (value < 0 || digits % 4 == 1) {
			free(out);
			return NULL;
		}
		bits = bits << 6 | (unsigned)value;
		have += 6;
		if (have >= 8) {
			have -= 8;
			out[n++] = (char)(bits >> have & 0xff);
		}
	}
	out[n] = '\0';
	return out;
}

/* read_all: what a descriptor gives, at most so many bytes. */
static int read_all(int fd, size_t most, const char *name, struct strbuf *text,
	struct err *e)
{
	ssize_t n;

	strbuf_grow(text, most);
	n = io_read_full(fd, text->buf, most, name, e);
	if (n < 0)
		return -1;
	strbuf_setlen(text, (size_t)n);
	return 0;
}

/* A file of logins. */
struct login_file {
	char *path;
	bool docker; /* Docker's, who knows registries alone */
};

enum { FILES_MOST = 3 };

/* in_folder: a path in the folder that a variable names, or else in another one
 * below a root. Owns: the caller frees it; NULL where there is no root. */
static char *in_folder(const char *variable, const char *root,
	const char *folder, const char *name)
{
	const char *given = getenv(variable);
	struct strbuf path = STRBUF_INIT;

	if (given && *given)
		strbuf_addf(&path, "%s/%s", given, name);
	else if (root && *root)
		strbuf_addf(&path, "%s/%s/%s", root, folder, name);
	else
		return NULL;
	return strbuf_detach(&path);
}

/* list_files: where logins may be, the first first. Returns how many.
 * Source: containers-auth.json(5); without XDG_RUNTIME_DIR: containers/image,
 * pkg/docker/config/config.go. */
static size_t list_files(struct login_file files[FILES_MOST])
{
	static const char name[] = "containers/auth.json";
	const char *only = getenv("REGISTRY_AUTH_FILE"), *home = getenv("HOME");
	char uid[16];

	if (only && *only) {
		files[0] = (struct login_file){xstrdup(only), false};
		return 1;
	}
	snprintf(uid, sizeof(uid), "%u", (unsigned)getuid());
	files[0] = (struct login_file){
		in_folder("DOCKER_CONFIG", home, ".docker", "config.json"),
		true};
	files[1] = (struct login_file){
		in_folder("XDG_RUNTIME_DIR", "/run/containers", uid, name),
		false};
	files[2] = (struct login_file){
		in_folder("XDG_CONFIG_HOME", home, ".config", name), false};
	return FILES_MOST;
}

/* read_config: *config stays NULL where there is no file. */
static int read_config(
	const char *path, struct json_value **config, struct err *e)
{
	struct strbuf text = STRBUF_INIT;
	int fd, rc;

	*config = NULL;
	if (!path)
		return 0;
	if (access(path, F_OK)) {
		/* The environment may be another user's, as after `su'. */
		if (errno != ENOENT && errno != ENOTDIR)
			log_warn("%s is left out: %s", path, strerror(errno));
		return 0;
	}
	fd = io_open_read(path, e);
	if (fd < 0)
		return -1;
	rc = read_all(fd, FILE_MOST, path, &text, e);
	close(fd);
	if (!rc) {
		*config = json_read(text.buf, text.len);
		if (!*config)
			rc = err_set(
				e, ERR_CONFIG, "%s is no JSON object", path);
	}
	secret_wipe(text.buf, text.len);
	strbuf_release(&text);
	return rc;
}

/* take_login: from an entry of "auths". What is written plainly counts where
 * the base64 of both is not there. */
static int take_login(struct credentials *c, const struct json_value *entry,
	const char *path, struct err *e)
{
	const char *text, *user;
	char *login, *colon;

	if (json_read_text(entry, "identitytoken", &text) && *text)
		c->token = xstrdup(text);
	if (!json_read_text(entry, "auth", &text) || !*text) {
		if (json_read_text(entry, "username", &user) && *user &&
			json_read_text(entry, "password", &text)) {
			c->user = xstrdup(user);
			c->password = xstrdup(text);
		}
		return 0;
	}
	login = base64_decode(text);
	colon = login ? strchr(login, ':') : NULL;
	if (colon) {
		c->user = xstrndup(login, (size_t)(colon - login));
		c->password = xstrdup(colon + 1);
	}
	forget(&login);
	return colon ? 0
		     : err_set(e, ERR_CONFIG,
			       "%s: an \"auth\" is no base64 of USER:PASSWORD",
			       path);
}

/* take_answer: what a helper says. */
static int take_answer(struct credentials *c, const struct strbuf *text,
	const char *helper, struct err *e)
{
	struct json_value *answer = json_read(text->buf, text->len);
	const char *user, *secret;
	int rc = 0;

	if (answer && json_read_text(answer, "Username", &user) &&
		json_read_text(answer, "Secret", &secret)) {
		if (!strcmp(user, "<token>")) {
			c->token = xstrdup(secret);
		} else {
			c->user = xstrdup(user);
			c->password = xstrdup(secret);
		}
	} else {
		rc = err_set(e, ERR_CONFIG, "%s gives no login", helper);
	}
	json_read_free(answer);
	return rc;
}

/* read_answer: all that a helper says; a signal ends the wait, for it may ask
 * someone who is not there. */
static int read_answer(
	int fd, const char *helper, struct strbuf *text, struct err *e)
{
	struct pollfd fds[] = {{.fd = fd, .events = POLLIN},
		{.fd = sig_fd(), .events = POLLIN}};
	ssize_t n = 1;

	strbuf_grow(text, ANSWER_MOST);
	while (n > 0 && text->len < ANSWER_MOST) {
		poll(fds, 2, -1);
		if (sig_pending())
			return err_set(e, ERR_SIGNAL, "stopped by signal %d",
				sig_pending());
		n = io_read(fd, text->buf + text->len, ANSWER_MOST - text->len,
			helper, e);
		if (n > 0)
			strbuf_setlen(text, text->len + (size_t)n);
	}
	return n < 0 ? -1 : 0;
}

/* talk: the registry's name to a helper, and its answer. */
static int talk(const char *helper, const char *registry, struct strbuf *text,
	int *status, struct err *e)
{
	const char *const argv[] = {helper, "get", NULL};
	struct child_spec spec = {.argv = argv, .in = -1, .out = -1, .err = -1};
	int to[2], from[2], rc = -1;
	pid_t pid;

	if (pipe2(to, O_CLOEXEC))
		return err_sys(e, ERR_OS, "cannot make a pipe");
	if (pipe2(from, O_CLOEXEC)) {
		close(to[0]);
		close(to[1]);
		return err_sys(e, ERR_OS, "cannot make a pipe");
	}
	spec.in = to[0];
	spec.out = from[1];
	rc = child_start(&spec, &pid, e);
	close(to[0]);
	close(from[1]);
	if (!rc) {
		struct err ignored;

		/* It may not care for its input. */
		io_write_all(
			to[1], registry, strlen(registry), helper, &ignored);
		close(to[1]);
		to[1] = -1;
		rc = read_answer(from[0], helper, text, e);
		close(from[0]);
		from[0] = -1;
		if (rc)
			kill(pid, SIGKILL);
		rc = child_wait(pid, status, rc ? &ignored : e) || rc ? -1 : 0;
	}
	if (to[1] >= 0)
		close(to[1]);
	if (from[0] >= 0)
		close(from[0]);
	return rc;
}

/* ask_helper: the program that config.json names. */
static int ask_helper(struct credentials *c, const char *name,
	const char *registry, struct err *e)
{
	struct strbuf helper = STRBUF_INIT, text = STRBUF_INIT;
	const char *said;
	int status = 0, rc;

	strbuf_addf(&helper, "docker-credential-%s", name);
	if (strchr(name, '/')) {
		rc = err_set(e, ERR_CONFIG,
			"'%s' is no name of a credential helper", name);
	} else {
		rc = talk(helper.buf, registry, &text, &status, e);
	}
	said = text.buf ? text.buf + strspn(text.buf, " \t\r\n") : "";
	/* It has none: then we are nobody. */
	if (!rc && status && strstr(said, "credentials not found"))
		rc = 0;
	else if (!rc && status)
		/* A login may stand in what should be a reason. */
		rc = err_set(e, ERR_CONFIG, "%s failed with status %d: %.200s",
			helper.buf, status, *said == '{' ? "" : said);
	else if (!rc)
		rc = take_answer(c, &text, helper.buf, e);
	secret_wipe(text.buf, text.len);
	strbuf_release(&text);
	strbuf_release(&helper);
	return rc;
}

/* helper_of: the name of the program that is asked; NULL: none. An empty one
 * for a registry means that its login is in the file. */
static const char *helper_of(
	const struct json_value *config, const char *registry)
{
	const struct json_value *helpers =
		json_read_object(config, "credHelpers");
	const char *helper;

	if ((helpers && json_read_text(helpers, registry, &helper)) ||
		json_read_text(config, "credsStore", &helper))
		return *helper ? helper : NULL;
	return NULL;
}

/* key_of: the name of a registry in Docker's file. */
static const char *key_of(const char *registry)
{
	return !strcmp(registry, "docker.io") ? hub : registry;
}

/* host_of: the registry that a key of "auths" means: old ones are URLs, as
 * "https://host/v1/", and Docker Hub has several names. */
static const char *host_of(const char *key, size_t *len)
{
	static const char *const hubs[] = {
		"docker.io", "registry-1.docker.io", "index.docker.io"};

	if (!strncmp(key, "http://", 7))
		key += 7;
	else if (!strncmp(key, "https://", 8))
		key += 8;
	*len = strcspn(key, "/");
	for (size_t i = 0; i < sizeof(hubs) / sizeof(*hubs); i++)
		if (strlen(hubs[i]) == *len && !memcmp(hubs[i], key, *len)) {
			key = hubs[0];
			*len = strlen(key);
		}
	return key;
}

static bool same_host(const char *key, const char *other)
{
	size_t len, other_len;

	key = host_of(key, &len);
	other = host_of(other, &other_len);
	return len == other_len && !memcmp(key, other, len);
}

/* is_of_registry: a key of a registry as such. In Docker's file any path behind
 * it means nothing; else one is a repository's, but for a URL's. */
static bool is_of_registry(const char *key, bool docker)
{
	const char *slash = strchr(key, '/');

	return docker || strstr(key, "://") || !slash || !slash[1];
}

/* entry_of_repository: the longest path first. Source: containers-auth.json(5).
 */
static const struct json_value *entry_of_repository(
	const struct json_value *auths, const char *registry,
	const char *repository)
{
	const struct json_value *entry = NULL;
	struct strbuf key = STRBUF_INIT;

	strbuf_addf(&key, "%s/%s", registry, repository);
	while (!entry && key.len > strlen(registry)) {
		entry = json_read_object(auths, key.buf);
		strbuf_setlen(&key, (size_t)(strrchr(key.buf, '/') - key.buf));
	}
	strbuf_release(&key);
	return entry;
}

/* entry_of: of "auths": the repository's, the registry's very name, or else the
 * first that means it. Source: docker/cli,
 * cli/config/credentials/file_store.go. */
static const struct json_value *entry_of(const struct json_value *auths,
	const char *registry, const char *repository, bool docker)
{
	const struct json_value *entry =
		entry_of_repository(auths, registry, repository);
	struct strlist keys = STRLIST_INIT;

	if (!entry)
		entry = json_read_object(auths, key_of(registry));
	json_read_keys(auths, &keys);
	for (size_t i = 0; !entry && i < keys.count; i++)
		if (is_of_registry(keys.item[i], docker) &&
			same_host(keys.item[i], registry))
			entry = json_read_object(auths, keys.item[i]);
	strlist_release(&keys);
	return entry;
}

static int look_up(struct credentials *c, const struct json_value *config,
	const char *registry, const char *repository,
	const struct login_file *file, struct err *e)
{
	const char *helper = helper_of(config, key_of(registry));
	const struct json_value *auths, *entry;

	if (helper)
		return ask_helper(c, helper, key_of(registry), e);
	auths = json_read_object(config, "auths");
	entry = auths ? entry_of(auths, registry, repository, file->docker)
		      : NULL;
	return entry ? take_login(c, entry, file->path, e) : 0;
}

int credentials_find(struct credentials *c, const char *registry,
	const char *repository, struct err *e)
{
	struct login_file file[FILES_MOST];
	size_t count = list_files(file);
	int rc = 0;

	*c = (struct credentials){0};
	for (size_t i = 0; i < count; i++) {
		struct json_value *config = NULL;

		if (!rc && !c->user && !c->token)
			rc = read_config(file[i].path, &config, e);
		if (config)
			rc = look_up(
				c, config, registry, repository, &file[i], e);
		json_read_free(config);
		free(file[i].path);
	}
	return rc;
}
