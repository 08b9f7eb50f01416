/* input_peek.c: reading an input, and more than that: looking at what comes
 * next, passing over what nobody wants, taking all there is.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "stream/input_internal.h"

ssize_t input_read(struct input *in, void *buf, size_t len, struct err *e)
{
	size_t left = in->peeked_len - in->peeked_pos;

	if (!len)
		return 0;
	if (!left)
		return input_pass_on(in, buf, input_decode(in, buf, len, e), e);
	if (left > len)
		left = len;
	memcpy(buf, in->peeked + in->peeked_pos, left);
	in->peeked_pos += left;
	return input_pass_on(in, buf, (ssize_t)left, e);
}

ssize_t input_peek(
	struct input *in, size_t len, const char **data, struct err *e)
{
	size_t left = in->peeked_len - in->peeked_pos;

	if (!in->peeked)
		in->peeked = xmalloc(INPUT_PEEK_MOST);
	memmove(in->peeked, in->peeked + in->peeked_pos, left);
	in->peeked_pos = 0;
	in->peeked_len = left;
	while (in->peeked_len < len) {
		ssize_t n = input_decode(in, in->peeked + in->peeked_len,
			len - in->peeked_len, e);

		if (n < 0)
			return -1;
		if (!n)
			break;
		in->peeked_len += (size_t)n;
	}
	*data = (const char *)in->peeked;
	return (ssize_t)(in->peeked_len < len ? in->peeked_len : len);
}

/* seek_over: as much of len as a plain file has, once nothing of it waits in
 * memory; 0 for anything else. */
static uint64_t seek_over(struct input *in, uint64_t len)
{
	uint64_t left;

	if (!in->regular || in->pass || in->format != INPUT_PLAIN ||
		in->peeked_pos < in->peeked_len || in->raw_pos < in->raw_len ||
		in->consumed >= in->size)
		return 0;
	left = in->size - in->consumed;
	if (len > left)
		len = left;
	if (!in->view && lseek(in->fd, (off_t)len, SEEK_CUR) < 0)
		return 0;
	in->consumed += len;
	return len;
}

int input_skip(struct input *in, uint64_t len, uint64_t *skipped, struct err *e)
{
	char *buf = xmalloc(RAW_SIZE);
	ssize_t n = 1;

	for (*skipped = 0; n > 0 && *skipped < len; *skipped += (uint64_t)n) {
		uint64_t left = len - *skipped;

		n = (ssize_t)seek_over(in, left);
		if (!n)
			n = input_read(in, buf,
				left < RAW_SIZE ? (size_t)left : RAW_SIZE, e);
		if (n < 0)
			break;
	}
	free(buf);
	return n < 0 ? -1 : 0;
}

int input_read_all(
	struct input *in, struct strbuf *to, size_t most, struct err *e)
{
	size_t before = to->len;
	ssize_t n;

	do {
		strbuf_grow(to, RAW_SIZE);
		n = input_read(in, to->buf + to->len, RAW_SIZE, e);
		if (n < 0)
			return -1;
		strbuf_setlen(to, to->len + (size_t)n);
		if (to->len - before > most)
			return err_set(e, ERR_DATA, "%s: larger than %zu bytes",
				in->name, most);
	} while (n);
	return 0;
}

int input_pass_rest(struct input *in, struct err *e)
{
	char *buf = xmalloc(RAW_SIZE);
	ssize_t n;

	do
		n = input_read_raw(in, buf, RAW_SIZE, e);
	while (n > 0);
	free(buf);
	return (int)n;
}
