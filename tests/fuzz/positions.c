/* libFuzzer target: the positions of any bytes, be they a dump, a document or a
 * tar, and what is made of them. */
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "stream/position_find.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { FILLER = 3 * 1024 * 1024 };

/* The bytes as standard input. For some lengths a hole is put in their middle,
 * so that head and tail are read and nothing between; it takes its time. */
static void feed(const uint8_t *data, size_t len)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	size_t half = len % 32 == 1 ? len / 2 : len;

	if (fd < 0 || write(fd, data, half) != (ssize_t)half)
		abort();
	if (half < len && lseek(fd, FILLER, SEEK_CUR) < 0)
		abort();
	if (write(fd, data + half, len - half) != (ssize_t)(len - half) ||
		lseek(fd, 0, SEEK_SET) || dup2(fd, STDIN_FILENO) < 0)
		abort();
	close(fd);
}

static void write_all(const struct positions *p)
{
	char host[] = "h", user[] = "u";
	const struct position_source source = {.host = host, .user = user};
	struct strbuf out = STRBUF_INIT;
	struct json j = JSON_INIT;
	struct err e = {0};

	positions_to_json(&j, p);
	positions_to_sh(&out, "p", p);
	for (int i = 0; i < 6; i++) {
		const struct position_choice choice = {.name = "fuzz",
			.upstream = i % 2,
			.flavor = (enum position_flavor)(i / 2)};

		if (positions_to_sql(&out, p, &choice, &source, &e) && !e.code)
			abort();
	}
	json_release(&j);
	strbuf_release(&out);
}

static void read_all(const uint8_t *data, size_t len, bool first)
{
	struct positions p = POSITIONS_INIT;
	struct err e = {0};
	struct input *in;

	feed(data, len);
	in = input_open(NULL, &e);
	if (!in)
		return;
	if (positions_find_input(&p, in, first, &e)) {
		if (!e.code || !e.msg[0])
			abort();
	} else if (positions_found(&p)) {
		write_all(&p);
	}
	positions_release(&p);
	input_close(in);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	read_all(data, len, false);
	read_all(data, len, true);
	return 0;
}
