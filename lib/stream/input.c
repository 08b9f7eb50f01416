/* input.c: opening dumps and undoing their compression, in bounded memory.
 *
 * Not here: zstd (input_zstd.c), or anything about what the bytes say.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/io.h"
#include "base/prog.h"
#include "base/spool.h"
#include "stream/container.h"
#include "stream/input_internal.h"

/* A head of our own is told by what its line begins with. */
enum {
	PEEK_SIZE = SKIPPABLE_HEADER + sizeof(HEAD_BEGIN_ANY) - 1,
	/* mariadb-dump writes 4 KB at once: with a wake-up for each of them it
	 * took a twentieth longer. */
	SCANT = 64 * 1024
};

/* is_head: even where its first bytes are damaged. */
static bool is_head(const unsigned char *p, size_t len)
{
	return len == PEEK_SIZE &&
		!memcmp(p + SKIPPABLE_HEADER, HEAD_BEGIN_ANY,
			PEEK_SIZE - SKIPPABLE_HEADER);
}

/* is_stub: a compressed dump that ends in its first three bytes. */
static bool is_stub(const unsigned char *p, size_t len)
{
	struct strbuf head = STRBUF_INIT, frame = STRBUF_INIT;
	bool stub;

	add_le32(&head, FRAME_HEAD);
	add_le32(&frame, FRAME_ZSTD);
	stub = len && (!memcmp(p, head.buf, len) || !memcmp(p, frame.buf, len));
	strbuf_release(&head);
	strbuf_release(&frame);
	return stub;
}

static enum input_format guess_format(const unsigned char *p, size_t len)
{
	uint32_t magic;

	if (len >= 2 && p[0] == 0x1f && p[1] == 0x8b)
		return INPUT_GZIP; /* RFC 1952, 2.3.1 */
	if (len < sizeof(magic))
		return is_stub(p, len) ? INPUT_ZSTD : INPUT_PLAIN;
	magic = get_le32(p);
	if (magic == FRAME_ZSTD || is_skippable(magic) || is_head(p, len))
		return INPUT_ZSTD;
	return INPUT_PLAIN;
}

/* read_some: in large pieces, also of a pipe that is written in small ones. */
static ssize_t read_some(struct input *in, void *buf, size_t len, struct err *e)
{
	ssize_t n;

	if (in->scant)
		io_let_gather();
	n = io_read(in->fd, buf, len, in->name, e);
	in->scant = !in->regular && n > 0 && n < SCANT && (size_t)n < len;
	return n;
}

ssize_t input_read_raw(struct input *in, void *buf, size_t len, struct err *e)
{
	ssize_t n;

	if (in->text)
		return 0;
	if (in->view)
		n = input_pread(in, buf, len, in->consumed, e);
	else
		n = read_some(in, buf, len, e);
	if (n <= 0)
		return n;
	in->consumed += (uint64_t)n;
	if (in->pass &&
		io_write_all(in->pass_to, buf, (size_t)n, "standard output", e))
		return -1;
	return n;
}

/* make_room: for `least` bytes that follow each other. What was used up stays
 * as long as there is room, for input_to_file. */
static void make_room(struct input *in, size_t least)
{
	if (in->raw_len < RAW_SIZE && in->raw_pos + least <= RAW_SIZE)
		return;
	in->raw_len -= in->raw_pos;
	memmove(in->raw, in->raw + in->raw_pos, in->raw_len);
	in->raw_pos = 0;
}

int input_fill(struct input *in, size_t least, struct err *e)
{
	if (in->raw_len - in->raw_pos >= least || in->raw_end)
		return 0;
	make_room(in, least);
	while (in->raw_len - in->raw_pos < least && !in->raw_end) {
		ssize_t n = input_read_raw(
			in, in->raw + in->raw_len, RAW_SIZE - in->raw_len, e);

		if (n < 0)
			return -1;
		in->raw_len += (size_t)n;
		in->raw_end = n == 0;
	}
	return 0;
}

uint64_t input_offset(const struct input *in)
{
	return in->start + in->consumed - (in->raw_len - in->raw_pos);
}

static int start_decoder(struct input *in, bool head, struct err *e)
{
	if (in->format == INPUT_ZSTD)
		return input_zstd_begin(in, head, e);
	/* 16: a gzip header, not a zlib one. */
	if (in->format == INPUT_GZIP &&
		inflateInit2(&in->gzip, 16 + MAX_WBITS) != Z_OK) {
		in->format = INPUT_PLAIN; /* nothing for inflateEnd */
		return err_set(e, ERR_OS, "no memory to read gzip");
	}
	return 0;
}

/* refuse_others: formats that a backup may have come in, and what takes it out
 * of them. Source: the formats' own specifications. */
static int refuse_others(const struct input *in, size_t len, struct err *e)
{
	static const struct {
		const char *magic, *name, *command;
	} others[] = {
		{"\3757zXZ", "xz", "xz -dc"},
		{"BZh91AY&SY", "bzip2", "bzip2 -dc"},
		{"\4\"M\30", "lz4", "lz4 -dc"},
		{"PK\3\4", "zip", "unzip -p"},
	};

	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		size_t magic = strlen(others[i].magic);

		if (len < magic || memcmp(in->raw, others[i].magic, magic) != 0)
			continue;
		err_set(e, ERR_DATA,
			"%s: compressed with %s, which is not read, as zstd "
			"and gzip are",
			input_name(in), others[i].name);
		return err_hint(
			e, "%s FILE | %s", others[i].command, prog_name());
	}
	return 0;
}

static int find_format(struct input *in, struct err *e)
{
	size_t len;

	if (input_fill(in, PEEK_SIZE, e))
		return -1;
	len = in->raw_len < PEEK_SIZE ? in->raw_len : PEEK_SIZE;
	if (refuse_others(in, len, e))
		return -1;
	in->format = guess_format(in->raw, len);
	return start_decoder(in, len == PEEK_SIZE && is_head(in->raw, len), e);
}

static int find_start(struct input *in, struct err *e)
{
	off_t at;

	in->regular = io_is_regular(in->fd, &in->size);
	at = in->regular ? lseek(in->fd, 0, SEEK_CUR) : 0;
	if (at > 0) {
		in->start = (uint64_t)at;
		in->size -= in->size < in->start ? in->size : in->start;
	}
	return find_format(in, e);
}

static void stop_decoder(struct input *in)
{
	if (in->format == INPUT_GZIP)
		inflateEnd(&in->gzip);
	input_zstd_end(in);
	text_seal_free(in->text_seal);
	in->zstd = NULL;
	in->seal = NULL;
	in->text_seal = NULL;
	in->format = INPUT_PLAIN;
}

/* open_file: where in->fd is set, or could not be. */
static struct input *open_file(struct input *in, struct err *e)
{
	in->raw = xmalloc(RAW_SIZE);
	if (in->fd >= 0 && !in->owned && isatty(in->fd)) {
		err_set(e, ERR_USAGE, "standard input is a terminal");
		err_hint(e, "name a file, or feed a dump by a pipe or `<'");
	} else if (in->fd >= 0 && !find_start(in, e)) {
		return in;
	}
	input_close(in);
	return NULL;
}

struct input *input_open(const char *path, struct err *e)
{
	struct input *in = xcalloc(1, sizeof(*in));

	in->owned = path && strcmp(path, "-") != 0;
	in->name = xstrdup(in->owned ? path : "standard input");
	in->fd = in->owned ? io_open_read(path, e) : STDIN_FILENO;
	io_widen_pipe(in->fd);
	return open_file(in, e);
}

struct input *input_open_pass(int to, struct err *e)
{
	struct input *in = xcalloc(1, sizeof(*in));

	in->name = xstrdup("standard input");
	in->fd = STDIN_FILENO;
	in->pass = true;
	in->pass_to = to;
	io_widen_pipe(in->fd);
	io_widen_pipe(to);
	return open_file(in, e);
}

void input_close(struct input *in)
{
	if (!in)
		return;
	stop_decoder(in);
	ahead_free(in->ahead);
	/* Only read from: nothing can be lost by closing it. */
	if (in->owned && in->fd >= 0)
		close(in->fd);
	free(in->peeked);
	free(in->raw);
	free(in->name);
	free(in);
}

int input_truncated(const struct input *in, const char *what, struct err *e)
{
	err_set(e, ERR_DATA,
		"%s: the %s data end in the middle, after %llu bytes", in->name,
		what, (unsigned long long)input_offset(in));
	return err_hint(e, "the dump is truncated: make or fetch it again");
}

int input_damaged(const struct input *in, const char *what, const char *why,
	struct err *e)
{
	err_set(e, ERR_DATA, "%s: damaged %s data near byte %llu: %s", in->name,
		what, (unsigned long long)input_offset(in), why);
	return err_hint(e, "the dump is damaged: make or fetch it again");
}

/* read_plain: what was peeked first, then straight from the file; but little at
 * once comes through the buffer. */
static ssize_t read_plain(
	struct input *in, void *buf, size_t len, struct err *e)
{
	size_t left;

	if (len < RAW_SIZE / 8 && in->raw && input_fill(in, 1, e))
		return -1;
	left = in->raw_len - in->raw_pos;
	if (left) {
		if (left > len)
			left = len;
		memcpy(buf, in->raw + in->raw_pos, left);
		in->raw_pos += left;
		return (ssize_t)left;
	}
	return input_read_raw(in, buf, len, e);
}

/* next_member: what follows a gzip member: another, the end of the file, or
 * padding with NULs as tape tools leave it. Returns 1 for another member. */
static int next_member(struct input *in, struct err *e)
{
	for (;;) {
		if (input_fill(in, 1, e))
			return -1;
		if (in->raw_pos == in->raw_len)
			return 0;
		if (in->raw[in->raw_pos])
			break;
		in->raw_pos++;
	}
	if (inflateReset(&in->gzip) != Z_OK)
		return err_set(e, ERR_BUG, "zlib: cannot start over");
	return 1;
}

static ssize_t read_gzip(struct input *in, void *buf, size_t len, struct err *e)
{
	z_stream *z = &in->gzip;
	uInt room = len > RAW_SIZE ? RAW_SIZE : (uInt)len;

	z->next_out = buf;
	z->avail_out = room;
	while (z->avail_out == room) {
		int rc;

		if (!in->inside) {
			rc = next_member(in, e);
			if (rc <= 0)
				return rc;
			in->inside = true;
		}
		if (input_fill(in, 1, e))
			return -1;
		if (in->raw_pos == in->raw_len)
			return input_truncated(in, "gzip", e);
		z->next_in = in->raw + in->raw_pos;
		z->avail_in = (uInt)(in->raw_len - in->raw_pos);
		rc = inflate(z, Z_NO_FLUSH);
		in->raw_pos = in->raw_len - z->avail_in;
		if (rc == Z_STREAM_END)
			in->inside = false;
		else if (rc == Z_MEM_ERROR)
			return err_set(e, ERR_OS, "%s: no memory to read gzip",
				in->name);
		else if (rc != Z_OK && rc != Z_BUF_ERROR)
			return input_damaged(in, "gzip",
				z->msg ? z->msg : "checksum or format", e);
	}
	return (ssize_t)(room - z->avail_out);
}

static ssize_t read_text(struct input *in, void *buf, size_t len, struct err *e)
{
	if (in->ahead)
		return ahead_read(in->ahead, buf, len, e);
	switch (in->format) {
	case INPUT_ZSTD:
		return input_read_zstd(in, buf, len, e);
	case INPUT_GZIP:
		return read_gzip(in, buf, len, e);
	case INPUT_PLAIN:
		break;
	}
	return read_plain(in, buf, len, e);
}

void input_check_text(struct input *in)
{
	if (!in->seal && !in->ahead)
		in->text_seal = text_seal_new();
}

bool input_text_checked(const struct input *in)
{
	return in->seal ? seal_complete(in->seal) : in->text_checked;
}

/* end_text: all of a text that is checked was read. */
static int end_text(struct input *in, struct err *e)
{
	const char *why;
	enum text_verdict verdict = text_seal_end(in->text_seal, &why);

	text_seal_free(in->text_seal);
	in->text_seal = NULL;
	in->text_checked = verdict == TEXT_GOOD;
	if (verdict != TEXT_BAD)
		return 0;
	err_set(e, ERR_DATA, "%s is damaged: %s", in->name, why);
	return err_hint(e,
		"make or fetch it again; if it is several dumps, take each by "
		"itself");
}

ssize_t input_decode(struct input *in, void *buf, size_t len, struct err *e)
{
	return len ? read_text(in, buf, len, e) : 0;
}

ssize_t input_pass_on(
	struct input *in, const void *buf, ssize_t n, struct err *e)
{
	if (n < 0)
		return -1;
	if (!n)
		return in->text_seal ? end_text(in, e) : 0;
	if (in->text_seal)
		text_seal_add(in->text_seal, buf, (size_t)n);
	if (in->tee.write && in->tee.write(in->tee.ctx, buf, (size_t)n, e))
		return -1;
	return n;
}

void input_tee(struct input *in, struct sink to)
{
	in->tee = to;
}

const char *input_name(const struct input *in)
{
	return in->name;
}

enum input_format input_format(const struct input *in)
{
	return in->format;
}

uint64_t input_consumed(const struct input *in, uint64_t *total)
{
	*total = in->regular ? in->size : 0;
	if (in->ahead)
		return ahead_consumed(in->ahead);
	return in->consumed - (in->raw_len - in->raw_pos);
}

bool input_plain_file(const struct input *in, uint64_t *size)
{
	*size = in->size;
	return in->regular && !in->ahead && in->format == INPUT_PLAIN;
}

bool input_file(const struct input *in, uint64_t *size)
{
	*size = in->size;
	return in->regular && !in->ahead;
}

int input_fd(const struct input *in, uint64_t *offset)
{
	*offset = in->start;
	return in->fd;
}

ssize_t input_pread(
	struct input *in, void *buf, size_t len, uint64_t offset, struct err *e)
{
	return io_pread_full(in->fd, buf, len, in->start + offset, in->name, e);
}

struct input *input_view(const struct input *in, uint64_t offset)
{
	struct input *view = xcalloc(1, sizeof(*view));

	view->fd = in->fd;
	view->view = true;
	view->name = xstrdup(in->name);
	view->regular = true;
	view->start = in->start + offset;
	view->size = in->size - offset;
	return view;
}

struct input *input_text(const char *name, const void *text, size_t len)
{
	struct input *in = xcalloc(1, sizeof(*in));

	in->text = true;
	in->fd = -1;
	in->name = xstrdup(name);
	in->raw = xmalloc(len + 1);
	memcpy(in->raw, text, len);
	in->raw_len = in->consumed = len;
	in->raw_end = true;
	return in;
}

struct input *input_packed_text(
	const char *name, const void *text, size_t len, struct err *e)
{
	struct input *in = input_text(name, text, len);

	if (!find_format(in, e))
		return in;
	input_close(in);
	return NULL;
}

struct input *input_again(const struct input *in, struct err *e)
{
	struct input *again = input_view(in, 0);

	again->raw = xmalloc(RAW_SIZE);
	if (!find_format(again, e))
		return again;
	input_close(again);
	return NULL;
}

/* spool: what was taken so far and all that follows. */
static int spool(struct input *in, int fd, struct err *e)
{
	if (io_write_all(fd, in->raw, in->raw_len, "temporary file", e) ||
		io_copy(in->fd, fd, e))
		return -1;
	if (lseek(fd, 0, SEEK_SET))
		return err_sys(e, ERR_IO, "cannot rewind a temporary file");
	return 0;
}

/* rewind_or_spool: a descriptor that begins where the input begins. */
static int rewind_or_spool(struct input *in, struct err *e)
{
	int fd;

	if (in->regular)
		return lseek(in->fd, (off_t)in->start, SEEK_SET) < 0
			? err_sys(e, ERR_IO, "cannot rewind %s", in->name)
			: 0;
	fd = spool_file(e);
	if (fd < 0)
		return -1;
	if (spool(in, fd, e)) {
		close(fd);
		return -1;
	}
	if (in->owned)
		close(in->fd);
	in->fd = fd;
	in->owned = true;
	return 0;
}

int input_to_file(struct input *in, struct err *e)
{
	if (!in->regular && in->consumed != in->raw_len)
		return err_set(
			e, ERR_BUG, "%s was read from already", in->name);
	if (rewind_or_spool(in, e))
		return -1;
	stop_decoder(in);
	in->inside = in->raw_end = false;
	in->raw_pos = in->raw_len = 0;
	in->consumed = 0;
	return find_start(in, e);
}
