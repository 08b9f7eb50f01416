/* suspect.c: the rows that differ in a range whose sums do. */
#include <stdlib.h>

#include "base/alloc.h"
#include "verify/against_internal.h"

enum {
	LEAF_ROWS = 256,  /* a range this small is halved no further */
	LEAF_MOST = 4096, /* rows of one that are looked at */
	KEYS_MOST = 100,  /* rows that are noted of a range */
	KEYS_AT_ONCE = 50 /* in one condition */
};

void pair_suspect(
	struct pair *p, const struct part *part, const struct range_sum sum[2])
{
	struct suspect *s = xcalloc(1, sizeof(*s));
	struct suspect **at = &p->suspect;

	s->where = xstrdup(part->where);
	s->number = part->number;
	s->sum[HERE] = sum[HERE];
	s->sum[THERE] = sum[THERE];
	s->rows = (struct range_rows)RANGE_ROWS_INIT;
	/* Whichever was compared first. */
	while (*at && (*at)->number < s->number)
		at = &(*at)->next;
	s->next = *at;
	*at = s;
	p->different++;
}

void suspect_free(struct suspect *s)
{
	free(s->where);
	range_rows_release(&s->rows);
	free(s);
}

void suspect_drop(struct pair *p, struct suspect **at)
{
	struct suspect *s = *at;

	*at = s->next;
	suspect_free(s);
	p->different--;
}

static uint64_t most_rows(const struct range_sum sum[2])
{
	return sum[HERE].rows > sum[THERE].rows ? sum[HERE].rows
						: sum[THERE].rows;
}

/* ask_rows: for rows of a suspect; where there are more than are looked at, the
 * ones found are not all. */
static int ask_rows(struct comparer *c, const struct pair *p, struct suspect *s,
	const char *where, struct range_rows *rows, struct err *e)
{
	int rc = pair_rows(c, p, where, LEAF_MOST, rows, e);

	s->all_rows = s->all_rows && !rows->cut;
	return rc;
}

static int search(struct comparer *c, const struct pair *p, struct suspect *s,
	const char *where, const struct range_sum sum[2], struct err *e);

/* search_half: sum: of the range that it was cut from. */
static int search_half(struct comparer *c, const struct pair *p,
	struct suspect *s, const char *where, const struct range_sum sum[2],
	struct err *e)
{
	struct range_sum half[2];

	if (pair_sums(c, p, where, half, e))
		return -1;
	if (range_sum_same(&half[HERE], &half[THERE]))
		return 0;
	/* Rows that no condition can tell apart, or that came up meanwhile. */
	if (most_rows(half) < most_rows(sum))
		return search(c, p, s, where, half, e);
	return ask_rows(c, p, s, where, &s->rows, e);
}

/* halve: by the rows of the side that has more of them. */
static int halve(struct comparer *c, const struct pair *p, struct suspect *s,
	const char *where, const struct range_sum sum[2], struct err *e)
{
	int side = sum[HERE].rows >= sum[THERE].rows ? HERE : THERE;
	struct chunker *chunker =
		chunker_new(p->db[side], p->table, &p->columns[side], false);
	struct chunk_range half = {.where = STRBUF_INIT};
	uint64_t rows = sum[side].rows / 2;
	int rc = 0;

	chunker_by_keys(chunker, *where ? where : NULL);
	while (!rc && !half.last) {
		rc = chunker_next(chunker, c->db[side], rows, &half, e);
		if (!rc)
			rc = search_half(c, p, s, half.where.buf, sum, e);
		/* The second one is the rest. */
		rows = UINT32_MAX;
	}
	strbuf_release(&half.where);
	chunker_free(chunker);
	return rc;
}

/* search: add the rows that differ in a range whose sums do. */
static int search(struct comparer *c, const struct pair *p, struct suspect *s,
	const char *where, const struct range_sum sum[2], struct err *e)
{
	if (s->rows.count >= KEYS_MOST) {
		s->all_rows = false;
		return 0;
	}
	if (most_rows(sum) <= LEAF_ROWS)
		return ask_rows(c, p, s, where, &s->rows, e);
	return halve(c, p, s, where, sum, e);
}

/* look_at_found: which of the rows that were found are still not the same? */
static int look_at_found(struct comparer *c, const struct pair *p,
	struct suspect *s, struct err *e)
{
	struct range_rows still = RANGE_ROWS_INIT;
	struct strbuf where = STRBUF_INIT;
	/* What is a part of the key may stand for any number of rows. */
	const size_t at_once = range_whole_key(&p->range) ? KEYS_AT_ONCE : 1;
	int rc = 0;

	for (size_t i = 0; i < s->rows.count && !rc; i++) {
		strbuf_addf(&where, "%s(%s)", where.len ? " OR " : "",
			s->rows.item[i].equal);
		if ((i + 1) % at_once && i + 1 < s->rows.count)
			continue;
		rc = ask_rows(c, p, s, where.buf, &still, e);
		strbuf_reset(&where);
	}
	strbuf_release(&where);
	range_rows_follow(&still, &s->rows);
	range_rows_release(&s->rows);
	s->rows = still;
	s->followed = true;
	return rc;
}

/* look_at_sums: of all of it. */
static int look_at_sums(struct comparer *c, const struct pair *p,
	struct suspect *s, struct err *e)
{
	const struct range_sum was[2] = {s->sum[HERE], s->sum[THERE]};

	if (pair_sums(c, p, s->where, s->sum, e))
		return -1;
	/* As with range_rows_follow(). */
	for (int i = HERE; i <= THERE; i++)
		s->lasting = s->lasting || range_sum_same(&was[i], &s->sum[i]);
	s->followed = !p->range.keyed;
	return 0;
}

/* look_at_range: at the whole of it; of the rows that were found already it is
 * known whether they differ for good. */
static int look_at_range(struct comparer *c, const struct pair *p,
	struct suspect *s, bool *differs, struct err *e)
{
	struct range_rows found = s->rows;
	int rc = look_at_sums(c, p, s, e);

	s->rows = (struct range_rows)RANGE_ROWS_INIT;
	*differs = !range_sum_same(&s->sum[HERE], &s->sum[THERE]);
	if (!rc && *differs && p->range.keyed) {
		s->all_rows = true;
		rc = search(c, p, s, s->where, s->sum, e);
		s->followed = range_rows_carry(&s->rows, &found);
	}
	range_rows_release(&found);
	return rc;
}

int suspect_search(struct comparer *c, const struct pair *p, struct suspect *s,
	bool *differs, struct err *e)
{
	const bool found = s->rows.count > 0;

	if (found && look_at_found(c, p, s, e))
		return -1;
	if (!found || !s->all_rows)
		return look_at_range(c, p, s, differs, e);
	*differs = s->rows.count > 0;
	return 0;
}
