/* prog.c: a program's beginning, its messages, and its end. */
#include "base/prog.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/json.h"
#include "base/sig.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "base/undo.h"

static struct {
	const char *name;
	enum log_level level;
	enum log_format format;
} prog = {"dbpipes", LOG_INFO, LOG_TEXT};

static atomic_flag out_of_memory = ATOMIC_FLAG_INIT;

/* A closed 0, 1 or 2 would be taken by the next file opened, and messages
 * would go into it. What stands in refuses to be used: reading from it or
 * writing to it fails, since nothing lost may pass for success. */
static void open_standard(int fd)
{
	if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF)
		return;
	if (open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
		_exit(ERR_OS);
}

void prog_init(const char *name)
{
	const char *format = getenv("DBPIPES_LOG");

	prog.name = name;
	prog.level = LOG_INFO;
	prog.format = format && !strcmp(format, "json") ? LOG_JSON : LOG_TEXT;
	open_standard(STDIN_FILENO);
	open_standard(STDOUT_FILENO);
	open_standard(STDERR_FILENO);
	sig_init();
}

const char *prog_name(void)
{
	return prog.name;
}

void prog_log(enum log_level level, enum log_format format)
{
	prog.level = level;
	prog.format = format;
}

enum log_format prog_log_format(void)
{
	return prog.format;
}

/* A value of a JSON line, escaped for a terminal first: whoever prints it with
 * jq -r is as safe as the reader of the text. */
static void json_safe(struct json *j, const char *key, const char *text)
{
	struct strbuf safe = STRBUF_INIT;

	text_escape(&safe, text, strlen(text));
	json_stringn(j, key, safe.buf, safe.len);
	strbuf_release(&safe);
}

static void json_line(struct json *j)
{
	json_end_object(j);
	strbuf_addch(&j->out, '\n');
	io_write_message(STDERR_FILENO, j->out.buf, j->out.len);
	json_release(j);
}

static void text_line(struct strbuf *line, const char *label, const char *text)
{
	strbuf_addf(line, "%s: %s", prog.name, label);
	text_escape(line, text, strlen(text));
	strbuf_addch(line, '\n');
}

static void log_message(enum log_level level, const char *event,
	const char *fmt, va_list args) PRINTF_LIKE(3, 0);

static void log_message(
	enum log_level level, const char *event, const char *fmt, va_list args)
{
	struct strbuf text = STRBUF_INIT, line = STRBUF_INIT;
	struct json j = JSON_INIT;

	if (level > prog.level)
		return;
	strbuf_vaddf(&text, fmt, args);
	if (prog.format == LOG_JSON) {
		json_record_begin(&j, event);
		json_safe(&j, "msg", text.buf);
		json_line(&j);
	} else {
		text_line(
			&line, level == LOG_WARN ? "warning: " : "", text.buf);
		io_write_message(STDERR_FILENO, line.buf, line.len);
	}
	strbuf_release(&line);
	strbuf_release(&text);
}

void log_warn(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	log_message(LOG_WARN, "warning", fmt, args);
	va_end(args);
}

void log_info(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	log_message(LOG_INFO, "info", fmt, args);
	va_end(args);
}

void log_debug(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	log_message(LOG_DEBUG, "debug", fmt, args);
	va_end(args);
}

static void print_err(const struct err *e)
{
	struct strbuf line = STRBUF_INIT;
	struct json j = JSON_INIT;

	if (prog.format == LOG_JSON) {
		json_record_begin(&j, "error");
		json_uint(&j, "code", e->code);
		json_string(&j, "name", err_name(e->code));
		json_safe(&j, "msg", e->msg);
		json_safe(&j, "hint", e->hint);
		json_line(&j);
		return;
	}
	text_line(&line, "error: ", e->msg);
	if (e->hint[0])
		text_line(&line, "", e->hint);
	io_write_message(STDERR_FILENO, line.buf, line.len);
	strbuf_release(&line);
}

void die_err(const struct err *e)
{
	struct err last = *e;
	int signo = sig_clear();

	if (!signo && last.code == ERR_SIGNAL)
		signo = sig_last() ? sig_last() : SIGTERM;
	if (last.code == ERR_NONE)
		last.code = ERR_BUG;
	undo_run_all();
	if (signo)
		sig_reraise(signo);
	if (last.code == ERR_PIPE)
		sig_reraise(SIGPIPE);
	print_err(&last);
	exit((int)last.code);
}

void die_memory(size_t wanted)
{
	char line[512], now[CLOCK_TEXT_SIZE];
	int len;

	/* Undoing may want memory itself. */
	if (atomic_flag_test_and_set(&out_of_memory))
		_exit(ERR_OS);
	/* The undo list is the main thread's. */
	if (gettid() == getpid())
		undo_run_all();
	clock_rfc3339(time(NULL), now);
	if (prog.format == LOG_JSON)
		len = snprintf(line, sizeof(line),
			"{\"tool\":\"%s\",\"event\":\"error\",\"time\":\"%s\","
			"\"code\":%d,\"name\":\"%s\",\"msg\":\"out of memory: "
			"%zu bytes were wanted\",\"hint\":\"\"}\n",
			prog.name, now, ERR_OS, err_name(ERR_OS), wanted);
	else
		len = snprintf(line, sizeof(line),
			"%s: error: out of memory: %zu bytes were wanted\n",
			prog.name, wanted);
	if (len > 0)
		io_write_message(STDERR_FILENO, line, strlen(line));
	_exit(ERR_OS);
}

int prog_finish(int status)
{
	struct err e;

	undo_run_all();
	errno = EIO; /* for an earlier failure, which left a flag alone */
	/* A close that a signal interrupts has closed it: close(2). */
	if (!ferror(stdout) && !fflush(stdout) &&
		(!fclose(stdout) || errno == EINTR))
		return status;
	err_sys(&e, errno == EPIPE ? ERR_PIPE : ERR_IO,
		"cannot write standard output");
	die_err(&e);
}

int prog_refuse_terminal(int fd, const char *what, struct err *e)
{
	if (!isatty(fd))
		return 0;
	err_set(e, ERR_USAGE, "%s would go to a terminal", what);
	return err_hint(e, "redirect it to a file or into a pipe");
}
