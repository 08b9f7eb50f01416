/* mounts.c: see mounts.h. */
#include "snap/mounts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/alloc.h"
#include "base/strbuf.h"

static const char table[] = "/proc/self/mountinfo";

/* octal_digit: of an escape, which the kernel wrote. */
static unsigned octal_digit(char c)
{
	return (unsigned char)c & 7;
}

/* unescape: the octal escapes of blanks and backslashes, in place. */
static void unescape(char *text)
{
	char *to = text;

	for (; *text; to++) {
		if (text[0] == '\\' && text[1] && text[2] && text[3]) {
			*to = (char)(octal_digit(text[1]) << 6 |
				octal_digit(text[2]) << 3 |
				octal_digit(text[3]));
			text += 4;
		} else {
			*to = *text++;
		}
	}
	*to = '\0';
}

const char *mounts_below(const char *path, const char *dir)
{
	size_t len = strlen(dir);

	if (len && dir[len - 1] == '/')
		len--;
	if (strncmp(path, dir, len) != 0)
		return NULL;
	path += len;
	if (!strcmp(path, "/"))
		path++;
	return !*path || *path == '/' ? path : NULL;
}

/* Fields: id parent major:minor root point options... - type source options */
struct line {
	unsigned major, minor;
	char *root, *point, *type, *options;
};

static bool split(char *text, struct line *line)
{
	char *save, *word = strtok_r(text, " ", &save);

	*line = (struct line){0};
	for (int i = 0; word && i < 5; i++, word = strtok_r(NULL, " ", &save)) {
		if (i == 2 &&
			sscanf(word, "%u:%u", &line->major, &line->minor) != 2)
			return false;
		if (i == 3)
			line->root = word;
		if (i == 4)
			line->point = word;
	}
	while (word && strcmp(word, "-") != 0)
		word = strtok_r(NULL, " ", &save);
	line->type = word ? strtok_r(NULL, " \n", &save) : NULL;
	word = line->type ? strtok_r(NULL, " \n", &save) : NULL;
	line->options = word ? strtok_r(NULL, " \n", &save) : NULL;
	if (!line->root || !line->point || !line->options)
		return false;
	unescape(line->root);
	unescape(line->point);
	return true;
}

static bool next(FILE *file, char **text, size_t *size, struct line *line)
{
	while (getline(text, size, file) > 0)
		if (split(*text, line))
			return true;
	return false;
}

/* join: a directory and what is below it, as of mounts_below. */
static char *join(const char *dir, const char *below)
{
	struct strbuf path = STRBUF_INIT;

	if (strcmp(dir, "/") != 0)
		strbuf_addstr(&path, dir);
	strbuf_addstr(&path, below);
	if (!path.len)
		strbuf_addch(&path, '/');
	return strbuf_detach(&path);
}

static void take(
	struct mount_entry *entry, const struct line *line, const char *below)
{
	mounts_release(entry);
	entry->inside = join(line->root, below);
	entry->point = xstrdup(line->point);
	entry->type = xstrdup(line->type);
	entry->options = xstrdup(line->options);
	entry->dev = makedev(line->major, line->minor);
}

int mounts_find(struct mount_entry *entry, const char *path, struct err *e)
{
	FILE *file = fopen(table, "re");
	char *text = NULL;
	size_t size = 0, best = 0;
	struct line line;

	*entry = (struct mount_entry){0};
	if (!file)
		return err_sys(e, ERR_OS, "cannot read %s", table);
	/* The longest one counts, of equal ones the last. */
	while (next(file, &text, &size, &line)) {
		const char *below = mounts_below(path, line.point);

		if (below && strlen(line.point) >= best) {
			best = strlen(line.point);
			take(entry, &line, below);
		}
	}
	free(text);
	fclose(file);
	return entry->point ? 0
			    : err_set(e, ERR_OS,
				      "cannot see where '%s' is "
				      "mounted",
				      path);
}

bool mounts_each(const struct mount_entry *entry, mounts_fn *fn, void *ctx)
{
	FILE *file = fopen(table, "re");
	char *text = NULL;
	size_t size = 0;
	struct line line;
	bool done = false;

	while (file && !done && next(file, &text, &size, &line)) {
		const char *below = mounts_below(entry->inside, line.root);
		char *path;

		if (!below || makedev(line.major, line.minor) != entry->dev)
			continue;
		path = join(line.point, below);
		done = fn(ctx, path, line.point);
		free(path);
	}
	free(text);
	if (file)
		fclose(file);
	return done;
}

void mounts_release(struct mount_entry *entry)
{
	free(entry->point);
	free(entry->inside);
	free(entry->type);
	free(entry->options);
	*entry = (struct mount_entry){0};
}

bool mounts_has(const struct mount_entry *entry, const char *option)
{
	size_t len = strlen(option);

	for (const char *at = entry->options; at; at = strchr(at, ',')) {
		at += *at == ',';
		if (!strncmp(at, option, len) && (!at[len] || at[len] == ','))
			return true;
	}
	return false;
}

bool mounts_is_point(const char *path)
{
	struct strbuf above = STRBUF_INIT;
	struct stat here, there;
	bool is;

	strbuf_addf(&above, "%s/..", path);
	is = !stat(path, &here) && !stat(above.buf, &there) &&
		here.st_dev != there.st_dev;
	strbuf_release(&above);
	return is;
}
