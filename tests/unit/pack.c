/* Positions: the same from a plain dump and from the head of the compressed
 * one, which is made here of the plain one. */
#include "data/json_read.h"
#include "fixture.h"
#include "forge.h"
#include "stream/position.h"
#include "tap.h"

static const char manifest_line[] = "\n-- dbpipes-table ";
static const char completion[] = "\n-- Dump completed";

static void load(const char *path, struct strbuf *text)
{
	char buf[65536];
	size_t n;
	FILE *file = fopen(path, "re");

	if (!file)
		abort();
	while ((n = fread(buf, 1, sizeof(buf), file)) > 0)
		strbuf_add(text, buf, n);
	fclose(file);
}

static void die(const struct err *e)
{
	fprintf(stderr, "%s\n", e->msg);
	exit(1);
}

/* positions_of: what dbpos would find. */
static struct positions positions_of(const char *path, bool full)
{
	struct positions p = POSITIONS_INIT;
	struct err e = {0};
	struct input *in = input_open(path, &e);

	p.full = full;
	if (!in || positions_read(&p, in, false, &e))
		die(&e);
	input_close(in);
	return p;
}

static struct stream_position borrow(const struct position *p)
{
	return (struct stream_position){.log_file = p->log_file,
		.log_pos = p->log_pos,
		.gtid = p->gtid,
		.channel = p->channel,
		.host = p->host,
		.port = p->port,
		.use_gtid = p->use_gtid};
}

static void write_head(struct stream_writer *w, const struct positions *p)
{
	struct stream_position upstreams[8];
	struct stream_head head = {.tool = "dbdump",
		.position = borrow(&p->own),
		.upstreams = upstreams,
		.upstream_count = p->upstream_count};
	struct err e;

	forge_must(p->upstream_count > 8);
	for (size_t i = 0; i < p->upstream_count; i++)
		upstreams[i] = borrow(&p->upstream[i]);
	forge_must(stream_writer_head(w, &head, &e));
}

/* find: text from an offset on, which may hold NULs. */
static const char *find(
	const struct strbuf *text, const char *from, const char *what)
{
	return memmem(from, (size_t)(text->buf + text->len - from), what,
		strlen(what));
}

/* section: the offset of the next heading from there on that is no part of a
 * table, or of the settings put back. */
static size_t section(const struct strbuf *text, size_t from)
{
	const char *p = text->buf + from, *found;

	while ((found = find(text, p, "\n--\n-- "))) {
		p = found + strlen("\n--\n-- ");
		if (strncmp(p, "Dumping data", 12) != 0 &&
			strncmp(p, "Trigger", 7) != 0)
			break;
	}
	p = find(text, text->buf + from, "\n/*!40103 SET TIME_ZONE=@OLD");
	if (p && (!found || p < found))
		found = p;
	return (size_t)(found ? found - text->buf + 1 : 0);
}

static void write_piece(struct stream_writer *w, const struct strbuf *text,
	size_t from, size_t to)
{
	struct err e;

	forge_must(
		stream_writer_piece(w, text->buf + from, to - from, NULL, &e));
}

/* write_table: as the line of the manifest says. Returns where it ended. */
static size_t write_table(struct stream_writer *w, const struct strbuf *text,
	size_t from, const char *line)
{
	const char *newline = strchr(line, '\n');
	struct json_value *json = json_read(line, (size_t)(newline - line));
	struct strbuf start = STRBUF_INIT;
	const char *db = "", *table = "", *hex = "", *at;
	struct row_digest digest;
	uint64_t rows = 0;
	size_t begin, end;
	struct err e;

	json_read_text(json, "db", &db);
	json_read_text(json, "table", &table);
	json_read_text(json, "digest", &hex);
	json_read_uint(json, "rows", &rows);
	forge_must(!row_digest_parse(hex + strlen(ROW_DIGEST_PREFIX), &digest));
	strbuf_addstr(&start, "\n--\n-- Table structure for table `");
	for (const char *p = table; *p; p++)
		strbuf_addch(&start, *p == '\n' ? ' ' : *p);
	strbuf_addstr(&start, "`\n");
	/* The newline before it is the last byte of what is done. */
	at = find(text, text->buf + (from ? from - 1 : 0), start.buf);
	forge_must(!at);
	begin = (size_t)(at - text->buf) + 1;
	end = section(text, begin + strlen("--\n-- "));
	write_piece(w, text, from, begin);
	forge_must(stream_writer_table_begin(w, db, table, &e));
	write_piece(w, text, begin, end);
	forge_must(stream_writer_table_end(w, rows, &digest, &e));
	json_read_free(json);
	strbuf_release(&start);
	return end;
}

static void write_text(struct stream_writer *w, const struct strbuf *text)
{
	const char *line = find(text, text->buf, manifest_line);
	const char *last = find(text, text->buf, completion);
	size_t done = 0, end;
	struct err e;

	forge_must(!last);
	end = (size_t)((line ? line : last) - text->buf) + 1;
	for (; line; line = find(text, line + 1, manifest_line))
		done = write_table(
			w, text, done, line + sizeof(manifest_line) - 1);
	write_piece(w, text, done, end);
	forge_must(stream_writer_manifest(w, NULL, &e));
	write_piece(w, text, (size_t)(last - text->buf) + 1, text->len);
	forge_must(stream_writer_finish(w, &e));
}

static int pack(const char *from, const char *to)
{
	struct strbuf text = STRBUF_INIT, packed = STRBUF_INIT;
	struct positions p = positions_of(from, true);
	const struct stream_writer_options options = {true, FRAME_LEVEL, true};
	struct stream_writer *w =
		stream_writer_new(forge_sink(&packed), &options);
	FILE *file = fopen(to, "we");

	load(from, &text);
	write_head(w, &p);
	write_text(w, &text);
	if (!file || fwrite(packed.buf, 1, packed.len, file) != packed.len ||
		fclose(file))
		abort();
	stream_writer_free(w);
	positions_release(&p);
	strbuf_release(&text);
	strbuf_release(&packed);
	return 0;
}

/* record: all that dbpos can say, as text. */
static void record(const struct positions *p, struct strbuf *out)
{
	char host[] = "h", user[] = "u";
	const struct position_source named = {
		.host = host, .port = 1, .user = user};
	const struct position_source nothing = {0};
	struct json j = JSON_INIT;
	struct err e;

	strbuf_addf(out, "%s %d %d\n", p->format, p->has_own, p->complete);
	positions_to_json(&j, p);
	strbuf_add(out, j.out.buf, j.out.len);
	positions_to_sh(out, "p", p);
	for (size_t i = !p->has_own; i <= p->upstream_count; i++) {
		const struct position *pos = i ? &p->upstream[i - 1] : &p->own;

		forge_must(position_to_sql(
			out, pos, POSITION_MARIADB, &named, &e));
		forge_must(position_to_sql(
			out, pos, POSITION_MARIADB, &nothing, &e));
	}
	json_release(&j);
}

static void same_position(const char *name)
{
	char path[256], title[256];
	const char *packed = in_dir("packed.zst");
	struct strbuf text[3] = {STRBUF_INIT, STRBUF_INIT, STRBUF_INIT};

	snprintf(
		path, sizeof(path), "tests/data/positions/dbdump-%s.sql", name);
	snprintf(title, sizeof(title), "the head says what the text of %s says",
		name);
	pack(path, packed);
	for (int i = 0; i < 3; i++) {
		struct positions p = positions_of(i ? packed : path, i == 2);

		record(&p, &text[i]);
		positions_release(&p);
	}
	is_str(text[1].buf, text[0].buf, title);
	is_str(text[2].buf, text[0].buf, "and so does the compressed text");
	for (int i = 0; i < 3; i++)
		strbuf_release(&text[i]);
}

/* Is this head refused? */
static void bad_head(const char *rest, const char *title)
{
	struct positions p = POSITIONS_INIT;
	struct strbuf head = STRBUF_INIT;
	struct err e = {0};

	strbuf_addf(&head, "%s%s\n", HEAD_BEGIN, rest);
	ok(positions_from_head(&p, head.buf, &e) && e.code == ERR_DATA, title);
	positions_release(&p);
	strbuf_release(&head);
}

static void test_heads(void)
{
	bad_head("\"x\":1}", "a head without positions is refused");
	bad_head("\"position\":null,\"upstreams\":{}}", "and other types");
	bad_head("\"position\":7,\"upstreams\":[]}", "and a number");
	bad_head("\"position\":null,\"upstreams\":[null,3]}",
		"and upstreams that are none");
	bad_head("\"position\":{\"log_file\":\"b\",\"log_pos\":"
		 "9223372036854775807,\"gtid\":null,\"use_gtid\":false},"
		 "\"upstreams\":[]}",
		"and an offset that no binary log has");
	bad_head("\"position\":{\"log_file\":\"b\",\"log_pos\":0,"
		 "\"gtid\":null,\"use_gtid\":false},\"upstreams\":[]}",
		"and a file without an offset");
	bad_head("\"position\":null,\"upstreams\":[]", "and half of JSON");
}

int main(void)
{
	fixture_begin();
	same_position("master-data-2");
	same_position("master-data-1-gtid");
	same_position("dump-slave-2-gtid-two-channels");
	test_heads();
	fixture_end();
	return done_testing();
}
