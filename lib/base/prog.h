/* prog.h: a program's beginning, its messages, and its end.
 *
 * Every main() is: prog_init, opt_parse, acquire, run, prog_finish. Messages
 * are one line each, written with one write(2); control bytes in them are
 * escaped, for text from a server is hostile. With --log=json every line is
 * a JSON object instead.
 */
#ifndef DBPIPES_BASE_PROG_H
#define DBPIPES_BASE_PROG_H

#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };
enum log_format { LOG_TEXT, LOG_JSON };

#define DBPIPES_VERSION "0.1.0"

/* prog_init: name the tool, install signals (sig.h), make sure that 0, 1 and
 * 2 are open, and read DBPIPES_LOG. */
void prog_init(const char *name);
const char *prog_name(void);

/* prog_log: what is shown from now on. The default is LOG_INFO, LOG_TEXT. */
void prog_log(enum log_level level, enum log_format format);
enum log_format prog_log_format(void);

void log_warn(const char *fmt, ...) PRINTF_LIKE(1, 2);
void log_info(const char *fmt, ...) PRINTF_LIKE(1, 2);
void log_debug(const char *fmt, ...) PRINTF_LIKE(1, 2);

/* die_err: undo what is on the undo list, write the one final line, and exit
 * with the error's code. ERR_PIPE dies of SIGPIPE without a line (the reader
 * left; that is no news), ERR_SIGNAL of the signal. If a signal is pending
 * the error is taken for its consequence, whatever its code.
 * Text: "dbdump: error: MESSAGE\ndbdump: HINT"; JSON: {"tool":..,"event":
 * "error","time":..,"code":75,"name":"tempfail","msg":..,"hint":..}. */
NORETURN void die_err(const struct err *e);

/* die_memory: the end that alloc.h promises; `wanted` in bytes. Needs no
 * memory itself; runs the undo list when the main thread calls it. */
NORETURN void die_memory(size_t wanted);

/* prog_finish: the successful end: run what is left of the undo list, close
 * stdout and check it. Returns the exit status for main(): `status`, or dies
 * with ERR_IO. */
int prog_finish(int status);

/* prog_refuse_terminal: error ERR_USAGE if fd is a terminal, for binary or
 * bulky output that nobody wants there. */
int prog_refuse_terminal(int fd, const char *what, struct err *e);

#endif
