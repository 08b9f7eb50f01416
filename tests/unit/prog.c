/* A program's messages and its end. */
#include "base/prog.h"

#include <signal.h>

#include "base/alloc.h"
#include "base/io.h"
#include "base/sig.h"
#include "base/undo.h"
#include "fixture.h"
#include "tap.h"

static void say(void *arg)
{
	log_info("undone: %s", (const char *)arg);
}

static char first[] = "first", second[] = "second";

static NORETURN void die(enum err_code code, enum log_format format)
{
	struct err e;

	prog_init("dbtest");
	prog_log(LOG_INFO, format);
	undo_push(say, first);
	undo_push(say, second);
	err_set(&e, code, "no\nroom \033[31m\xff\xc3\xa4");
	err_hint(&e, "make \"room\"");
	die_err(&e);
}

static int die_text(void)
{
	die(ERR_TEMP, LOG_TEXT);
}

static int die_json(void)
{
	die(ERR_TEMP, LOG_JSON);
}

static int die_pipe(void)
{
	die(ERR_PIPE, LOG_TEXT);
}

static int die_signalled(void)
{
	struct err e;

	prog_init("dbtest");
	undo_push(say, first);
	raise(SIGINT);
	err_set(&e, ERR_UNAVAILABLE, "connection lost");
	die_err(&e);
}

static int die_cleared(void)
{
	struct err e;

	prog_init("dbtest");
	raise(SIGHUP);
	sig_clear();
	err_set(&e, ERR_SIGNAL, "stopped");
	die_err(&e);
}

static void test_die(void)
{
	struct ended end = in_fork(die_text);

	is_int(end.status, 75, "an error ends with its code");
	is_str(end.err,
		"dbtest: undone: second\n"
		"dbtest: undone: first\n"
		"dbtest: error: no\\x0Aroom \\x1B[31m\\xFF\xc3\xa4\n"
		"dbtest: make \"room\"\n",
		"after undoing, latest first, with escaped text and the hint");
	end = in_fork(die_json);
	is_int(end.status, 75, "so it does with --log=json");
	has_str(end.err,
		"\"code\":75,\"name\":\"tempfail\",\"msg\":\"no\\\\x0Aroom "
		"\\\\x1B[31m\\\\xFF\xc3\xa4\",\"hint\":\"make "
		"\\\"room\\\"\"}\n",
		"with an object that has code, name, message and hint");
	end = in_fork(die_pipe);
	is_int(end.status, 128 + SIGPIPE, "ERR_PIPE dies of SIGPIPE");
	is_str(end.err, "dbtest: undone: second\ndbtest: undone: first\n",
		"after undoing, without an error line");
	end = in_fork(die_signalled);
	is_int(end.status, 128 + SIGINT,
		"an error while a signal is pending dies of the signal");
	is_str(end.err, "dbtest: undone: first\n", "after undoing, silently");
	is_int(in_fork(die_cleared).status, 128 + SIGHUP,
		"ERR_SIGNAL dies of the last signal, though it was cleared");
}

static int log_all(void)
{
	log_warn("w %d", 1);
	log_info("i");
	log_debug("d");
	return 0;
}

static int log_default(void)
{
	prog_init("dbtest");
	return log_all();
}

static int log_quiet(void)
{
	prog_init("dbtest");
	prog_log(LOG_WARN, LOG_TEXT);
	return log_all();
}

static int log_verbose(void)
{
	prog_init("dbtest");
	prog_log(LOG_DEBUG, LOG_TEXT);
	return log_all();
}

static int log_env(void)
{
	setenv("DBPIPES_LOG", "json", 1);
	prog_init("dbtest");
	log_warn("w");
	return 0;
}

static void test_log(void)
{
	is_str(in_fork(log_default).err, "dbtest: warning: w 1\ndbtest: i\n",
		"warnings and news are shown, details are not");
	is_str(in_fork(log_quiet).err, "dbtest: warning: w 1\n",
		"a quiet program only warns");
	is_str(in_fork(log_verbose).err,
		"dbtest: warning: w 1\ndbtest: i\ndbtest: d\n",
		"a verbose program shows details");
	has_str(in_fork(log_env).err,
		"{\"tool\":\"dbtest\",\"event\":\"warning\"",
		"DBPIPES_LOG=json makes objects of messages");
}

static int finish(void)
{
	prog_init("dbtest");
	undo_push(say, first);
	return prog_finish(1);
}

static int finish_full(void)
{
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC);

	prog_init("dbtest");
	dup2(full, STDOUT_FILENO);
	printf("text");
	return prog_finish(0);
}

static int finish_closed(void)
{
	struct err e;

	close(STDOUT_FILENO);
	prog_init("dbtest");
	if (io_write_all(STDOUT_FILENO, "x", 1, "standard output", &e))
		die_err(&e);
	return prog_finish(0);
}

static int start_without_stdin(void)
{
	struct err e;
	char c;

	close(STDIN_FILENO);
	prog_init("dbtest");
	if (io_read(STDIN_FILENO, &c, 1, "standard input", &e) < 0)
		die_err(&e);
	return prog_finish(0);
}

static void test_finish(void)
{
	struct ended end = in_fork(finish);

	is_int(end.status, 1, "a program ends with the status of its answer");
	is_str(end.err, "dbtest: undone: first\n",
		"after undoing what is left");
	end = in_fork(finish_full);
	is_int(end.status, ERR_IO, "output lost at the last flush is ERR_IO");
	is_str(end.err,
		"dbtest: error: cannot write standard output: No space left "
		"on device\n",
		"and is told");
	is_int(in_fork(finish_closed).status, ERR_IO,
		"output into a closed descriptor is not lost in silence");
	is_int(in_fork(start_without_stdin).status, ERR_IO,
		"a closed standard input is not an empty one");
}

/* Under AddressSanitizer, too, malloc is to fail and not to end the test. Its
   runtime, a library, looks for the function: names are hidden else. */
__attribute__((visibility("default"))) const char *__asan_default_options(void);

const char *__asan_default_options(void)
{
	return "allocator_may_return_null=1";
}

static int exhaust(void)
{
	prog_init("dbtest");
	undo_push(say, first);
	return xmalloc(SIZE_MAX / 2) != NULL;
}

static int overflow(void)
{
	prog_init("dbtest");
	prog_log(LOG_INFO, LOG_JSON);
	return xreallocarray(NULL, SIZE_MAX / 2, 4) != NULL;
}

static void test_memory(void)
{
	struct ended end = in_fork(exhaust);

	is_int(end.status, ERR_OS, "running out of memory ends with 71");
	has_str(end.err, "dbtest: undone: first\ndbtest: error: out of memory",
		"after undoing, with a line that says so");
	end = in_fork(overflow);
	is_int(end.status, ERR_OS, "so does a size that overflows");
	has_str(end.err, "\"code\":71,\"name\":\"oserr\",\"msg\":\"out of",
		"with an object under --log=json");
}

static void test_undo(void)
{
	struct ended end;

	undo_push(say, first);
	undo_push(say, second);
	undo_drop(say, first);
	undo_drop(say, second);
	undo_drop(say, second);
	undo_run_all();
	end = in_fork(finish);
	is_str(end.err, "dbtest: undone: first\n",
		"a dropped step is not run, and dropping it twice is harmless");
}

int main(void)
{
	test_die();
	test_log();
	test_finish();
	test_memory();
	test_undo();
	return done_testing();
}
