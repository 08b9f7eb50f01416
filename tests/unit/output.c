/* Where a program's bytes go: a file that appears whole, or the standard
 * output. */
#include "base/output.h"

#include "fixture.h"
#include "tap.h"

static void test_file(void)
{
	struct output output;
	const char *path = in_dir("file");
	struct err e;

	is_int(output_open(&output, path, "a test", false, &e), 0,
		"a file is opened");
	out_write(&output.out, "bytes", 5, &e);
	ok(!get_file(path), "it has no name yet");
	is_int(output_commit(&output, &e), 0, "it is ended");
	is_str(get_file(path), "bytes", "and appears with its bytes");
	output_release(&output);
	output_open(&output, in_dir("half"), "a test", false, &e);
	out_write(&output.out, "bytes", 5, &e);
	output_release(&output);
	is_int(count_files(), 1, "one that is given up leaves nothing");
	ok(output_open(&output, in_dir("none/file"), "a test", false, &e) &&
			e.code == ERR_CANTCREATE,
		"one that cannot be made is an error");
	output_release(&output);
}

static int to_stdout(void)
{
	struct output output;
	struct err e;

	if (output_open(&output, NULL, "a test", false, &e) ||
		out_write(&output.out, "here", 4, &e) ||
		output_commit(&output, &e))
		return 1;
	output_release(&output);
	return 0;
}

/* A terminal of our own as the standard output. */
static int to_terminal(void)
{
	struct output output;
	struct err e = {0};
	int lead = posix_openpt(O_RDWR | O_NOCTTY), other;

	if (lead < 0 || grantpt(lead) || unlockpt(lead))
		return 1;
	other = open(ptsname(lead), O_RDWR | O_NOCTTY);
	dup2(other, STDOUT_FILENO);
	if (!output_open(&output, NULL, "a test", false, &e) ||
		e.code != ERR_USAGE || !strstr(e.msg, "a test"))
		return 2;
	return output_open(&output, NULL, "a test", true, &e) ? 3 : 0;
}

static void test_stdout(void)
{
	struct ended end = in_fork(to_stdout);

	is_int(end.status, 0, "without a path it is the standard output");
	is_str(end.out, "here", "which gets the bytes");
	end = in_fork(to_terminal);
	is_int(end.status, 0, "which must be no terminal, unless forced");
}

int main(void)
{
	fixture_begin();
	test_file();
	test_stdout();
	fixture_end();
	return done_testing();
}
