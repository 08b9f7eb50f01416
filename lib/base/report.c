/* report.c: see report.h. */
#include "base/report.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

int report_open(struct report *report, const char *where, struct err *e)
{
	int flags;

	*report = (struct report){.fd = -1, .name = where};
	if (!where)
		return 0;
	if (*where && strspn(where, "0123456789") == strlen(where)) {
		report->fd = atoi(where);
		report->name = "the report's descriptor";
		flags = fcntl(report->fd, F_GETFL);
		if (flags < 0 || (flags & O_ACCMODE) == O_RDONLY)
			return err_set(e, ERR_USAGE,
				"--report=%s: no descriptor open for writing",
				where);
		return 0;
	}
	report->fd =
		open(where, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	if (report->fd < 0)
		return err_sys(e, ERR_CANTCREATE,
			"cannot open '%s' for the report", where);
	return 0;
}

int report_write(struct report *report, struct json *record, struct err *e)
{
	if (report->fd < 0)
		return 0;
	return json_record_write(record, report->fd, report->name, e);
}
