/* survey.c: see survey.h. */
#include "seed/survey.h"

#include <string.h>

#include "base/sig.h"

/* Of each statement: more than a definition has, less than rows can. */
enum { KEEP = 1024 * 1024 };

void survey_release(struct survey *s)
{
	findings_release(&s->findings);
	positions_release(&s->positions);
}

static int count(void *ctx, const struct gate_out *out, struct err *e)
{
	struct survey *s = ctx;

	(void)out, (void)e;
	s->statements++;
	return 0;
}

static int read_pieces(struct survey *s, struct gate *gate, struct input *text,
	struct progress *progress, struct err *e)
{
	struct lexer *lexer = lexer_new(text, KEEP);
	const struct gate_to to = {count, NULL, s};
	struct lexer_modes modes;
	struct piece piece;
	bool position;
	int more;

	while ((more = lexer_next(lexer, &piece, e)) > 0) {
		modes = lexer_modes(lexer);
		gate_source(gate, s->positions.mysql);
		if (sig_pending())
			more = err_set(e, ERR_SIGNAL, "interrupted");
		else if (positions_take(&s->positions, &piece, &position, e) ||
			gate_take(gate, &piece, &modes, position, to, e))
			more = -1;
		if (more < 0)
			break;
		progress->bytes = input_consumed(text, &progress->total_bytes);
		progress_show(progress);
	}
	lexer_free(lexer);
	return more;
}

static int check_whole(const struct survey *s, struct gate *gate,
	const struct input *in, struct err *e)
{
	if (positions_check_complete(&s->positions, input_name(in), e))
		return err_hint(e, "make the dump anew");
	/* Where nothing was picked, gate_end says so. */
	if (s->statements || select_active(gate_select(gate)))
		return 0;
	err_set(e, ERR_DATA, "%s holds no statement", input_name(in));
	return err_hint(e, "did the program that writes it fail?");
}

int survey_unharmed(struct err *e)
{
	struct err was = *e;

	if (!strncmp(was.hint, "nothing was loaded", 18))
		return -1;

	return err_hint(
		e, "nothing was loaded%s%s", *was.hint ? "; " : "", was.hint);
}

int survey_take(struct survey *s, struct input *in,
	const struct load_options *options, struct target *target,
	struct progress *progress, struct err *e)
{
	struct reading reading = {0};
	struct gate *gate;
	uint64_t size;
	bool file = input_file(in, &size);
	int rc;

	if (!file && !options->dry_run)
		return 0;
	gate = gate_new(options, target, &s->findings, e);
	if (!gate)
		return -1;
	s->done = true;
	rc = reading_open(
		&reading, in, gate_select(gate), READING_ENDS, file, e);
	if (!rc)
		rc = read_pieces(s, gate, reading.text, progress, e);
	if (!rc)
		rc = check_whole(s, gate, in, e);
	if (!rc)
		rc = gate_end(gate, input_name(in), &s->findings, e);
	reading_close(&reading);
	gate_free(gate);
	return rc ? survey_unharmed(e) : 0;
}
