/* unsettled.c: what differed at each look, but for all that is known was the
 * same all the time: a row that is written to so often that both servers have
 * another value at each look, such as a counter's. */
#include <unistd.h>

#include "base/alloc.h"
#include "base/prog.h"
#include "verify/against_internal.h"

enum { ROWS_NAMED = 100 }; /* of a range */

/* settled_rows: how many of the rows that differ do so for good. They come
 * first then. */
static size_t settled_rows(struct range_rows *rows)
{
	size_t lasting = 0;

	for (size_t i = 0; i < rows->count; i++) {
		const struct range_row row = rows->item[i];

		if (!row.lasting)
			continue;
		rows->item[i] = rows->item[lasting];
		rows->item[lasting++] = row;
	}
	return lasting;
}

/* tell: rows from `settled` on; none are known of a table that is compared as a
 * whole. */
static int tell(const struct against *a, const struct pair *p,
	const struct suspect *s, size_t settled, struct err *e)
{
	struct json j = JSON_INIT;
	int rc;

	log_warn(
		"%s%.200s of `%.64s`.`%.64s` could not be compared: it changed "
		"from each look to the next",
		s->rows.count ? "the row " : "a row",
		s->rows.count ? s->rows.item[settled].shown : "", p->db[THERE],
		p->table);
	json_record_begin(&j, "unsettled");
	json_string(&j, "input", a->verdict->input);
	json_string(&j, "db", p->db[THERE]);
	json_string(&j, "table", p->table);
	json_string_or_null(&j, "where", *s->where ? s->where : NULL);
	json_begin_array(&j, "rows");
	for (size_t i = settled; i < s->rows.count && i < settled + ROWS_NAMED;
		i++)
		json_string(&j, NULL, s->rows.item[i].shown);
	json_end_array(&j);
	rc = json_record_write(&j, STDOUT_FILENO, "standard output", e);
	json_release(&j);
	return rc;
}

/* settle: one range. *differs: some of it does for good, or might. */
static int settle(struct against *a, const struct pair *p, struct suspect *s,
	bool *differs, struct err *e)
{
	const size_t lasting = settled_rows(&s->rows);
	const bool known = s->all_rows && s->rows.count;

	*differs = true;
	if (!s->followed || (p->range.keyed && !known))
		return 0;
	/* Which of its rows do is not known. */
	if (s->lasting && !lasting)
		return 0;
	if (lasting && lasting == s->rows.count)
		return 0;
	*differs = lasting > 0;
	a->result->unsettled++;
	if (tell(a, p, s, lasting, e))
		return -1;
	range_rows_cut(&s->rows, lasting);
	return 0;
}

int unsettled_drop(struct against *a, struct err *e)
{
	for (size_t i = 0; i < a->count; i++) {
		struct pair *p = a->pair[i];
		struct suspect **at = &p->suspect;

		while (*at) {
			bool differs;

			if (settle(a, p, *at, &differs, e))
				return -1;
			if (differs)
				at = &(*at)->next;
			else
				suspect_drop(p, at);
		}
	}
	return 0;
}
