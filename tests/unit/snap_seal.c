/* The seal of a snapshot's archive: written at its end, checked from there. */
#include "snap/seal.h"

#include <stdlib.h>

#include "base/strbuf.h"
#include "snap/tar.h"
#include "tap.h"

static int keep(void *ctx, const void *data, size_t len, struct err *e)
{
	(void)e;
	strbuf_add(ctx, data, len);
	return 0;
}

/* sealed: an archive of so many bytes, in pieces of all sizes. */
static void sealed(struct strbuf *out, size_t size)
{
	struct snap_digest *d;
	struct strbuf digits = STRBUF_INIT;
	struct stat st = {.st_mode = S_IFREG | 0600};
	struct tar tar;
	struct err e;
	char text[SHA256_TEXT];
	char *pieces[SNAP_DIGEST_BEHIND + 1];
	unsigned turn = 0;

	for (int i = 0; i <= SNAP_DIGEST_BEHIND; i++)
		pieces[i] = calloc(1, 700000);
	d = snap_digest_new((struct sink){keep, out}, &e);
	tar_begin(&tar, snap_digest_sink(d), NULL);
	for (size_t n = 1; out->len < size; n = n * 7 + 3) {
		char *piece = pieces[turn++ % (SNAP_DIGEST_BEHIND + 1)];
		size_t len = n % 700000;

		memset(piece, (int)n, len);
		if (len > size - out->len)
			len = size - out->len;
		tar.to.write(tar.to.ctx, piece, len, &e);
	}
	snap_digest_end(d, text);
	strbuf_addf(&digits, "%s\n", text);
	if (tar_text(&tar, SNAP_SEAL_NAME, &st, &digits, &e) ||
		tar_end(&tar, &e))
		abort();
	tar_release(&tar);
	snap_digest_free(d);
	strbuf_release(&digits);
	for (int i = 0; i <= SNAP_DIGEST_BEHIND; i++)
		free(pieces[i]);
}

static enum snap_sealed proof(const char *data, size_t len, size_t step)
{
	struct snap_proof p;

	snap_proof_begin(&p);
	for (size_t at = 0; at < len; at += step)
		snap_proof_add(
			&p, data + at, len - at < step ? len - at : step);
	return snap_proof_end(&p);
}

int main(void)
{
	static const size_t steps[] = {
		1, 511, 2047, 2048, 2049, 100000, 5000000};
	struct strbuf tar = STRBUF_INIT;
	bool all = true;

	sealed(&tar, 3000000);
	is_int((intmax_t)tar.len, 3000000 + SNAP_SEAL_BYTES,
		"a seal and the end of the archive are of one size");
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++)
		all = all && proof(tar.buf, tar.len, steps[i]) == SNAP_SEALED;
	ok(all, "what was written is proved, in pieces of any size");
	tar.buf[1234567] ^= 1;
	is_int(proof(tar.buf, tar.len, 4096), SNAP_CHANGED,
		"a changed byte is noticed");
	tar.buf[1234567] ^= 1;
	for (size_t i = 1; all && i <= SNAP_SEAL_BYTES; i++) {
		tar.buf[tar.len - i] ^= 1;
		all = proof(tar.buf, tar.len, 1000000) != SNAP_SEALED;
		tar.buf[tar.len - i] ^= 1;
	}
	ok(all, "so is any of the seal and the end");
	is_int(proof(tar.buf, tar.len - 1, 4096), SNAP_UNSEALED,
		"an archive that is cut off is not sealed");
	is_int(proof(tar.buf, 100, 4096), SNAP_UNSEALED, "nor is a short one");
	strbuf_reset(&tar);
	sealed(&tar, 0);
	is_int(proof(tar.buf, tar.len, 4096), SNAP_SEALED,
		"nothing but a seal is sealed");
	strbuf_release(&tar);
	return done_testing();
}
