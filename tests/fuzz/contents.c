/* libFuzzer target: what a dump holds, of any bytes: its tables, rows and
 * programs, as statements make them, rename them and take them away. */
#include "feed.h"

#include "base/err.h"
#include "stream/contents.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check(bool good)
{
	if (!good)
		abort();
}

static void check_tables(const struct contents *c)
{
	const struct contents_objects o = contents_objects(c);
	uint64_t views = 0, sequences = 0;
	size_t count;
	const struct contents_table *const *t = contents_tables(c, &count);

	for (size_t i = 0; i < count; i++) {
		check(t[i]->created + t[i]->view + t[i]->sequence <= 1);
		check(t[i]->has_rows || !(t[i]->rows || t[i]->uncounted));
		views += t[i]->view;
		sequences += t[i]->sequence;
	}
	check(o.views <= views && o.sequences <= sequences);
	(void)contents_only_db(c);
	(void)contents_needs_db(c);
}

static void read_all(struct contents *c, struct input *in)
{
	struct lexer *lexer = lexer_new(in, 0);
	struct piece piece;
	struct err e = {0};
	int more = 1;

	while (more > 0 && (more = lexer_next(lexer, &piece, &e)) > 0) {
		const struct lexer_modes modes = lexer_modes(lexer);

		if (contents_take(c, &piece, &modes, &e))
			more = -1;
	}
	if (!more)
		more = contents_end(c, &e);
	check(!more == !e.code && (!more || e.msg[0]));
	check_tables(c);
	lexer_free(lexer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct contents *c = contents_new();
	struct err e = {0};
	struct input *in;
	char *home = contents_home((const char *)data, len);

	contents_into(c, home);
	free(home);
	feed(data, len);
	in = input_open(NULL, &e);
	if (in)
		read_all(c, in);
	input_close(in);
	contents_free(c);
	return 0;
}
