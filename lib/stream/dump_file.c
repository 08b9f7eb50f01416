/* dump_file.c: see dump_file.h. */
#include "stream/dump_file.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/io.h"
#include "base/spool.h"
#include "data/json_read.h"
#include "stream/archive.h"
#include "stream/frame.h"

static void take_head(struct dump_file *file, const char *line)
{
	struct json_value *head = json_read(line, strlen(line));
	const char *text;

	if (!head)
		return;
	if (json_read_text(head, "time", &text))
		file->time = xstrdup(text);
	if (json_read_text(head, "server", &text))
		file->server = xstrdup(text);
	json_read_free(head);
}

static void take_counts(struct dump_file *file, const struct archive *a)
{
	const struct manifest_table *t;
	size_t count;

	t = archive_tables(a, &count);
	file->tables = count;
	for (size_t i = 0; i < count; i++)
		file->rows += t[i].rows;
	sha256_text(archive_end(a)->sha256, file->sha256);
	file->counted = true;
}

/* check_ours: is every byte as dbdump wrote it? */
static int check_ours(struct dump_file *file, struct input *in, struct err *e)
{
	struct archive *a = archive_open(in, e);
	int rc;

	if (!a)
		return -1;
	rc = archive_verify(a, e);
	if (!rc) {
		take_head(file, input_head(in));
		take_counts(file, a);
		rc = positions_from_head(&file->positions, input_head(in), e);
	}
	archive_close(a);
	return rc;
}

/* check_other: all of it is read, for an end may be forged within a row. */
static int check_other(struct dump_file *file, struct input *in, struct err *e)
{
	struct input *again = input_again(in, e);
	int rc;

	if (!again)
		return -1;
	input_check_text(again);
	file->positions.full = true;
	rc = positions_read(&file->positions, again, false, e);
	input_close(again);
	return rc;
}

/* read_frame: as much text as goes into a frame; less only at the end. */
static int read_frame(struct input *in, char *text, size_t *len, struct err *e)
{
	ssize_t n = 1;

	for (*len = 0; *len < FRAME_TEXT && n > 0; *len += (size_t)n) {
		n = input_read(in, text + *len, FRAME_TEXT - *len, e);
		if (n < 0)
			return -1;
	}
	return 0;
}

/* compress: the text in zstd frames, into a temporary file. */
static int compress(struct dump_file *file, struct input *in, struct err *e)
{
	struct frame_packer *packer = frame_packer_new(FRAME_LEVEL);
	struct strbuf frame = STRBUF_INIT;
	char *text = xmalloc(FRAME_TEXT);
	size_t len;
	int rc;

	while (!(rc = read_frame(in, text, &len, e)) && len) {
		rc = frame_pack(packer, text, len, &frame, e);
		if (!rc)
			rc = io_write_all(file->fd, frame.buf, frame.len,
				"temporary file", e);
		if (rc)
			break;
		file->size += frame.len;
	}
	free(text);
	strbuf_release(&frame);
	frame_packer_free(packer);
	return rc;
}

int dump_file_check(struct dump_file *file, struct input *in, struct err *e)
{
	*file = (struct dump_file){.fd = -1, .positions = POSITIONS_INIT};
	if (input_to_file(in, e))
		return -1;
	return input_head(in) ? check_ours(file, in, e)
			      : check_other(file, in, e);
}

int dump_file_open(struct dump_file *file, struct input *in, struct err *e)
{
	if (dump_file_check(file, in, e))
		return -1;
	if (input_format(in) == INPUT_ZSTD) {
		input_file(in, &file->size);
		file->fd = input_fd(in, &file->offset);
		return 0;
	}
	file->fd = spool_file(e);
	file->owned = true;
	return file->fd < 0 ? -1 : compress(file, in, e);
}

void dump_file_close(struct dump_file *file)
{
	if (file->owned && file->fd >= 0)
		close(file->fd);
	positions_release(&file->positions);
	free(file->time);
	free(file->server);
}
