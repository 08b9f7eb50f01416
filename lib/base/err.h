/* err.h: errors as values, and the exit statuses they end in.
 *
 * A function that can fail returns 0 or -1 (or NULL) and fills the struct err
 * that is its last parameter; it neither prints nor exits. Only a main() ends
 * the program, with die_err() of prog.h. Running out of memory is the one
 * exception (alloc.h): it ends the program where it happens.
 */
#ifndef DBPIPES_BASE_ERR_H
#define DBPIPES_BASE_ERR_H

#include <stddef.h>

#include "base/attr.h"

/* The exit statuses of all six tools. Source: sysexits.h of 4.3BSD for 64 to
 * 78. dbpipes(7) prints this table; a test compares the two. */
enum err_code {
	ERR_NONE = 0,
	ERR_NO = 1, /* the checked answer is no */
	ERR_USAGE = 64,
	ERR_DATA = 65,    /* bad or truncated input */
	ERR_NOINPUT = 66, /* no such input */
	ERR_UNAVAILABLE = 69,
	ERR_BUG = 70,
	ERR_OS = 71,
	ERR_CANTCREATE = 73,
	ERR_IO = 74,
	ERR_TEMP = 75, /* try again later */
	ERR_DENIED = 77,
	ERR_CONFIG = 78,
	/* Not exit statuses; die_err() turns both into a signal's death. */
	ERR_PIPE = 256,  /* the reader of our output went away */
	ERR_SIGNAL = 257 /* a signal asked us to stop: see sig_pending() */
};

/* An error: what went wrong, and what the person can do about it. The texts
 * are fixed arrays so that an error never allocates; longer text is cut. */
struct err {
	enum err_code code;
	char msg[1024]; /* one line, without a final full stop */
	char hint[512]; /* the remedy, or "" where none is known */
};

/* err_set: fill *e and drop any hint. Returns -1, so that a caller can write
 * `return err_set(e, ERR_DATA, "...")`. */
int err_set(struct err *e, enum err_code code, const char *fmt, ...)
	PRINTF_LIKE(3, 4);

/* err_sys: err_set with ": " and the text of errno behind the message. */
int err_sys(struct err *e, enum err_code code, const char *fmt, ...)
	PRINTF_LIKE(3, 4);

/* err_hint: set the remedy of an error already set. Returns -1. */
int err_hint(struct err *e, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* err_prefix: put text before the message, keeping code and hint. Returns -1.
 */
int err_prefix(struct err *e, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* err_name: the word for a code in JSON records: "usage", "tempfail"; "ok"
 * for 0 and "error" for an unknown one. */
const char *err_name(enum err_code code);

#endif
