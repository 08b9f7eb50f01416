/* The line of progress. */
#include "base/progress.h"

#include <pty.h>

#include "base/prog.h"
#include "fixture.h"
#include "tap.h"

static void line(
	struct progress p, uint64_t ms, const char *want, const char *title)
{
	char text[256];

	progress_format(&p, ms, text, sizeof(text) - 1);
	is_str(text, want, title);
}

static void test_format(void)
{
	const uint64_t mib = 1024 * 1024, gib = 1024 * mib;
	char small[12];

	line((struct progress){0}, 0, "0 B", "nothing done yet");
	line((struct progress){.bytes = 1000}, 1000, "1000 B, 1000 B/s",
		"bytes alone");
	line((struct progress){.bytes = 1200 * mib,
		     .total_bytes = 4 * gib,
		     .rows = 1200000,
		     .what = "shop.orders"},
		10909,
		"1.2 GiB of 4.0 GiB (29%), 1 200 000 rows, 110 MiB/s, 0:26 "
		"left, shop.orders",
		"everything that is known is in the line");
	line(
		(struct progress){
			.bytes = 100 * mib, .rows = 999, .total_rows = 10000},
		100000,
		"100 MiB, 999 of about 10 000 rows (10%), 1.0 MiB/s, 15:01 "
		"left",
		"rows tell the time left where bytes cannot");
	line((struct progress){.bytes = mib, .total_bytes = 8000 * mib}, 1000,
		"1.0 MiB of 7.8 GiB (0%), 1.0 MiB/s, 2:13:19 left",
		"hours are shown where there are any");
	line((struct progress){.bytes = 20, .total_bytes = 10}, 1000,
		"20 B of 10 B (100%), 20 B/s",
		"more than all is no more than 100 percent");
	line((struct progress){.bytes = mib - 1}, 1000, "1.0 MiB, 1.0 MiB/s",
		"rounding goes on to the next unit");
	line((struct progress){.bytes = UINT64_MAX}, 1000,
		"16.0 EiB, 16.0 EiB/s", "the largest number has a unit");
	line((struct progress){.what = "a\033[2J"}, 0, "0 B, a\\x1B[2J",
		"a hostile name is escaped");
	progress_format(&(struct progress){.what = "\xe2\x82\xac\xe2\x82\xac"},
		0, small, sizeof(small) - 2);
	is_str(small, "0 B, \xe2\x82\xac",
		"a line too long is cut between characters");
}

static int show_always(void)
{
	struct progress p;

	prog_init("test");
	progress_begin(&p, PROGRESS_ALWAYS);
	p.bytes = 2048;
	progress_show(&p);
	p.shown_ms -= 1000;
	p.started_ms -= 1000;
	progress_show(&p);
	progress_show(&p);
	progress_end(&p);
	return 0;
}

static int show_auto(void)
{
	struct progress p;

	prog_init("test");
	progress_begin(&p, PROGRESS_AUTO);
	p.shown_ms -= 1000;
	progress_show(&p);
	progress_end(&p);
	return 0;
}

static int show_json_auto(void)
{
	struct progress p;

	prog_init("test");
	prog_log(LOG_INFO, LOG_JSON);
	progress_begin(&p, PROGRESS_AUTO);
	p.shown_ms -= 1000;
	progress_show(&p);
	return 0;
}

/* What show_auto draws on a terminal, in the foreground or not. */
static void on_terminal(bool foreground, char screen[256])
{
	int terminal;
	pid_t pid;

	fflush(NULL);
	pid = forkpty(&terminal, NULL, NULL, NULL);
	if (!pid) {
		if (!foreground) {
			pid = fork();
			if (pid) {
				waitpid(pid, NULL, 0);
				_exit(0);
			}
			setpgid(0, 0);
		}
		_exit(show_auto());
	}
	slurp(terminal, screen, 256);
	close(terminal);
	waitpid(pid, NULL, 0);
}

int main(void)
{
	struct ended end;
	char screen[256];

	test_format();
	on_terminal(true, screen);
	has_str(screen, "\r\033[K0 B", "on a terminal a line is drawn");
	has_str(screen + 5, "\r\033[K", "and wiped at the end");
	on_terminal(false, screen);
	is_str(screen, "", "but not from the background");
	end = in_fork(show_always);
	ok(!strncmp(end.err, "test: 2.0 KiB, ", 15),
		"a line is drawn once a second has passed");
	is_str(strchr(end.err, '\n'), "\n", "and not twice in one second");
	is_str(in_fork(show_auto).err, "",
		"nothing is drawn by itself where there is no terminal");
	has_str(in_fork(show_json_auto).err,
		"{\"tool\":\"test\",\"event\":\"progress\",",
		"with --log=json it is a record instead");
	return done_testing();
}
