/* sql_dump.c: see sql_dump.h. */
#include "verify/sql_dump.h"

#include <string.h>

#include "base/prog.h"
#include "base/sig.h"
#include "stream/lexer.h"
#include "verify/known.h"

int sql_dump_open(
	struct sql_dump *d, const struct sample *sample, struct err *e)
{
	d->text = d->in;
	if (sample->percent == 100) {
		input_check_text(d->text);
		return 0;
	}
	d->sample = sample_open(d->in, sample, e);
	if (!d->sample)
		return -1;
	d->text = sample_text(d->sample);
	contents_part(d->contents);
	return 0;
}

void sql_dump_close(struct sql_dump *d)
{
	sample_close(d->sample);
}

int sql_dump_home(struct sql_dump *d, char **home, struct err *e)
{
	const char *begin;
	const ssize_t len = input_peek(d->text, INPUT_PEEK_MOST, &begin, e);

	*home = len > 0 ? contents_home(begin, (size_t)len) : NULL;
	return len < 0 ? -1 : 0;
}

static int take_piece(struct sql_dump *d, const struct lexer *lexer,
	const struct piece *piece, struct err *e)
{
	const struct lexer_modes modes = lexer_modes(lexer);
	bool position;

	d->bytes = piece->offset + piece->total;
	if (sig_pending())
		return err_set(e, ERR_SIGNAL, "interrupted");
	return positions_take(d->positions, piece, &position, e) ||
			contents_take(d->contents, piece, &modes, e)
		? -1
		: 0;
}

static int read_pieces(
	struct sql_dump *d, enum progress_when when, struct err *e)
{
	struct lexer *lexer = lexer_new(d->text, 0);
	struct progress progress = {0};
	struct piece piece;
	int rc;

	progress_begin(&progress, when);
	while ((rc = lexer_next(lexer, &piece, e)) > 0) {
		rc = take_piece(d, lexer, &piece, e);
		if (rc)
			break;
		progress.bytes = input_consumed(d->text, &progress.total_bytes);
		progress_show(&progress);
	}
	progress_end(&progress);
	lexer_free(lexer);
	return rc;
}

/* check_sql: what is easily taken for a dump of SQL is named; no statement
 * begins with these. */
static int check_sql(const struct sql_dump *d, struct err *e)
{
	static const char mark[] = "\xef\xbb\xbf"; /* UTF-8's */
	const char *p;
	ssize_t len = input_peek(d->text, INPUT_PEEK_MOST, &p, e);

	if (len < 0)
		return -1;
	if (len > 3 && !memcmp(p, mark, 3)) {
		p += 3;
		len -= 3;
	}
	for (; len && strchr(" \t\r\n", *p) && *p; p++)
		len--;
	if (!len || !strchr("<{[", *p) || !*p)
		return 0;
	return err_set(e, ERR_DATA, "%s is %s, which does not restore: no SQL",
		input_name(d->in), *p == '<' ? "XML" : "JSON");
}

static int check_whole(const struct sql_dump *d, struct err *e)
{
	const struct positions *p = d->positions;

	if (!d->bytes)
		return err_set(e, ERR_DATA, "%s is empty", input_name(d->in));
	if (p->expects_completion && !p->complete)
		return err_set(e, ERR_DATA,
			"%s is truncated: it ends without the line that says "
			"that the dump is complete",
			input_name(d->in));
	return contents_end(d->contents, e);
}

const char *sql_dump_proof(const struct sql_dump *d)
{
	const bool ends = d->ended &&
		(d->positions->complete || input_format(d->in) != INPUT_PLAIN);

	return d->proven ? "digest" : ends ? "completion" : NULL;
}

static int tell_proof(
	const struct sql_dump *d, struct verdict *verdict, struct err *e)
{
	const char *proof = sql_dump_proof(d);

	if (proof)
		return verdict_passed(verdict, proof, e);
	log_warn("nothing in %s tells whether it is complete",
		input_name(d->in));
	return 0;
}

/* check_known: a dump that states no digest may have one in the catalogue.
 * Returns as sql_dump_read. */
static int check_known(
	struct sql_dump *d, struct verdict *verdict, struct err *e)
{
	int known = d->proven || d->sample ? KNOWN_NOT
					   : known_check(d->in, d->catalog, e);

	if (known < 0)
		return -1;
	if (known == KNOWN_OTHER)
		return verdict_fault(verdict, "dump", NULL, NULL,
			"its SHA-256 is not the one that the catalogue says "
			"it was written with",
			e);
	d->proven = d->proven || known == KNOWN_SAME;
	return tell_proof(d, verdict, e) ? -1 : 1;
}

int sql_dump_read(struct sql_dump *d, enum progress_when progress,
	struct verdict *verdict, struct err *e)
{
	if (!check_sql(d, e) && !read_pieces(d, progress, e) &&
		!check_whole(d, e)) {
		d->ended = true;
		d->proven = input_text_checked(d->text);
		return check_known(d, verdict, e);
	}
	return e->code == ERR_DATA ? verdict_fault_whole(verdict, "dump", e)
				   : -1;
}
