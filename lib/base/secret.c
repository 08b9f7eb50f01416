/* secret.c: passwords: asked for, and forgotten. */
#include "base/opt.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/io.h"
#include "base/strbuf.h"
#include "base/undo.h"

enum { SECRET_MAX = 4096 };

struct terminal {
	int fd;
	struct termios before;
};

void secret_wipe(char *s, size_t len)
{
	explicit_bzero(s, len);
}

static void echo_again(void *arg)
{
	const struct terminal *tty = arg;

	tcsetattr(tty->fd, TCSAFLUSH, &tty->before);
}

static int read_line(int fd, struct strbuf *line, struct err *e)
{
	char c;
	ssize_t n;

	/* Room from the start: a buffer that moves leaves copies behind. */
	strbuf_grow(line, SECRET_MAX);
	while ((n = io_read(fd, &c, 1, "/dev/tty", e)) > 0 && c != '\n') {
		if (line->len == SECRET_MAX)
			return err_set(e, ERR_USAGE,
				"the password typed is longer than %d bytes",
				SECRET_MAX);
		strbuf_addch(line, c);
	}
	if (n < 0)
		return -1;
	if (!n && !line->len)
		return err_set(e, ERR_CONFIG,
			"no password was typed before the end of the "
			"terminal's "
			"input");
	return 0;
}

static int hide_typing(struct terminal *tty, struct err *e)
{
	struct termios quiet;

	if (tcgetattr(tty->fd, &tty->before))
		return err_sys(e, ERR_CONFIG, "cannot ask on /dev/tty");
	quiet = tty->before;
	quiet.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
	undo_push(echo_again, tty);
	if (tcsetattr(tty->fd, TCSAFLUSH, &quiet)) {
		undo_drop(echo_again, tty);
		return err_sys(e, ERR_CONFIG, "cannot ask on /dev/tty");
	}
	return 0;
}

char *secret_ask(const char *prompt, struct err *e)
{
	struct terminal tty;
	struct strbuf line = STRBUF_INIT;
	int failed;

	tty.fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	if (tty.fd < 0) {
		err_set(e, ERR_CONFIG,
			"a password is to be asked for, but there is no "
			"terminal");
		err_hint(e,
			"put it into an option file: password=... in the "
			"group [client]");
		return NULL;
	}
	failed = hide_typing(&tty, e);
	if (!failed) {
		io_write_message(tty.fd, prompt, strlen(prompt));
		failed = read_line(tty.fd, &line, e);
		echo_again(&tty);
		undo_drop(echo_again, &tty);
		io_write_message(tty.fd, "\n", 1);
	}
	close(tty.fd);
	if (!failed)
		return strbuf_detach(&line);
	if (line.cap)
		secret_wipe(line.buf, line.cap);
	strbuf_release(&line);
	return NULL;
}
