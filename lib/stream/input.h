/* input.h: a dump to read: a file, "-" or standard input, plain, zstd or gzip.
 *
 * The format is told by the first bytes, never by the name. A compressed
 * input that ends before its end marker is an error, not an end. A compressed
 * dump of dbdump (container.h) is checked as it is read: its end is told only
 * when every byte of the file has proved to be the one that was written.
 */
#ifndef DBPIPES_STREAM_INPUT_H
#define DBPIPES_STREAM_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/sink.h"
#include "base/strbuf.h"

enum input_format { INPUT_PLAIN, INPUT_ZSTD, INPUT_GZIP };

struct input;

/* input_open: path NULL or "-" is standard input. Owns: the caller ends it
 * with input_close. Errors: those of io_open_read; ERR_USAGE when standard
 * input is a terminal. */
struct input *input_open(const char *path, struct err *e);
void input_close(struct input *in);

/* input_open_pass: standard input, and whatever is read of it is written as it
 * is to the descriptor `to`. Errors: as input_open, and of io_write_all. */
struct input *input_open_pass(int to, struct err *e);

/* input_pass_rest: of such an input, pass on what nobody has read. */
int input_pass_rest(struct input *in, struct err *e);

/* input_check_text: before the first input_read: if the text is a dump of
 * dbdump that states its SHA-256, check it as it is read, so that the end is
 * told only when every byte has proved to be the one that was written. What is
 * checked already, a compressed dump, is not checked twice. */
void input_check_text(struct input *in);

/* input_text_checked: after the end: the text stated its digest, or a
 * compressed dump its own, and it was right. */
bool input_text_checked(const struct input *in);

/* input_tee: before the first input_read: what is read of the text also goes to
 * this sink, whose errors are those of input_read. */
void input_tee(struct input *in, struct sink to);

/* input_read: up to len bytes of the decompressed stream; 0 at its end.
 * Errors: ERR_DATA with the offset in the file for damaged or truncated
 * compressed data; ERR_IO; ERR_SIGNAL. */
ssize_t input_read(struct input *in, void *buf, size_t len, struct err *e);

/* input_peek: the next bytes of the decompressed stream, which are still to be
 * read: `len` of them (at most INPUT_PEEK_MOST), fewer only at the end. *data
 * is valid until the next call. Returns their count or -1, errors as
 * input_read.
 */
enum { INPUT_PEEK_MOST = 4096 };
ssize_t input_peek(
	struct input *in, size_t len, const char **data, struct err *e);

/* input_skip: pass over bytes of the stream; of a plain file without reading
 * them. *skipped is fewer than len only at the end. */
int input_skip(
	struct input *in, uint64_t len, uint64_t *skipped, struct err *e);

/* input_read_all: the rest of the stream, appended to a buffer. Errors: those
 * of input_read; ERR_DATA if it is more than `most` bytes. */
int input_read_all(
	struct input *in, struct strbuf *to, size_t most, struct err *e);

/* input_text: an input of bytes in memory, plain, which are copied. Owns: the
 * caller ends it with input_close. */
struct input *input_text(const char *name, const void *text, size_t len);

/* input_packed_text: the same, but of any format. Errors: as input_open. */
struct input *input_packed_text(
	const char *name, const void *text, size_t len, struct err *e);

/* input_name: what messages call it: the path, or "standard input". */
const char *input_name(const struct input *in);
enum input_format input_format(const struct input *in);

/* input_head: of a compressed dump of dbdump the JSON line at its beginning,
 * NULL for any other input. It is there from input_open on. */
const char *input_head(const struct input *in);

/* input_consumed: bytes taken from the file so far, as stored (compressed),
 * and in *total its size, 0 where that cannot be known: for progress. */
uint64_t input_consumed(const struct input *in, uint64_t *total);

/* input_plain_file: true if the input is an uncompressed regular file, so that
 * its tail can be read; *size gets its bytes. The offset where reading began
 * counts as the beginning. */
bool input_plain_file(const struct input *in, uint64_t *size);

/* input_file: true if it is a regular file of any format; *size gets its bytes
 * as stored, from where reading began. */
bool input_file(const struct input *in, uint64_t *size);

/* input_fd: the descriptor of a regular file, borrowed, and where in it the
 * input begins. */
int input_fd(const struct input *in, uint64_t *offset);

/* input_pread: bytes of a regular file, as stored, from an offset, without
 * moving what input_read reads next; fewer than len only at the end. */
ssize_t input_pread(struct input *in, void *buf, size_t len, uint64_t offset,
	struct err *e);

/* input_view: a second reader of a plain file from an offset on, which leaves
 * the first one where it is. Owns: the caller ends it with input_close, before
 * the first one. */
struct input *input_view(const struct input *in, uint64_t offset);

/* input_again: a second reader of a regular file of any format, from its
 * beginning. Owns and errors: as input_open; ended before the first one. */
struct input *input_again(const struct input *in, struct err *e);

/* input_to_file: make it a regular file: what comes from a pipe is copied to a
 * temporary one first. It begins at its beginning again, so this is to be
 * called before more than a few bytes were read. Errors: ERR_CANTCREATE,
 * ERR_IO; ERR_BUG when it is too late. */
int input_to_file(struct input *in, struct err *e);

#endif
