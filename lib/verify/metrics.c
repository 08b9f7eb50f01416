/* metrics.c: see metrics.h. */
#include "verify/metrics.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/atomic.h"
#include "base/io.h"
#include "base/text.h"

#define LAST_SUCCESS "dbpipes_last_success_timestamp_seconds"
#define FILE_INFO "dbpipes_file_info"

enum { FILE_MOST = 1 << 20, VALUE_SIZE = 40 };

/* Another one writes within milliseconds. */
enum { LOCK_TRIES = 100, LOCK_PAUSE_MS = 50 };

/* The kinds, in the order of the file; a number of a run is `of` it. */
static const struct kind {
	const char *name, *help;
	size_t of; /* in struct metrics; 0: made by hand */
} kinds[] = {
	{"dbpipes_ok", "Whether the last run was good (1) or not (0).", 0},
	{"dbpipes_last_run_timestamp_seconds", "When the last run ended.", 0},
	{LAST_SUCCESS, "When the last good run ended.", 0},
	{"dbpipes_age_seconds", "How old the backup was then.",
		offsetof(struct metrics, age)},
	{"dbpipes_size_bytes", "The size of the backup as stored.",
		offsetof(struct metrics, size)},
	{"dbpipes_rows", "The rows in the backup.",
		offsetof(struct metrics, rows)},
	{"dbpipes_duration_seconds", "How long the last run took.",
		offsetof(struct metrics, seconds)},
	{FILE_INFO, "The file that the last run was about, as a label.", 0},
};

/* add_label: a value is UTF-8, of which three characters are escaped. */
static void add_label(struct strbuf *out, const char *name, const char *value)
{
	size_t len = strlen(value);

	strbuf_addf(out, "%s=\"", name);
	for (size_t i = 0; i < len;) {
		size_t n = utf8_length(value + i, len - i);

		if (!n)
			strbuf_addstr(out, "\xEF\xBF\xBD"); /* U+FFFD */
		else if (value[i] == '\n')
			strbuf_addstr(out, "\\n");
		else if (value[i] == '\\' || value[i] == '"')
			strbuf_addf(out, "\\%c", value[i]);
		else
			strbuf_add(out, value + i, n);
		i += n ? n : 1;
	}
	strbuf_addch(out, '"');
}

/* begin_labels: those by which a sample is ours, without the last brace. */
static void begin_labels(struct strbuf *out, const struct metrics *m)
{
	strbuf_addch(out, '{');
	add_label(out, "tool", m->tool);
	strbuf_addch(out, ',');
	add_label(out, "source", m->source);
}

/* is_of: a line of the file that is a sample of this kind; *labels gets what
 * stands behind the name. */
static bool is_of(const struct kind *kind, const char *line, size_t len,
	const char **labels)
{
	size_t n = strlen(kind->name);

	if (len <= n + 1 || memcmp(line, kind->name, n) != 0 ||
		!strchr("{ \t", line[n]))
		return false;
	*labels = line + n;
	return true;
}

/* is_about: "# HELP" or "# TYPE" of this kind. */
static bool is_about(const struct kind *kind, const char *line, size_t len)
{
	size_t prefix = strlen("# HELP "), n = strlen(kind->name);

	return len >= prefix + n &&
		(!memcmp(line, "# HELP ", prefix) ||
			!memcmp(line, "# TYPE ", prefix)) &&
		!memcmp(line + prefix, kind->name, n) &&
		(len == prefix + n || line[prefix + n] == ' ');
}

/* is_foreign: a line of others' metrics, or a comment. */
static bool is_foreign(const char *line, size_t len)
{
	const char *labels;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (is_of(&kinds[i], line, len, &labels) ||
			is_about(&kinds[i], line, len))
			return false;
	return true;
}

/* next_line: behind the line that has so many bytes. */
static const char *next_line(const char *line, size_t len)
{
	return line + len + (line[len] != 0);
}

/* keep_success: when we last succeeded, but not later than now: a clock that
 * was once ahead would keep every alarm silent until that time has come. */
static void keep_success(
	const char *line, size_t len, time_t now, struct strbuf *out)
{
	const char *value = memrchr(line, ' ', len);

	if (value && strtod(value, NULL) > (double)now)
		strbuf_addf(out, "%.*s %" PRIdMAX "\n", (int)(value - line),
			line, (intmax_t)now);
	else
		strbuf_addf(out, "%.*s\n", (int)len, line);
}

/* keep: samples of others in the old text; of ours too, where `success` is the
 * time until which one may have been. 0: none of ours. */
static void keep(const struct kind *kind, const char *before, const char *ours,
	time_t success, struct strbuf *out)
{
	size_t n = strlen(ours), len;

	for (const char *line = before; *line; line = next_line(line, len)) {
		const char *labels;
		bool is_ours;

		len = strcspn(line, "\n");
		if (!is_of(kind, line, len, &labels))
			continue;
		is_ours = !strncmp(labels, ours, n) &&
			(labels[n] == ',' || labels[n] == '}');
		if (!is_ours)
			strbuf_addf(out, "%.*s\n", (int)len, line);
		else if (success)
			keep_success(line, len, success, out);
	}
}

/* keep_foreign: metrics of other names, as they are. */
static void keep_foreign(const char *before, struct strbuf *out)
{
	size_t len;

	for (const char *line = before; *line; line = next_line(line, len)) {
		len = strcspn(line, "\n");
		if (is_foreign(line, len))
			strbuf_addf(out, "%.*s\n", (int)len, line);
	}
}

static void add_sample(struct strbuf *out, const struct kind *kind,
	const char *ours, const char *value)
{
	strbuf_addf(out, "%s%s} %s\n", kind->name, ours, value);
}

static void add_number(struct strbuf *out, const struct kind *kind,
	const char *ours, const struct metrics *m)
{
	const struct metric *number =
		(const void *)((const char *)m + kind->of);
	char value[VALUE_SIZE];

	if (!number->known)
		return;
	snprintf(value, sizeof(value), "%.15g", number->value);
	add_sample(out, kind, ours, value);
}

static void add_own(struct strbuf *out, const struct kind *kind,
	const char *ours, const struct metrics *m)
{
	char now[VALUE_SIZE];

	snprintf(now, sizeof(now), "%" PRIdMAX, (intmax_t)m->now);
	if (kind->of) {
		add_number(out, kind, ours, m);
	} else if (!strcmp(kind->name, FILE_INFO)) {
		if (!m->file)
			return;
		strbuf_addf(out, "%s%s,", kind->name, ours);
		add_label(out, "file", m->file);
		strbuf_addstr(out, "} 1\n");
	} else if (!strcmp(kind->name, "dbpipes_ok")) {
		add_sample(out, kind, ours, m->ok ? "1" : "0");
	} else if (m->ok || strcmp(kind->name, LAST_SUCCESS) != 0) {
		add_sample(out, kind, ours, now);
	}
}

void metrics_text(
	const struct metrics *m, const char *before, struct strbuf *out)
{
	struct strbuf ours = STRBUF_INIT, samples = STRBUF_INIT;

	begin_labels(&ours, m);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		const struct kind *kind = &kinds[i];
		bool last_success = !strcmp(kind->name, LAST_SUCCESS);

		strbuf_reset(&samples);
		keep(kind, before, ours.buf,
			last_success && !m->ok && !m->gone ? m->now : 0,
			&samples);
		if (!m->gone)
			add_own(&samples, kind, ours.buf, m);
		if (samples.len)
			strbuf_addf(out, "# HELP %s %s\n# TYPE %s gauge\n%s",
				kind->name, kind->help, kind->name,
				samples.buf);
	}
	keep_foreign(before, out);
	strbuf_release(&ours);
	strbuf_release(&samples);
}

/* read_before: none there: empty. */
static int read_before(const char *path, struct strbuf *text, struct err *e)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	struct stat status;
	ssize_t n;

	/* One that is there and cannot be read would lose its last success. */
	if (fd < 0)
		return errno == ENOENT
			? 0
			: err_sys(e, ERR_DENIED, "cannot read %s", path);
	if (fstat(fd, &status)) {
		err_sys(e, ERR_IO, "cannot read %s", path);
		close(fd);
		return -1;
	}
	if (!S_ISREG(status.st_mode)) {
		close(fd);
		return 0;
	}
	if (status.st_size > FILE_MOST) {
		close(fd);
		return err_set(e, ERR_DATA,
			"%s is too large to be a file of metrics", path);
	}
	strbuf_grow(text, (size_t)status.st_size);
	n = io_read_full(fd, text->buf, (size_t)status.st_size, path, e);
	close(fd);
	if (n < 0)
		return -1;
	strbuf_setlen(text, (size_t)n);
	return 0;
}

/* lock_folder: returns the descriptor that holds the lock, or -1; that it
 * cannot be had, or not soon, is no error: who holds it may be anybody. */
static int lock_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder = slash ? xstrndup(path, (size_t)(slash - path) + 1)
			     : xstrdup(".");
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	free(folder);
	for (int i = 0;
		fd >= 0 && i < LOCK_TRIES && flock(fd, LOCK_EX | LOCK_NB); i++)
		poll(NULL, 0, LOCK_PAUSE_MS);
	return fd;
}

int metrics_write(const char *path, const struct metrics *m, struct err *e)
{
	struct strbuf before = STRBUF_INIT, text = STRBUF_INIT;
	struct atomic_file file = {.fd = -1};
	int lock = lock_folder(path);
	int rc = read_before(path, &before, e);

	if (!rc) {
		metrics_text(m, before.buf, &text);
		rc = atomic_open(&file, path, e);
	}
	if (!rc) {
		rc = io_write_all(file.fd, text.buf, text.len, path, e);
		/* The collector is another user; there is no secret in it. */
		if (!rc && fchmod(file.fd, 0644) && file.temp)
			rc = err_sys(
				e, ERR_IO, "cannot set the mode of %s", path);
		if (!rc)
			rc = atomic_commit(&file, e);
		else
			atomic_abort(&file);
	}
	if (lock >= 0)
		close(lock);
	strbuf_release(&before);
	strbuf_release(&text);
	return rc;
}
