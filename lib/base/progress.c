/* progress.c: a line of progress on stderr, drawn when a clock says so. */
#include "base/progress.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/json.h"
#include "base/prog.h"
#include "base/strbuf.h"
#include "base/text.h"

enum { EVERY_MS = 1000, COLUMNS = 80 };

/* Back to the first column, erase to the end of the line. Source: ECMA-48. */
static const char wipe[] = "\r\033[K";

void progress_begin(struct progress *p, enum progress_when when)
{
	*p = (struct progress){.when = when};
	p->started_ms = p->shown_ms = clock_ms();
}

/* In the background, a line would be drawn over somebody else's. */
static bool in_foreground(void)
{
	return isatty(STDERR_FILENO) && tcgetpgrp(STDERR_FILENO) == getpgrp();
}

static void add_bytes(struct strbuf *sb, double bytes)
{
	static const char *const units[] = {
		"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
	double value = bytes / 1024;
	size_t unit = 0;

	if (bytes < 1023.5) {
		strbuf_addf(sb, "%.0f B", bytes);
		return;
	}
	for (; value >= 1023.5 && unit < 5; unit++)
		value /= 1024;
	strbuf_addf(
		sb, value < 99.95 ? "%.1f %s" : "%.0f %s", value, units[unit]);
}

/* 1 200 000: a space means the same everywhere, a comma does not. */
static void add_count(struct strbuf *sb, uint64_t count)
{
	char digits[24];
	int len = snprintf(digits, sizeof(digits), "%" PRIu64, count), i;

	for (i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			strbuf_addch(sb, ' ');
		strbuf_addch(sb, digits[i]);
	}
}

static void add_percent(struct strbuf *sb, uint64_t done, uint64_t total)
{
	double part = (double)done * 100 / (double)total;

	strbuf_addf(sb, " (%.0f%%)", part > 100 ? 100.0 : part);
}

static void add_time(struct strbuf *sb, double seconds)
{
	uint64_t s = (uint64_t)(seconds + 0.5);

	if (s >= 3600)
		strbuf_addf(sb, "%" PRIu64 ":%02u:%02u", s / 3600,
			(unsigned)(s / 60 % 60), (unsigned)(s % 60));
	else
		strbuf_addf(
			sb, "%u:%02u", (unsigned)(s / 60), (unsigned)(s % 60));
}

static void add_rows(struct strbuf *sb, const struct progress *p)
{
	add_count(sb, p->rows);
	if (p->total_rows) {
		strbuf_addstr(sb, " of about ");
		add_count(sb, p->total_rows);
	}
	strbuf_addstr(sb, " rows");
	if (p->total_rows && !p->total_bytes)
		add_percent(sb, p->rows, p->total_rows);
}

/* Time left, by what has a known total; nothing before there is a rate. */
static void add_left(struct strbuf *sb, const struct progress *p, double ms)
{
	double done = (double)p->bytes, total = (double)p->total_bytes;

	if (!p->total_bytes) {
		done = (double)p->rows;
		total = (double)p->total_rows;
	}
	if (done <= 0 || total < done || ms <= 0)
		return;
	strbuf_addstr(sb, ", ");
	add_time(sb, (total - done) / done * ms / 1000);
	strbuf_addstr(sb, " left");
}

/* Cut to what a line has room for, between characters. */
static size_t fitting(const char *s, size_t len, size_t bytes, size_t columns)
{
	size_t at = 0, n;

	while (at < len && columns--) {
		n = utf8_length(s + at, len - at);
		n = n ? n : 1;
		if (at + n > bytes)
			break;
		at += n;
	}
	return at;
}

void progress_format(
	const struct progress *p, uint64_t now_ms, char *line, unsigned size)
{
	struct strbuf sb = STRBUF_INIT;
	uint64_t ms = now_ms - p->started_ms;
	size_t len;

	add_bytes(&sb, (double)p->bytes);
	if (p->total_bytes) {
		strbuf_addstr(&sb, " of ");
		add_bytes(&sb, (double)p->total_bytes);
		add_percent(&sb, p->bytes, p->total_bytes);
	}
	if (p->rows || p->total_rows) {
		strbuf_addstr(&sb, ", ");
		add_rows(&sb, p);
	}
	if (ms) {
		strbuf_addstr(&sb, ", ");
		add_bytes(&sb, (double)p->bytes * 1000 / (double)ms);
		strbuf_addstr(&sb, "/s");
	}
	add_left(&sb, p, (double)ms);
	if (p->what) {
		strbuf_addstr(&sb, ", ");
		text_escape(&sb, p->what, strlen(p->what));
	}
	len = fitting(sb.buf, sb.len, size, sb.len);
	memcpy(line, sb.buf, len);
	line[len] = '\0';
	strbuf_release(&sb);
}

static void show_record(const struct progress *p, uint64_t now_ms)
{
	struct json j = JSON_INIT;

	json_record_begin(&j, "progress");
	json_uint(&j, "bytes", p->bytes);
	json_uint(&j, "total_bytes", p->total_bytes);
	json_uint(&j, "rows", p->rows);
	json_uint(&j, "total_rows", p->total_rows);
	json_string(&j, "what", p->what ? p->what : "");
	json_seconds(&j, "seconds", now_ms - p->started_ms);
	json_end_object(&j);
	strbuf_addch(&j.out, '\n');
	io_write_message(STDERR_FILENO, j.out.buf, j.out.len);
	json_release(&j);
}

static size_t screen_columns(void)
{
	struct winsize size;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) || !size.ws_col)
		return COLUMNS;
	return size.ws_col;
}

static void show_line(struct progress *p, uint64_t now_ms)
{
	struct strbuf out = STRBUF_INIT;
	char line[512];
	size_t len;

	progress_format(p, now_ms, line, sizeof(line) - 1);
	len = strlen(line);
	if (isatty(STDERR_FILENO)) {
		strbuf_addstr(&out, wipe);
		strbuf_add(&out, line,
			fitting(line, len, len, screen_columns() - 1));
		p->drawn = true;
	} else {
		strbuf_addf(&out, "%s: %s\n", prog_name(), line);
	}
	io_write_message(STDERR_FILENO, out.buf, out.len);
	strbuf_release(&out);
}

bool progress_wanted(const struct progress *p)
{
	if (p->when != PROGRESS_AUTO)
		return p->when == PROGRESS_ALWAYS;
	return prog_log_format() == LOG_JSON || in_foreground();
}

void progress_show(struct progress *p)
{
	uint64_t now;

	if (p->when == PROGRESS_NEVER)
		return;
	now = clock_ms();
	if (now - p->shown_ms < EVERY_MS)
		return;
	p->shown_ms = now;
	if (prog_log_format() == LOG_JSON)
		show_record(p, now);
	else if (progress_wanted(p))
		show_line(p, now);
}

void progress_end(struct progress *p)
{
	if (!p->drawn)
		return;
	io_write_message(STDERR_FILENO, wipe, sizeof(wipe) - 1);
	p->drawn = false;
}
