/* Inputs: formats told by their bytes, truncated and damaged ones refused. */
#include "stream/input.h"
#include "fixture.h"
#include "tap.h"

static char text[1 << 20]; /* what the dump says */

/* Run a command with the folder as its working directory. */
static void shell(const char *command)
{
	char line[512];

	snprintf(line, sizeof(line), "cd %s && %s", fixture_dir, command);
	if (system(line))
		printf("# failed: %s\n", line);
}

/* Read all of a file in steps of `step`. Returns the bytes, or -1. */
static ssize_t read_whole(const char *name, size_t step, struct err *e)
{
	static char got[2 * sizeof(text)];
	struct input *in = input_open(in_dir(name), e);
	size_t len = 0;
	ssize_t n = -1;

	if (!in)
		return -1;
	while (len < sizeof(got) - step &&
		(n = input_read(in, got + len, step, e)) > 0)
		len += (size_t)n;
	input_close(in);
	if (n < 0)
		return -1;
	return memcmp(got, text, len < sizeof(text) ? len : sizeof(text))
		? -2
		: (ssize_t)len;
}

static void whole(const char *name, enum input_format format)
{
	struct err e = {0};
	struct input *in = input_open(in_dir(name), &e);
	uint64_t size, total;
	char title[128];

	snprintf(title, sizeof(title), "%s is read as what it is", name);
	ok(in && input_format(in) == format, title);
	ok(in && input_plain_file(in, &size) == (format == INPUT_PLAIN),
		"only a plain one can be read by offsets");
	ok(in && !input_consumed(in, &total) && total,
		"nothing is used up yet, and the size is known");
	input_close(in);
	is_int(read_whole(name, 100000, &e), sizeof(text), "all of it");
	is_int(read_whole(name, 777, &e), sizeof(text), "in small steps, too");
}

static void refused(const char *name, const char *what, const char *title)
{
	struct err e = {0};

	is_int(read_whole(name, 65536, &e), -1, title);
	ok(e.code == ERR_DATA, "as bad data");
	has_str(e.msg, what, "and it says which kind");
}

static void test_damage(void)
{
	shell("head -c 5000 a.zst >cut.zst; head -c 3 a.zst >stub.zst; "
	      "head -c 5000 a.gz >cut.gz; head -c 12 a.gz >stub.gz");
	refused("cut.zst", "zstd data end in the middle",
		"a zstd file without its end is refused");
	refused("cut.gz", "gzip data end in the middle",
		"so is a gzip file without its end");
	refused("stub.gz", "gzip data end", "or with hardly a beginning");
	shell("{ head -c 3000 a.zst; printf xxxxxxxx; tail -c +3009 a.zst; } "
	      ">bad.zst; { head -c 3000 a.gz; printf xxxxxxxx; "
	      "tail -c +3009 a.gz; } >bad.gz; cp a.gz crc.gz; "
	      "printf '\\0\\0\\0\\0' | dd of=crc.gz bs=1 conv=notrunc "
	      "seek=$(($(stat -c %s a.gz) - 8)) 2>/dev/null; "
	      "{ cat a.gz; echo garbage; } >tail.gz");
	refused("bad.zst", "damaged zstd data near byte",
		"damage in a zstd file is found");
	refused("bad.gz", "damaged gzip data near byte",
		"so is damage in a gzip file");
	refused("crc.gz", "damaged gzip", "and a wrong checksum");
	refused("tail.gz", "damaged gzip", "and rubbish behind the end");
	shell("{ printf '\\3757zXZ\\0'; echo data; } >a.xz; "
	      "printf 'BZh91AY&SYdata' >a.bz2");
	refused("a.xz", "compressed with xz", "what others compress is named");
	refused("a.bz2", "compressed with bzip2", "by the format");
}

static void test_several(void)
{
	struct err e = {0};

	shell("head -c 500000 a >1; tail -c +500001 a >2; "
	      "{ zstd -qc 1; printf 'P*M\\030\\004\\0\\0\\0skip'; zstd -qc 2; }"
	      " >two.zst; { gzip -c 1; gzip -c 2; } >two.gz; "
	      "{ cat a.gz; head -c 10240 /dev/zero; } >padded.gz");
	is_int(read_whole("two.zst", 65536, &e), sizeof(text),
		"frames follow each other, and skippable ones are skipped");
	is_int(read_whole("two.gz", 65536, &e), sizeof(text),
		"members of a gzip file follow each other");
	is_int(read_whole("padded.gz", 65536, &e), sizeof(text),
		"NULs behind the last are padding");
}

static void test_stdin(void)
{
	struct err e = {0};
	struct input *in, *view;
	char got[8] = "";
	uint64_t size = 0, total;
	int fd = open(in_dir("a"), O_RDONLY | O_CLOEXEC);

	lseek(fd, 100, SEEK_SET);
	dup2(fd, STDIN_FILENO);
	close(fd);
	in = input_open("-", &e);
	is_str(input_name(in), "standard input", "- is standard input");
	ok(input_plain_file(in, &size) && size == sizeof(text) - 100,
		"a file on standard input is a file from where it stands");
	ok(input_pread(in, got, 4, 4, &e) == 4 && !memcmp(got, text + 104, 4),
		"offsets count from there");
	view = input_view(in, 10);
	ok(input_read(view, got, 4, &e) == 4 && !memcmp(got, text + 110, 4),
		"a view begins where it was asked to");
	ok(input_read(in, got, 4, &e) == 4 && !memcmp(got, text + 100, 4) &&
			input_consumed(in, &total) == 4,
		"and the first reader goes on where it was");
	ok(input_read(view, got, 4, &e) == 4 && !memcmp(got, text + 114, 4),
		"and so does the view");
	input_close(view);
	input_close(in);
	in = input_open(NULL, &e);
	ok(in, "no name is standard input, too");
	input_close(in);
}

int main(void)
{
	struct err e = {0};
	FILE *file;

	fixture_begin();
	srand(1);
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)("abcdefghijklmnop\n;'\\"[rand() % 20]);
	file = fopen(in_dir("a"), "we");
	fwrite(text, 1, sizeof(text), file);
	fclose(file);
	shell("zstd -qk a; zstd -qc --no-check <a >stream.zst; gzip -kn a");
	whole("a", INPUT_PLAIN);
	whole("a.zst", INPUT_ZSTD);
	whole("stream.zst", INPUT_ZSTD);
	whole("a.gz", INPUT_GZIP);
	test_damage();
	test_several();
	put_file("empty", "");
	is_int(read_whole("empty", 10, &e), 0, "an empty file is empty");
	put_file("two", "ab");
	ok(input_open(in_dir("missing"), &e) == NULL && e.code == ERR_NOINPUT,
		"a missing file is no input");
	test_stdin();
	fixture_end();
	return done_testing();
}
