/* progress.h: a line of progress on stderr, drawn when a clock says so.
 *
 * Nothing is drawn before one second has passed, nor more than once a second;
 * with `auto` only if stderr is a terminal and we are its foreground process.
 * Under --log=json a "progress" event takes the line's place.
 */
#ifndef DBPIPES_BASE_PROGRESS_H
#define DBPIPES_BASE_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

enum progress_when { PROGRESS_AUTO, PROGRESS_ALWAYS, PROGRESS_NEVER };

/* What is counted. Set by one thread, the one that calls progress_show. */
struct progress {
	uint64_t bytes;       /* done so far */
	uint64_t total_bytes; /* 0: not known */
	uint64_t rows;        /* done so far; 0: not counted */
	uint64_t total_rows;  /* an estimate; 0: not known */
	const char *what;     /* now at work on, e.g. a table; may be NULL */
	/* private */
	enum progress_when when;
	uint64_t started_ms, shown_ms;
	bool drawn; /* a line is on the screen */
};

void progress_begin(struct progress *p, enum progress_when when);
/* progress_wanted: whether anything would be drawn now, for totals that cost
 * something to find out. */
bool progress_wanted(const struct progress *p);
/* progress_show: draw if it is time; cheap otherwise. */
void progress_show(struct progress *p);
/* progress_end: wipe the line. Call before any message, too. */
void progress_end(struct progress *p);

/* progress_format: the line itself, without "\r": "1.2 GiB of 4.0 GiB (30%),
 * 1 200 000 rows, 110 MiB/s, 0:25 left, shop.orders". Writes at most size
 * bytes and a NUL. */
void progress_format(
	const struct progress *p, uint64_t now_ms, char *line, unsigned size);

#endif
