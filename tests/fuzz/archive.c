/* libFuzzer target: compressed dumps. The bytes are taken as a whole file; and
 * as the manifest of a dump that is right but for it, under right checksums,
 * where they begin with a newline with the right last line behind them. */
#include "../unit/forge.h"
#include "feed.h"

#include "stream/archive.h"
#include "stream/position.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void must_say_why(const struct err *e)
{
	if (!e->code || !e->msg[0])
		abort();
}

/* swallow: the bytes must add up to what was promised. */
static int swallow(void *ctx, const void *data, size_t len, struct err *e)
{
	(void)data;
	(void)e;
	*(uint64_t *)ctx += len;
	return 0;
}

static void read_tables(const struct archive *a)
{
	struct archive_reader *r = archive_reader_new(a);
	const struct manifest_table *t;
	size_t count;

	t = archive_tables(a, &count);
	for (size_t i = 0; i < count; i++) {
		uint64_t bytes = 0;
		struct err e = {0};

		if (archive_read(r, &t[i].frames,
			    (struct sink){swallow, &bytes}, &e))
			must_say_why(&e);
		else if (bytes != t[i].frames.bytes)
			abort();
	}
	archive_reader_free(r);
}

static void read_archive(struct input *in)
{
	struct positions p = POSITIONS_INIT;
	struct err e = {0};
	struct archive *a = archive_open(in, &e);

	if (!a)
		must_say_why(&e);
	else
		read_tables(a);
	if (a && archive_verify(a, &e))
		must_say_why(&e);
	archive_close(a);
	if (input_head(in) && positions_from_head(&p, input_head(in), &e))
		must_say_why(&e);
	positions_release(&p);
}

static void read_all(const void *data, size_t len)
{
	struct err e = {0};
	struct input *in;
	char buf[4096];
	ssize_t n;

	feed(data, len);
	in = input_open(NULL, &e);
	if (!in) {
		must_say_why(&e);
		return;
	}
	read_archive(in);
	while ((n = input_read(in, buf, sizeof(buf), &e)) > 0)
		;
	if (n < 0)
		must_say_why(&e);
	input_close(in);
}

static void read_forged(const uint8_t *data, size_t len)
{
	struct strbuf dump = STRBUF_INIT, lines = STRBUF_INIT;
	struct strbuf forged = STRBUF_INIT;
	struct forge_parts parts;
	struct stream_writer *w = forge_begin(&dump, true);

	forge_table(w, "t", 3);
	forge_end(w);
	parts = forge_parts(&dump);
	strbuf_add(&lines, data, len);
	if (len && data[0] == '\n')
		strbuf_add(&lines, parts.last_line,
			(size_t)(dump.buf + parts.manifest_end -
				parts.last_line));
	forge(&dump, lines.buf, lines.len, &forged);
	read_all(forged.buf, forged.len);
	strbuf_release(&dump);
	strbuf_release(&lines);
	strbuf_release(&forged);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	read_all(data, len);
	read_forged(data, len);
	return 0;
}
