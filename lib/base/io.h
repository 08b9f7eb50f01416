/* io.h: the only callers of read(2) and write(2).
 *
 * EINTR is retried unless sig_pending() says stop (then ERR_SIGNAL), short
 * transfers are continued, EAGAIN is polled, and a write of zero bytes is
 * ENOSPC. `name` is what messages call the file: "standard output", a path.
 */
#ifndef DBPIPES_BASE_IO_H
#define DBPIPES_BASE_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

/* io_read: up to len bytes. Returns the count, 0 at the end, -1 on error
 * (ERR_IO, ERR_SIGNAL). */
ssize_t io_read(int fd, void *buf, size_t len, const char *name, struct err *e);

/* io_let_gather: wait a moment, shorter than a person sees, or until a signal
 * has come: who writes a pipe in small pieces need not wake its reader for each
 * of them. */
void io_let_gather(void);

/* io_read_full: as io_read, but fewer than len bytes only at the end. */
ssize_t io_read_full(
	int fd, void *buf, size_t len, const char *name, struct err *e);

/* io_pread_full: len bytes from an offset of a file; fewer only at the end. */
ssize_t io_pread_full(int fd, void *buf, size_t len, uint64_t offset,
	const char *name, struct err *e);

/* io_write_all: all len bytes. Errors: ERR_PIPE when the reader has gone,
 * ERR_IO with a hint for ENOSPC, EDQUOT and EFBIG, ERR_SIGNAL. */
int io_write_all(
	int fd, const void *buf, size_t len, const char *name, struct err *e);

/* io_write_message: for lines on stderr and the terminal: as much as can be
 * written, also while a signal is pending; failure has nowhere to go. */
void io_write_message(int fd, const void *buf, size_t len);

/* io_copy: everything from one descriptor to another. */
int io_copy(int from, int to, struct err *e);

/* io_open_read: open a file for reading, close-on-exec. Errors: ERR_NOINPUT
 * missing, or a directory; ERR_DENIED; ERR_OS. Returns the descriptor or -1. */
int io_open_read(const char *path, struct err *e);

/* io_widen_pipe: let more be under way in a pipe than by default, so that its
 * ends take turns less often; anything else, and a refusal, is left alone. */
void io_widen_pipe(int fd);

/* io_is_folder: the path leads to a directory. */
bool io_is_folder(const char *path);

/* io_close: close, checked: what was written may fail only now. */
int io_close(int fd, const char *name, struct err *e);

/* io_is_regular: fd is a regular file; *size (may be NULL) gets its bytes. */
bool io_is_regular(int fd, uint64_t *size);

#endif
