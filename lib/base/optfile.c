/* optfile.c: MariaDB's option files (my.cnf). How lines, quotes and escapes
 * are read follows mysys/my_default.c of MariaDB 10.11, oddities included: a
 * file means the same to us as to the clients beside us. */
#include "base/optfile.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/io.h"
#include "base/opt.h"
#include "base/prog.h"
#include "base/strbuf.h"
#include "base/strlist.h"

enum { INCLUDE_DEPTH = 10, WHERE_SHOWN = 512, FILE_MAX = 16 * 1024 * 1024 };

struct reader {
	struct strlist groups; /* those wanted, with and without suffix */
	optfile_fn *fn;
	void *ctx;
};

/* A file being read. */
struct place {
	unsigned line;
	int depth;
	char *group;             /* as the last [line] said; NULL: none yet */
	char where[WHERE_SHOWN]; /* "FILE line N" */
};

static int read_path(struct reader *r, const char *path, int depth,
	bool demanded, struct err *e);

static char *trim(char *s)
{
	char *end;

	while (isspace((unsigned char)*s))
		s++;
	end = s + strlen(s);
	while (end > s && isspace((unsigned char)end[-1]))
		end--;
	*end = '\0';
	return s;
}

/* A # ends a line, too, unless it stands in quotes. */
static void cut_comment(char *s)
{
	char quote = 0;
	bool escaped = false;

	for (; *s; s++) {
		if ((*s == '\'' || *s == '"') && !escaped) {
			if (!quote)
				quote = *s;
			else if (quote == *s)
				quote = 0;
		}
		if (!quote && *s == '#') {
			*s = '\0';
			return;
		}
		escaped = quote && *s == '\\' && !escaped;
	}
}

static char unescaped(char c)
{
	switch (c) {
	case 'b':
		return '\b';
	case 't':
		return '\t';
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case 's':
		return ' ';
	case '\\':
	case '"':
	case '\'':
		return c;
	}
	return 0;
}

/* A value without its quotes and escapes, in place. */
static char *unquote(char *s)
{
	size_t len = strlen(s);
	char *from, *to, *end = s + len;
	char c;

	if (len > 1 && (*s == '"' || *s == '\'') && end[-1] == *s) {
		s++;
		end--;
	}
	for (from = to = s; from < end; from++) {
		if (*from == '\\' && from + 1 < end) {
			c = unescaped(*++from);
			if (!c)
				*to++ = '\\';
			*to++ = c ? c : *from;
		} else {
			*to++ = *from;
		}
	}
	*to = '\0';
	return s;
}

static int bad_line(const struct place *at, const char *why, struct err *e)
{
	return err_set(e, ERR_CONFIG, "%s: %s", at->where, why);
}

static int take_group(struct place *at, char *line, struct err *e)
{
	char *end = strchr(line, ']');

	if (!end)
		return bad_line(at, "a group without its ']'", e);
	*end = '\0';
	free(at->group);
	at->group = xstrdup(trim(line + 1));
	return 0;
}

static int take_option(
	struct reader *r, const struct place *at, char *line, struct err *e)
{
	char *value;

	if (!at->group)
		return bad_line(at, "an option before any [group]", e);
	if (!strlist_has(&r->groups, at->group))
		return 0;
	cut_comment(line);
	value = strchr(line, '=');
	if (value) {
		*value = '\0';
		value = unquote(trim(value + 1));
	}
	return r->fn(r->ctx, at->group, trim(line), value, at->where, e);
}

static int wanted_entry(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);

	return len > 4 && !strcmp(entry->d_name + len - 4, ".cnf");
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int include_directory(struct reader *r, const struct place *at,
	const char *dir, struct err *e)
{
	struct strbuf path = STRBUF_INIT;
	struct dirent **entry;
	int count, i, result = 0;

	count = scandir(dir, &entry, wanted_entry, by_bytes);
	if (count < 0)
		return err_sys(e, ERR_CONFIG, "%s: cannot read directory %s",
			at->where, dir);
	for (i = 0; i < count; i++) {
		strbuf_reset(&path);
		strbuf_addf(&path, "%s/%s", dir, entry[i]->d_name);
		if (!result)
			result =
				read_path(r, path.buf, at->depth + 1, false, e);
		free(entry[i]);
	}
	free(entry);
	strbuf_release(&path);
	return result;
}

static int take_directive(
	struct reader *r, const struct place *at, char *line, struct err *e)
{
	size_t len = strcspn(line, " \t");
	char *path = trim(line + len);

	line[len] = '\0';
	if (!*path ||
		(strcmp(line, "!include") && strcmp(line, "!includedir"))) {
		log_warn("%s: neither '!include FILE' nor '!includedir "
			 "DIRECTORY'; left out",
			at->where);
		return 0;
	}
	if (at->depth >= INCLUDE_DEPTH)
		return bad_line(at, "files include each other too deeply", e);
	if (!strcmp(line, "!include"))
		return read_path(r, path, at->depth + 1, false, e);
	return include_directory(r, at, path, e);
}

static int take_line(
	struct reader *r, struct place *at, char *line, struct err *e)
{
	line = trim(line);
	switch (*line) {
	case '\0':
	case '#':
	case ';':
		return 0;
	case '[':
		return take_group(at, line, e);
	case '!':
		return take_directive(r, at, line, e);
	}
	return take_option(r, at, line, e);
}

static int take_text(struct reader *r, const char *path, int depth, char *text,
	struct err *e)
{
	struct place at = {.depth = depth};
	char *next;
	int result = 0;

	for (; text && !result; text = next) {
		next = strchr(text, '\n');
		if (next)
			*next++ = '\0';
		at.line++;
		snprintf(at.where, sizeof(at.where), "%s line %u", path,
			at.line);
		result = take_line(r, &at, text, e);
	}
	free(at.group);
	return result;
}

/* The whole file; its bytes are wiped by the caller, so they are read into
 * room made once: a buffer that moves leaves copies of passwords behind. */
static int read_whole(
	int fd, const char *path, struct strbuf *text, struct err *e)
{
	uint64_t size = 64 * 1024;
	ssize_t n;

	if (io_is_regular(fd, &size) && size > FILE_MAX)
		return err_set(e, ERR_CONFIG,
			"%s is too large for an option file", path);
	strbuf_grow(text, (size_t)size + 1);
	n = io_read_full(fd, text->buf, (size_t)size + 1, path, e);
	if (n < 0)
		return -1;
	if ((uint64_t)n > size)
		return err_set(e, ERR_CONFIG,
			"%s is too large for an option file, or it grows",
			path);
	strbuf_setlen(text, (size_t)n);
	if (memchr(text->buf, '\0', text->len))
		return err_set(e, ERR_CONFIG,
			"%s holds a NUL byte, so it is no option file", path);
	return 0;
}

/* demanded: the user named this file, so it must be there. */
static int read_path(struct reader *r, const char *path, int depth,
	bool demanded, struct err *e)
{
	struct strbuf text = STRBUF_INIT;
	struct stat st;
	int fd, result;

	fd = io_open_read(path, e);
	if (fd < 0) {
		if (demanded || e->code == ERR_SIGNAL)
			return -1;
		log_debug("option file left out: %s", e->msg);
		return 0;
	}
	if (!fstat(fd, &st) && S_ISREG(st.st_mode) && (st.st_mode & S_IWOTH)) {
		log_warn("option file %s is left out: everyone may write it "
			 "(chmod o-w)",
			path);
		close(fd);
		return 0;
	}
	log_debug("reading option file %s", path);
	result = read_whole(fd, path, &text, e);
	close(fd);
	if (!result)
		result = take_text(r, path, depth, text.buf, e);
	if (text.cap)
		secret_wipe(text.buf, text.cap);
	strbuf_release(&text);
	return result;
}

/* ~/X is X in the home directory; no shell has seen it behind an '='. */
static char *full_path(const char *path)
{
	const char *home = getenv("HOME");
	struct strbuf full = STRBUF_INIT;

	if (home && !strncmp(path, "~/", 2))
		strbuf_addf(&full, "%s%s", home, path + 1);
	else
		strbuf_addstr(&full, path);
	return strbuf_detach(&full);
}

static int read_named(struct reader *r, const char *path, struct err *e)
{
	char *full = full_path(path);
	int result = read_path(r, full, 0, true, e);

	free(full);
	return result;
}

/* dir may be NULL. */
static int read_in(
	struct reader *r, const char *dir, const char *file, struct err *e)
{
	struct strbuf path = STRBUF_INIT;
	int result;

	if (!dir || !*dir)
		return 0;
	strbuf_addf(&path, "%s/%s", dir, file);
	result = read_path(r, path.buf, 0, false, e);
	strbuf_release(&path);
	return result;
}

static const char *env_either(const char *first, const char *second)
{
	const char *value = getenv(first);

	return value ? value : getenv(second);
}

static int read_all(
	struct reader *r, const struct optfile_choice *choice, struct err *e)
{
	if (choice->file)
		return read_named(r, choice->file, e);
	if (read_in(r, "/etc", "my.cnf", e) ||
		read_in(r, "/etc/mysql", "my.cnf", e) ||
		read_in(r, env_either("MARIADB_HOME", "MYSQL_HOME"), "my.cnf",
			e))
		return -1;
	if (choice->extra && read_named(r, choice->extra, e))
		return -1;
	return read_in(r, getenv("HOME"), ".my.cnf", e);
}

int optfile_read(const struct optfile_choice *choice, const char *const *groups,
	optfile_fn *fn, void *ctx, struct err *e)
{
	struct reader r = {.groups = STRLIST_INIT, .fn = fn, .ctx = ctx};
	struct strbuf name = STRBUF_INIT;
	const char *suffix = choice->suffix;
	int result;

	if (choice->none)
		return 0;
	if (!suffix)
		suffix = env_either(
			"MARIADB_GROUP_SUFFIX", "MYSQL_GROUP_SUFFIX");
	for (; *groups; groups++) {
		strlist_add(&r.groups, *groups);
		if (!suffix || !*suffix)
			continue;
		strbuf_reset(&name);
		strbuf_addf(&name, "%s%s", *groups, suffix);
		strlist_add(&r.groups, name.buf);
	}
	result = read_all(&r, choice, e);
	strbuf_release(&name);
	strlist_release(&r.groups);
	return result;
}
