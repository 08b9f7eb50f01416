/* Compressed dumps: stock zstd reads them, both of our readers see every
 * changed byte, and what a hostile one says leads to an error. */
#include "stream/archive.h"
#include "fixture.h"
#include "forge.h"
#include "tap.h"

static struct strbuf plain = STRBUF_INIT, dump = STRBUF_INIT;

static void put_bytes(const char *name, const void *data, size_t len)
{
	FILE *file = fopen(in_dir(name), "we");

	if (!file || fwrite(data, 1, len, file) != len || fclose(file))
		abort();
}

/* A command that must succeed in the folder. */
static bool shell(const char *command)
{
	char line[1024];

	snprintf(line, sizeof(line), "cd %s && %s", fixture_dir, command);
	return system(line) == 0;
}

/* Read a file to its end, its text into *text unless that is NULL. */
static int read_through(const char *name, struct strbuf *text, struct err *e)
{
	struct input *in = input_open(in_dir(name), e);
	char buf[5000];
	ssize_t n;

	if (!in)
		return -1;
	while ((n = input_read(in, buf, sizeof(buf), e)) > 0)
		if (text)
			strbuf_add(text, buf, (size_t)n);
	input_close(in);
	return n < 0 ? -1 : 0;
}

/* Open a file as an archive and verify it. */
static int verify(const char *name, struct err *e)
{
	struct input *in = input_open(in_dir(name), e);
	struct archive *a = in ? archive_open(in, e) : NULL;
	int rc = a ? archive_verify(a, e) : -1;

	archive_close(a);
	input_close(in);
	return rc;
}

static void test_forms(void)
{
	struct strbuf text = STRBUF_INIT;
	struct err e = {0};

	forge_dump(&plain, false);
	forge_dump(&dump, true);
	put_bytes("a.sql", plain.buf, plain.len);
	put_bytes("a.zst", dump.buf, dump.len);
	ok(shell("zstd -qt a.zst"), "zstd -t finds a compressed dump good");
	ok(shell("zstd -qdc a.zst | cmp - a.sql"),
		"zstd -d makes the plain dump of it, byte for byte");
	ok(shell("zstd -lv a.zst 2>&1 | grep -q 'Check: XXH64' && "
		 "zstd -lv a.zst 2>&1 | grep -q '# Skippable Frames: 4'"),
		"zstd -l shows a checksum, and four skippable frames");
	ok(shell("tail -c +9 a.zst | head -n 1 | "
		 "jq -e '.tool == \"dbdump\" and .position.log_pos == 4' "
		 ">/dev/null"),
		"its first line is read by jq");
	is_int(read_through("a.zst", &text, &e), 0, "we read it, too");
	ok(text.len == plain.len && !memcmp(text.buf, plain.buf, text.len),
		"as the same text");
	is_int(verify("a.zst", &e), 0, "and it proves to be as it was written");
	is_str(e.msg, "", "without a complaint");
	strbuf_release(&text);
}

static void test_writer(void)
{
	struct strbuf to[2] = {STRBUF_INIT, STRBUF_INIT};
	struct strbuf packed = STRBUF_INIT;
	struct stream_writer *w[2];
	struct frame_packer *packer = frame_packer_new(3);
	struct err e = {0};

	for (int i = 0; i < 2; i++) {
		w[i] = forge_begin(&to[i], i);
		forge_table(w[i], "t", 2500);
		forge_must(stream_writer_manifest(w[i], NULL, &e));
	}
	is_str(stream_writer_sha256(w[1]), stream_writer_sha256(w[0]),
		"the SHA-256 of the text is the same in both forms");
	ok(stream_writer_bytes(w[1]) == stream_writer_bytes(w[0]) &&
			stream_writer_written(w[0]) == to[0].len &&
			stream_writer_written(w[1]) == to[1].len,
		"bytes of text and bytes written are counted");
	forge_must(frame_pack(packer, "abc", 3, &packed, &e));
	is_int(stream_writer_piece(w[1], "abcd", 4, &packed, &e), -1,
		"frames that are not those of their text are refused");
	ok(e.code == ERR_BUG, "as a mistake of ours");
	frame_packer_free(packer);
	for (int i = 0; i < 2; i++) {
		stream_writer_free(w[i]);
		strbuf_release(&to[i]);
	}
	strbuf_release(&packed);
}

/* The text between two marks of the plain dump. */
static bool is_between(
	const struct strbuf *text, const char *from, const char *to)
{
	const char *begin = strstr(plain.buf, from), *end = strstr(begin, to);

	return text->len == (size_t)(end - begin) &&
		!memcmp(text->buf, begin, text->len);
}

static void test_tables(const struct archive *a)
{
	struct archive_reader *r = archive_reader_new(a);
	struct strbuf text = STRBUF_INIT;
	const struct manifest_table *t;
	const struct frame_range *frames;
	struct err e = {0};
	size_t count;

	t = archive_tables(a, &count);
	is_int((intmax_t)count, 3, "an archive knows its tables");
	is_str(t[1].table, "one", "by name");
	is_str(t[1].db, "shop", "and database");
	is_int((intmax_t)t[0].rows, 4500, "and their rows");
	ok(t[1].has_rows && !t[2].has_rows, "and where there are none");
	ok(!archive_read(r, &t[0].frames, forge_sink(&text), &e) &&
			is_between(&text, "CREATE TABLE `many`",
				"CREATE TABLE `one`"),
		"a table of several frames is read without the rest");
	strbuf_reset(&text);
	ok(!archive_read(r, &t[1].frames, forge_sink(&text), &e) &&
			is_between(&text, "CREATE TABLE `one`",
				"CREATE TABLE `bare`"),
		"so is one of a few rows");
	frames = archive_frames(a, &count);
	strbuf_reset(&text);
	for (size_t i = 0; i < count; i++)
		forge_must(archive_read(r, &frames[i], forge_sink(&text), &e));
	ok(text.len == plain.len && !memcmp(text.buf, plain.buf, text.len),
		"all frames together are the dump");
	is_int(archive_read(r,
		       &(struct frame_range){frames[1].offset + 1, 20, 9},
		       forge_sink(&text), &e),
		-1, "what is no frame is an error");
	strbuf_release(&text);
	archive_reader_free(r);
}

static void test_dd(const struct archive *a)
{
	const struct manifest_table *t;
	char command[512];
	size_t count;

	t = archive_tables(a, &count);
	snprintf(command, sizeof(command),
		"dd if=a.zst bs=64K iflag=skip_bytes,count_bytes skip=%llu "
		"count=%llu status=none | zstd -qdc >one.sql && "
		"head -n 1 one.sql | grep -qF 'CREATE TABLE `one`' && "
		"[ $(grep -c INSERT one.sql) = 3 ]",
		(unsigned long long)t[1].frames.offset,
		(unsigned long long)t[1].frames.length);
	ok(shell(command), "dd and zstd -d find the same table");
}

static void test_archive(void)
{
	struct err e = {0};
	struct input *in = input_open(in_dir("a.zst"), &e);
	struct archive *a = archive_open(in, &e);

	test_tables(a);
	test_dd(a);
	archive_close(a);
	input_close(in);
	in = input_open(in_dir("a.sql"), &e);
	ok(!archive_open(in, &e) && e.code == ERR_USAGE,
		"a plain dump is no archive");
	input_close(in);
}

/* Are these bytes refused as bad data, by both readers? */
static bool both_refuse(const void *data, size_t len)
{
	struct err read = {0}, whole = {0};
	bool refused;

	put_bytes("b.zst", data, len);
	refused = read_through("b.zst", NULL, &read) && verify("b.zst", &whole);
	return refused && (read.code == ERR_DATA) &&
		(whole.code == ERR_DATA || whole.code == ERR_USAGE);
}

static void test_changes(void)
{
	struct forge_parts parts = forge_parts(&dump);
	int tries = getenv("DBPIPES_SLOW") ? 200 : 1000, missed = 0;

	srand(3);
	for (int i = 0; i < tries; i++) {
		size_t at = (size_t)rand() % dump.len;
		char was = dump.buf[at];

		dump.buf[at] = (char)(was ^ (1 + rand() % 255));
		missed += !both_refuse(dump.buf, dump.len);
		dump.buf[at] = was;
	}
	is_int(missed, 0, "any changed byte is noticed, read or verified");
	missed = 0;
	for (size_t at = 0; at < dump.len; at++) {
		if (at == 200)
			at = parts.manifest - SKIPPABLE_HEADER;
		dump.buf[at] ^= 0x21;
		missed += !both_refuse(dump.buf, dump.len);
		dump.buf[at] ^= 0x21;
	}
	is_int(missed, 0, "so is each one of head, manifest, footer, table");
}

static void test_cuts(void)
{
	struct forge_parts parts = forge_parts(&dump);
	struct strbuf more = STRBUF_INIT;
	struct err e = {0};
	int missed = 0;

	for (size_t len = 1; len < dump.len; len++) {
		if (len == 300)
			len = parts.manifest - SKIPPABLE_HEADER - 300;
		missed += !both_refuse(dump.buf, len);
	}
	is_int(missed, 0, "a dump cut off after any byte is refused");
	put_bytes("b.zst", dump.buf, parts.manifest - SKIPPABLE_HEADER);
	ok(shell("zstd -qt b.zst"), "also where zstd sees nothing missing");
	read_through("b.zst", NULL, &e);
	has_str(e.msg, "b.zst: the dump data end in the middle, after",
		"and the error says where it ends");
	put_bytes("b.zst", dump.buf, 0);
	is_int(verify("b.zst", &e), -1, "an empty file is no archive");
	strbuf_add(&more, dump.buf, dump.len);
	strbuf_addch(&more, 'x');
	ok(both_refuse(more.buf, more.len), "one byte more is refused");
	strbuf_setlen(&more, dump.len);
	strbuf_add(&more, dump.buf, dump.len);
	ok(both_refuse(more.buf, more.len), "so are two dumps in one file");
	strbuf_release(&more);
}

/* Is a manifest of these lines refused by the archive? "@" is the right last
 * line. */
static void hostile(const char *lines, const char *title)
{
	struct forge_parts parts = forge_parts(&dump);
	struct strbuf text = STRBUF_INIT, forged = STRBUF_INIT;
	struct err e = {0};

	for (const char *p = lines; *p; p++)
		if (*p == '@')
			strbuf_add(&text, parts.last_line,
				(size_t)(dump.buf + parts.manifest_end -
					parts.last_line));
		else
			strbuf_addch(&text, *p);
	forge(&dump, text.buf, text.len, &forged);
	put_bytes("b.zst", forged.buf, forged.len);
	if (!ok(verify("b.zst", &e) && e.code == ERR_DATA, title))
		printf("# %d %s\n", e.code, e.msg);
	strbuf_release(&text);
	strbuf_release(&forged);
}

/* The line of a table with these numbers, and the last line. */
static void hostile_range(const char *numbers, const char *title)
{
	char lines[512];

	snprintf(lines, sizeof(lines),
		"{\"db\":\"d\",\"table\":\"t\",\"rows\":null,\"digest\":null,"
		"%s}\n@",
		numbers);
	hostile(lines, title);
}

static void test_hostile_lines(void)
{
	struct strbuf deep = STRBUF_INIT;

	hostile("", "an empty manifest is refused");
	hostile("@", "so is one without the tables that it counts");
	hostile("{}\n@", "and an empty table");
	hostile("[]\n@", "and an array");
	hostile("{\"db\":1,\"table\":[],\"rows\":\"x\"}\n@", "and wrong types");
	hostile("{\"db\":\"d\",\"table\":\"\\u0000\"}\n@",
		"and a NUL in a name");
	hostile("\xff\xfe\n@", "and what is no text");
	hostile("{\"tables\":0}\n", "and a last line that lacks what it needs");
	for (int i = 0; i < 15000; i++)
		strbuf_addch(&deep, '[');
	strbuf_addstr(&deep, "\n@");
	hostile(deep.buf, "and deep nesting");
	strbuf_reset(&deep);
	for (int i = 0; i < 2 * LAST_LINE_MOST; i++)
		strbuf_addch(&deep, ' ');
	hostile(deep.buf, "and a line without an end");
	strbuf_release(&deep);
}

static void test_hostile_numbers(void)
{
	hostile_range("\"bytes\":1,\"offset\":99999999999999999999,"
		      "\"length\":1",
		"numbers beyond 64 bits are refused");
	hostile_range("\"bytes\":9223372036854775807,"
		      "\"offset\":9223372036854775807,"
		      "\"length\":9223372036854775807",
		"so are those that no file has");
	hostile_range("\"bytes\":-1,\"offset\":-1,\"length\":-1",
		"and negative ones");
	hostile_range(
		"\"bytes\":1e3,\"offset\":1.5,\"length\":1", "and fractions");
	hostile_range("\"bytes\":5,\"offset\":1,\"length\":10",
		"and frames that are none");
	hostile_range("\"bytes\":5,\"offset\":1,\"offset\":1,\"length\":10",
		"and a key that comes twice");
}

/* The right tables, but the first one twice: as overlapping frames. */
static void test_overlap(void)
{
	struct forge_parts parts = forge_parts(&dump);
	const char *lines = dump.buf + parts.manifest;
	const char *second = strchr(lines, '\n') + 1;
	struct strbuf text = STRBUF_INIT;

	strbuf_add(&text, lines, (size_t)(second - lines));
	strbuf_add(&text, lines, (size_t)(second - lines));
	strbuf_addch(&text, '@');
	hostile(text.buf, "tables that share frames are refused");
	strbuf_release(&text);
}

int main(void)
{
	fixture_begin();
	test_forms();
	test_writer();
	test_archive();
	test_changes();
	test_cuts();
	test_hostile_lines();
	test_hostile_numbers();
	test_overlap();
	strbuf_release(&plain);
	strbuf_release(&dump);
	fixture_end();
	return done_testing();
}
