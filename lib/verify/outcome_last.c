/* outcome_last.c: the last record with an outcome; see outcome.h. */
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "data/json_read.h"
#include "verify/outcome.h"

enum { READ_MOST = 4 << 20 };

/* has_outcome: one step that passed is no outcome of the whole. */
static bool has_outcome(const char *line, size_t len)
{
	struct json_value *json = json_read(line, len);
	const char *event;
	bool ok,
		has = json && json_read_bool(json, "ok", &ok) &&
		!(json_read_text(json, "event", &event) &&
			!strcmp(event, "check"));

	json_read_free(json);
	return has;
}

/* read_end: the end of a file, or all of a pipe, if that is not too much. */
static int read_end(
	int fd, const char *name, struct strbuf *text, struct err *e)
{
	uint64_t size = 0, from;
	ssize_t n;

	strbuf_grow(text, READ_MOST + 1);
	if (io_is_regular(fd, &size)) {
		from = size > READ_MOST ? size - READ_MOST : 0;
		n = io_pread_full(fd, text->buf, READ_MOST, from, name, e);
	} else {
		n = io_read_full(fd, text->buf, READ_MOST + 1, name, e);
	}
	if (n < 0)
		return -1;
	if (n > READ_MOST)
		return err_set(e, ERR_DATA, "%s: more than %d bytes of records",
			name, READ_MOST);
	strbuf_setlen(text, (size_t)n);
	return 0;
}

static int take_last(const struct strbuf *text, const char *name,
	struct strbuf *record, struct err *e)
{
	size_t end = text->len;

	while (end) {
		size_t begin = end;

		while (begin && text->buf[begin - 1] != '\n')
			begin--;
		if (has_outcome(text->buf + begin, end - begin)) {
			strbuf_reset(record);
			strbuf_add(record, text->buf + begin, end - begin);
			return 0;
		}
		end = begin ? begin - 1 : 0;
	}
	err_set(e, ERR_DATA, "%s holds no record with an outcome", name);
	return err_hint(e,
		"that is a line of JSON whose \"ok\" is true or "
		"false");
}

int outcome_last(const char *path, struct strbuf *record, struct err *e)
{
	bool is_stdin = !strcmp(path, "-");
	const char *name = is_stdin ? "standard input" : path;
	struct strbuf text = STRBUF_INIT;
	int fd = is_stdin ? STDIN_FILENO : io_open_read(path, e);
	int rc;

	if (fd < 0)
		return -1;
	rc = read_end(fd, name, &text, e);
	if (!rc)
		rc = take_last(&text, name, record, e);
	if (!is_stdin)
		close(fd);
	strbuf_release(&text);
	return rc;
}
