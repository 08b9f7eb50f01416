/* reading.c: see reading.h. */
#include "seed/reading.h"

#include <stdlib.h>
#include <unistd.h>

/* What reading_open asks archive_select for. */
struct wanted {
	struct select *select;
	enum archive_part part;
};

static enum archive_part part_of(void *ctx, const struct manifest_table *t)
{
	const struct wanted *w = ctx;

	return select_table(w->select, t->db, t->table) ? w->part
							: ARCHIVE_NONE;
}

/* threads: one processor is the lexer's. */
static unsigned threads(void)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);

	return processors <= 2    ? 1
		: processors >= 5 ? 4
				  : (unsigned)processors - 1;
}

static int open_archive(struct reading *r, struct input *in,
	struct select *select, enum reading_part part, struct err *e)
{
	struct wanted wanted = {
		select, part == READING_ALL ? ARCHIVE_ALL : ARCHIVE_ENDS};
	size_t count;

	r->archive = archive_open(in, e);
	if (!r->archive)
		return -1;
	/* Once is enough: for the survey. */
	if (part == READING_ENDS && !select_active(select) &&
		archive_verify_file(r->archive, e))
		return -1;
	archive_select(r->archive, part_of, &wanted, &r->frames, &count);
	r->own = archive_input(r->archive, r->frames, count, threads(), e);
	r->text = r->own;
	return r->own ? 0 : -1;
}

int reading_open(struct reading *r, struct input *in, struct select *select,
	enum reading_part part, bool again, struct err *e)
{
	uint64_t size;

	*r = (struct reading){.text = in};
	if (input_head(in) && input_file(in, &size))
		return open_archive(r, in, select, part, e);
	if (again) {
		r->own = input_again(in, e);
		r->text = r->own;
		if (!r->own)
			return -1;
	}
	/* A file has been surveyed. */
	if (again || !input_file(in, &size))
		input_check_text(r->text);
	return 0;
}

void reading_close(struct reading *r)
{
	input_close(r->own);
	archive_close(r->archive);
	free(r->frames);
	*r = (struct reading){0};
}
