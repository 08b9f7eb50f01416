/* Asking for a password on a terminal, here a pseudo one. */
#include <pty.h>
#include <signal.h>
#include <termios.h>

#include "base/opt.h"
#include "base/prog.h"
#include "base/sig.h"
#include "fixture.h"
#include "tap.h"

enum { GOT_IT = 10, WRONG, NO_TERMINAL, STOPPED, ECHO_LOST };

static int ask(void)
{
	struct termios now;
	struct err e;
	char *secret;

	prog_init("dbtest");
	secret = secret_ask("Password: ", &e);
	if (!tcgetattr(STDIN_FILENO, &now) && !(now.c_lflag & ECHO))
		return ECHO_LOST;
	if (!secret && e.code == ERR_CONFIG)
		return e.hint[0] ? NO_TERMINAL : WRONG;
	if (!secret)
		return e.code == ERR_SIGNAL ? STOPPED : WRONG;
	if (strcmp(secret, "ge heim"))
		return WRONG;
	free(secret);
	return GOT_IT;
}

/* Wait for the prompt, answer, and keep what the screen shows. Returns the
 * status of ask(). */
static int converse(const char *answer, int signo, char screen[1024])
{
	size_t len = 0;
	int terminal, raw = 0;
	ssize_t n;
	pid_t pid;

	fflush(NULL);
	pid = forkpty(&terminal, NULL, NULL, NULL);
	if (!pid)
		_exit(ask());
	screen[0] = '\0';
	while (len < 1023 &&
		(n = read(terminal, screen + len, 1023 - len)) > 0) {
		len += (size_t)n;
		screen[len] = '\0';
		if (!strstr(screen, "Password: "))
			continue;
		if (signo)
			kill(pid, signo);
		else if (*answer && write(terminal, answer, strlen(answer)) < 0)
			break;
		answer = "";
		signo = 0;
	}
	waitpid(pid, &raw, 0);
	close(terminal);
	return WIFEXITED(raw) ? WEXITSTATUS(raw) : -1;
}

static int ask_nobody(void)
{
	setsid();
	return ask();
}

int main(void)
{
	char screen[1024], text[] = "geheim";

	is_int(converse("ge heim\n", 0, screen), GOT_IT,
		"a password is what was typed, and echo is back on");
	is_str(screen, "Password: \r\n", "the screen shows only the prompt");
	is_int(converse("", SIGTERM, screen), STOPPED,
		"a signal ends the asking, and echo is back on");
	is_int(in_fork(ask_nobody).status, NO_TERMINAL,
		"without a terminal it is ERR_CONFIG, with a hint");
	secret_wipe(text, sizeof(text));
	ok(!text[0] && !text[5], "a wiped secret is gone");
	return done_testing();
}
