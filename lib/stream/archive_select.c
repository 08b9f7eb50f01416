/* archive_select.c: some of an archive's frames, and an input made of them. */
#include "base/alloc.h"
#include "stream/ahead.h"
#include "stream/archive_internal.h"
#include "stream/input_internal.h"

/* end_of: where a table's frames end; tables without any have no end. */
static uint64_t end_of(const struct manifest_table *t)
{
	return t->frames.offset + t->frames.length;
}

/* table_at: the table whose frame stands at the offset, NULL for none. *i is
 * the first table that may be the one; offsets only grow. */
static const struct manifest_table *table_at(
	const struct archive *a, uint64_t offset, size_t *i)
{
	const struct manifest_table *t;

	while (*i < a->table_count &&
		(!a->tables[*i].frames.length ||
			end_of(&a->tables[*i]) <= offset))
		(*i)++;
	if (*i == a->table_count)
		return NULL;
	t = &a->tables[*i];
	return t->frames.offset <= offset ? t : NULL;
}

/* is_end: the frame is the first or the last one of its table. */
static bool is_end(
	const struct frame_range *frame, const struct manifest_table *t)
{
	return frame->offset == t->frames.offset ||
		frame->offset + frame->length == end_of(t);
}

void archive_select(const struct archive *a,
	enum archive_part (*part)(void *ctx, const struct manifest_table *t),
	void *ctx, struct frame_range **frames, size_t *count)
{
	const struct manifest_table *last = NULL;
	enum archive_part of_last = ARCHIVE_ALL;
	size_t table = 0;

	*frames =
		xcalloc(a->frame_count ? a->frame_count : 1, sizeof(**frames));
	*count = 0;
	for (size_t i = 0; i < a->frame_count; i++) {
		const struct frame_range *frame = &a->frames[i];
		const struct manifest_table *t =
			table_at(a, frame->offset, &table);

		if (t && t != last) {
			of_last = part(ctx, t);
			last = t;
		}
		if (!t || of_last == ARCHIVE_ALL ||
			(of_last == ARCHIVE_ENDS && is_end(frame, t)))
			(*frames)[(*count)++] = *frame;
	}
}

struct input *archive_input(const struct archive *a,
	const struct frame_range *frames, size_t count, unsigned threads,
	struct err *e)
{
	struct input *in = xcalloc(1, sizeof(*in));

	in->fd = -1;
	in->name = xstrdup(input_name(a->in));
	in->regular = true;
	for (size_t i = 0; i < count; i++)
		in->size += frames[i].length;
	in->ahead = ahead_new(a, frames, count, threads, e);
	if (in->ahead)
		return in;
	input_close(in);
	return NULL;
}
