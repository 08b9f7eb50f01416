/* libFuzzer target: documents of backup tools, of the kind that their first
 * bytes tell, else what xtrabackup says of its upstream; several may follow
 * each other, each behind a byte 0xff. */
#include <stdlib.h>
#include <string.h>

#include "stream/position_info.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* take_one: returns false where nothing more can be taken. */
static bool take_one(struct positions *p, const uint8_t *data, size_t len)
{
	struct strbuf text = STRBUF_INIT;
	enum document kind;
	struct err e = {0};
	bool good = true;

	strbuf_add(&text, data, len);
	kind = document_by_content(text.buf, len);
	if (kind == DOCUMENT_NONE)
		kind = DOCUMENT_SLAVE_INFO;
	if (positions_from_document(p, kind, &text, "fuzz", &e)) {
		if (e.code != ERR_DATA || !e.msg[0])
			abort();
		good = false;
	}
	strbuf_release(&text);
	return good;
}

/* check: a position that is stated makes sense. */
static void check(const struct position *p)
{
	if (p->log_file && (!*p->log_file || !p->log_pos))
		abort();
	if (p->gtid && strpbrk(p->gtid, "\n '\\"))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct positions p = POSITIONS_INIT;

	while (len) {
		const uint8_t *next = memchr(data, 0xff, len);
		size_t n = next ? (size_t)(next - data) : len;

		if (n && !take_one(&p, data, n))
			break;
		n += next != NULL;
		data += n;
		len -= n;
	}
	if (positions_found(&p)) {
		check(&p.own);
		for (size_t i = 0; i < p.upstream_count; i++)
			check(&p.upstream[i]);
	}
	positions_release(&p);
	return 0;
}
