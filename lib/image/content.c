/* content.c: see content.h. Files; data directories are in content_data.c. */
#include "image/content.h"

#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/io.h"

#define PASSWD_PATH "etc/passwd"
#define CONF_PATH "etc/mysql/conf.d/zz-dbpipes.cnf"
/* Source: OCI image specification, layer.md, "Whiteouts". */
#define WHITEOUT ".wh."

void content_release(struct content *c)
{
	strlist_release(&c->folders);
}

/* is_name: one that a file can have. One of a whiteout would delete another. */
static bool is_name(const char *name, size_t len)
{
	return len <= NAME_MAX && !(len == 2 && !memcmp(name, "..", 2)) &&
		strncmp(name, WHITEOUT, strlen(WHITEOUT)) != 0;
}

int content_path(struct strbuf *out, const char *path, struct err *e)
{
	const char *rest = path;

	strbuf_reset(out);
	while (*rest == '/') {
		size_t len = strcspn(rest + 1, "/");

		if (!is_name(rest + 1, len))
			break;
		if (len && !(len == 1 && rest[1] == '.'))
			strbuf_addf(out, "%s%.*s", out->len ? "/" : "",
				(int)len, rest + 1);
		rest += len + 1;
	}
	if (!*rest && out->len)
		return 0;
	err_set(e, ERR_USAGE, "'%s' is no place in an image", path);
	return err_hint(e,
		"it must be absolute, without '..', and no name in it may "
		"begin with '" WHITEOUT "' or have more than %d bytes",
		NAME_MAX);
}

/* add_folder: one directory, as the base has it. */
static int add_folder(struct content *c, const char *path, struct err *e)
{
	const struct tree_node *node;
	struct tar_member m = {.path = path,
		.type = TAR_DIRECTORY,
		.mode = 0755,
		.mtime = c->mtime};

	if (strlist_has(&c->folders, path))
		return 0;
	node = tree_find(c->tree, path, e);
	if (!node)
		return -1;
	if (node->stated && node->type == TAR_DIRECTORY) {
		m.mode = node->mode;
		m.uid = node->uid;
		m.gid = node->gid;
		m.mtime = node->mtime;
	}
	strlist_add(&c->folders, path);
	return layer_add(c->layer, &m, e);
}

static int add_folders(struct content *c, const char *path, struct err *e)
{
	char *folder = xstrdup(path);
	int rc = 0;

	for (char *slash = folder; !rc && (slash = strchr(slash, '/'));
		slash++) {
		*slash = '\0';
		rc = add_folder(c, folder, e);
		*slash = '/';
	}
	free(folder);
	return rc;
}

/* check_place: a file in the place of a directory would take away all that is
 * in it. */
static int check_place(struct content *c, const char *path, struct err *e)
{
	const struct tree_node *node = tree_find(c->tree, path, e);

	if (!node)
		return -1;
	if (layer_has(c->layer, path) && !strlist_has(&c->folders, path))
		return err_set(e, ERR_USAGE,
			"/%s cannot be added: it is there already, by another "
			"option or the input",
			path);
	if (!(node->there && node->type == TAR_DIRECTORY) &&
		!strlist_has(&c->folders, path))
		return 0;
	err_set(e, ERR_USAGE,
		"/%s cannot be added as a file: it is a directory", path);
	return err_hint(e, "name the file in it, too: /%s/NAME", path);
}

int content_add(
	struct content *c, const struct tar_member *member, struct err *e)
{
	struct strbuf real = STRBUF_INIT;
	struct tar_member m = *member;
	int rc = tree_resolve(c->tree, m.path, &real, e);

	if (!rc && m.type == TAR_FILE)
		rc = check_place(c, real.buf, e);
	if (!rc)
		rc = add_folders(c, real.buf, e);
	m.path = real.buf;
	if (!rc && m.type == TAR_DIRECTORY)
		strlist_add(&c->folders, m.path);
	if (!rc)
		rc = layer_add(c->layer, &m, e);
	strbuf_release(&real);
	return rc;
}

/* take_number: digits and no more than `most`; the text goes on behind them.
 * strtoul alone would take signs and blanks, too. */
static bool take_number(
	const char **text, int base, unsigned long most, uint32_t *number)
{
	unsigned long value;
	char *end;

	if (**text < '0' || **text > '9')
		return false;
	value = strtoul(*text, &end, base);
	if (end == *text || value > most)
		return false;
	*text = end;
	*number = (uint32_t)value;
	return true;
}

/* take_owner: UID:GID; the text goes on behind it. */
static bool take_owner(const char **text, struct owner *owner)
{
	return take_number(text, 10, UINT32_MAX, &owner->uid) &&
		*(*text)++ == ':' &&
		take_number(text, 10, UINT32_MAX, &owner->gid);
}

/* parse_owner: of a line "name:password:uid:gid:...". Source: passwd(5). */
static bool parse_owner(const char *line, struct owner *owner)
{
	struct owner its;

	line = strchr(line, ':');
	line = line ? strchr(line + 1, ':') : NULL;
	if (!line)
		return false;
	line++;
	if (!take_owner(&line, &its) || *line != ':')
		return false;
	*owner = its;
	return true;
}

static int find_mysql(struct content *c, struct owner *owner, struct err *e)
{
	static const char user[] = "mysql";
	size_t len = strlen(user);
	const char *line;

	if (tree_content(c->tree, PASSWD_PATH, &line, e))
		return -1;
	while (line && *line) {
		const char *end = strchr(line, '\n');

		if (!strncmp(line, user, len) && line[len] == ':' &&
			parse_owner(line, owner))
			return 0;
		line = end ? end + 1 : NULL;
	}
	return 0;
}

int content_owner(struct content *c, const char *given, struct owner *owner,
	struct err *e)
{
	const char *rest = given;

	*owner = (struct owner){999, 999};
	if (!given)
		return find_mysql(c, owner, e);
	if (take_owner(&rest, owner) && !*rest)
		return 0;
	return err_set(e, ERR_USAGE, "--owner=%s: UID:GID is wanted", given);
}

/* A file of --add. */
struct extra {
	char *file;
	struct strbuf path;
	uint32_t mode;
};

/* parse_extra: FILE:PATH or FILE:PATH:MODE. Owns: file and path. */
static int parse_extra(const char *text, struct extra *x, struct err *e)
{
	const char *digits;
	char *path, *mode;

	*x = (struct extra){
		.file = xstrdup(text), .path = STRBUF_INIT, .mode = 0644};
	path = strchr(x->file, ':');
	if (!path)
		return err_set(e, ERR_USAGE,
			"--add=%s: FILE:PATH[:MODE] is wanted", text);
	*path++ = '\0';
	mode = strchr(path, ':');
	if (mode) {
		*mode++ = '\0';
		digits = mode;
		if (!take_number(&digits, 8, 07777, &x->mode) || *digits)
			return err_set(e, ERR_USAGE,
				"--add=%s: the mode is no octal number", text);
	}
	return content_path(&x->path, path, e) ? err_prefix(e, "--add: ") : 0;
}

static int copy_extra(struct content *c, const struct extra *x, struct err *e)
{
	struct tar_member m = {.path = x->path.buf,
		.type = TAR_FILE,
		.mode = x->mode,
		.mtime = c->mtime};
	int fd = io_open_read(x->file, e), rc;

	if (fd < 0)
		return -1;
	rc = io_is_regular(fd, &m.size)
		? 0
		: err_set(e, ERR_NOINPUT, "%s is no regular file", x->file);
	if (!rc)
		rc = content_add(c, &m, e);
	if (!rc)
		rc = layer_add_range(c->layer, m.size, fd, 0, x->file, e);
	close(fd);
	return rc;
}

void content_want_data(struct content *c, const char *path)
{
	tree_want(c->tree, path);
	tree_want(c->tree, CONF_PATH);
	tree_want_content(c->tree, PASSWD_PATH);
}

int content_want_file(struct content *c, const char *what, struct err *e)
{
	struct extra x;
	int rc = parse_extra(what, &x, e);

	if (!rc)
		tree_want(c->tree, x.path.buf);
	free(x.file);
	strbuf_release(&x.path);
	return rc;
}

int content_add_file(struct content *c, const char *what, struct err *e)
{
	struct extra x;
	int rc = parse_extra(what, &x, e);

	if (!rc)
		rc = copy_extra(c, &x, e);
	free(x.file);
	strbuf_release(&x.path);
	return rc;
}

int content_conf_path(const char *path, struct err *e)
{
	bool bad = path[strcspn(path, "#\\")] || path[strlen(path) - 1] == ' ';

	for (const char *p = path; !bad && *p; p++)
		bad = (unsigned char)*p < ' ' || *p == 0x7f;
	if (!bad)
		return 0;
	err_set(e, ERR_USAGE,
		"'/%s' cannot be named to the server in an option file", path);
	return err_hint(e,
		"choose a place without '#', '\\' and control characters, and "
		"no blank at the end");
}

int content_add_conf(struct content *c, const char *path, struct err *e)
{
	struct strbuf text = STRBUF_INIT;
	struct tar_member m = {.path = CONF_PATH,
		.type = TAR_FILE,
		.mode = 0644,
		.mtime = c->mtime};
	int rc;

	strbuf_addf(&text, "[mysqld]\ndatadir = /%s\n", path);
	m.size = text.len;
	rc = content_add(c, &m, e);
	if (!rc)
		rc = layer_data(c->layer, text.buf, text.len, e);
	strbuf_release(&text);
	return rc;
}
