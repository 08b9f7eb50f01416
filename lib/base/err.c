/* err.c: filling in a struct err. Printing one is prog.c's task. */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int err_set(struct err *e, enum err_code code, const char *fmt, ...)
{
	va_list args;

	e->code = code;
	e->hint[0] = '\0';
	va_start(args, fmt);
	vsnprintf(e->msg, sizeof(e->msg), fmt, args);
	va_end(args);
	return -1;
}

int err_sys(struct err *e, enum err_code code, const char *fmt, ...)
{
	int number = errno;
	char text[128];
	size_t len;
	va_list args;

	e->code = code;
	e->hint[0] = '\0';
	va_start(args, fmt);
	vsnprintf(e->msg, sizeof(e->msg), fmt, args);
	va_end(args);
	len = strlen(e->msg);
	snprintf(e->msg + len, sizeof(e->msg) - len, ": %s",
		strerror_r(number, text, sizeof(text)));
	errno = number;
	return -1;
}

int err_hint(struct err *e, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(e->hint, sizeof(e->hint), fmt, args);
	va_end(args);
	return -1;
}

int err_prefix(struct err *e, const char *fmt, ...)
{
	char old[sizeof(e->msg)];
	size_t len;
	va_list args;

	memcpy(old, e->msg, sizeof(old));
	va_start(args, fmt);
	vsnprintf(e->msg, sizeof(e->msg), fmt, args);
	va_end(args);
	len = strlen(e->msg);
	snprintf(e->msg + len, sizeof(e->msg) - len, "%s", old);
	return -1;
}

const char *err_name(enum err_code code)
{
	/* Source: sysexits.h, EX_*, in small letters. */
	switch (code) {
	case ERR_NONE:
		return "ok";
	case ERR_NO:
		return "no";
	case ERR_USAGE:
		return "usage";
	case ERR_DATA:
		return "dataerr";
	case ERR_NOINPUT:
		return "noinput";
	case ERR_UNAVAILABLE:
		return "unavailable";
	case ERR_BUG:
		return "software";
	case ERR_OS:
		return "oserr";
	case ERR_CANTCREATE:
		return "cantcreat";
	case ERR_IO:
		return "ioerr";
	case ERR_TEMP:
		return "tempfail";
	case ERR_DENIED:
		return "noperm";
	case ERR_CONFIG:
		return "config";
	case ERR_PIPE:
		return "pipe";
	case ERR_SIGNAL:
		return "signal";
	}
	return "error";
}
