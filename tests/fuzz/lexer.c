/* libFuzzer target: the lexer, on any bytes. The pieces must be the same
 * whatever is kept of them, lie one behind the other, and stay in bounds. */
#include "feed.h"

#include <stdbool.h>
#include <string.h>

#include "base/prog.h"
#include "stream/lexer.h"
#include "stream/token.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

struct sum {
	uint64_t pieces, totals, end;
	bool packed;
	int rc;
};

static void walk_tokens(const struct piece *p)
{
	struct tokens in = {.pos = p->text, .end = p->text + p->len};
	struct strbuf value = STRBUF_INIT;
	struct token t;

	while (token_next(&in, &t) != TOKEN_END)
		token_value(&in, &t, &value);
	strbuf_release(&value);
}

static struct sum walk(const uint8_t *data, size_t len, size_t keep)
{
	struct err e = {0};
	struct input *in;
	struct lexer *lx;
	struct piece p;
	struct sum sum = {0};

	feed(data, len);
	in = input_open(NULL, &e);
	if (!in) /* a compressed dump that is none */
		return sum;
	sum.packed = input_format(in) != INPUT_PLAIN;
	lx = lexer_new(in, keep);
	while ((sum.rc = lexer_next(lx, &p, &e)) > 0) {
		if (p.offset < sum.end || p.len > p.total || !p.total ||
			(keep && p.len > keep))
			abort();
		sum.end = p.offset + p.total;
		sum.totals += p.total;
		sum.pieces++;
		walk_tokens(&p);
	}
	if (sum.rc < 0 && (!e.code || !e.msg[0]))
		abort();
	lexer_free(lx);
	input_close(in);
	return sum;
}

/* How much text comes before damage depends on how much a decoder is asked for
 * at once. */
static bool is_same(const struct sum *a, const struct sum *b)
{
	if (a->packed && a->rc < 0)
		return b->packed && b->rc < 0;
	return a->pieces == b->pieces && a->totals == b->totals &&
		a->end == b->end && a->packed == b->packed && a->rc == b->rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct sum all = walk(data, len, 0);
	struct sum some = walk(data, len, 7);

	if (!is_same(&all, &some))
		abort();
	return 0;
}
