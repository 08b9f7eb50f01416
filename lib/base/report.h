/* report.h: where --report sends a tool's records while stdout carries bytes:
 * a number is an open descriptor, anything else a file to append to. */
#ifndef DBPIPES_BASE_REPORT_H
#define DBPIPES_BASE_REPORT_H

#include "base/err.h"
#include "base/json.h"

struct report {
	int fd;           /* -1: no report is wanted */
	const char *name; /* for messages; borrowed */
};

/* report_open: where NULL: none. Done early, so that a place that cannot be
 * written to is found before the work. A new file gets mode 0600. Errors:
 * ERR_CANTCREATE, ERR_USAGE for a descriptor that is not open. */
int report_open(struct report *report, const char *where, struct err *e);

/* report_write: end the record and write it, if one is wanted. */
int report_write(struct report *report, struct json *record, struct err *e);

#endif
