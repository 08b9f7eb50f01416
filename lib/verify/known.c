/* known.c: see known.h. */
#include "verify/known.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/sig.h"
#include "base/strbuf.h"
#include "data/json_read.h"
#include "data/sha256.h"

enum { READ_SIZE = 256 * 1024 };

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* take_line: keep the digest if the line is of this file. */
static void take_line(
	const char *line, size_t len, const char *name, char text[SHA256_TEXT])
{
	struct json_value *json = json_read(line, len);
	const char *event, *file, *sha256;
	unsigned char digest[SHA256_SIZE];

	if (json && json_read_text(json, "event", &event) &&
		!strcmp(event, "backup") &&
		json_read_text(json, "file", &file) &&
		!strcmp(base_name(file), name) &&
		json_read_text(json, "sha256", &sha256) &&
		sha256_parse(sha256, digest))
		memcpy(text, sha256, SHA256_TEXT);
	json_read_free(json);
}

/* look_up: the digest as hex. Returns 1, 0 if none is known, -1. A catalogue
 * that is not there says nothing; one that cannot be read may say something. */
static int look_up(const char *catalog, const char *path,
	char text[SHA256_TEXT], struct err *e)
{
	struct strbuf beside = STRBUF_INIT;
	char *line = NULL;
	size_t cap = 0;
	ssize_t len;
	FILE *file;
	int rc = 0;

	strbuf_addf(&beside, "%.*sbackups.jsonl", (int)(base_name(path) - path),
		path);
	text[0] = '\0';
	if (!catalog)
		catalog = beside.buf;
	file = fopen(catalog, "re");
	while (file && (len = getline(&line, &cap, file)) > 0)
		take_line(line, (size_t)len, base_name(path), text);
	if (file ? ferror(file) : errno != ENOENT) {
		err_sys(e, errno == EACCES ? ERR_DENIED : ERR_IO,
			"cannot read %s, which may say with what digest %s was "
			"written",
			catalog, base_name(path));
		rc = err_hint(e, "make it readable, or name another --catalog");
	}
	if (file)
		fclose(file);
	free(line);
	strbuf_release(&beside);
	return rc ? rc : *text != '\0';
}

/* digest_of: the text, as hex. */
static int digest_of(
	const struct input *in, char text[SHA256_TEXT], struct err *e)
{
	struct input *again = input_again(in, e);
	struct sha256 *sum = sha256_new();
	unsigned char digest[SHA256_SIZE];
	char *buf = xmalloc(READ_SIZE);
	ssize_t n = -1;

	while (again && (n = input_read(again, buf, READ_SIZE, e)) > 0) {
		sha256_add(sum, buf, (size_t)n);
		if (sig_pending()) {
			n = err_set(e, ERR_SIGNAL, "interrupted");
			break;
		}
	}
	sha256_end(sum, digest);
	sha256_text(digest, text);
	sha256_free(sum);
	free(buf);
	input_close(again);
	return n < 0 ? -1 : 0;
}

int known_check(const struct input *in, const char *catalog, struct err *e)
{
	char said[SHA256_TEXT], found[SHA256_TEXT];
	uint64_t size;
	int known = input_file(in, &size)
		? look_up(catalog, input_name(in), said, e)
		: 0;

	if (known <= 0)
		return known ? -1 : KNOWN_NOT;
	if (digest_of(in, found, e))
		return -1;
	return strcmp(said, found) ? KNOWN_OTHER : KNOWN_SAME;
}
